package csi_test

import (
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	spec "github.com/container-storage-interface/spec/lib/go/csi"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	protocol "k8s.io/kubelet/pkg/apis/pluginregistration/v1"

	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

const driverName = "files.example.com"

// testDriver is a small CSI driver: each volume is a directory of its own, that is
// bound to where it is wanted.
type testDriver struct {
	spec.UnimplementedNodeServer
	protocol.UnimplementedRegistrationServer
	t        *testing.T
	root     string // has a directory for each volume
	endpoint string
	can      []spec.NodeServiceCapability_RPC_Type

	mu        sync.Mutex
	versions  []string
	fail      map[string]error // by call
	calls     []string
	published *spec.NodePublishVolumeRequest // the last one
	staged    *spec.NodeStageVolumeRequest
	status    *protocol.RegistrationStatus
}

func newDriver(t *testing.T, can ...spec.NodeServiceCapability_RPC_Type) *testDriver {
	return &testDriver{t: t, root: t.TempDir(), can: can, fail: map[string]error{}, versions: []string{"1.0.0"}}
}

// serve listens in the kubelet's directory, on one socket for registration and
// another for the driver, as sidecars do. stop takes the sockets away.
func (d *testDriver) serve(registry string) (stop func()) {
	d.t.Helper()
	dir, err := os.MkdirTemp("", "csi") // socket paths have to be short
	require.NoError(d.t, err)
	d.endpoint = filepath.Join(dir, "csi.sock")
	var servers []*grpc.Server
	var running sync.WaitGroup
	listen := func(path string, register func(*grpc.Server)) {
		require.NoError(d.t, os.MkdirAll(filepath.Dir(path), 0o750))
		l, err := net.Listen("unix", path)
		require.NoError(d.t, err)
		s := grpc.NewServer()
		register(s)
		servers = append(servers, s)
		running.Go(func() {
			if err := s.Serve(l); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
				d.t.Error(err)
			}
		})
	}
	listen(d.endpoint, func(s *grpc.Server) { spec.RegisterNodeServer(s, d) })
	listen(filepath.Join(registry, driverName+"-reg.sock"), func(s *grpc.Server) { protocol.RegisterRegistrationServer(s, d) })
	stop = sync.OnceFunc(func() {
		for _, s := range servers {
			s.Stop()
		}
		running.Wait()
		require.NoError(d.t, os.RemoveAll(dir))
	})
	d.t.Cleanup(stop)
	return stop
}

// call notes a call, and returns the error that it is to fail with.
func (d *testDriver) call(name, volume string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, name+" "+volume)
	return d.fail[name]
}

// taken returns the calls since the last time.
func (d *testDriver) taken() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	calls := d.calls
	d.calls = nil
	return calls
}

func (d *testDriver) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

func (d *testDriver) GetInfo(context.Context, *protocol.InfoRequest) (*protocol.PluginInfo, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &protocol.PluginInfo{Type: "CSIPlugin", Name: driverName, Endpoint: d.endpoint, SupportedVersions: slices.Clone(d.versions)}, nil
}

func (d *testDriver) NotifyRegistrationStatus(_ context.Context, s *protocol.RegistrationStatus) (*protocol.RegistrationStatusResponse, error) {
	d.set(func() { d.status = s })
	return &protocol.RegistrationStatusResponse{}, nil
}

func (d *testDriver) NodeGetCapabilities(context.Context, *spec.NodeGetCapabilitiesRequest) (*spec.NodeGetCapabilitiesResponse, error) {
	var all []*spec.NodeServiceCapability
	for _, c := range d.can {
		all = append(all, &spec.NodeServiceCapability{Type: &spec.NodeServiceCapability_Rpc{Rpc: &spec.NodeServiceCapability_RPC{Type: c}}})
	}
	return &spec.NodeGetCapabilitiesResponse{Capabilities: all}, nil
}

func (d *testDriver) NodeGetInfo(context.Context, *spec.NodeGetInfoRequest) (*spec.NodeGetInfoResponse, error) {
	return &spec.NodeGetInfoResponse{
		NodeId: "machine-7", MaxVolumesPerNode: 9, AccessibleTopology: &spec.Topology{Segments: map[string]string{"files.example.com/rack": "r1"}},
	}, nil
}

func (d *testDriver) NodeStageVolume(_ context.Context, r *spec.NodeStageVolumeRequest) (*spec.NodeStageVolumeResponse, error) {
	d.set(func() { d.staged = r })
	if err := d.call("stage", r.VolumeId); err != nil {
		return nil, err
	}
	return &spec.NodeStageVolumeResponse{}, d.bind(filepath.Join(d.root, r.VolumeId), r.StagingTargetPath, false)
}

func (d *testDriver) NodeUnstageVolume(_ context.Context, r *spec.NodeUnstageVolumeRequest) (*spec.NodeUnstageVolumeResponse, error) {
	if err := d.call("unstage", r.VolumeId); err != nil {
		return nil, err
	}
	return &spec.NodeUnstageVolumeResponse{}, mount.Unmount(r.StagingTargetPath)
}

func (d *testDriver) NodePublishVolume(_ context.Context, r *spec.NodePublishVolumeRequest) (*spec.NodePublishVolumeResponse, error) {
	d.set(func() { d.published = r })
	if err := d.call("publish", r.VolumeId); err != nil {
		return nil, err
	}
	source := r.StagingTargetPath
	if source == "" {
		source = filepath.Join(d.root, r.VolumeId)
	}
	return &spec.NodePublishVolumeResponse{}, d.bind(source, r.TargetPath, r.Readonly)
}

func (d *testDriver) NodeUnpublishVolume(_ context.Context, r *spec.NodeUnpublishVolumeRequest) (*spec.NodeUnpublishVolumeResponse, error) {
	if err := d.call("unpublish", r.VolumeId); err != nil {
		return nil, err
	}
	return &spec.NodeUnpublishVolumeResponse{}, mount.Unmount(r.TargetPath)
}

func (d *testDriver) NodeGetVolumeStats(context.Context, *spec.NodeGetVolumeStatsRequest) (*spec.NodeGetVolumeStatsResponse, error) {
	return &spec.NodeGetVolumeStatsResponse{Usage: []*spec.VolumeUsage{
		{Unit: spec.VolumeUsage_BYTES, Used: 10, Total: 100, Available: 90}, {Unit: spec.VolumeUsage_INODES, Used: 1, Total: 3, Available: 2},
	}}, nil
}

// bind mounts what is not mounted.
func (d *testDriver) bind(source, target string, readOnly bool) error {
	if err := os.MkdirAll(source, 0o755); err != nil {
		return err
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	mounted, err := mount.Is(target)
	if err != nil || mounted {
		return err
	}
	return mount.Bind(source, target, readOnly)
}

// lastPublished returns what the driver was told last, without the paths.
func (d *testDriver) lastPublished() (context, secrets, publish map[string]string, capability *spec.VolumeCapability) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.published.VolumeContext), d.published.Secrets, d.published.PublishContext, d.published.VolumeCapability
}

func grpcError(code codes.Code, text string) error { return status.Error(code, text) }
