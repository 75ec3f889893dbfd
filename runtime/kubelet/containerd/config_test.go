package containerd

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// amounts makes a list of CPU and memory; "" leaves one out.
func amounts(cpu, memory string) corev1.ResourceList {
	list := corev1.ResourceList{}
	for name, text := range map[corev1.ResourceName]string{corev1.ResourceCPU: cpu, corev1.ResourceMemory: memory} {
		if text != "" {
			list[name] = quantity.MustParse(text)
		}
	}
	return list
}

func podOf(containers ...corev1.Container) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "p", UID: "uid"}, Spec: corev1.PodSpec{Containers: containers}}
}

func TestResourcesOfContainers(t *testing.T) {
	r := &Runtime{opts: Options{MemoryCapacity: 8 << 30}}
	for name, c := range map[string]struct {
		resources            corev1.ResourceRequirements
		shares, quota, bytes int64
		score                int64
	}{
		"nothing":    {corev1.ResourceRequirements{}, 2, 0, 0, 1000},
		"requests":   {corev1.ResourceRequirements{Requests: amounts("250m", "4Gi")}, 256, 0, 0, 500},
		"a little":   {corev1.ResourceRequirements{Requests: amounts("1m", "1Mi")}, 2, 0, 0, 999},
		"limits":     {corev1.ResourceRequirements{Requests: amounts("1", "1Gi"), Limits: amounts("1500m", "2Gi")}, 1024, 150000, 2 << 30, 875},
		"guaranteed": {corev1.ResourceRequirements{Requests: amounts("1", "1Gi"), Limits: amounts("1", "1Gi")}, 1024, 100000, 1 << 30, -997},
		"tiny limit": {corev1.ResourceRequirements{Requests: amounts("1m", "1Mi"), Limits: amounts("2m", "4Mi")}, 2, 1000, 4 << 20, 999},
		"everything": {corev1.ResourceRequirements{Requests: amounts("", "8Gi"), Limits: amounts("", "16Gi")}, 2, 0, 16 << 30, 3},
	} {
		t.Run(name, func(t *testing.T) {
			container := corev1.Container{Name: "c", Resources: c.resources}
			got := r.containerResources(podOf(container), &container)
			require.Equal(t, []int64{c.shares, c.quota, c.bytes, c.score}, []int64{got.CpuShares, got.CpuQuota, got.MemoryLimitInBytes, got.OomScoreAdj})
		})
	}
	critical := int32(criticalPriority)
	pod := podOf(corev1.Container{Name: "c"})
	pod.Spec.Priority = &critical
	require.EqualValues(t, -997, r.oomScore(pod, &pod.Spec.Containers[0]))
	huge := resourcesOf(&corev1.ResourceRequirements{Limits: corev1.ResourceList{"hugepages-2Mi": quantity.MustParse("4Mi")}})
	require.Equal(t, "2MB", huge.HugepageLimits[0].PageSize)
	require.EqualValues(t, 4<<20, huge.HugepageLimits[0].Limit)
}

func TestPodIsBoundedOnlyIfAllOfItIs(t *testing.T) {
	bounded := corev1.Container{Name: "a", Resources: corev1.ResourceRequirements{Requests: amounts("100m", "10Mi"), Limits: amounts("200m", "20Mi")}}
	free := corev1.Container{Name: "b", Resources: corev1.ResourceRequirements{Requests: amounts("100m", "10Mi")}}
	both := podResources(podOf(bounded, bounded))
	require.Equal(t, []int64{40000, 40 << 20}, []int64{both.CpuQuota, both.MemoryLimitInBytes})
	one := podResources(podOf(bounded, free))
	require.Equal(t, []int64{0, 0, 204}, []int64{one.CpuQuota, one.MemoryLimitInBytes, one.CpuShares})
}

func TestSecurityContexts(t *testing.T) {
	r := &Runtime{opts: Options{SeccompDir: "/seccomp"}}
	yes, no := true, false
	user, group, other, profile := int64(1000), int64(2000), int64(3000), "../../etc/profile.json"
	pod := podOf(corev1.Container{Name: "c"})
	pod.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: &user, RunAsGroup: &group, FSGroup: &other, SupplementalGroups: []int64{5, 4},
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}}
	s := r.containerSecurity(pod, &pod.Spec.Containers[0], []int64{5, 6})
	require.EqualValues(t, 1000, s.RunAsUser.Value)
	require.EqualValues(t, 2000, s.RunAsGroup.Value)
	require.Equal(t, []int64{4, 5, 6, 3000}, s.SupplementalGroups)
	require.Equal(t, cri.SecurityProfile_RuntimeDefault, s.Seccomp.ProfileType)
	require.Contains(t, s.MaskedPaths, "/proc/kcore")
	require.False(t, s.NoNewPrivs)

	own := corev1.Container{Name: "c", SecurityContext: &corev1.SecurityContext{RunAsUser: &other, AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &yes,
		Capabilities:   &corev1.Capabilities{Add: []corev1.Capability{"NET_ADMIN"}, Drop: []corev1.Capability{"ALL"}},
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeLocalhost, LocalhostProfile: &profile}}}
	s = r.containerSecurity(pod, &own, nil)
	require.EqualValues(t, 3000, s.RunAsUser.Value)
	require.True(t, s.NoNewPrivs)
	require.True(t, s.ReadonlyRootfs)
	require.Equal(t, []string{"NET_ADMIN"}, s.Capabilities.AddCapabilities)
	require.Equal(t, "/seccomp/etc/profile.json", s.Seccomp.LocalhostRef, "profiles lie in their directory")

	own.SecurityContext.Privileged = &yes
	s = r.containerSecurity(pod, &own, nil)
	require.True(t, s.Privileged)
	require.False(t, s.NoNewPrivs)
	require.Empty(t, s.MaskedPaths)
	require.Equal(t, cri.SecurityProfile_Unconfined, s.Seccomp.ProfileType)
	pod.Spec.InitContainers = []corev1.Container{own}
	require.True(t, r.sandboxSecurity(pod).Privileged)
}

