package corev1_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func TestANewNodeIsTainted(t *testing.T) {
	r := resource(t, "nodes")
	n := incoming(t, r, `{"spec":{"podCIDR":"10.1.0.0/24"},"status":{"capacity":{"cpu":"4000m"}}}`).(*corev1.Node)
	shows(t, &n.Spec, `{"podCIDR":"10.1.0.0/24","podCIDRs":["10.1.0.0/24"],"taints":[{"key":"node.kubernetes.io/not-ready","effect":"NoSchedule"}]}`)
	shows(t, &n.Status.Allocatable, `{"cpu":"4"}`) // the kubelet's status is kept, and completed
	again := incoming(t, r, `{"spec":{"taints":[{"key":"node.kubernetes.io/not-ready","effect":"NoSchedule"}]}}`).(*corev1.Node)
	if len(again.Spec.Taints) != 1 {
		t.Errorf("tainted twice: %v", again.Spec.Taints)
	}
}

func TestNodeIsRefused(t *testing.T) {
	testCreates(t, "nodes", []refusal{
		{"taints", `{"spec":{"taints":[{"key":"a b","effect":"NoSchedule"},{"key":"a","effect":"Odd"},{"key":"a","effect":"Odd"}]}}`, []string{
			`metadata.taints[0].key: Invalid value: "a b": ` + namePart,
			`metadata.taints[1].effect: Unsupported value: "Odd": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"`,
			`metadata.taints[2].effect: Unsupported value: "Odd": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"`,
			`metadata.taints[2]: Duplicate value: {"Key":"a","Value":"","Effect":"Odd","TimeAdded":null}: taints must be unique by key and effect pair`,
		}},
		{"networks", `{"spec":{"podCIDRs":["10.1.0.1/24","10.2.0.0/24"]}}`, []string{
			`spec.podCIDRs[0]: Invalid value: "10.1.0.1/24": must not have bits set beyond the prefix length`,
			`spec.podCIDRs: Invalid value: ["10.1.0.1/24","10.2.0.0/24"]: may specify no more than one CIDR for each IP family`,
		}},
	})
	testUpdates(t, "nodes", []change{
		{"network", `{"spec":{"podCIDRs":["10.1.0.0/24"],"providerID":"a"}}`, `{"spec":{"podCIDRs":["10.2.0.0/24"],"providerID":"b"}}`, []string{
			`spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid`,
			`spec.providerID: Invalid value: null: field cannot be modified once set`,
		}},
	})
	testStatusUpdates(t, "nodes", []change{
		{"features", `{}`, `{"status":{"declaredFeatures":["B","A","A","A/1"]}}`, []string{
			`status.declaredFeatures[1]: Invalid value: "A": list must be sorted alphabetically`,
			`status.declaredFeatures[2]: Duplicate value: "A"`,
			`status.declaredFeatures[3]: Invalid value: "A/1": invalid feature name "A/1": must start with an UpperCamelCase segment, ` +
				`with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes`,
		}},
		{"more features", `{}`, `{"status":{"declaredFeatures":["A","Ab/c/D","B"]}}`, nil},
		{"amounts", `{}`, `{"status":{"capacity":{"cpu":"-1","example.com/gpu":"1500m"},"allocatable":{}}}`, []string{
			`status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0`,
			`status.capacity.example.com/gpu: Invalid value: "1500m": must be an integer`,
		}},
		{"addresses", `{}`, `{"status":{"addresses":[{"type":"InternalIP","address":"10.1.1.1"},{"type":"InternalIP","address":"10.1.1.1"}]}}`, []string{
			`status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.1.1.1"}`,
		}},
	})
}

