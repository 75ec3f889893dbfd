package containerd

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

func TestAllPodsAreBoundTogether(t *testing.T) {
	bounds := amounts("1500m", "256Mi")
	bounds["hugepages-2Mi"] = quantity.MustParse("4Mi")
	bounds[kubelet.ResourceProcesses] = quantity.MustParse("1000")

	root := unifiedTree(t)
	c := cgroups{parent: "/kubepods", roots: []hierarchy{{path: root}}}
	require.NoError(t, c.bound(bounds))
	require.Equal(t, map[string]string{
		"kubepods/cpu.weight": strconv.FormatInt(weightOf(1536), 10), "kubepods/memory.max": "268435456", "kubepods/pids.max": "1000", "kubepods/hugetlb.2MB.max": "4194304",
	}, settings(t, root, "kubepods/cpu.weight", "kubepods/memory.max", "kubepods/pids.max", "kubepods/hugetlb.2MB.max"))
	require.NoError(t, c.bound(amounts("1", "128Mi")))
	require.Equal(t, map[string]string{"kubepods/memory.max": "134217728", "kubepods/pids.max": "max"}, settings(t, root, "kubepods/memory.max", "kubepods/pids.max"))

	// With v1 each controller has its own hierarchy.
	root = tree(t, map[string]string{"cpu/kubepods/cpu.shares": "1024", "memory/x": "", "pids/x": "", "hugetlb/x": "", "freezer/x": ""})
	c = cgroups{parent: "/kubepods"}
	for _, name := range []string{"cpu", "memory", "pids", "hugetlb", "freezer"} {
		c.roots = append(c.roots, hierarchy{filepath.Join(root, name), []string{name}})
	}
	require.NoError(t, c.bound(bounds))
	require.Equal(t, map[string]string{
		"cpu/kubepods/cpu.shares": "1536", "memory/kubepods/memory.limit_in_bytes": "268435456", "pids/kubepods/pids.max": "1000", "hugetlb/kubepods/hugetlb.2MB.limit_in_bytes": "4194304",
	}, settings(t, root, "cpu/kubepods/cpu.shares", "memory/kubepods/memory.limit_in_bytes", "pids/kubepods/pids.max", "hugetlb/kubepods/hugetlb.2MB.limit_in_bytes"))
	require.NoDirExists(t, filepath.Join(root, "freezer/kubepods"))
	// Pods come and go: the whole keeps its weight.
	require.NoError(t, c.makePod(burstable("a", "100m")))
	require.Equal(t, "1536", settings(t, root, "cpu/kubepods/cpu.shares")["cpu/kubepods/cpu.shares"])

	r := &Runtime{}
	require.ErrorIs(t, r.BoundPods(t.Context(), corev1.ResourceList{}), errors.ErrUnsupported)
}

// Cgroups are leftovers when for long no process is in them, in no hierarchy.
func TestDesertedCgroups(t *testing.T) {
	root := tree(t, map[string]string{
		"cpu/kubepods/besteffort/poda/cgroup.procs":     "",
		"cpu/kubepods/besteffort/poda/c1/cgroup.procs":  "",
		"memory/kubepods/besteffort/poda/cgroup.procs":  "",
		"cpu/kubepods/podb/cgroup.procs":                "",
		"memory/kubepods/podb/c1/cgroup.procs":          "17",
		"cpu/kubepods/burstable/podnew/cgroup.procs":    "",
		"memory/kubepods/burstable/podnew/cgroup.procs": "",
		"cpu/kubepods/burstable/other/cgroup.procs":     "",
		"cpu/kubepods/pod/cgroup.procs":                 "",
		"memory/kubepods/burstable/podc/cgroup.procs":   "",
	})
	c := cgroups{parent: "/kubepods", roots: []hierarchy{{filepath.Join(root, "cpu"), []string{"cpu"}}, {filepath.Join(root, "memory"), []string{"memory"}}}}
	now := time.Now()
	nobody := func(meta.UID) bool { return false }
	require.Empty(t, c.deserted(nobody, now), "they were made a moment ago")
	later := now.Add(2 * leftoverAge)
	require.NoError(t, os.Chtimes(filepath.Join(root, "memory/kubepods/burstable/podnew"), later, later))
	require.Equal(t, []string{"a", "c"}, c.deserted(nobody, later))
	require.Equal(t, []string{"c"}, c.deserted(func(uid meta.UID) bool { return uid == "a" }, later))
	c.parent = ""
	require.Empty(t, c.deserted(nobody, later))
}
