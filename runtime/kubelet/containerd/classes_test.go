package containerd

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
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
	c := cgroups{parent: "/kubepods", roots: []hierarchy{{path: root}}, pids: 50}
	require.True(t, c.unified())
	limits := amounts("500m", "64Mi")
	limits["hugepages-2Mi"] = quantity.MustParse("4Mi")
	pod := podOf(corev1.Container{Name: "c", Resources: corev1.ResourceRequirements{Requests: amounts("250m", "32Mi"), Limits: limits}})
	require.NoError(t, c.makePod(pod))
	dir := "kubepods/burstable/poduid/"
	require.Equal(t, map[string]string{
		dir + "cpu.weight": "10", dir + "cpu.max": "50000 100000", dir + "memory.max": "67108864", dir + "hugetlb.2MB.max": "4194304", dir + "pids.max": "50",
	}, settings(t, root, dir+"cpu.weight", dir+"cpu.max", dir+"memory.max", dir+"hugetlb.2MB.max", dir+"pids.max"))
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

func TestUsageOfPods(t *testing.T) {
	swap := uint64(8192)
	for name, try := range map[string]struct {
		class string
		files map[string]string
		roots func(root string) []hierarchy
	}{
		"v2": {"besteffort/", map[string]string{
			"cpu.stat": "usage_usec 330000\nuser_usec 90000\nsystem_usec 240000\nnr_periods 0", "memory.current": "1253376", "memory.swap.current": "8192",
			"memory.stat": "anon 753664\nfile 200704\ninactive_file 4096\npgfault 1126\npgmajfault 3", "cgroup.procs": "",
			"a/cgroup.procs": "10\n11", "a/nested/cgroup.procs": "12", "b/cgroup.procs": "13",
		}, func(root string) []hierarchy { return []hierarchy{{path: root}} }},
		"v1": {"", map[string]string{
			"cpuacct.usage": "330000000", "memory.usage_in_bytes": "1253376",
			"memory.stat":    "cache 5\nrss 6\ntotal_rss 753664\ntotal_inactive_file 4096\ntotal_pgfault 1126\ntotal_pgmajfault 3\ntotal_swap 8192",
			"a/cgroup.procs": "10\n11", "a/nested/cgroup.procs": "12", "b/cgroup.procs": "13",
		}, func(root string) []hierarchy {
			return []hierarchy{{root, []string{"cpu", "cpuacct"}}, {root, []string{"memory"}}, {root, []string{"pids"}}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for file, text := range try.files {
				files["kubepods/"+try.class+"poduid/"+file] = text
			}
			root := tree(t, files)
			c := cgroups{parent: "/kubepods", roots: try.roots(root)}
			got, ok := c.usage("uid")
			require.True(t, ok)
			require.False(t, got.At.IsZero())
			got.At = time.Time{}
			require.Equal(t, kubelet.Usage{
				CPUNanoseconds: 330_000_000, MemoryUsage: 1253376, WorkingSet: 1249280, RSS: 753664, PageFaults: 1126, MajorPageFaults: 3, Swap: &swap, Processes: 4,
			}, got)
			_, ok = c.usage("another")
			require.False(t, ok)

			// What the runtime tells of a Pod stays, but for what the cgroup knows better.
			r := &Runtime{cgroups: cgroups{parent: c.parent, roots: c.roots}}
			all := r.addCgroups([]kubelet.Usage{
				{PodUID: "uid", Container: "c", MemoryUsage: 5}, {PodUID: "uid", Interface: "eth0", ReceivedBytes: 7, MemoryUsage: 6}, {PodUID: "other", Container: "c", Pod: "o"},
			})
			require.Len(t, all, 4)
			require.Equal(t, []uint64{5, 1253376, 7, 4}, []uint64{all[0].MemoryUsage, all[1].MemoryUsage, all[1].ReceivedBytes, all[1].Processes})
			require.Equal(t, kubelet.Usage{PodUID: "other", Pod: "o"}, all[3], "a Pod without a cgroup is what its containers are")
			// Without a file of the kernel's nothing is made up.
			require.NoError(t, os.Remove(filepath.Join(root, "kubepods", try.class+"poduid", map[string]string{"v1": "memory.usage_in_bytes", "v2": "cpu.stat"}[name])))
			_, ok = c.usage("uid")
			require.False(t, ok)
		})
	}
}

// A process that sees a cgroup as the root cannot be in it once others have
// controllers: those that are there are moved.
func TestEvacuation(t *testing.T) {
	root := tree(t, map[string]string{"cgroup.procs": ""})
	require.NoError(t, evacuate(root))
	require.DirExists(t, filepath.Join(root, evacuated))
	require.ErrorIs(t, evacuate(filepath.Join(root, "nowhere")), os.ErrNotExist)
}
