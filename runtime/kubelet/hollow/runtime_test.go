package hollow

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

func podWith(policy corev1.RestartPolicy, annotations map[string]string) *corev1.Pod {
	always := corev1.ContainerRestartPolicyAlways
	return &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Name: "p", Namespace: "n", UID: "u", Annotations: annotations},
		Spec: corev1.PodSpec{
			RestartPolicy:  policy,
			InitContainers: []corev1.Container{{Name: "init"}, {Name: "side", RestartPolicy: &always}},
			Containers:     []corev1.Container{{Name: "main"}, {Name: "other"}},
		},
	}
}

func TestBehaviour(t *testing.T) {
	const never, always = corev1.RestartPolicyNever, corev1.RestartPolicyAlways
	for name, test := range map[string]struct {
		policy      corev1.RestartPolicy
		annotations map[string]string
		container   string
		want        behaviour
		err         string
	}{
		"serves":                      {always, nil, "main", behaviour{}, ""},
		"works":                       {never, nil, "main", behaviour{ends: true, runFor: time.Second}, ""},
		"works on failure":            {corev1.RestartPolicyOnFailure, nil, "main", behaviour{ends: true, runFor: time.Second}, ""},
		"prepares":                    {always, nil, "init", behaviour{ends: true, runFor: initRunFor}, ""},
		"stays beside":                {never, nil, "side", behaviour{}, ""},
		"for so long":                 {always, map[string]string{RunForAnnotation: "3s", ExitCodeAnnotation: "7"}, "main", behaviour{ends: true, runFor: 3 * time.Second, exitCode: 7}, ""},
		"for ever":                    {never, map[string]string{RunForAnnotation: Forever}, "main", behaviour{}, ""},
		"not for init containers":     {always, map[string]string{RunForAnnotation: "3s", ExitCodeAnnotation: "7"}, "init", behaviour{ends: true, runFor: initRunFor}, ""},
		"not for sidecars":            {always, map[string]string{RunForAnnotation: "3s"}, "side", behaviour{}, ""},
		"for one container":           {always, map[string]string{RunForAnnotation: "3s", RunForAnnotation + ".main": "5s"}, "main", behaviour{ends: true, runFor: 5 * time.Second}, ""},
		"for one, and this is not it": {always, map[string]string{RunForAnnotation + ".other": "5s"}, "main", behaviour{}, ""},
		"slow to stop":                {always, map[string]string{StopAfterAnnotation: "5s"}, "side", behaviour{stopAfter: 5 * time.Second}, ""},
		"no duration":                 {always, map[string]string{RunForAnnotation: "-3s"}, "main", behaviour{}, `annotation hollow.nucleus.io/run-for: "-3s" is neither a duration, such as 30s, nor "forever"`},
		"no code":                     {always, map[string]string{ExitCodeAnnotation + ".main": "256"}, "main", behaviour{}, `annotation hollow.nucleus.io/exit-code.main: "256" is no exit code (0 to 255)`},
		"no time":                     {always, map[string]string{StopAfterAnnotation: "x"}, "main", behaviour{}, `annotation hollow.nucleus.io/stop-after: "x" is no duration, such as 30s`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := behaviourOf(podWith(test.policy, test.annotations), test.container, time.Second)
			if test.err != "" {
				require.EqualError(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

func TestAddresses(t *testing.T) {
	a := newAddresses(netip.MustParsePrefix("10.1.2.8/29"))
	var got []string
	for range 5 {
		addr, err := a.take()
		require.NoError(t, err)
		got = append(got, addr.String())
	}
	require.Equal(t, []string{"10.1.2.10", "10.1.2.11", "10.1.2.12", "10.1.2.13", "10.1.2.14"}, got)
	_, err := a.take()
	require.EqualError(t, err, "all addresses of 10.1.2.8/29 are in use")
	a.free(netip.MustParseAddr("10.1.2.12"))
	addr, err := a.take()
	require.NoError(t, err)
	require.Equal(t, "10.1.2.12", addr.String())

	// What is given back is not handed out next.
	b := newAddresses(netip.MustParsePrefix("fd00::/64"))
	first, err := b.take()
	require.NoError(t, err)
	b.free(first)
	second, err := b.take()
	require.NoError(t, err)
	require.NotEqual(t, first, second)

	for _, tiny := range []string{"10.1.2.8/32", "10.1.2.8/31", "10.1.2.8/30"} {
		_, err := newAddresses(netip.MustParsePrefix(tiny)).take()
		if tiny == "10.1.2.8/30" {
			require.NoError(t, err)
		} else {
			require.Error(t, err, tiny)
		}
	}
}

func TestPartsOfARange(t *testing.T) {
	whole := netip.MustParsePrefix("10.128.0.0/9")
	for n, want := range map[int]string{0: "10.128.0.0/24", 1: "10.128.1.0/24", 256: "10.129.0.0/24", 32767: "10.255.255.0/24"} {
		got, err := part(whole, 24, n)
		require.NoError(t, err)
		require.Equal(t, want, got.String())
	}
	_, err := part(whole, 24, 32768)
	require.EqualError(t, err, "10.128.0.0/9 has no room for 32769 ranges of size /24")
	_, err = part(netip.MustParsePrefix("fd00::/64"), 24, 0)
	require.Error(t, err)
}

func TestRepository(t *testing.T) {
	for name, want := range map[string]string{
		"nginx": "nginx", "nginx:1.27": "nginx", "localhost:5000/app": "localhost:5000/app", "localhost:5000/app:2": "localhost:5000/app",
		"a/b@sha256:00": "a/b", "a/b:1@sha256:00": "a/b", "": "",
	} {
		require.Equal(t, want, repository(name))
	}
}

// begin starts a container of a Pod in a sandbox of its own.
func begin(t *testing.T, r *Runtime, pod *corev1.Pod, name string) (sandbox, id string) {
	t.Helper()
	sandbox, err := r.StartSandbox(t.Context(), kubelet.SandboxConfig{Pod: pod})
	require.NoError(t, err)
	image, err := r.PullImage(t.Context(), "app:1", pod)
	require.NoError(t, err)
	id, err = r.CreateContainer(t.Context(), kubelet.ContainerConfig{SandboxID: sandbox, Pod: pod, Container: &corev1.Container{Name: name}, Image: image})
	require.NoError(t, err)
	require.NoError(t, r.StartContainer(t.Context(), id))
	return sandbox, id
}

func TestContainersEndByThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New(Options{})
		told := map[meta.UID]time.Time{}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Watch(ctx, func(uid meta.UID) { told[uid] = time.Now() }) }()
		began := time.Now()
		for uid, after := range map[meta.UID]string{"slow": "1h", "quick": "1m", "server": Forever} {
			pod := podWith(corev1.RestartPolicyNever, map[string]string{RunForAnnotation: after, ExitCodeAnnotation: "9"})
			pod.UID = uid
			begin(t, r, pod, "main")
		}
		time.Sleep(2 * time.Hour)
		cancel()
		require.NoError(t, <-ended)
		require.Len(t, told, 2)
		require.InDelta(t, 60, told["quick"].Sub(began).Seconds(), 1)
		require.InDelta(t, 3600, told["slow"].Sub(began).Seconds(), 1)
		state, err := r.Pod(t.Context(), "slow")
		require.NoError(t, err)
		c := state.Containers[0]
		require.Equal(t, kubelet.Exited, c.State)
		require.EqualValues(t, 9, c.ExitCode)
		require.Equal(t, time.Hour, c.FinishedAt.Sub(c.StartedAt))
		state, err = r.Pod(t.Context(), "server")
		require.NoError(t, err)
		require.Equal(t, kubelet.Running, state.Containers[0].State)
	})
}

func TestStopping(t *testing.T) {
	for name, test := range map[string]struct {
		policy      corev1.RestartPolicy
		annotations map[string]string
		grace       time.Duration
		exit        int32
		took        time.Duration
	}{
		"a server":                {corev1.RestartPolicyAlways, nil, 30 * time.Second, 0, 0},
		"work that is not done":   {corev1.RestartPolicyNever, nil, 30 * time.Second, 143, 0},
		"a slow one":              {corev1.RestartPolicyAlways, map[string]string{StopAfterAnnotation: "20s"}, 30 * time.Second, 0, 20 * time.Second},
		"one that is too slow":    {corev1.RestartPolicyAlways, map[string]string{StopAfterAnnotation: "20s"}, 2 * time.Second, 137, 2 * time.Second},
		"one that ends meanwhile": {corev1.RestartPolicyNever, map[string]string{StopAfterAnnotation: "20s", RunForAnnotation: "5s"}, 30 * time.Second, 0, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := New(Options{StartDelay: -1})
				_, id := begin(t, r, podWith(test.policy, test.annotations), "main")
				began := time.Now()
				require.Error(t, r.RemoveContainer(t.Context(), id), "it runs")
				require.NoError(t, r.StopContainer(t.Context(), id, test.grace))
				state, err := r.Pod(t.Context(), "u")
				require.NoError(t, err)
				require.Equal(t, test.exit, state.Containers[0].ExitCode)
				require.Equal(t, test.took, state.Containers[0].FinishedAt.Sub(began))
				require.NoError(t, r.StopContainer(t.Context(), id, test.grace), "a second time is no error")
				require.NoError(t, r.RemoveContainer(t.Context(), id))
				require.NoError(t, r.RemoveContainer(t.Context(), id))
			})
		})
	}
}

