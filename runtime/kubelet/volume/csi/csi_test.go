package csi_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	spec "github.com/container-storage-interface/spec/lib/go/csi"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/csi"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

const (
	node    = "node-1"
	timeout = 30 * time.Second
)

type issuer struct{}

func (issuer) IssueToken(_ context.Context, account *corev1.ServiceAccount, _ meta.Object, _ *corev1.Node, r *authenticationv1.TokenRequest) error {
	r.Status.Token = fmt.Sprintf("%s for %v", account.Name, r.Spec.Audiences)
	r.Status.ExpirationTimestamp = meta.At(time.Now().Add(time.Hour))
	return nil
}

type fixture struct {
	*testing.T
	c       client.Client
	root    string
	volumes *volume.Manager
	stop    func()
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	dir := t.TempDir()
	if err := mount.Mount("tmpfs", dir, "tmpfs"); errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("needs the right to mount")
	} else {
		require.NoError(t, err)
	}
	require.NoError(t, mount.Unmount(dir))
	root, err := os.MkdirTemp("", "csi") // socket paths have to be short
	require.NoError(t, err)
	f := &fixture{T: t, root: root}
	f.c = clienttest.Start(t, clienttest.Options{Registry: registry.Options{TokenIssuer: issuer{}}, Bootstrap: true}).Local
	create(f, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: node}})
	create(f, &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "default"}})
	f.start()
	t.Cleanup(func() {
		f.stop()
		left, err := mount.Under(root)
		require.NoError(t, err)
		require.Empty(t, left, "mounts are left")
		require.NoError(t, mount.RemoveAll(root))
	})
	return f
}

func (f *fixture) start() {
	f.Helper()
	quiet := slog.New(slog.DiscardHandler)
	drivers, err := csi.New(f.c, csi.Options{RootDir: f.root, NodeName: node, Logger: quiet, AttachTimeout: time.Second})
	require.NoError(f, err)
	f.volumes, err = volume.New(f.c, volume.Options{RootDir: f.root, NodeName: node, Logger: quiet, Plugins: []volume.Plugin{drivers}})
	require.NoError(f, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.volumes.Run(ctx) }()
	f.stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(f, <-ended)
	})
}

func create[T any, P client.Pointer[T]](f *fixture, obj *T) *T {
	f.Helper()
	require.NoError(f, client.Of[T, P](f.c).Create(f.Context(), obj))
	return obj
}

func ptr[T any](v T) *T { return &v }

func (f *fixture) eventually(check func() error) {
	f.Helper()
	ctx, cancel := context.WithTimeout(f.Context(), timeout)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			f.Fatalf("not in time: %v", err)
		}
	}
}

func (f *fixture) csiNode() *storagev1.CSINode {
	n, err := client.Of[storagev1.CSINode](f.c).Get(f.Context(), node)
	if err != nil {
		return &storagev1.CSINode{}
	}
	return n
}

// register serves a driver and waits until the node has it.
func (f *fixture) register(d *testDriver) (stop func()) {
	f.Helper()
	d.set(func() { d.status = nil })
	stop = d.serve(filepath.Join(f.root, "plugins_registry"))
	f.eventually(func() error {
		var ok bool
		d.set(func() { ok = d.status != nil && d.status.PluginRegistered })
		if !ok {
			return errors.New("not registered")
		}
		return nil
	})
	return stop
}

func (f *fixture) driverObject(change func(*storagev1.CSIDriverSpec)) {
	f.Helper()
	d := &storagev1.CSIDriver{ObjectMeta: meta.ObjectMeta{Name: driverName}}
	d.Spec.AttachRequired = ptr(false)
	change(&d.Spec)
	create(f, d)
}

// claimed makes a volume with a claim that is bound to it.
func (f *fixture) claimed(name string, change ...func(*corev1.PersistentVolume)) []corev1.Volume {
	f.Helper()
	access := []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	size := corev1.ResourceList{"storage": quantity.MustParse("1Gi")}
	claim := create(f, &corev1.PersistentVolumeClaim{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: name},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: access, VolumeName: "pv-" + name, StorageClassName: ptr(""), Resources: corev1.VolumeResourceRequirements{Requests: size},
		},
	})
	pv := &corev1.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: "pv-" + name},
		Spec: corev1.PersistentVolumeSpec{
			AccessModes: access, Capacity: size, ClaimRef: &corev1.ObjectReference{Namespace: "default", Name: name, UID: claim.UID},
			PersistentVolumeSource: corev1.PersistentVolumeSource{CSI: &corev1.CSIPersistentVolumeSource{
				Driver: driverName, VolumeHandle: "handle-" + name, FSType: "ext4", VolumeAttributes: map[string]string{"color": "red"},
			}},
		},
	}
	for _, c := range change {
		c(pv)
	}
	create(f, pv)
	claim.Status.Phase = corev1.ClaimBound
	require.NoError(f, client.Of[corev1.PersistentVolumeClaim](f.c).UpdateStatus(f.Context(), claim))
	return []corev1.Volume{{Name: name, VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}}}
}

