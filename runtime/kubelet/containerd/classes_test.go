package containerd

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// tree makes files as a kernel has them in a hierarchy of cgroups.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text+"\n"), 0o644))
	}
	return root
}

func settings(t *testing.T, root string, names ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		all[name] = strings.TrimSpace(string(data))
	}
	return all
}

func burstable(uid, cpu string) *corev1.Pod {
	pod := podOf(corev1.Container{Name: "c", Resources: corev1.ResourceRequirements{Requests: amounts(cpu, "")}})
	pod.UID = meta.UID(uid)
	return pod
}

// What a kernel of cgroup v2 has for a node with its Pods' cgroups made.
func unifiedTree(t *testing.T) string {
	return tree(t, map[string]string{
		"cgroup.controllers": "cpu memory hugetlb pids", "cgroup.subtree_control": "cpu memory hugetlb pids",
		"kubepods/cgroup.subtree_control": "cpu memory hugetlb pids", "kubepods/cpu.weight": "100",
		"kubepods/burstable/cgroup.subtree_control": "cpu memory hugetlb pids", "kubepods/burstable/cpu.weight": "100",
		"kubepods/besteffort/cgroup.subtree_control": "cpu memory hugetlb pids", "kubepods/besteffort/cpu.weight": "100",
	})
}

func TestPodsOfUnifiedHierarchy(t *testing.T) {
	root := unifiedTree(t)
	c := cgroups{parent: "/kubepods", roots: []hierarchy{{path: root}}}
	require.True(t, c.unified())
	limits := amounts("500m", "64Mi")
	limits["hugepages-2Mi"] = quantity.MustParse("4Mi")
	pod := podOf(corev1.Container{Name: "c", Resources: corev1.ResourceRequirements{Requests: amounts("250m", "32Mi"), Limits: limits}})
	require.NoError(t, c.makePod(pod))
	dir := "kubepods/burstable/poduid/"
	require.Equal(t, map[string]string{
		dir + "cpu.weight": "10", dir + "cpu.max": "50000 100000", dir + "memory.max": "67108864", dir + "hugetlb.2MB.max": "4194304",
	}, settings(t, root, dir+"cpu.weight", dir+"cpu.max", dir+"memory.max", dir+"hugetlb.2MB.max"))
	require.NoError(t, c.widenPod(pod))
	require.Equal(t, map[string]string{dir + "cpu.max": "max 100000", dir + "memory.max": "max"}, settings(t, root, dir+"cpu.max", dir+"memory.max"))
	require.Equal(t, "cpu memory hugetlb pids", settings(t, root, "cgroup.subtree_control")["cgroup.subtree_control"], "what is on is left alone")
}

func TestClassesWeighWhatTheirPodsAskFor(t *testing.T) {
	whole := sharesOf(int64(runtime.NumCPU()) * 1000)
	classes := func(root, file string) (all, many, none string) {
		s := settings(t, root, "kubepods/"+file, "kubepods/burstable/"+file, "kubepods/besteffort/"+file)
		return s["kubepods/"+file], s["kubepods/burstable/"+file], s["kubepods/besteffort/"+file]
	}
	for name, try := range map[string]struct {
		root, file  string
		controllers []string
		word        func(shares int64) string
	}{
		"v2": {unifiedTree(t), "cpu.weight", nil, func(shares int64) string { return strconv.FormatInt(weightOf(shares), 10) }},
		"v1": {tree(t, map[string]string{
			"kubepods/cpu.shares": "1024", "kubepods/burstable/cpu.shares": "1024", "kubepods/besteffort/cpu.shares": "1024",
		}), "cpu.shares", []string{"cpu", "cpuacct"}, func(shares int64) string { return strconv.FormatInt(shares, 10) }},
	} {
		t.Run(name, func(t *testing.T) {
			c := cgroups{parent: "/kubepods", roots: []hierarchy{{try.root, try.controllers}}}
			for range 2 { // made again it counts once
				require.NoError(t, c.makePod(burstable("a", "10m")))
			}
			require.NoError(t, c.makePod(burstable("b", "500m")))
			all, many, none := classes(try.root, try.file)
			require.Equal(t, []string{try.word(whole), try.word(10 + 512), try.word(2)}, []string{all, many, none})

			// Another process finds the Pods of the one before.
			c = cgroups{parent: "/kubepods", roots: c.roots}
			require.NoError(t, c.makePod(burstable("late", "1")))
			known := map[string]int64{"v1": 10 + 512, "v2": sharesOfWeight(weightOf(10)) + sharesOfWeight(weightOf(512))}[name]
			_, many, _ = classes(try.root, try.file)
			require.Equal(t, try.word(1024+known), many)

			for _, uid := range []string{"a", "b", "late"} {
				// A kernel's files go with their directory.
				require.NoError(t, os.RemoveAll(filepath.Join(try.root, "kubepods/burstable/pod"+uid)))
				require.NoError(t, c.removePod(t.Context(), uid))
			}
			_, many, _ = classes(try.root, try.file)
			require.Equal(t, try.word(2), many, "without Pods there is the least")
			require.Empty(t, c.shares)
		})
	}
	for _, shares := range []int64{2, 102, 1024, 4096, 262144} {
		require.InDelta(t, shares, sharesOfWeight(weightOf(shares)), 27)
	}
}
