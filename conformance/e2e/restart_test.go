package e2e

import (
	"crypto/sha256"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWorkOutlivesARestart stops the whole cluster under a rollout and starts it
// again: what runs goes on to run, and what was asked for is done.
func TestWorkOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	c := startIn(t, dir)
	c.do(t, "apply -f "+hello)
	c.do(t, "-n hello rollout status deployment/hello --timeout=60s")
	pods := func() []string { return strings.Fields(c.do(t, "-n hello get pods -l app=hello -o name")) }
	before, address := pods(), c.do(t, "-n hello get service hello -o jsonpath={.spec.clusterIP}")
	c.stop(t)

	c = startIn(t, dir)
	c.do(t, "-n hello wait pods -l app=hello --for=condition=Ready --timeout=60s")
	if after := pods(); !slices.Equal(after, before) {
		t.Errorf("the Pods are %v, were %v", after, before)
	}
	// The address is still taken, and others are to be had.
	thief := filepath.Join(t.TempDir(), "thief.yaml")
	write(t, thief, "apiVersion: v1\nkind: Service\nmetadata: {name: thief}\nspec: {clusterIP: "+address+", ports: [{port: 80}]}\n")
	contains(t, c.refuses(t, "create -f "+thief), "provided IP is already allocated")
	c.do(t, "create service clusterip other --tcp=80")
	// What is asked for at once before a power cut is done after it.
	c.do(t, "-n hello scale deployment/hello --replicas=5")
	c.kill(t)
	c = startIn(t, dir)
	c.do(t, "-n hello wait deployment/hello --for=jsonpath={.status.readyReplicas}=5 --timeout=60s")
	c.do(t, "-n hello delete deployment hello --cascade=foreground --timeout=60s")
	if left := pods(); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

// TestDamageIsRefused changes a byte of what is stored: the server must say
// which file it is, and leave all as it found it.
func TestDamageIsRefused(t *testing.T) {
	dir := t.TempDir()
	c := startIn(t, dir, "--controllers=-*", "--scheduler=false", "--node=none")
	for _, name := range []string{"a", "b", "c"} {
		c.do(t, "create configmap "+name+" --from-literal=text="+strings.Repeat("long", 500))
	}
	c.kill(t)
	logs, err := filepath.Glob(filepath.Join(dir, "store", "engine", "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("the store has no log: %v, %v", logs, err)
	}
	data, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 0xff
	write(t, logs[0], string(data))
	was := sums(t, dir)

	out, err := exec.CommandContext(t.Context(), os.Getenv("NUCLEUS"), "--data-dir", dir, "--secure-port", "1").CombinedOutput()
	if err == nil {
		t.Fatalf("it ran and ended without an error:\n%s", out)
	}
	contains(t, string(out), "damaged", logs[0])
	if now := sums(t, dir); !maps.Equal(now, was) {
		t.Errorf("the files have changed: %v, were %v", now, was)
	}
}

// sums returns what the files of a directory hold, but for locks.
func sums(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	sums := map[string][32]byte{}
	if err := filepath.WalkDir(filepath.Join(dir, "store"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "LOCK" {
			return err
		}
		data, err := os.ReadFile(path)
		sums[path] = sha256.Sum256(data)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return sums
}