func (f *fixture) pod(volumes []corev1.Volume, change ...func(*corev1.Pod)) *corev1.Pod {
	f.Helper()
	pod := &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", GenerateName: "pod-"},
		Spec:       corev1.PodSpec{NodeName: node, ServiceAccountName: "default", Volumes: volumes, Containers: []corev1.Container{{Name: "main", Image: "none"}}},
	}
	for _, v := range volumes {
		pod.Spec.Containers[0].VolumeMounts = append(pod.Spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: v.Name, MountPath: "/" + v.Name})
	}
	for _, c := range change {
		c(pod)
	}
	return create(f, pod)
}

func (f *fixture) mounted(pod *corev1.Pod) string {
	f.Helper()
	require.NoError(f, f.volumes.Mount(f.Context(), pod))
	all, err := f.volumes.Container(f.Context(), pod, &pod.Spec.Containers[0], 0, nil)
	require.NoError(f, err)
	return all.Mounts[0].HostPath
}

const stages = spec.NodeServiceCapability_RPC_STAGE_UNSTAGE_VOLUME

func TestRegistration(t *testing.T) {
	f := newFixture(t)
	f.eventually(func() error {
		if n := f.csiNode(); n.Name == "" || len(n.Spec.Drivers) != 0 || len(n.OwnerReferences) != 1 || n.OwnerReferences[0].Kind != "Node" {
			return fmt.Errorf("CSINode is %+v", n)
		}
		return nil
	})
	d := newDriver(t)
	d.versions = []string{"0.3.0"}
	stop := d.serve(filepath.Join(f.root, "plugins_registry"))
	f.eventually(func() error {
		var s string
		d.set(func() {
			if d.status != nil && !d.status.PluginRegistered {
				s = d.status.Error
			}
		})
		if s == "" {
			return errors.New("the driver was not told")
		}
		require.Contains(t, s, "has to be 1.x")
		return nil
	})
	require.Empty(t, f.csiNode().Spec.Drivers)
	stop()

	d.set(func() { d.versions = []string{"0.3.0", "1.2.0"} })
	stop = f.register(d)
	require.Equal(t, []storagev1.CSINodeDriver{{
		Name: driverName, NodeID: "machine-7", TopologyKeys: []string{"files.example.com/rack"}, Allocatable: &storagev1.VolumeNodeResources{Count: ptr(int32(9))},
	}}, f.csiNode().Spec.Drivers)
	n, err := client.Of[corev1.Node](f.c).Get(t.Context(), node)
	require.NoError(t, err)
	require.Equal(t, "r1", n.Labels["files.example.com/rack"])
	require.JSONEq(t, `{"files.example.com":"machine-7"}`, n.Annotations["csi.volume.kubernetes.io/nodeid"])

	stop()
	f.eventually(func() error {
		if left := len(f.csiNode().Spec.Drivers); left > 0 {
			return fmt.Errorf("%d drivers are left", left)
		}
		return nil
	})
	f.register(d)
	require.Len(t, f.csiNode().Spec.Drivers, 1)
}