func TestNodeColumns(t *testing.T) {
	r := resource(t, "nodes")
	for _, c := range []struct{ body, want string }{
		{`{}`, "Unknown <none> <none> <none> <unknown>"},
		{`{"metadata":{"labels":{"node-role.kubernetes.io/worker":"","node-role.kubernetes.io/control-plane":""}},"spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"},{"type":"ExternalIP","address":"1.2.3.4"}],"nodeInfo":{"osImage":"Debian"}}}`,
			"Ready,SchedulingDisabled control-plane,worker 10.0.0.1 1.2.3.4 Debian"},
		{`{"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}`, "NotReady <none> <none> <none> <unknown>"},
	} {
		node := &corev1.Node{}
		*node = *stored(t, r, c.body).(*corev1.Node)
		cells := r.Cells(node)
		if got := fmt.Sprint(cells[1], " ", cells[2], " ", cells[5], " ", cells[6], " ", cells[7]); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestResourceQuotaIsRefused(t *testing.T) {
	testCreates(t, "resourcequotas", []refusal{
		{name: "fine", body: `{"spec":{"hard":{"cpu":"1","count/deployments.apps":"5","requests.nvidia.com/gpu":"4","gold.storageclass.storage.k8s.io/requests.storage":"1Gi","limits.nvidia.com/gpu":"1"}}}`},
		{name: "scopes", body: `{"spec":{"hard":{"pods":"1"},"scopes":["BestEffort","NotTerminating"]}}`},
		{"amounts", `{"spec":{"hard":{"pods":"-1","services":"1.5","foo":"1"}}}`, []string{
			`spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified`,
			`spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota`,
			`spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0`,
			`spec.hard[services]: Invalid value: "1500m": must be an integer`,
		}},
		{"unknown scope", `{"spec":{"hard":{"pods":"1"},"scopes":["Odd"]}}`, []string{`spec.scopes: Invalid value: ["Odd"]: unsupported scope`}},
		{"scopes exclude each other", `{"spec":{"hard":{"pods":"1"},"scopes":["BestEffort","NotBestEffort"]}}`, []string{`spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes`}},
		{"scope does not count that", `{"spec":{"hard":{"services":"1"},"scopes":["Terminating"]}}`, []string{`spec.scopes: Invalid value: ["Terminating"]: unsupported scope applied to resource`}},
		{"selector", `{"spec":{"hard":{"pods":"1"},"scopeSelector":{"matchExpressions":[{"scopeName":"PriorityClass","operator":"In"},{"scopeName":"PriorityClass","operator":"Exists","values":["x"]}]}}}`, []string{
			"spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
			"spec.scopeSelector.matchExpressions.values: Invalid value: [\"x\"]: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
		}},
	})
	testUpdates(t, "resourcequotas", []change{
		{"scopes", `{"spec":{"hard":{"pods":"1"},"scopes":["BestEffort"]}}`, `{"spec":{"hard":{"pods":"1"},"scopes":["NotBestEffort"]}}`, []string{`spec.scopes: Invalid value: ["NotBestEffort"]: field is immutable`}},
		{"order of scopes", `{"spec":{"scopes":["BestEffort","NotTerminating"]}}`, `{"spec":{"scopes":["NotTerminating","BestEffort"]}}`, nil},
	})
	r := resource(t, "resourcequotas")
	cells := r.Cells(stored(t, r, `{"status":{"hard":{"pods":"10","cpu":"1","limits.cpu":"2"},"used":{"pods":"1"}}}`))
	if got := fmt.Sprint(cells[1], " | ", cells[2]); got != "cpu: 0/1, pods: 1/10 | limits.cpu: 0/2" {
		t.Error(got)
	}
}

func TestLimitRanges(t *testing.T) {
	l := incoming(t, resource(t, "limitranges"), `{"spec":{"limits":[{"type":"Container","max":{"cpu":"2"},"min":{"memory":"1"}}]}}`).(*corev1.LimitRange)
	shows(t, &l.Spec, `{"limits":[{"type":"Container","max":{"cpu":"2"},"min":{"memory":"1"},"default":{"cpu":"2"},"defaultRequest":{"cpu":"2","memory":"1"}}]}`)
	nameless := &corev1.LimitRange{}
	if resource(t, "limitranges").PrepareCreate(nameless); nameless.Name == "" {
		t.Error("a LimitRange without a name has none")
	}
	testCreates(t, "limitranges", []refusal{
		{name: "nothing", body: `{"spec":{"limits":[]}}`},
		{"order", `{"spec":{"limits":[{"type":"Container","max":{"cpu":"1"},"min":{"cpu":"2"},"default":{"cpu":"3"},"defaultRequest":{"cpu":"4"}}]}}`, []string{
			`spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1`,
			`spec.limits[0].defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than max value 1`,
			`spec.limits[0].defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than default limit value 3`,
			`spec.limits[0].default[cpu]: Invalid value: "1": default value 3 is greater than max value 1`,
		}},
		{"Pods", `{"spec":{"limits":[{"type":"Pod","default":{"cpu":"1"}},{"type":"Pod"},{"type":"Odd"},{"type":"PersistentVolumeClaim"}]}}`, []string{
			"spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
			`spec.limits[2].type: Invalid value: "Odd": must be a standard limit type or fully qualified`,
			`spec.limits[3].limits: Required value: either minimum or maximum storage value is required, but neither was provided`,
			`spec.limits[1].type: Duplicate value: "Pod"`,
		}},
		{"ratio", `{"spec":{"limits":[{"type":"Container","max":{"cpu":"4"},"min":{"cpu":"1"},"maxLimitRequestRatio":{"cpu":"8"}}]}}`, []string{
			`spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "8": ratio 8 is greater than max/min = 4.000000`,
		}},
	})
}

func TestReplicationControllers(t *testing.T) {
	const template = `"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i:1"}]}}`
	r := resource(t, "replicationcontrollers")
	rc := incoming(t, r, `{"spec":{`+template+`}}`).(*corev1.ReplicationController)
	if *rc.Spec.Replicas != 1 || rc.Spec.Selector["app"] != "x" || rc.Labels["app"] != "x" {
		t.Errorf("defaults: %v %v %v", *rc.Spec.Replicas, rc.Spec.Selector, rc.Labels)
	}
	testCreates(t, "replicationcontrollers", []refusal{
		{"numbers", `{"spec":{"replicas":-1,"minReadySeconds":-1,` + template + `}}`, []string{
			`spec.replicas: Invalid value: -1: must be greater than or equal to 0`,
			`spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0`,
		}},
		{"selector", `{"spec":{"selector":{"app":"other"},` + template + `}}`, []string{"spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match template `labels`"}},
		{"template", `{"spec":{"selector":{"app":"x"}}}`, []string{`spec.template: Required value`}},
		{"restart policy", `{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i:1"}]}}}}`, []string{
			`spec.selector: Required value`,
			`spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"`,
		}},
	})
	same(t, r.Warnings(incoming(t, r, `{"metadata":{"name":"a.b"},"spec":{`+template+`}}`), nil), []string{
		"metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
	})
	testStatusUpdates(t, "replicationcontrollers", []change{
		{"counts", `{}`, `{"status":{"replicas":2,"readyReplicas":3,"fullyLabeledReplicas":1}}`, []string{`status.readyReplicas: Invalid value: 3: cannot be greater than status.replicas`}},
	})
	if n, s := r.Scale.Replicas(rc), r.Scale.Selector(rc); n != 1 || s != "app=x" {
		t.Errorf("scale: %d %s", n, s)
	}
}

func TestEvents(t *testing.T) {
	testCreates(t, "events", []refusal{
		{name: "older reporter", body: `{"metadata":{},"involvedObject":{"namespace":"ns"}}`},
		{name: "finalizer of nobody", body: `{"metadata":{"finalizers":["mine"]},"involvedObject":{"namespace":"ns"}}`},
		{"elsewhere", `{"metadata":{},"involvedObject":{"namespace":"other"}}`, []string{`involvedObject.namespace: Invalid value: "other": does not match event.namespace`}},
		{"newer reporter", `{"metadata":{},"involvedObject":{"namespace":"other"},"eventTime":"2024-01-01T00:00:00.000001Z","reportingComponent":"bad name"}`, []string{
			`reportingComponent: Invalid value: "bad name": ` + namePart,
			`reportingInstance: Required value`,
			`action: Required value`,
			`reason: Required value`,
		}},
	})
	r := resource(t, "events")
	event := stored(t, r, `{"metadata":{},"involvedObject":{"kind":"Pod","name":"p"},"reason":"Why","type":"Normal","message":" hello\n","source":{"component":"c","host":"h"},"lastTimestamp":"2024-01-01T00:00:00Z","firstTimestamp":"2023-01-01T00:00:00Z"}`).(*corev1.Event)
	cells := r.Cells(event)
	if got := fmt.Sprint(cells[1:7]); got != "[Normal Why pod/p  c, h hello]" {
		t.Error(got)
	}
	if last := cells[0].(scheme.Age); !time.Time(meta.Time(last).Time).Equal(event.LastTimestamp.Time) {
		t.Errorf("last seen: %v", cells[0])
	}
	if cells[8] != int64(1) {
		t.Errorf("an event that does not say so happened %v times", cells[8])
	}
	if r.TTLSeconds != 3600 {
		t.Error("events are kept for an hour")
	}
}
