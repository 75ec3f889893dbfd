package e2e

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// do is kubectl for a command without quotes.
func (c *cluster) do(t *testing.T, command string) string {
	t.Helper()
	return c.kubectl(t, strings.Fields(command)...)
}

// refuses is kubectlFails for a command without quotes.
func (c *cluster) refuses(t *testing.T, command string) string {
	t.Helper()
	return c.kubectlFails(t, strings.Fields(command)...)
}

// expectLine reads until a line starts with want.
func expectLine(t *testing.T, lines *bufio.Scanner, want string) string {
	t.Helper()
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), want) {
			return lines.Text()
		}
	}
	t.Fatalf("the output ended before %q: %v", want, lines.Err())
	return ""
}

const image = "--image=nucleus.local/web:1"

// TestEveryday goes through what people do with kubectl on an ordinary day,
// without a file for most of it.
func TestEveryday(t *testing.T) {
	c := start(t, "--node=hollow:2")

	t.Run("run and logs", func(t *testing.T) {
		c.do(t, "create namespace logs")
		contains(t, c.do(t, "-n logs run web --port=80 "+image), "pod/web created")
		c.do(t, "-n logs wait pod/web --for=condition=Ready --timeout=60s")
		if log := c.do(t, "-n logs logs web"); strings.TrimSpace(log) == "" {
			t.Error("the log of a running Pod is empty")
		}
		if line := c.do(t, "-n logs logs pod/web --tail=1 --timestamps"); strings.Count(line, "\n") > 1 || !strings.Contains(line, "T") {
			t.Errorf("one line with its time: %q", line)
		}
		out, stop := c.stream(t, "-n", "logs", "logs", "web", "-f")
		if lines := bufio.NewScanner(out); !lines.Scan() {
			t.Errorf("logs -f ended without a line: %v", lines.Err())
		}
		stop()
		contains(t, c.refuses(t, "-n logs logs web -c other"), "container other is not valid for pod web")
		contains(t, c.refuses(t, "-n logs logs none"), `pods "none" not found`)
		contains(t, c.do(t, "-n logs delete pod web --now"), `pod "web" deleted`)
	})
	t.Run("what hollow nodes cannot do", func(t *testing.T) {
		c.do(t, "create namespace streams")
		c.do(t, "-n streams run web "+image)
		c.do(t, "-n streams wait pod/web --for=condition=Ready --timeout=60s")
		contains(t, c.refuses(t, "-n streams exec web -- true"), "does not support exec")
		contains(t, c.refuses(t, "-n streams attach web"), "does not support attach")
		contains(t, c.refuses(t, "-n streams port-forward pod/web 0:80"), "does not support portForward")
		file := filepath.Join(t.TempDir(), "f")
		write(t, file, "x")
		contains(t, c.refuses(t, "-n streams cp "+file+" streams/web:/tmp/f"), "does not support exec")
		contains(t, c.refuses(t, "-n streams exec none -- true"), `pods "none" not found`)
	})
	t.Run("create and expose", func(t *testing.T) {
		c.do(t, "create namespace shop")
		contains(t, c.do(t, "-n shop create deployment web --replicas=2 --port=8080 "+image), "deployment.apps/web created")
		contains(t, c.refuses(t, "-n shop create deployment web "+image), `deployments.apps "web" already exists`)
		c.do(t, "-n shop rollout status deployment/web --timeout=60s")
		contains(t, c.do(t, "-n shop expose deployment web --port=80 --target-port=8080"), "service/web exposed")
		c.do(t, "-n shop wait endpointslices -l kubernetes.io/service-name=web --for=jsonpath={.endpoints[1].conditions.ready}=true --timeout=60s")
		contains(t, c.do(t, "-n shop describe service web"), ":8080")
		contains(t, c.do(t, "-n shop autoscale deployment web --min=2 --max=4"), "horizontalpodautoscaler.autoscaling/web autoscaled")
		contains(t, c.do(t, "-n shop get hpa"), "Deployment/web", "2", "4")
		contains(t, c.refuses(t, "-n shop autoscale deployment none --max=4"), `deployments.apps "none" not found`)
		contains(t, c.refuses(t, "-n shop autoscale deployment web --min=5 --max=4"), "must be")
		c.refuses(t, "-n shop autoscale deployment web --max=4") // there is one; kubectl's words for it differ by version
		contains(t, c.refuses(t, "-n shop expose deployment web --port=80 --name=Not_A_Name"), "a lowercase RFC 1123 label must consist of")
		contains(t, c.do(t, "-n shop set image deployment/web *=nucleus.local/web:2"), "image updated")
		contains(t, c.do(t, "-n shop set env deployment/web MODE=test"), "env updated")
		contains(t, c.do(t, "-n shop set resources deployment/web --requests=cpu=10m"), "resource requirements updated")
		contains(t, c.do(t, "-n shop rollout pause deployment/web"), "paused")
		contains(t, c.do(t, "-n shop rollout resume deployment/web"), "resumed")
		contains(t, c.do(t, "-n shop rollout status deployment/web --timeout=60s"), "successfully rolled out")
	})
	t.Run("events", func(t *testing.T) {
		contains(t, c.do(t, "-n shop events --for deployment/web"), "LAST SEEN", "ScalingReplicaSet", "Deployment/web")
		contains(t, c.do(t, "-n shop events --types=Normal"), "Scheduled")
		contains(t, c.do(t, "-n shop get events --sort-by=.metadata.creationTimestamp -o wide"), "SUBOBJECT", "Successfully assigned shop/")
		contains(t, c.do(t, "-n shop get events --field-selector=reason=ScalingReplicaSet"), "Scaled up replica set")
	})
	t.Run("printing", func(t *testing.T) {
		contains(t, c.do(t, "-n shop get deployment web -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[*].image"), "nucleus.local/web:2")
		contains(t, c.do(t, "-n shop get deployment web -o go-template={{.spec.replicas}}"), "2")
		contains(t, c.do(t, "-n shop get pods --show-labels --chunk-size=1 --no-headers"), "pod-template-hash=")
		contains(t, c.do(t, "-n shop get deployment web -o yaml --show-managed-fields"), "managedFields:", "manager: kubectl")
		contains(t, c.do(t, "get --raw /apis/apps/v1/namespaces/shop/deployments/web/scale"), `"kind":"Scale"`)
		contains(t, c.do(t, "cluster-info"), "Kubernetes control plane is running at "+c.address)
		contains(t, c.do(t, "auth can-i delete pods"), "yes")
		contains(t, c.do(t, "auth whoami"), "kubernetes-admin", "system:masters")
		contains(t, c.refuses(t, "top nodes"), "Metrics API not available")
		contains(t, c.refuses(t, "get gadgets"), `the server doesn't have a resource type "gadgets"`)
	})
	t.Run("get -w -o wide", func(t *testing.T) {
		c.do(t, "create namespace watched")
		out, stop := c.stream(t, "-n", "watched", "get", "pods", "-w", "-o", "wide")
		defer stop()
		lines := bufio.NewScanner(out)
		c.do(t, "-n watched run seen "+image)
		header := expectLine(t, lines, "NAME")
		contains(t, header, "STATUS", "NODE", "NOMINATED NODE")
		for line := ""; !strings.Contains(line, "1/1") || !strings.Contains(line, "Running"); {
			line = expectLine(t, lines, "seen ")
		}
	})
	t.Run("cordon and drain", func(t *testing.T) {
		contains(t, c.do(t, "cordon hollow-0"), "node/hollow-0 cordoned")
		contains(t, c.do(t, "get nodes"), "Ready,SchedulingDisabled")
		contains(t, c.do(t, "drain hollow-0 --ignore-daemonsets --force --delete-emptydir-data --timeout=60s"), "node/hollow-0 drained")
		c.do(t, "-n shop rollout status deployment/web --timeout=60s")
		on := c.do(t, "-n shop get pods -l app=web -o jsonpath={.items[*].spec.nodeName}")
		if got := strings.Fields(on); !slices.Equal(got, []string{"hollow-1", "hollow-1"}) {
			t.Errorf("after draining hollow-0 the Pods are on %v", got)
		}
		contains(t, c.do(t, "uncordon hollow-0"), "node/hollow-0 uncordoned")
		contains(t, c.do(t, "taint nodes hollow-0 hollow-1 only=friends:NoSchedule"), "tainted")
		c.do(t, "-n shop run stranger "+image)
		c.do(t, "-n shop wait pod/stranger --for=condition=PodScheduled=False --timeout=60s")
		contains(t, c.do(t, "-n shop describe pod stranger"), "FailedScheduling", "0/2 nodes are available: 2 node(s) had untolerated taint")
		contains(t, c.do(t, "taint nodes hollow-0 hollow-1 only-"), "untainted")
		c.do(t, "-n shop wait pod/stranger --for=condition=Ready --timeout=60s")
		contains(t, c.refuses(t, "taint nodes hollow-0 bad=x:Nowhere"), "invalid taint effect")
	})
	t.Run("server-side apply", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "owned.yaml")
		manifest := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: owned}\ndata: {a: ONE, b: ONE}\n"
		c.do(t, "create namespace ssa")
		write(t, file, manifest)
		contains(t, c.do(t, "-n ssa apply --server-side --field-manager=one -f "+file), "configmap/owned serverside-applied")
		write(t, file, strings.ReplaceAll(manifest, "b: ONE", "b: TWO"))
		out := c.refuses(t, "-n ssa apply --server-side --field-manager=two -f "+file)
		contains(t, out, `Apply failed with 1 conflict: conflict with "one": .data.b`, "--force-conflicts")
		c.do(t, "-n ssa apply --server-side --field-manager=two --force-conflicts -f "+file)
		if got := c.do(t, "-n ssa get configmap owned -o jsonpath={.data.a}{.data.b}"); got != "ONETWO" {
			t.Errorf("the data reads %q", got)
		}
		// From client-side to server-side apply and on, without a conflict.
		write(t, file, strings.ReplaceAll(manifest, "name: owned", "name: moved"))
		c.do(t, "-n ssa apply -f "+file)
		contains(t, c.do(t, "-n ssa apply --server-side -f "+file), "configmap/moved serverside-applied")
		write(t, file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: moved}\ndata: {a: ONE}\n")
		c.do(t, "-n ssa apply --server-side -f "+file)
		if got := c.do(t, "-n ssa get configmap moved -o jsonpath={.data}"); got != `{"a":"ONE"}` {
			t.Errorf("what is applied no more is still there: %s", got)
		}
	})
	t.Run("prune", func(t *testing.T) {
		c.do(t, "create namespace pruned")
		dir := t.TempDir()
		for _, name := range []string{"a", "b"} {
			write(t, filepath.Join(dir, name+".yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "+name+", namespace: pruned, labels: {set: all}}\n")
		}
		prune := "-n pruned apply --prune --prune-allowlist=core/v1/ConfigMap -l set=all -f " + dir
		contains(t, c.do(t, prune), "configmap/a created", "configmap/b created")
		if err := os.Remove(filepath.Join(dir, "b.yaml")); err != nil {
			t.Fatal(err)
		}
		contains(t, c.do(t, prune), "configmap/a unchanged", "configmap/b pruned")
		contains(t, c.refuses(t, "-n pruned get configmap b"), "not found")
	})
	t.Run("wait", func(t *testing.T) {
		c.do(t, "create namespace waits")
		out, stop := c.stream(t, "-n", "waits", "wait", "configmap/late", "--for=create", "--timeout=60s")
		defer stop()
		c.do(t, "-n waits create configmap late")
		expectLine(t, bufio.NewScanner(out), "configmap/late condition met")
		c.do(t, "-n waits annotate configmap late seen=yes")
		c.do(t, "-n waits wait configmap/late --for=jsonpath={.metadata.annotations.seen}=yes --timeout=60s")
		c.do(t, "-n waits delete configmap late --wait=false")
		c.do(t, "-n waits wait configmap/late --for=delete --timeout=60s")
		contains(t, c.refuses(t, "-n waits wait configmap/never --for=create --timeout=1s"), "timed out waiting")
	})
	t.Run("cascades", func(t *testing.T) {
		c.do(t, "create namespace cascade")
		for _, name := range []string{"fore", "orphan"} {
			c.do(t, "-n cascade create deployment "+name+" "+image)
			c.do(t, "-n cascade rollout status deployment/"+name+" --timeout=60s")
		}
		// In the foreground the owner goes last, so nothing is left when kubectl returns.
		c.do(t, "-n cascade delete deployment fore --cascade=foreground --timeout=60s")
		if left := c.do(t, "-n cascade get replicasets,pods -l app=fore -o name"); left != "" {
			t.Errorf("the owner went before %s", left)
		}
		c.do(t, "-n cascade delete deployment orphan --cascade=orphan --timeout=60s")
		contains(t, c.do(t, "-n cascade get replicasets -l app=orphan"), "orphan-")
		if owners := c.do(t, "-n cascade get replicasets -l app=orphan -o jsonpath={.items[*].metadata.ownerReferences}"); owners != "" {
			t.Errorf("the orphan still has owners: %s", owners)
		}
		c.do(t, "-n cascade delete replicasets -l app=orphan --timeout=60s")
		c.do(t, "-n cascade wait pods -l app=orphan --for=delete --timeout=60s")
	})
	t.Run("edit and replace", func(t *testing.T) {
		c.do(t, "create namespace edits")
		file := filepath.Join(t.TempDir(), "m.yaml")
		write(t, file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {k: before}\n")
		contains(t, c.do(t, "-n edits create --dry-run=server -f "+file), "configmap/m created (server dry run)")
		contains(t, c.refuses(t, "-n edits get configmap m"), "not found")
		c.do(t, "-n edits create --save-config -f "+file)
		t.Setenv("KUBE_EDITOR", "sed -i s/before/after/")
		contains(t, c.do(t, "-n edits edit configmap m"), "configmap/m edited")
		if got := c.do(t, "-n edits get configmap m -o jsonpath={.data.k}"); got != "after" {
			t.Errorf("after the edit: %q", got)
		}
		contains(t, c.do(t, "-n edits apply view-last-applied configmap m"), "k: after")
		contains(t, c.do(t, "-n edits replace -f "+file), "configmap/m replaced")
		contains(t, c.do(t, "-n edits replace --force -f "+file), "configmap/m replaced")
		write(t, file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, resourceVersion: \"1\"}\n")
		contains(t, c.refuses(t, "-n edits replace -f "+file), "the object has been modified")
		contains(t, c.do(t, "-n edits annotate --overwrite configmaps --all seen=yes"), "configmap/m annotated")
		contains(t, c.do(t, "-n edits delete configmaps --all --wait=false"), `configmap "m" deleted`)
	})
	t.Run("kinds of all sorts", func(t *testing.T) {
		c.do(t, "create namespace sorts")
		for _, made := range []string{
			"secret generic s --from-literal=a=b", "quota q --hard=pods=50", "role r --verb=get --resource=pods", "rolebinding b --role=r --user=jane",
			"serviceaccount robot", "ingress i --rule=example.com/*=web:80", "poddisruptionbudget p --selector=app=x --min-available=1",
			"cronjob c --schedule=0_0_*_*_* " + image, "service nodeport n --tcp=80:80", "service externalname e --external-name=example.com",
		} {
			args := strings.Fields("-n sorts create " + made)
			for i := range args {
				if strings.HasPrefix(args[i], "--schedule=") {
					args[i] = strings.ReplaceAll(args[i], "_", " ")
				}
			}
			contains(t, c.kubectl(t, args...), " created")
		}
		contains(t, c.do(t, "create priorityclass high --value=1000"), "created")
		contains(t, c.do(t, "-n sorts describe secrets,quota,roles,rolebindings,serviceaccounts,ingresses,poddisruptionbudgets,cronjobs,services"),
			"Opaque", "pods", "jane", "example.com", "Min available:", "Schedule:", "NodePort:", "External Name:")
		contains(t, c.do(t, "-n sorts get all,ingress,pdb,quota"), "cronjob.batch/c", "ingress.networking.k8s.io/i", "poddisruptionbudget.policy/p")
		contains(t, c.do(t, "-n sorts create job now --from=cronjob/c"), "job.batch/now created")
		c.do(t, "-n sorts wait job/now --for=condition=Complete --timeout=60s")
		contains(t, c.do(t, "describe namespace sorts"), "Resource Quotas", "pods")
	})
}

// TestWorkloads rolls out one of each kind of workload.
func TestWorkloads(t *testing.T) {
	c := start(t, "--node=hollow:3")
	file := filepath.Join(t.TempDir(), "workloads.yaml")
	write(t, file, workloads)
	c.do(t, "apply -f "+file)
	for _, w := range []string{"deployment/d", "statefulset/s", "daemonset/a"} {
		c.do(t, "rollout status --timeout=60s "+w)
	}
	c.do(t, "wait job/j --for=condition=Complete --timeout=60s")
	wide := c.do(t, "get deployments,statefulsets,daemonsets,jobs,pods -o wide")
	contains(t, wide, "deployment.apps/d   2/2", "statefulset.apps/s   2/2", "pod/s-0", "pod/s-1", "job.batch/j   Complete   3/3")
	if n := strings.Count(wide, "pod/a-"); n != 3 {
		t.Errorf("%d Pods of the DaemonSet on three nodes:\n%s", n, wide)
	}
	c.do(t, "set image statefulset/s c=nucleus.local/c:2")
	c.do(t, "set image daemonset/a c=nucleus.local/c:2")
	for _, w := range []string{"statefulset/s", "daemonset/a"} {
		c.do(t, "rollout status --timeout=60s "+w)
		contains(t, c.do(t, "rollout history "+w), "REVISION", "2")
		contains(t, c.do(t, "rollout undo "+w), "rolled back")
		c.do(t, "rollout status --timeout=60s "+w)
	}
	if images := strings.Fields(c.do(t, "get pods -l kind=many -o jsonpath={.items[*].spec.containers[*].image}")); slices.ContainsFunc(images, func(i string) bool { return i != "nucleus.local/c:1" }) {
		t.Errorf("after undoing: %v", images)
	}
	c.do(t, "scale statefulset/s --replicas=1")
	c.do(t, "wait pod/s-1 --for=delete --timeout=60s")
	c.do(t, "delete --timeout=60s -f "+file)
	c.do(t, "wait pods --all --for=delete --timeout=60s")
}

const workloads = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 2
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec: {containers: [{name: c, image: "nucleus.local/c:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {clusterIP: None, selector: {app: s}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s}
spec:
  replicas: 2
  serviceName: s
  selector: {matchLabels: {app: s}}
  template:
    metadata: {labels: {app: s, kind: many}}
    spec: {containers: [{name: c, image: "nucleus.local/c:1"}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: a}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a, kind: many}}
    spec: {containers: [{name: c, image: "nucleus.local/c:1"}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec:
  completions: 3
  parallelism: 2
  completionMode: Indexed
  template:
    spec: {restartPolicy: Never, containers: [{name: c, image: "nucleus.local/c:1", command: ["true"]}]}
`
