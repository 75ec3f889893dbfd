package volume_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

func emptyDir(source corev1.EmptyDirVolumeSource) []corev1.Volume {
	return named("scratch", corev1.VolumeSource{EmptyDir: &source})
}

func modeOf(t *testing.T, path string) (fs.FileMode, uint32) {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Mode(), info.Sys().(*syscall.Stat_t).Gid
}

func TestEmptyDirOutlivesTheKubelet(t *testing.T) {
	f := newFixture(t)
	pod := f.pod(emptyDir(corev1.EmptyDirVolumeSource{}))
	dir := f.mounted(pod)[0].HostPath
	mode, _ := modeOf(t, dir)
	require.Equal(t, fs.ModeDir|0o777, mode)
	file := filepath.Join(dir, "data")
	require.NoError(t, os.WriteFile(file, []byte("kept"), 0o600))
	require.NoError(t, os.Chmod(dir, 0o500))

	f.restart()
	require.Equal(t, dir, f.mounted(pod)[0].HostPath)
	require.Equal(t, "kept", f.content(file))
	mode, _ = modeOf(t, dir)
	require.Equal(t, fs.ModeDir|0o500, mode, "what a Pod has made of its directory stays")

	f.restart()
	uids, err := f.volumes.Mounted(t.Context())
	require.NoError(t, err)
	require.Equal(t, []meta.UID{pod.UID}, uids)
	require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID), "of a Pod that nobody remembers")
	require.NoDirExists(t, dir)
	uids, err = f.volumes.Mounted(t.Context())
	require.NoError(t, err)
	require.Empty(t, uids)
}

func TestEmptyDirInMemory(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	for _, c := range []struct {
		name      string
		limit     *quantity.Quantity
		podLimit  string
		want      uint64
		group     *int64
		mode      *int32
		wantMode  fs.FileMode
		wantGroup uint32
	}{
		{name: "as much as the node has", want: 1 << 30, wantMode: 0o777},
		{name: "its own limit", limit: ptr(quantity.MustParse("1Mi")), podLimit: "64Mi", want: 1 << 20, wantMode: 0o777},
		{name: "the Pod's limit", limit: ptr(quantity.MustParse("128Mi")), podLimit: "64Mi", want: 64 << 20, group: ptr(int64(99)), wantMode: fs.ModeSetgid | 0o777, wantGroup: 99},
		{name: "a mode", want: 1 << 30, mode: ptr(int32(0o750)), wantMode: 0o750},
	} {
		t.Run(c.name, func(t *testing.T) {
			pod := f.pod(emptyDir(corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory, SizeLimit: c.limit}), func(p *corev1.Pod) {
				p.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: c.group}
				if c.podLimit != "" {
					p.Spec.Containers[0].Resources.Limits = corev1.ResourceList{"memory": quantity.MustParse(c.podLimit)}
				}
			})
			pod.Spec.Volumes[0].EmptyDir.Mode = c.mode // the server drops it as long as the cluster does not use it
			dir := f.mounted(pod)[0].HostPath
			var st syscall.Statfs_t
			require.NoError(t, syscall.Statfs(dir, &st))
			require.Equal(t, c.want, st.Blocks*uint64(st.Bsize))
			mode, group := modeOf(t, dir)
			require.Equal(t, c.wantMode|fs.ModeDir, mode)
			require.Equal(t, c.wantGroup, group)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "x"), nil, 0o600))
			f.restart()
			require.FileExists(t, filepath.Join(f.mounted(pod)[0].HostPath, "x"))
			mounts, err := mount.Under(f.root)
			require.NoError(t, err)
			require.Len(t, mounts, 1)
			require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID))
		})
	}
}

func TestHugePagesNeedALimit(t *testing.T) {
	f := newFixture(t)
	pod := f.pod(emptyDir(corev1.EmptyDirVolumeSource{Medium: "HugePages"}))
	require.ErrorContains(t, f.volumes.Mount(t.Context(), pod), "just one huge page size")
	pod = f.pod(emptyDir(corev1.EmptyDirVolumeSource{Medium: "HugePages-2Mi"}))
	require.ErrorContains(t, f.volumes.Mount(t.Context(), pod), "has no limit of hugepages-2Mi")
}

