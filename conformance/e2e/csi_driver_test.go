package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	spec "github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

// csiDriver is a small CSI driver on this machine: each volume is a directory, that is
// bound to where it is staged, and from there to where it is published.
type csiDriver struct {
	spec.UnimplementedNodeServer
	registration.UnimplementedRegistrationServer
	name, node string
	root       string // has a directory for each volume
	endpoint   string

	mu       sync.Mutex
	calls    []string                              // what was done, in order
	contexts map[string]map[string]string          // volume contexts, by volume
	devices  map[string]string                     // what attaching told, by volume
	secrets  map[string]map[string]string          // of staging, by volume
	refuse   error                                 // what publishing is refused with
	status   chan *registration.RegistrationStatus // told by the kubelet
}

// startCSIDriver runs one that registers at the node whose plug-ins' directory it is,
// until the test ends or stop is called.
func startCSIDriver(t *testing.T, name, registry string) (d *csiDriver, stop func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "csi") // paths of sockets have to be short
	if err != nil {
		t.Fatal(err)
	}
	d = &csiDriver{
		name: name, node: "machine-7", root: filepath.Join(dir, "volumes"), endpoint: filepath.Join(dir, "csi.sock"), contexts: map[string]map[string]string{},
		devices: map[string]string{}, secrets: map[string]map[string]string{}, status: make(chan *registration.RegistrationStatus, 10),
	}
	var servers []*grpc.Server
	var running sync.WaitGroup
	stop = sync.OnceFunc(func() {
		for _, s := range servers {
			s.Stop()
		}
		running.Wait()
	})
	t.Cleanup(func() {
		stop()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	serve := func(path string, register func(*grpc.Server)) {
		t.Helper()
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		s := grpc.NewServer()
		register(s)
		servers = append(servers, s)
		running.Go(func() {
			if err := s.Serve(l); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
				t.Error(err)
			}
		})
	}
	// The kubelet asks the driver as soon as it sees the other socket.
	serve(d.endpoint, func(s *grpc.Server) { spec.RegisterNodeServer(s, d) })
	serve(filepath.Join(registry, name+"-reg.sock"), func(s *grpc.Server) { registration.RegisterRegistrationServer(s, d) })
	return d, stop
}

// GetInfo implements registration.RegistrationServer.
func (d *csiDriver) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return &registration.PluginInfo{Type: registration.CSIPlugin, Name: d.name, Endpoint: d.endpoint, SupportedVersions: []string{"1.0.0"}}, nil
}

// NotifyRegistrationStatus implements registration.RegistrationServer.
func (d *csiDriver) NotifyRegistrationStatus(_ context.Context, s *registration.RegistrationStatus) (*registration.RegistrationStatusResponse, error) {
	select {
	case d.status <- s:
	default: // nobody counts how often it is told
	}
	return &registration.RegistrationStatusResponse{}, nil
}

// NodeGetCapabilities implements spec.NodeServer.
func (d *csiDriver) NodeGetCapabilities(context.Context, *spec.NodeGetCapabilitiesRequest) (*spec.NodeGetCapabilitiesResponse, error) {
	can := &spec.NodeServiceCapability_RPC{Type: spec.NodeServiceCapability_RPC_STAGE_UNSTAGE_VOLUME}
	return &spec.NodeGetCapabilitiesResponse{Capabilities: []*spec.NodeServiceCapability{{Type: &spec.NodeServiceCapability_Rpc{Rpc: can}}}}, nil
}

// NodeGetInfo implements spec.NodeServer.
func (d *csiDriver) NodeGetInfo(context.Context, *spec.NodeGetInfoRequest) (*spec.NodeGetInfoResponse, error) {
	return &spec.NodeGetInfoResponse{NodeId: d.node, MaxVolumesPerNode: 5}, nil
}

// NodeStageVolume implements spec.NodeServer.
func (d *csiDriver) NodeStageVolume(_ context.Context, r *spec.NodeStageVolumeRequest) (*spec.NodeStageVolumeResponse, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.devices[r.VolumeId], d.secrets[r.VolumeId] = r.PublishContext["device"], r.Secrets
	volume := filepath.Join(d.root, r.VolumeId)
	if err := os.MkdirAll(volume, 0o755); err != nil {
		return nil, err
	}
	return &spec.NodeStageVolumeResponse{}, d.bind("stage", r.VolumeId, volume, r.StagingTargetPath)
}

// NodeUnstageVolume implements spec.NodeServer.
func (d *csiDriver) NodeUnstageVolume(_ context.Context, r *spec.NodeUnstageVolumeRequest) (*spec.NodeUnstageVolumeResponse, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &spec.NodeUnstageVolumeResponse{}, d.unbind("unstage", r.VolumeId, r.StagingTargetPath)
}

// NodePublishVolume implements spec.NodeServer.
func (d *csiDriver) NodePublishVolume(_ context.Context, r *spec.NodePublishVolumeRequest) (*spec.NodePublishVolumeResponse, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuse != nil {
		return nil, d.refuse
	}
	d.contexts[r.VolumeId] = r.VolumeContext
	source := r.StagingTargetPath
	if source == "" {
		source = filepath.Join(d.root, r.VolumeId)
		if err := os.MkdirAll(source, 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(source, "greeting"), []byte(r.VolumeContext["greeting"]), 0o644); err != nil {
			return nil, err
		}
	}
	return &spec.NodePublishVolumeResponse{}, d.bind("publish", r.VolumeId, source, r.TargetPath)
}

// NodeUnpublishVolume implements spec.NodeServer.
func (d *csiDriver) NodeUnpublishVolume(_ context.Context, r *spec.NodeUnpublishVolumeRequest) (*spec.NodeUnpublishVolumeResponse, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &spec.NodeUnpublishVolumeResponse{}, d.unbind("unpublish", r.VolumeId, r.TargetPath)
}

// NodeGetVolumeStats implements spec.NodeServer.
func (d *csiDriver) NodeGetVolumeStats(context.Context, *spec.NodeGetVolumeStatsRequest) (*spec.NodeGetVolumeStatsResponse, error) {
	return nil, status.Error(codes.Unimplemented, "nobody measures")
}

// bind mounts what is not mounted; a call may come again. The caller holds d.mu.
func (d *csiDriver) bind(call, volume, source, target string) error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	if mounted, err := isMounted(target); err != nil || mounted {
		return err
	}
	d.calls = append(d.calls, call+" "+volume)
	if err := syscall.Mount(source, target, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind %s to %s: %w", source, target, err)
	}
	return nil
}

// unbind undoes bind. The caller holds d.mu.
func (d *csiDriver) unbind(call, volume, target string) error {
	if mounted, err := isMounted(target); err != nil {
		return err
	} else if mounted {
		d.calls = append(d.calls, call+" "+volume)
		if err := syscall.Unmount(target, 0); err != nil {
			return fmt.Errorf("unmount %s: %w", target, err)
		}
	}
	if err := os.Remove(target); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// isMounted reports whether something is mounted on a path.
func isMounted(path string) (bool, error) {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return false, err
	}
	for line := range strings.Lines(string(table)) {
		if fields := strings.Fields(line); len(fields) > 4 && fields[4] == path {
			return true, nil
		}
	}
	return false, nil
}

// done returns what was done since the last time.
func (d *csiDriver) done() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	calls := slices.Clone(d.calls)
	d.calls = nil
	return calls
}

// told returns what the driver was last told of a volume.
func (d *csiDriver) told(volume string) (context, secrets map[string]string, device string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.contexts[volume]), maps.Clone(d.secrets[volume]), d.devices[volume]
}

func (d *csiDriver) refusePublishing(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuse = err
}
