package e2e

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hello = "../../examples/standalone/hello.yaml"

// TestNewcomer follows somebody through their first hour with kubectl.
func TestNewcomer(t *testing.T) {
	c := start(t)

	t.Run("apply and rollout", func(t *testing.T) {
		contains(t, c.kubectl(t, "apply", "-f", hello),
			"namespace/hello created", "configmap/greeting created", "deployment.apps/hello created", "service/hello created")
		contains(t, c.kubectl(t, "-n", "hello", "rollout", "status", "deployment/hello", "--timeout=60s"), "successfully rolled out")
		contains(t, c.kubectl(t, "apply", "-f", hello), "deployment.apps/hello unchanged", "service/hello unchanged")
	})
	t.Run("get", func(t *testing.T) {
		wide := c.kubectl(t, "-n", "hello", "get", "deployments,pods,services", "-o", "wide")
		contains(t, wide, "READY", "UP-TO-DATE", "AVAILABLE", "3/3", "NOMINATED NODE", "Running", "CLUSTER-IP", "ClusterIP", "80/TCP", "app=hello")
		contains(t, c.kubectl(t, "-n", "hello", "get", "configmap", "greeting", "-o", "yaml"), "apiVersion: v1", "text: Hello from Nucleus", "creationTimestamp:")
		var list struct {
			Kind  string
			Items []struct{ Status struct{ Phase, PodIP string } }
		}
		decode(t, c.kubectl(t, "-n", "hello", "get", "pods", "-o", "json"), &list)
		if list.Kind != "List" || len(list.Items) != 3 {
			t.Fatalf("got %s of %d items, want List of 3", list.Kind, len(list.Items))
		}
		for _, p := range list.Items {
			if p.Status.Phase != "Running" || p.Status.PodIP == "" {
				t.Errorf("pod status %+v, want a running Pod with an address", p.Status)
			}
		}
		contains(t, c.kubectl(t, "get", "nodes"), "Ready", "v1.37")
		contains(t, c.kubectl(t, "get", "all", "--all-namespaces"), "service/kubernetes", "replicaset.apps/hello-")
		contains(t, c.kubectl(t, "-n", "hello", "get", "pods", "-l", "app=hello", "--field-selector", "status.phase=Running", "-o", "name"), "pod/hello-")
		contains(t, c.kubectlFails(t, "get", "configmap", "nothing"), `Error from server (NotFound): configmaps "nothing" not found`)
	})
	t.Run("describe", func(t *testing.T) {
		contains(t, c.kubectl(t, "-n", "hello", "describe", "deployment", "hello"),
			"RollingUpdateStrategy:  0 max unavailable, 1 max surge", "NewReplicaSetAvailable", "ScalingReplicaSet")
		contains(t, c.kubectl(t, "-n", "hello", "describe", "pods", "--show-events=true"), "Successfully assigned hello/hello-", "QoS Class:", "Conditions:")
		contains(t, c.kubectl(t, "describe", "node"), "Allocatable:", "Non-terminated Pods:", "MemoryPressure")
		contains(t, c.kubectl(t, "-n", "hello", "describe", "service", "hello"), "Endpoints:", ":8080", "Session Affinity:")
	})
	t.Run("scale and wait", func(t *testing.T) {
		contains(t, c.kubectl(t, "-n", "hello", "scale", "deployment/hello", "--replicas=5"), "deployment.apps/hello scaled")
		c.kubectl(t, "-n", "hello", "wait", "deployment/hello", "--for=jsonpath={.status.readyReplicas}=5", "--timeout=60s")
		c.kubectl(t, "-n", "hello", "wait", "pods", "-l", "app=hello", "--for=condition=Ready", "--timeout=60s")
		c.kubectl(t, "-n", "hello", "scale", "deployment/hello", "--replicas=2")
		c.kubectl(t, "-n", "hello", "wait", "deployment/hello", "--for=jsonpath={.status.replicas}=2", "--timeout=60s")
	})
	t.Run("rollout undo and history", func(t *testing.T) {
		c.kubectl(t, "-n", "hello", "set", "image", "deployment/hello", "web=nucleus.local/hello:2")
		c.kubectl(t, "-n", "hello", "rollout", "status", "deployment/hello", "--timeout=60s")
		contains(t, c.kubectl(t, "-n", "hello", "rollout", "history", "deployment/hello"), "REVISION", "1", "2")
		contains(t, c.kubectl(t, "-n", "hello", "rollout", "undo", "deployment/hello"), "rolled back")
		c.kubectl(t, "-n", "hello", "rollout", "status", "deployment/hello", "--timeout=60s")
		image := c.kubectl(t, "-n", "hello", "get", "deployment", "hello", "-o", "jsonpath={.spec.template.spec.containers[0].image}")
		if image != "nucleus.local/hello:1" {
			t.Errorf("after undo the image is %q", image)
		}
		contains(t, c.kubectl(t, "-n", "hello", "rollout", "history", "deployment/hello"), "2", "3")
		c.kubectl(t, "-n", "hello", "rollout", "restart", "deployment/hello")
		c.kubectl(t, "-n", "hello", "rollout", "status", "deployment/hello", "--timeout=60s")
	})
	t.Run("edit by patch, label, annotate", func(t *testing.T) {
		contains(t, c.kubectl(t, "-n", "hello", "patch", "deployment", "hello", "-p",
			`{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"EXTRA","value":"1"}]}]}}}}`), "patched")
		env := c.kubectl(t, "-n", "hello", "get", "deployment", "hello", "-o", "jsonpath={.spec.template.spec.containers[0].env[*].name}")
		contains(t, env, "GREETING", "EXTRA")
		c.kubectl(t, "-n", "hello", "patch", "configmap", "greeting", "--type=json", "-p", `[{"op":"replace","path":"/data/text","value":"Hi"}]`)
		c.kubectl(t, "-n", "hello", "patch", "configmap", "greeting", "--type=merge", "-p", `{"data":{"more":"x"}}`)
		if got := c.kubectl(t, "-n", "hello", "get", "configmap", "greeting", "-o", "jsonpath={.data.text}{.data.more}"); got != "Hix" {
			t.Errorf("patched data reads %q", got)
		}
		contains(t, c.kubectl(t, "-n", "hello", "label", "configmap", "greeting", "tier=web"), "labeled")
		contains(t, c.kubectl(t, "-n", "hello", "annotate", "configmap", "greeting", "note=kept"), "annotated")
		contains(t, c.kubectl(t, "-n", "hello", "get", "configmaps", "-l", "tier=web", "--show-labels"), "greeting", "tier=web")
	})
	t.Run("explain and api-resources", func(t *testing.T) {
		contains(t, c.kubectl(t, "explain", "deployment.spec.strategy"), "GROUP:", "apps", "FIELD: strategy", "rollingUpdate", "DESCRIPTION")
		contains(t, c.kubectl(t, "explain", "pods.spec.containers", "--recursive"), "imagePullPolicy", "<string>")
		contains(t, c.kubectl(t, "api-resources"), "deployments", "deploy", "apps/v1", "Deployment", "endpointslices")
		contains(t, c.kubectl(t, "api-versions"), "apps/v1", "batch/v1", "v1")
		contains(t, c.kubectl(t, "version"), "Server Version: v1.37")
	})
	t.Run("diff", func(t *testing.T) {
		changed := filepath.Join(t.TempDir(), "greeting.yaml")
		write(t, changed, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: greeting, namespace: hello}\ndata: {text: Changed}\n")
		out := c.kubectlFails(t, "diff", "-f", changed) // it exits with 1 when there is a difference
		contains(t, out, "+  text: Changed")
	})
	t.Run("watch", func(t *testing.T) {
		out, stop := c.stream(t, "-n", "hello", "get", "configmaps", "-w", "-o", "name")
		defer stop()
		lines := bufio.NewScanner(out)
		expect := func(want string) {
			t.Helper()
			for lines.Scan() {
				if lines.Text() == want {
					return
				}
			}
			t.Fatalf("the watch ended before %q", want)
		}
		expect("configmap/greeting")
		c.kubectl(t, "-n", "hello", "create", "configmap", "later", "--from-literal=a=b")
		expect("configmap/later")
		c.kubectl(t, "-n", "hello", "delete", "configmap", "later")
		expect("configmap/later")
	})
	t.Run("job", func(t *testing.T) {
		c.kubectl(t, "-n", "hello", "create", "job", "once", "--image=nucleus.local/hello:1", "--", "true")
		c.kubectl(t, "-n", "hello", "wait", "job/once", "--for=condition=Complete", "--timeout=60s")
		contains(t, c.kubectl(t, "-n", "hello", "get", "jobs"), "Complete", "1/1")
	})
	t.Run("bad input", func(t *testing.T) {
		contains(t, c.kubectlFails(t, "-n", "hello", "patch", "deployment", "hello", "-p", `{"spec":{"replicas":-1}}`),
			`The Deployment "hello" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0`)
		bad := filepath.Join(t.TempDir(), "bad.yaml")
		write(t, bad, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndatta: {a: b}\n")
		contains(t, c.kubectlFails(t, "create", "-f", bad), `unknown field "datta"`)
		contains(t, c.kubectlFails(t, "get", "pods", "-l", "a in"), "unable to parse requirement")
	})
	t.Run("delete", func(t *testing.T) {
		contains(t, c.kubectl(t, "-n", "hello", "delete", "deployment", "hello"), "deleted")
		c.kubectl(t, "-n", "hello", "wait", "pods", "-l", "app=hello", "--for=delete", "--timeout=60s")
		c.kubectl(t, "delete", "namespace", "hello", "--timeout=60s")
		contains(t, c.kubectlFails(t, "get", "namespace", "hello"), "not found")
	})
}

// TestAcknowledgedWritesSurviveAKill holds what a user fears most.
func TestAcknowledgedWritesSurviveAKill(t *testing.T) {
	dir := t.TempDir()
	c := startIn(t, dir)
	c.kubectl(t, "create", "configmap", "kept", "--from-literal=a=b")
	c.kill(t)
	c = startIn(t, dir)
	if got := c.kubectl(t, "get", "configmap", "kept", "-o", "jsonpath={.data.a}"); got != "b" {
		t.Errorf("after the kill the data reads %q", got)
	}
}

// TestBareServer runs the API server alone, with a token to come in by.
func TestBareServer(t *testing.T) {
	tokens := filepath.Join(t.TempDir(), "tokens.csv")
	write(t, tokens, "secret-token,root,1,system:masters\nother-token,guest,2\n")
	c := start(t, "--controllers=-*", "--scheduler=false", "--node=none", "--token-auth-file", tokens)
	c.kubectl(t, "--token=secret-token", "--kubeconfig=/dev/null", "--server", c.address, "--insecure-skip-tls-verify", "get", "namespaces")
	contains(t, c.kubectlFails(t, "--token=other-token", "--kubeconfig=/dev/null", "--server", c.address, "--insecure-skip-tls-verify", "get", "namespaces"),
		`namespaces is forbidden: User "guest" cannot list resource "namespaces" in API group "" at the cluster scope`)
	if nodes := c.kubectl(t, "get", "nodes"); !strings.Contains(nodes, "No resources found") {
		t.Errorf("a bare server has nodes:\n%s", nodes)
	}
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