func TestHostPath(t *testing.T) {
	f := newFixture(t)
	dir := t.TempDir()
	file, socket := filepath.Join(dir, "file"), filepath.Join(dir, "socket")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer l.Close()
	missing := filepath.Join(dir, "missing", "deep")
	for _, c := range []struct {
		kind corev1.HostPathType
		path string
		want string
	}{
		{"", missing, ""},
		{"Directory", dir, ""},
		{"Directory", file, "is not a directory"},
		{"Directory", missing, "is not a directory"},
		{"DirectoryOrCreate", missing, ""},
		{"DirectoryOrCreate", file, "is not a directory"},
		{"File", file, ""},
		{"File", dir, "is not a file"},
		{"File", filepath.Join(dir, "none"), "is not a file"},
		{"FileOrCreate", filepath.Join(dir, "new"), ""},
		{"FileOrCreate", dir, "is not a file"},
		{"Socket", socket, ""},
		{"Socket", file, "is not a socket file"},
		{"CharDevice", "/dev/null", ""},
		{"CharDevice", file, "is not a character device"},
		{"BlockDevice", "/dev/null", "is not a block device"},
	} {
		pod := f.pod(named("host", corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: c.path, Type: ptr(c.kind)}}))
		err := f.volumes.Mount(t.Context(), pod)
		if c.want != "" {
			require.EqualError(t, err, `MountVolume.SetUp failed for volume "host" : hostPath type check failed: `+c.path+" "+c.want)
			continue
		}
		require.NoError(t, err, "%s %s", c.kind, c.path)
		require.Equal(t, c.path, f.container(pod)[0].HostPath)
		require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID))
	}
	require.DirExists(t, missing, "what was made stays")
	require.FileExists(t, filepath.Join(dir, "new"))
}

func TestSubPaths(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	data := t.TempDir()
	pod := f.pod(named("data", corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: data}}), func(p *corev1.Pod) {
		p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{
			{Name: "data", MountPath: "/logs", SubPathExpr: "$(POD)/$$logs"},
			{Name: "data", MountPath: "/fixed", SubPath: "fixed", ReadOnly: true, MountPropagation: ptr(corev1.MountPropagationHostToContainer)},
			{Name: "data", MountPath: "/all"},
		}
	})
	require.NoError(t, f.volumes.Mount(t.Context(), pod))
	_, err := f.volumes.Container(t.Context(), pod, &pod.Spec.Containers[0], 0, nil)
	require.EqualError(t, err, `missing value for "POD"`)
	for range 2 { // a container that restarts gets the same
		mounts := f.container(pod, kubelet.EnvVar{Name: "POD", Value: "web-0"})
		require.Len(t, mounts, 3)
		require.Equal(t, filepath.Join(f.root, "pods", string(pod.UID), "volume-subpaths", "data", "main", "0"), mounts[0].HostPath)
		require.NoError(t, os.WriteFile(filepath.Join(mounts[0].HostPath, "log"), nil, 0o600))
		require.FileExists(t, filepath.Join(data, "web-0", "$logs", "log"))
		require.True(t, mounts[1].ReadOnly)
		require.Equal(t, corev1.MountPropagationHostToContainer, mounts[1].Propagation)
		require.Equal(t, data, mounts[2].HostPath)
	}
	for value, want := range map[string]string{"../..": "unable to provision SubPath `../../$logs`", "/etc": "error SubPath `/etc/$logs` must not be an absolute path"} {
		_, err := f.volumes.Container(t.Context(), pod, &pod.Spec.Containers[0], 0, []kubelet.EnvVar{{Name: "POD", Value: value}})
		require.ErrorContains(t, err, want)
	}
	require.NoError(t, os.Symlink("/etc", filepath.Join(data, "evil")))
	_, err = f.volumes.Container(t.Context(), pod, &pod.Spec.Containers[0], 0, []kubelet.EnvVar{{Name: "POD", Value: "evil"}})
	require.ErrorContains(t, err, `failed to prepare subPath for volumeMount "data" of container "main"`)

	f.restart()
	require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID))
	require.FileExists(t, filepath.Join(data, "web-0", "$logs", "log"), "data behind a subpath stays")
}