func TestStageAndPublish(t *testing.T) {
	f := newFixture(t)
	f.driverObject(func(s *storagev1.CSIDriverSpec) { s.PodInfoOnMount = ptr(true) })
	d := newDriver(t, stages)
	for _, name := range []string{"stage", "publish"} {
		create(f, &corev1.Secret{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: name}, Data: map[string][]byte{"for": []byte(name)}})
	}
	volumes := f.claimed("db", func(pv *corev1.PersistentVolume) {
		pv.Spec.MountOptions = []string{"noatime"}
		pv.Spec.CSI.NodeStageSecretRef = &corev1.SecretReference{Namespace: "default", Name: "stage"}
		pv.Spec.CSI.NodePublishSecretRef = &corev1.SecretReference{Namespace: "default", Name: "publish"}
	})
	group := func(p *corev1.Pod) { p.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: ptr(int64(555))} }
	one := f.pod(volumes, group)
	require.EqualError(t, f.volumes.Mount(t.Context(), one),
		`MountVolume.SetUp failed for volume "pv-db" : kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name files.example.com not found in the list of registered CSI drivers`)
	f.register(d)
	dir := f.mounted(one)
	require.Equal(t, filepath.Join(f.root, "pods", string(one.UID), "volumes", "kubernetes.io~csi", "pv-db", "mount"), dir)
	require.Equal(t, []string{"stage handle-db", "publish handle-db"}, d.taken())
	told, secrets, _, capability := d.lastPublished()
	require.Equal(t, map[string]string{
		"color": "red", "csi.storage.k8s.io/pod.name": one.Name, "csi.storage.k8s.io/pod.namespace": "default", "csi.storage.k8s.io/pod.uid": string(one.UID),
		"csi.storage.k8s.io/serviceAccount.name": "default", "csi.storage.k8s.io/ephemeral": "false",
	}, told)
	require.Equal(t, map[string]string{"for": "publish"}, secrets)
	require.Equal(t, map[string]string{"for": "stage"}, d.staged.Secrets)
	require.Equal(t, spec.VolumeCapability_AccessMode_SINGLE_NODE_WRITER, capability.AccessMode.Mode)
	require.Equal(t, []string{"noatime"}, capability.GetMount().MountFlags)
	require.Equal(t, "ext4", capability.GetMount().FsType)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "row"), []byte("x"), 0o600))
	info, err := os.Stat(filepath.Join(d.root, "handle-db"))
	require.NoError(t, err)
	require.Equal(t, uint32(555), info.Sys().(*syscall.Stat_t).Gid, "one writer and a file system: the fsGroup owns it")

	two := f.pod(volumes, group)
	require.FileExists(t, filepath.Join(f.mounted(two), "row"))
	d.taken()

	// A kubelet that comes back finds it all on the disk.
	f.stop()
	f.start()
	f.eventually(func() error { return f.volumes.Mount(t.Context(), two) })
	d.taken()
	require.NoError(t, f.volumes.Unmount(t.Context(), one.UID))
	require.Equal(t, []string{"unpublish handle-db"}, d.taken(), "another Pod has it")
	require.NoError(t, f.volumes.Unmount(t.Context(), two.UID))
	require.Equal(t, []string{"unpublish handle-db", "unstage handle-db"}, d.taken())
	require.FileExists(t, filepath.Join(d.root, "handle-db", "row"))
	left, err := filepath.Glob(filepath.Join(f.root, "plugins", "kubernetes.io/csi", driverName, "*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestDriverThatFails(t *testing.T) {
	f := newFixture(t)
	f.driverObject(func(*storagev1.CSIDriverSpec) {})
	d := newDriver(t, stages)
	f.register(d)
	pod := f.pod(f.claimed("db"))
	dir := filepath.Join(f.root, "pods", string(pod.UID), "volumes", "kubernetes.io~csi", "pv-db")

	d.set(func() { d.fail["stage"] = grpcError(codes.Internal, "no disk") })
	require.EqualError(t, f.volumes.Mount(t.Context(), pod), `MountVolume.MountDevice failed for volume "pv-db" : rpc error: code = Internal desc = no disk`)
	d.set(func() { d.fail = map[string]error{"publish": grpcError(codes.NotFound, "no such volume")} })
	require.EqualError(t, f.volumes.Mount(t.Context(), pod), `MountVolume.SetUp failed for volume "pv-db" : rpc error: code = NotFound desc = no such volume`)
	_, err := os.Lstat(dir)
	require.ErrorIs(t, err, fs.ErrNotExist, "the driver has done nothing")
	d.set(func() { d.fail["publish"] = grpcError(codes.DeadlineExceeded, "still at it") })
	require.Error(t, f.volumes.Mount(t.Context(), pod))
	require.DirExists(t, dir, "the driver may have done it")

	d.taken()
	d.set(func() { d.fail = map[string]error{"unpublish": grpcError(codes.Internal, "busy")} })
	require.ErrorContains(t, f.volumes.Unmount(t.Context(), pod.UID), "desc = busy")
	d.set(func() { d.fail = map[string]error{"unstage": grpcError(codes.Internal, "busy")} })
	require.ErrorContains(t, f.volumes.Unmount(t.Context(), pod.UID), "UnmountDevice")
	uids, err := f.volumes.Mounted(t.Context())
	require.NoError(t, err)
	require.Equal(t, []meta.UID{pod.UID}, uids)
	d.set(func() { d.fail = nil })
	require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID))
	require.Equal(t, []string{"unpublish handle-db", "unpublish handle-db", "unstage handle-db", "unpublish handle-db", "unstage handle-db"}, d.taken())
}

