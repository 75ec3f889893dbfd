package containerd

import (
	"testing"

	"github.com/stretchr/testify/require"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

func sandboxFor(r *Runtime, uid meta.UID) (*corev1.Pod, *cri.PodSandboxConfig) {
	pod, no := podOf(corev1.Container{Name: "c"}), false
	pod.UID, pod.Spec.HostUsers = uid, &no
	return pod, r.sandboxConfig(kubelet.SandboxConfig{Pod: pod})
}

func TestEachPodHasUsersOfItsOwn(t *testing.T) {
	f, r := startFake(t, Options{})
	pod, config := sandboxFor(r, "u1")
	_, err := r.giveUsers(t.Context(), pod, "", config)
	require.EqualError(t, err, "can't set `spec.hostUsers: false`, runtime does not support user namespaces")
	f.mu.Lock()
	f.users = true
	f.mu.Unlock()
	_, err = r.giveUsers(t.Context(), pod, "other", config)
	require.EqualError(t, err, "can't set `spec.hostUsers: false`, RuntimeClass handler \"other\" does not support user namespaces")

	// While the first sandbox is made, the second gets another range.
	done, err := r.giveUsers(t.Context(), pod, "", config)
	require.NoError(t, err)
	second, secondConfig := sandboxFor(r, "u2")
	doneToo, err := r.giveUsers(t.Context(), second, "", secondConfig)
	require.NoError(t, err)
	require.Equal(t, "65536", config.Annotations[annotationUsers])
	require.Equal(t, "131072", secondConfig.Annotations[annotationUsers])
	f.sandbox("s1", "u1", 0, cri.PodSandboxState_SANDBOX_READY)
	f.mu.Lock()
	f.sandboxes["s1"].Annotations = config.Annotations
	f.mu.Unlock()
	done()
	doneToo() // it came to nothing

	third, thirdConfig := sandboxFor(r, "u3")
	done, err = r.giveUsers(t.Context(), third, "", thirdConfig)
	require.NoError(t, err)
	done()
	require.Equal(t, "131072", thirdConfig.Annotations[annotationUsers])
	again, againConfig := sandboxFor(r, "u1")
	done, err = r.giveUsers(t.Context(), again, "", againConfig)
	require.NoError(t, err)
	done()
	require.Equal(t, "65536", againConfig.Annotations[annotationUsers], "the Pod's next sandbox has the users of its first")

	// Containers have those of their sandbox, also of one that was there before.
	found, err := r.configOf(t.Context(), "s1", pod)
	require.NoError(t, err)
	container := &cri.ContainerConfig{
		Linux:  &cri.LinuxContainerConfig{SecurityContext: &cri.LinuxContainerSecurityContext{NamespaceOptions: &cri.NamespaceOption{}}},
		Mounts: []*cri.Mount{{HostPath: "/x", ContainerPath: "/x"}, {Image: &cri.ImageSpec{Image: "i"}}},
	}
	mapUsers(container, found)
	require.Equal(t, uint32(65536), container.Linux.SecurityContext.NamespaceOptions.UsernsOptions.Uids[0].HostId)
	require.Equal(t, mapping(65536), container.Mounts[0].UidMappings)
	require.Nil(t, container.Mounts[1].UidMappings)
}

func TestSignals(t *testing.T) {
	for name, want := range map[corev1.Signal]cri.Signal{
		"SIGTERM": cri.Signal_SIGNAL_SIGTERM, "SIGUSR1": cri.Signal_SIGNAL_SIGUSR1, "SIGRTMIN+3": cri.Signal_SIGNAL_SIGRTMINPLUS3, "SIGRTMAX-1": cri.Signal_SIGNAL_SIGRTMAXMINUS1,
	} {
		require.Equal(t, want, criSignal(name))
		require.Equal(t, name, *signalOf(want))
	}
	require.Zero(t, criSignal("SIGNOTHING"))
	require.Nil(t, signalOf(0))
}

func TestMountsReadOnlyAllTheWay(t *testing.T) {
	f, r := startFake(t, Options{})
	require.False(t, r.RecursiveReadOnly(t.Context()))
	f.mu.Lock()
	f.users = true
	f.mu.Unlock()
	m, err := r.mount(t.Context(), nil, &kubelet.Mount{HostPath: "/x", ContainerPath: "/x", ReadOnly: true, RecursiveReadOnly: true})
	require.NoError(t, err)
	require.True(t, m.RecursiveReadOnly)
	f.container("c1", "s1", "u1", 0, cri.ContainerState_CONTAINER_RUNNING)
	f.mu.Lock()
	f.containers["c1"].Mounts = []*cri.Mount{m, {HostPath: "/y", ContainerPath: "/y", Readonly: true}}
	f.mu.Unlock()
	pod, err := r.Pod(t.Context(), "u1")
	require.NoError(t, err)
	require.Equal(t, []string{"/x"}, pod.Containers[0].RecursiveReadOnly)
}