func TestRecursiveReadOnly(t *testing.T) {
	for _, able := range []bool{false, true} {
		f := newFixture(t, func(o *volume.Options) { o.RecursiveReadOnly = func(context.Context) bool { return able } })
		pod := f.pod(emptyDir(corev1.EmptyDirVolumeSource{}), func(p *corev1.Pod) {
			p.Spec.Containers[0].VolumeMounts[0].ReadOnly = true
			p.Spec.Containers[0].VolumeMounts[0].RecursiveReadOnly = ptr(corev1.RecursiveReadOnlyIfPossible)
		})
		require.Equal(t, able, f.mounted(pod)[0].RecursiveReadOnly)
		pod.Spec.Containers[0].VolumeMounts[0].RecursiveReadOnly = ptr(corev1.RecursiveReadOnlyEnabled)
		_, err := f.volumes.Container(t.Context(), pod, &pod.Spec.Containers[0], 0, nil)
		if able {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, `volume "scratch" requested recursive read-only mode, but it is not supported by the runtime`)
		}
	}
}

func TestImageVolume(t *testing.T) {
	f := newFixture(t)
	pod := f.pod(named("pics", corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: "registry/pics:1", PullPolicy: corev1.PullAlways}}), func(p *corev1.Pod) {
		p.Spec.Containers[0].VolumeMounts[0].SubPath = "small"
	})
	require.Equal(t, kubelet.Mount{
		Name: "pics", ContainerPath: "/pics", ReadOnly: true, Image: &kubelet.Image{Name: "registry/pics:1"}, PullPolicy: corev1.PullAlways, SubPath: "small",
	}, f.mounted(pod)[0])
}

// claimed makes a bound claim and its volume.
func (f *fixture) claimed(name string, change func(*corev1.PersistentVolume)) []corev1.Volume {
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
			AccessModes: access, Capacity: size,
			ClaimRef: &corev1.ObjectReference{Namespace: "default", Name: name, UID: claim.UID},
		},
	}
	change(pv)
	create(f, pv)
	claim.Status.Phase = corev1.ClaimBound
	require.NoError(f, client.Of[corev1.PersistentVolumeClaim](f.c).UpdateStatus(f.Context(), claim))
	return named(name, corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}})
}

func onNode(label string) *corev1.VolumeNodeAffinity {
	return &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
		MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "disk", Operator: corev1.NodeSelectorOpIn, Values: []string{label}}},
	}}}}
}