func TestInlineVolume(t *testing.T) {
	f := newFixture(t)
	d := newDriver(t, stages, spec.NodeServiceCapability_RPC_VOLUME_MOUNT_GROUP)
	f.register(d)
	inline := []corev1.Volume{{Name: "tmp", VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{
		Driver: driverName, ReadOnly: ptr(true), VolumeAttributes: map[string]string{"size": "1"}, NodePublishSecretRef: &corev1.LocalObjectReference{Name: "pass"},
	}}}}
	pod := f.pod(inline, func(p *corev1.Pod) { p.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: ptr(int64(9))} })
	require.ErrorContains(t, f.volumes.Mount(t.Context(), pod), `volume mode "Ephemeral" not supported by driver files.example.com (only supports ["Persistent"])`)
	f.driverObject(func(s *storagev1.CSIDriverSpec) {
		s.VolumeLifecycleModes = []storagev1.VolumeLifecycleMode{storagev1.VolumeLifecycleEphemeral}
		s.PodInfoOnMount = ptr(true)
		s.TokenRequests = []storagev1.TokenRequest{{Audience: "vault"}}
		s.RequiresRepublish = ptr(true)
	})
	require.EqualError(t, f.volumes.Mount(t.Context(), pod),
		`MountVolume.SetUp failed for volume "tmp" : fetching NodePublishSecretRef default/pass failed: secrets "pass" not found`)
	create(f, &corev1.Secret{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "pass"}, Data: map[string][]byte{"word": []byte("open")}})
	dir := f.mounted(pod)
	require.ErrorIs(t, os.WriteFile(filepath.Join(dir, "x"), nil, 0o600), syscall.EROFS)
	told, secrets, _, capability := d.lastPublished()
	require.Equal(t, "true", told["csi.storage.k8s.io/ephemeral"])
	require.Equal(t, "1", told["size"])
	require.Contains(t, told["csi.storage.k8s.io/serviceAccount.tokens"], `{"vault":{"token":"default for [vault]","expirationTimestamp":"`)
	require.Equal(t, map[string]string{"word": "open"}, secrets)
	require.Equal(t, "9", capability.GetMount().VolumeMountGroup)
	calls := d.taken()
	require.Len(t, calls, 1, "inline volumes are not staged: %v", calls)
	require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID))
	require.Len(t, d.taken(), 1)
}

func TestAttachedVolume(t *testing.T) {
	f := newFixture(t)
	f.driverObject(func(s *storagev1.CSIDriverSpec) { s.AttachRequired = ptr(true) })
	d := newDriver(t, spec.NodeServiceCapability_RPC_GET_VOLUME_STATS)
	f.register(d)
	pod := f.pod(f.claimed("db"))
	require.EqualError(t, f.volumes.Mount(t.Context(), pod),
		`MountVolume.WaitForAttach failed for volume "pv-db" : timed out waiting for external-attacher of files.example.com CSI driver to attach volume handle-db`)
	a := create(f, &storagev1.VolumeAttachment{
		ObjectMeta: meta.ObjectMeta{Name: csi.AttachmentName("handle-db", driverName, node)},
		Spec:       storagev1.VolumeAttachmentSpec{Attacher: driverName, NodeName: node, Source: storagev1.VolumeAttachmentSource{PersistentVolumeName: ptr("pv-db")}},
	})
	a.Status.AttachError = &storagev1.VolumeError{Message: "no free slot"}
	require.NoError(t, client.Of[storagev1.VolumeAttachment](f.c).UpdateStatus(t.Context(), a))
	require.EqualError(t, f.volumes.Mount(t.Context(), pod), `AttachVolume.Attach failed for volume "pv-db" : no free slot`)
	ended := make(chan error, 1)
	a.Status = storagev1.VolumeAttachmentStatus{}
	require.NoError(t, client.Of[storagev1.VolumeAttachment](f.c).UpdateStatus(t.Context(), a))
	go func() { ended <- f.volumes.Mount(context.Background(), pod) }()
	a.Status = storagev1.VolumeAttachmentStatus{Attached: true, AttachmentMetadata: map[string]string{"device": "/dev/sdz"}}
	require.NoError(t, client.Of[storagev1.VolumeAttachment](f.c).UpdateStatus(t.Context(), a))
	require.NoError(t, <-ended)
	_, _, publish, _ := d.lastPublished()
	require.Equal(t, map[string]string{"device": "/dev/sdz"}, publish)
	require.Equal(t, []string{"publish handle-db"}, d.taken(), "this driver does not stage")
	usage, err := f.volumes.VolumeUsage(t.Context(), pod)
	require.NoError(t, err)
	require.Equal(t, map[string]kubelet.VolumeUsage{"db": {Used: 10, Capacity: 100, Available: 90, InodesUsed: 1, Inodes: 3, InodesFree: 2}}, usage)
	inUse := []corev1.UniqueVolumeName{"kubernetes.io/csi/" + driverName + "^handle-db"}
	require.Equal(t, inUse, f.volumes.InUse())
	// A kubelet that comes back knows before it has seen its Pods.
	f.stop()
	f.start()
	require.Equal(t, inUse, f.volumes.InUse())
	f.eventually(func() error { return f.volumes.Unmount(t.Context(), pod.UID) }) // when the driver is known again
	require.Empty(t, f.volumes.InUse())
}