func TestMistakes(t *testing.T) {
	r := New(Options{StartDelay: -1})
	pod := podWith(corev1.RestartPolicyAlways, nil)
	_, err := r.CreateContainer(t.Context(), kubelet.ContainerConfig{SandboxID: "none", Pod: pod, Container: &corev1.Container{Name: "main"}})
	require.ErrorIs(t, err, kubelet.ErrNotFound)
	require.ErrorIs(t, r.StartContainer(t.Context(), "none"), kubelet.ErrNotFound)
	require.NoError(t, r.StopContainer(t.Context(), "none", 0))
	require.NoError(t, r.StopSandbox(t.Context(), "none"))
	require.NoError(t, r.RemoveSandbox(t.Context(), "none"))
	_, err = r.Logs(t.Context(), "none", kubelet.LogOptions{})
	require.ErrorIs(t, err, kubelet.ErrNotFound)
	_, err = r.Image(t.Context(), "app:1")
	require.ErrorIs(t, err, kubelet.ErrNoImage)

	sandbox, id := begin(t, r, pod, "main")
	require.ErrorContains(t, r.StartContainer(t.Context(), id), "was started before")
	require.ErrorContains(t, r.SetPodCIDR(t.Context(), netip.MustParsePrefix("10.9.0.0/24")), "already taken")
	require.NoError(t, r.SetPodCIDR(t.Context(), netip.Prefix{}))
	require.NoError(t, r.StopSandbox(t.Context(), sandbox))
	_, err = r.CreateContainer(t.Context(), kubelet.ContainerConfig{SandboxID: sandbox, Pod: pod, Container: &corev1.Container{Name: "main"}})
	require.ErrorIs(t, err, kubelet.ErrNotFound, "the sandbox is stopped")
	require.NoError(t, r.RemoveSandbox(t.Context(), sandbox))
	require.Empty(t, r.pods)
	require.Empty(t, r.containers)
	require.Empty(t, r.sandboxes)
	require.Empty(t, r.addresses.used)
	require.NoError(t, r.SetPodCIDR(t.Context(), netip.MustParsePrefix("10.9.0.0/24")))

	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	_, err = New(Options{PullDelay: time.Hour}).PullImage(ctx, "app:1", pod)
	require.ErrorIs(t, err, why)
}