func TestLocalVolume(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	data := t.TempDir()
	file := filepath.Join(data, "precious")
	require.NoError(t, os.WriteFile(file, []byte("x"), 0o600))
	volumes := f.claimed("db", func(pv *corev1.PersistentVolume) {
		pv.Spec.Local, pv.Spec.NodeAffinity = &corev1.LocalVolumeSource{Path: data}, onNode("here")
	})
	grouped := func(policy corev1.PodFSGroupChangePolicy) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: ptr(int64(3000)), FSGroupChangePolicy: &policy}
		}
	}
	pod := f.pod(volumes, grouped(corev1.FSGroupChangeOnRootMismatch))
	dir := f.mounted(pod)[0].HostPath
	require.Equal(t, filepath.Join(f.root, "pods", string(pod.UID), "volumes", "kubernetes.io~local-volume", "pv-db"), dir)
	mode, group := modeOf(t, filepath.Join(dir, "precious"))
	require.Equal(t, fs.FileMode(0o660), mode)
	require.Equal(t, uint32(3000), group)
	mode, group = modeOf(t, data)
	require.Equal(t, fs.ModeDir|fs.ModeSetgid, mode&^fs.ModePerm)
	require.Equal(t, uint32(3000), group)

	// A second Pod: the root is right, so that files are not looked at.
	require.NoError(t, os.Chown(file, -1, 0))
	other := f.pod(volumes, grouped(corev1.FSGroupChangeOnRootMismatch))
	f.mounted(other)
	_, group = modeOf(t, file)
	require.Zero(t, group)
	always := f.pod(volumes, grouped(corev1.FSGroupChangeAlways))
	f.mounted(always)
	_, group = modeOf(t, file)
	require.Equal(t, uint32(3000), group)

	f.restart()
	for _, p := range []*corev1.Pod{pod, other, always} {
		require.NoError(t, f.volumes.Unmount(t.Context(), p.UID))
	}
	require.Equal(t, "x", f.content(file), "a volume's data stays when its Pods go")

	readOnly := f.claimed("ro", func(pv *corev1.PersistentVolume) {
		pv.Spec.Local, pv.Spec.NodeAffinity = &corev1.LocalVolumeSource{Path: data}, onNode("here")
	})
	readOnly[0].PersistentVolumeClaim.ReadOnly = true
	m := f.mounted(f.pod(readOnly))[0]
	require.True(t, m.ReadOnly)
	require.ErrorIs(t, os.WriteFile(filepath.Join(m.HostPath, "new"), nil, 0o600), syscall.EROFS)
}

func TestClaimsThatCannotBeMounted(t *testing.T) {
	f := newFixture(t)
	local := func(path, label string) func(*corev1.PersistentVolume) {
		return func(pv *corev1.PersistentVolume) {
			pv.Spec.Local, pv.Spec.NodeAffinity = &corev1.LocalVolumeSource{Path: path}, onNode(label)
		}
	}
	claim := func(name string) []corev1.Volume {
		return named(name, corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}})
	}
	create(f, &corev1.PersistentVolumeClaim{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "waits"},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{"storage": quantity.MustParse("1Gi")}},
		},
	})
	problem := func(volume, claim, why string) string {
		return "Unable to attach or mount volumes: unmounted volumes=[" + volume + "], unattached volumes=[], failed to process volumes=[" + volume + "]: error processing PVC default/" + claim + ": " + why
	}
	stolen := f.claimed("stolen", local("/", "here"))
	_, err := client.Of[corev1.PersistentVolume](f.c).Modify(t.Context(), "pv-stolen", func(pv *corev1.PersistentVolume) error {
		pv.Spec.ClaimRef.UID = "another"
		return nil
	})
	require.NoError(t, err)
	for _, c := range []struct {
		volumes []corev1.Volume
		want    string
	}{
		{claim("none"), problem("none", "none", `failed to fetch PVC from API server: persistentvolumeclaims "none" not found`)},
		{claim("waits"), problem("waits", "waits", "PVC is not bound")},
		{stolen, problem("stolen", "stolen", "failed to fetch PV pv-stolen from API server: the PV's claimRef is not this PVC")},
		{f.claimed("away", local("/", "elsewhere")), `MountVolume.NodeAffinity check failed for volume "pv-away" : no matching NodeSelectorTerms`},
		{f.claimed("gone", local("/no/such/path", "here")), `MountVolume.SetUp failed for volume "pv-gone" : path "/no/such/path" does not exist`},
		{f.claimed("block", func(pv *corev1.PersistentVolume) {
			local("/dev/null", "here")(pv)
			pv.Spec.VolumeMode = ptr(corev1.PersistentVolumeBlock)
		}), problem("block", "block", "volume block has volumeMode Block, but is specified in volumeMounts")},
	} {
		require.EqualError(t, f.volumes.Mount(t.Context(), f.pod(c.volumes)), c.want)
	}
}

