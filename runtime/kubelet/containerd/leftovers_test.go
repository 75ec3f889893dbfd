package containerd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a runtime has lost sight of does not outlive its Pod.
func TestRemovedPodsAreKilled(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("making cgroups takes root")
	}
	var all cgroups
	all.find("/kubepods-" + strconv.Itoa(os.Getpid()))
	if len(all.roots) == 0 {
		t.Skip("no cgroups on this machine")
	}
	all.roots = all.roots[:1]
	parent := filepath.Join(all.roots[0].path, all.parent)
	dir := filepath.Join(parent, "besteffort", "podu1", "container")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Skipf("no cgroup can be made on this machine: %v", err)
	}
	t.Cleanup(func() {
		for _, d := range []string{filepath.Join(parent, "besteffort"), parent} {
			if err := os.Remove(d); err != nil {
				t.Error(err)
			}
		}
	})
	stray := exec.Command("sleep", "1h")
	require.NoError(t, stray.Start())
	procs := filepath.Join(dir, "cgroup.procs")
	if err := os.WriteFile(procs, []byte(fmt.Sprint(stray.Process.Pid)), 0o644); err != nil {
		_ = stray.Process.Kill()
		_ = stray.Wait()
		t.Skipf("no process can be put into a cgroup: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- stray.Wait() }()
	require.NoError(t, all.removePod(t.Context(), "u1"))
	require.ErrorContains(t, <-ended, "killed")
	require.NoDirExists(t, filepath.Dir(dir))
}
