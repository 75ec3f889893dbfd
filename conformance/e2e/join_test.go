package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNodeJoins has a node come in from outside, with nothing but a bootstrap token,
// and come back with what it has got.
func TestNodeJoins(t *testing.T) {
	c := start(t, "--node=none")
	dir := t.TempDir()
	kubelet, bootstrap := buildKubelet(t, dir), c.bootstrapKubeconfig(t, dir)
	port := freePort(t)
	run := func(args ...string) (stop func()) {
		t.Helper()
		var log bytes.Buffer
		cmd := exec.Command(kubelet, append([]string{
			"--kubeconfig", filepath.Join(dir, "kubelet.conf"), "--root-dir", filepath.Join(dir, "root"), "--hostname-override", "joined",
			"--node-ip", "127.0.0.1", "--address", "127.0.0.1", "--port", fmt.Sprint(port), "--container-runtime-endpoint", "hollow",
		}, args...)...)
		cmd.Stdout, cmd.Stderr = &log, &log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		stopped := false
		stop = func() {
			if stopped {
				return
			}
			stopped = true
			_ = cmd.Process.Signal(syscall.SIGTERM)
			if err := cmd.Wait(); err != nil || t.Failed() {
				t.Errorf("kubelet: %v\n%s", err, &log)
			}
		}
		t.Cleanup(stop)
		return stop
	}

	stop := run("--bootstrap-kubeconfig", bootstrap)
	becomes(t, c, "node/joined", "condition=Ready")
	contains(t, c.kubectl(t, "get", "csr"), "kubernetes.io/kube-apiserver-client-kubelet", "system:bootstrap:abcdef", "Approved,Issued")
	c.kubectl(t, "run", "web", "--image=web:1")
	becomes(t, c, "pod/web", "condition=Ready")
	contains(t, c.kubectl(t, "get", "pod", "web", "-o", "wide"), "joined")
	contains(t, c.kubectl(t, "logs", "web"), "Simulated by Nucleus")
	contains(t, c.kubectlFails(t, "exec", "web", "--", "true"), "the node's container runtime does not support exec")
	contains(t, c.kubectl(t, "get", "--raw", "/api/v1/nodes/joined/proxy/metrics/resource"), "node_memory_working_set_bytes ", "resource_scrape_error 0")
	contains(t, c.kubectl(t, "get", "--raw", "/api/v1/nodes/joined/proxy/stats/summary"), `"nodeName": "joined"`)

	// The token is needed once only.
	stop()
	if err := os.Remove(bootstrap); err != nil {
		t.Fatal(err)
	}
	requests := strings.Count(c.kubectl(t, "get", "csr", "-o", "name"), "\n")
	run()
	c.kubectl(t, "run", "again", "--image=web:1")
	becomes(t, c, "pod/again", "condition=Ready")
	contains(t, c.kubectl(t, "logs", "again"), "Simulated by Nucleus")
	if now := strings.Count(c.kubectl(t, "get", "csr", "-o", "name"), "\n"); now != requests {
		t.Errorf("it asked for %d certificates more", now-requests)
	}
}

// buildKubelet builds the kubelet that joins across the network.
func buildKubelet(t *testing.T, dir string) string {
	t.Helper()
	kubelet := filepath.Join(dir, "kubelet")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", kubelet, "../../examples/kubelet").CombinedOutput(); err != nil {
		t.Fatalf("build kubelet: %v\n%s", err, out)
	}
	return kubelet
}

// bootstrapKubeconfig makes a bootstrap token, and writes the file by which a machine
// joins with it.
func (c *cluster) bootstrapKubeconfig(t *testing.T, dir string) string {
	t.Helper()
	c.kubectl(t, "-n", "kube-system", "create", "secret", "generic", "bootstrap-token-abcdef", "--type=bootstrap.kubernetes.io/token",
		"--from-literal=token-id=abcdef", "--from-literal=token-secret=0123456789abcdef", "--from-literal=usage-bootstrap-authentication=true",
		"--from-literal=auth-extra-groups=system:bootstrappers:kubeadm:default-node-token")
	ca := c.kubectl(t, "config", "view", "--raw", "-o", "jsonpath={.clusters[0].cluster.certificate-authority-data}")
	if _, err := base64.StdEncoding.DecodeString(ca); err != nil {
		t.Fatal(err)
	}
	address := c.kubectl(t, "config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")
	bootstrap := filepath.Join(dir, "bootstrap.conf")
	if err := os.WriteFile(bootstrap, fmt.Appendf(nil, `{apiVersion: v1, kind: Config, current-context: x,
clusters: [{name: x, cluster: {server: %q, certificate-authority-data: %s}}],
users: [{name: x, user: {token: abcdef.0123456789abcdef}}], contexts: [{name: x, context: {cluster: x, user: x}}]}`, address, ca), 0o600); err != nil {
		t.Fatal(err)
	}
	return bootstrap
}

// becomes waits until an object is there and is what it shall be.
func becomes(t *testing.T, c *cluster, object, what string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient(60*time.Second))
	defer cancel()
	for {
		out, err := c.try(ctx, "", "wait", object, "--for="+what, "--timeout=30s")
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			about, _ := c.try(t.Context(), "", "describe", object)
			t.Fatalf("%s is not %s: %s\n%s", object, what, out, about)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