func TestBlockVolume(t *testing.T) {
	f := newFixture(t)
	devices, err := filepath.Glob("/dev/vd?")
	require.NoError(t, err)
	if len(devices) == 0 {
		t.Skip("needs a block device")
	}
	volumes := f.claimed("raw", func(pv *corev1.PersistentVolume) {
		pv.Spec.Local, pv.Spec.NodeAffinity = &corev1.LocalVolumeSource{Path: devices[0]}, onNode("here")
		pv.Spec.VolumeMode = ptr(corev1.PersistentVolumeBlock)
	})
	volumes[0].PersistentVolumeClaim.ReadOnly = true // it is the machine's own
	pod := f.pod(volumes, func(p *corev1.Pod) {
		p.Spec.Containers[0].VolumeMounts = nil
		p.Spec.Containers[0].VolumeDevices = []corev1.VolumeDevice{{Name: "raw", DevicePath: "/dev/xvda"}}
	})
	require.NoError(t, f.volumes.Mount(t.Context(), pod))
	all, err := f.volumes.Container(t.Context(), pod, &pod.Spec.Containers[0], 0, nil)
	require.NoError(t, err)
	require.Equal(t, []kubelet.Device{{Name: "raw", HostPath: devices[0], ContainerPath: "/dev/xvda", ReadOnly: true}}, all.Devices)
}

func TestUnmountNeverReachesBehindAMount(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	pod := f.pod(emptyDir(corev1.EmptyDirVolumeSource{}))
	dir := f.mounted(pod)[0].HostPath
	precious := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(precious, "data"), nil, 0o600))
	inside := filepath.Join(dir, "inside")
	require.NoError(t, os.Mkdir(inside, 0o700))
	require.NoError(t, mount.Bind(precious, inside, false), "as a container with bidirectional propagation can")
	err := f.volumes.Unmount(t.Context(), pod.UID)
	require.ErrorIs(t, err, mount.ErrMounted)
	require.FileExists(t, filepath.Join(precious, "data"))
	uids, err := f.volumes.Mounted(t.Context())
	require.NoError(t, err)
	require.Equal(t, []meta.UID{pod.UID}, uids, "it is tried again")
	require.NoError(t, mount.Unmount(inside))
	require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID))
}

func TestLeftoversOfUnknownPlugins(t *testing.T) {
	f := newFixture(t)
	at := volume.Location{RootDir: f.root, PodUID: "left", Plugin: "example.com/gone", Name: "v"}
	file := filepath.Join(at.Dir(), "data")
	require.NoError(t, os.MkdirAll(at.Dir(), 0o700))
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	err := f.volumes.Unmount(t.Context(), "left")
	require.ErrorContains(t, err, "no volume plugin example.com/gone")
	require.FileExists(t, file)
	require.NoError(t, os.Remove(file))
	require.NoError(t, f.volumes.Unmount(t.Context(), "left"))
	for _, uid := range []meta.UID{"", ".", "..", "a/b", "../x"} {
		require.ErrorContains(t, f.volumes.Unmount(t.Context(), uid), "not valid")
	}
}

// counting is somebody else's plug-in.
type counting struct {
	mu       sync.Mutex
	mounts   int
	unmounts []volume.Location
	fail     error
}

func (*counting) Name() string { return "example.com/counting" }

func (*counting) Supports(spec *volume.Spec) bool { return spec.Volume.FlexVolume != nil }

func (c *counting) Mount(ctx context.Context, r *volume.Request) (volume.Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return volume.Result{}, c.fail
	}
	c.mounts++
	secret, err := volume.Object[corev1.Secret](ctx, r, r.Pod.Namespace, "s")
	if err != nil {
		return volume.Result{}, err
	}
	if err := os.MkdirAll(r.Dir(), 0o755); err != nil {
		return volume.Result{}, err
	}
	return volume.Result{Path: r.Dir(), Groups: []int64{7}}, os.WriteFile(filepath.Join(r.Dir(), "v"), secret.Data["v"], 0o600)
}

func (c *counting) Unmount(_ context.Context, at volume.Location) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unmounts = append(c.unmounts, at)
	return volume.TakeDown(at)
}