func TestSandboxConfig(t *testing.T) {
	r := &Runtime{opts: Options{LogDir: "/logs"}, cgroups: cgroups{parent: "/kubepods"}}
	pod := podOf(corev1.Container{Name: "c", Ports: []corev1.ContainerPort{
		{ContainerPort: 80}, {ContainerPort: 53, HostPort: 5353, Protocol: corev1.ProtocolUDP, HostIP: "127.0.0.1"},
	}})
	pod.Labels, pod.Spec.HostIPC = map[string]string{"app": "x", labelPodUID: "forged"}, true
	pod.Spec.SecurityContext = &corev1.PodSecurityContext{Sysctls: []corev1.Sysctl{{Name: "net/ipv4/tcp_syncookies", Value: "1"}}}
	c := r.sandboxConfig(kubelet.SandboxConfig{Pod: pod, Attempt: 2, Hostname: "h", DNS: &kubelet.DNSConfig{Servers: []string{"192.0.2.1"}}})
	require.Equal(t, "/logs/ns_p_uid", c.LogDirectory)
	require.Equal(t, "uid", c.Labels[labelPodUID], "a Pod cannot pass for another")
	require.Equal(t, "x", c.Labels["app"])
	require.EqualValues(t, 2, c.Metadata.Attempt)
	require.Equal(t, "/kubepods/besteffort/poduid", c.Linux.CgroupParent)
	require.Equal(t, map[string]string{"net.ipv4.tcp_syncookies": "1"}, c.Linux.Sysctls)
	require.Equal(t, []string{"192.0.2.1"}, c.DnsConfig.Servers)
	require.Equal(t, cri.NamespaceMode_NODE, c.Linux.SecurityContext.NamespaceOptions.Ipc)
	require.Len(t, c.PortMappings, 1)
	require.Equal(t, cri.Protocol_UDP, c.PortMappings[0].Protocol)
	pod.Spec.HostNetwork = true
	require.Empty(t, r.sandboxConfig(kubelet.SandboxConfig{Pod: pod}).PortMappings)
}

func TestNetworkConfiguration(t *testing.T) {
	c := CNI{ConfDir: t.TempDir(), StateDir: "/state", Bridge: "nuctest", Ports: true, DisableMasquerade: true}
	require.NoError(t, c.configure(t.Context(), netip.MustParsePrefix("10.254.253.7/24")))
	data, err := os.ReadFile(filepath.Join(c.ConfDir, configFile))
	require.NoError(t, err)
	var network struct {
		Name    string
		Plugins []struct {
			Type, Bridge string
			IPAM         struct {
				Ranges  [][]struct{ Subnet string }
				DataDir string
			}
		}
	}
	require.NoError(t, json.Unmarshal(data, &network))
	require.Len(t, network.Plugins, 2)
	require.Equal(t, "10.254.253.0/24", network.Plugins[0].IPAM.Ranges[0][0].Subnet)
	require.Equal(t, "/state", network.Plugins[0].IPAM.DataDir)
	require.ErrorContains(t, c.configure(t.Context(), netip.MustParsePrefix("127.0.0.0/16")), "overlaps with 127.0.0.0/8 of interface lo")
	require.NoError(t, c.Remove(t.Context()))
	require.NoFileExists(t, filepath.Join(c.ConfDir, configFile))
}

func TestCgroupsOfPods(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"cpu", "memory"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, dir, "kubepods", "burstable", "poduid", "container"), 0o755))
	}
	c := cgroups{parent: "/kubepods", roots: []hierarchy{{filepath.Join(root, "cpu"), []string{"cpu"}}, {filepath.Join(root, "memory"), []string{"memory"}}}}
	require.NoError(t, c.removePod(t.Context(), "uid"))
	require.NoDirExists(t, filepath.Join(root, "cpu", "kubepods", "burstable", "poduid"))
	require.DirExists(t, filepath.Join(root, "cpu", "kubepods", "burstable"))
	require.NoError(t, c.removePod(t.Context(), "uid"), "nothing is no error")
	c.removeAll()
	require.NoDirExists(t, filepath.Join(root, "memory", "kubepods"))
	require.Equal(t, "", (&cgroups{}).podPath(podOf()), "the zero value leaves them to the runtime")
	for shares, weight := range map[int64]int64{2: 1, 1024: 39, 262144: 10000, 0: 1, 1 << 40: 10000} {
		require.Equal(t, weight, weightOf(shares))
	}
}