func TestPluginOfOnesOwn(t *testing.T) {
	plugin := &counting{}
	var mu sync.Mutex
	var failed []string
	f := newFixture(t, func(o *volume.Options) {
		o.Plugins = []volume.Plugin{plugin}
		o.Failed = func(_ *corev1.Pod, err error) {
			mu.Lock()
			defer mu.Unlock()
			failed = append(failed, err.Error())
		}
	})
	secret := create(f, &corev1.Secret{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "s"}, Data: map[string][]byte{"v": []byte("1")}})
	pod := f.pod(named("own", corev1.VolumeSource{FlexVolume: &corev1.FlexVolumeSource{Driver: "x/y"}}))
	require.NoError(t, f.volumes.Mount(t.Context(), pod))
	require.NoError(t, f.volumes.Mount(t.Context(), pod), "again changes nothing")
	all, err := f.volumes.Container(t.Context(), pod, &pod.Spec.Containers[0], 0, nil)
	require.NoError(t, err)
	require.Equal(t, []int64{7}, all.Groups)
	file := filepath.Join(all.Mounts[0].HostPath, "v")

	plugin.mu.Lock()
	require.Equal(t, 1, plugin.mounts)
	plugin.fail = errors.New("the disk is on fire")
	plugin.mu.Unlock()
	secret.Data["v"] = []byte("2")
	require.NoError(t, client.Of[corev1.Secret](f.c).Update(t.Context(), secret))
	f.eventually(func() error {
		mu.Lock()
		defer mu.Unlock()
		if len(failed) == 0 {
			return errors.New("nobody was told")
		}
		require.Equal(t, `MountVolume.SetUp failed for volume "own" : the disk is on fire`, failed[0])
		return nil
	})
	plugin.mu.Lock()
	plugin.fail = nil
	plugin.mu.Unlock()
	f.eventuallyHolds(file, "2")

	require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID))
	plugin.mu.Lock()
	defer plugin.mu.Unlock()
	require.Equal(t, []volume.Location{{RootDir: f.root, PodUID: pod.UID, Plugin: "example.com/counting", Name: "own"}}, plugin.unmounts)
}

func TestUnusedVolumesAreLeftOut(t *testing.T) {
	f := newFixture(t)
	pod := f.pod(emptyDir(corev1.EmptyDirVolumeSource{}), func(p *corev1.Pod) { p.Spec.Containers[0].VolumeMounts = nil })
	require.NoError(t, f.volumes.Mount(t.Context(), pod))
	uids, err := f.volumes.Mounted(t.Context())
	require.NoError(t, err)
	require.Empty(t, uids)
}

func TestVolumeUsage(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	pod := f.pod(slices.Concat(
		named("disk", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}),
		named("memory", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory, SizeLimit: ptr(quantity.MustParse("8Mi"))}}),
		named("host", corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: t.TempDir()}}),
	))
	mounts := f.mounted(pod)
	data := make([]byte, 1<<20)
	for _, m := range mounts {
		require.NoError(t, os.WriteFile(filepath.Join(m.HostPath, "data"), data, 0o600))
	}
	require.NoError(t, os.Link(filepath.Join(mounts[0].HostPath, "data"), filepath.Join(mounts[0].HostPath, "again")))
	usage, err := f.volumes.VolumeUsage(t.Context(), pod)
	require.NoError(t, err)
	require.Len(t, usage, 2, "what is the node's is not measured")
	disk, memory := usage["disk"], usage["memory"]
	require.True(t, disk.Ephemeral)
	require.GreaterOrEqual(t, disk.Used, uint64(1<<20))
	require.Less(t, disk.Used, uint64(2<<20), "a file with two names counts once")
	require.Equal(t, uint64(2), disk.InodesUsed)
	require.Greater(t, disk.Capacity, disk.Used)
	require.False(t, memory.Ephemeral)
	require.Equal(t, uint64(1<<20), memory.Used)
	require.Equal(t, uint64(8<<20), memory.Capacity)
	require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID))
	usage, err = f.volumes.VolumeUsage(t.Context(), pod)
	require.NoError(t, err)
	require.Empty(t, usage)
}
