package corev1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// shows checks fields of an object, named by the JSON that they read as.
func shows(t *testing.T, obj any, want string) {
	t.Helper()
	got, err := codec.MarshalJSON(obj)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDefaultsOfTheSmallestPod(t *testing.T) {
	pod := decode(t, resource(t, "pods"), `{"spec":{"containers":[{"name":"c","image":"nginx"}]}}`).(*corev1.Pod)
	corev1.DefaultPod(pod)
	shows(t, &pod.Spec, `{"containers":[{"name":"c","image":"nginx","resources":{},"terminationMessagePath":"/dev/termination-log",`+
		`"terminationMessagePolicy":"File","imagePullPolicy":"Always"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,`+
		`"dnsPolicy":"ClusterFirst","securityContext":{},"schedulerName":"default-scheduler","enableServiceLinks":true}`)
}

func TestTemplatesGetFewerDefaults(t *testing.T) {
	pod := decode(t, resource(t, "pods"), `{"spec":{"hostNetwork":true,"serviceAccount":"s","containers":[{"name":"c","image":"i:1","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"1"}}}]}}`).(*corev1.Pod)
	template := &corev1.PodTemplateSpec{Spec: *codec.DeepCopy(&pod.Spec)}
	corev1.DefaultPodTemplate(template)
	corev1.DefaultPod(pod)
	if p, q := pod.Spec.Containers[0].Ports[0].HostPort, template.Spec.Containers[0].Ports[0].HostPort; p != 80 || q != 0 {
		t.Errorf("host port of the Pod %d, of the template %d; want 80, 0", p, q)
	}
	if p, q := len(pod.Spec.Containers[0].Resources.Requests), len(template.Spec.Containers[0].Resources.Requests); p != 1 || q != 0 {
		t.Errorf("requests of the Pod %d, of the template %d; want 1, 0", p, q)
	}
	if template.Spec.EnableServiceLinks != nil || pod.Spec.EnableServiceLinks == nil {
		t.Error("service links are a default of Pods only")
	}
	if template.Spec.ServiceAccountName != "s" {
		t.Error("the older name of the service account is not read")
	}
}

func TestPullPolicyFollowsTheTag(t *testing.T) {
	for image, want := range map[string]corev1.PullPolicy{
		"nginx": "Always", "nginx:latest": "Always", "nginx:1.27": "IfNotPresent",
		"r.example:5000/x/y": "Always", "r.example:5000/x/y:1": "IfNotPresent",
		"nginx@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":        "IfNotPresent",
		"nginx:latest@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": "Always",
		"":     "IfNotPresent", // no reference at all
		" i:1": "IfNotPresent",
		"Caps": "IfNotPresent",
	} {
		pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Image: image}}}}
		corev1.DefaultPod(pod)
		if got := pod.Spec.Containers[0].ImagePullPolicy; got != want {
			t.Errorf("image %q: got %s, want %s", image, got, want)
		}
	}
}

func TestAmountsAreRounded(t *testing.T) {
	pod := decode(t, resource(t, "pods"), container(`"resources":{"limits":{"cpu":"+1","memory":"1073741824"},"requests":{"cpu":"0.00001","memory":"1.5Mi"}}`)).(*corev1.Pod)
	corev1.DefaultPod(pod)
	shows(t, &pod.Spec.Containers[0].Resources, `{"limits":{"cpu":"+1","memory":"1073741824"},"requests":{"cpu":"1m","memory":"1536Ki"}}`)
}

func TestANewPodIsPending(t *testing.T) {
	r := resource(t, "pods")
	pod := incoming(t, r, `{"metadata":{"labels":{"rev":"7"},"annotations":{"container.apparmor.security.beta.kubernetes.io/c":"localhost/p"}},
		"spec":{"terminationGracePeriodSeconds":-5,"schedulingGates":[{"name":"g"}],
		"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"z","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"x"}},"matchLabelKeys":["rev","none"]}],
		"containers":[{"name":"c","image":"i:1","lifecycle":{"stopSignal":"SIGUSR1"},"resources":{"limits":{"cpu":"1","memory":"1Gi"}}}]},"status":{"phase":"Failed"}}`).(*corev1.Pod)
	if pod.Status.Conditions[0].LastTransitionTime.IsZero() {
		t.Error("nobody knows since when it waits")
	}
	pod.Status.Conditions[0].LastTransitionTime = meta.Time{}
	shows(t, &pod.Status, `{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","lastProbeTime":null,"lastTransitionTime":null,"reason":"SchedulingGated",`+
		`"message":"Scheduling is blocked due to non-empty scheduling gates"}],"qosClass":"Guaranteed"}`)
	if *pod.Spec.TerminationGracePeriodSeconds != 1 {
		t.Error("negative grace is not made 1")
	}
	shows(t, pod.Spec.TopologySpreadConstraints[0].LabelSelector, `{"matchLabels":{"app":"x"},"matchExpressions":[{"key":"rev","operator":"In","values":["7"]}]}`)
	shows(t, pod.Spec.Containers[0].SecurityContext, `{"appArmorProfile":{"type":"Localhost","localhostProfile":"p"}}`)
	if pod.Spec.Containers[0].Lifecycle != nil {
		t.Error("a stop signal, which is not in use yet, is kept")
	}
}

func TestQOSClass(t *testing.T) {
	for resources, want := range map[string]corev1.PodQOSClass{
		`{}`:                                    "BestEffort",
		`{"requests":{"cpu":"0","memory":"0"}}`: "BestEffort",
		`{"requests":{"cpu":"500m"},"limits":{"cpu":"1"}}`:              "Burstable",
		`{"limits":{"cpu":"1","memory":"1Gi"}}`:                         "Guaranteed",
		`{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1m"}}`: "Burstable",
		`{"limits":{"example.com/gpu":"1"}}`:                            "BestEffort",
	} {
		pod := incoming(t, resource(t, "pods"), container(`"resources":`+resources)).(*corev1.Pod)
		if pod.Status.QOSClass != want {
			t.Errorf("%s: got %s, want %s", resources, pod.Status.QOSClass, want)
		}
	}
}

func TestRequestsOfInitContainersAndSidecars(t *testing.T) {
	pod := decode(t, resource(t, "pods"), `{"spec":{"overhead":{"cpu":"1"},
		"initContainers":[{"name":"side","restartPolicy":"Always","resources":{"requests":{"cpu":"2"}}},{"name":"big","resources":{"requests":{"cpu":"5","memory":"1"}}}],
		"containers":[{"name":"a","resources":{"requests":{"cpu":"1"}}},{"name":"b","resources":{"requests":{"cpu":"2"}}}]}}`).(*corev1.Pod)
	// While "big" runs, so does "side": 7; afterwards 1 + 2 + 2.
	shows(t, new(corev1.PodRequests(&pod.Spec)), `{"cpu":"8","memory":"1"}`)
}

func TestPodUpdates(t *testing.T) {
	const was = `{"spec":{"containers":[{"name":"c","image":"i:1","env":[{"name":"A","value":"1"}]}],"tolerations":[{"key":"k","operator":"Exists"}],"activeDeadlineSeconds":60}}`
	spec := func(fields string) string {
		return `{"spec":{"containers":[{"name":"c","image":"i:2","env":[{"name":"A","value":"1"}]}],` + fields + `}}`
	}
	const fixed = "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`," +
		"`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n"
	testUpdates(t, "pods", []change{
		{"image, deadline, toleration", was, spec(`"tolerations":[{"key":"k","operator":"Exists"},{"key":"n","operator":"Exists"}],"activeDeadlineSeconds":5`), nil},
		{"toleration lost", was, spec(`"tolerations":[],"activeDeadlineSeconds":60`), []string{"spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"}},
		{"later deadline", was, spec(`"tolerations":[{"key":"k","operator":"Exists"}],"activeDeadlineSeconds":61`), []string{"spec.activeDeadlineSeconds: Invalid value: 61: must be less than or equal to previous value"}},
		{"container added", was, `{"spec":{"containers":[{"name":"c","image":"i"},{"name":"d","image":"i"}],"activeDeadlineSeconds":60}}`, []string{"spec.containers: Forbidden: pod updates may not add or remove containers"}},
		{"no image", was, `{"spec":{"containers":[{"name":"c","image":"","env":[{"name":"A","value":"1"}],"imagePullPolicy":"IfNotPresent"}],"tolerations":[{"key":"k","operator":"Exists"}],"activeDeadlineSeconds":60}}`,
			[]string{"spec.containers[0].image: Required value"}},
		{"node", was, spec(`"tolerations":[{"key":"k","operator":"Exists"}],"activeDeadlineSeconds":60,"nodeName":"n"`), []string{fixed +
			"@@ -49,7 +49,7 @@\n  \"ServiceAccountName\": \"\",\n  \"DeprecatedServiceAccount\": \"\",\n  \"AutomountServiceAccountToken\": null,\n- \"NodeName\": \"\",\n+ \"NodeName\": \"n\",\n  \"HostNetwork\": false,\n  \"HostPID\": false,\n  \"HostIPC\": false,\n"}},
		{"gate added", was, spec(`"tolerations":[{"key":"k","operator":"Exists"}],"activeDeadlineSeconds":60,"schedulingGates":[{"name":"g"}]`), []string{"spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'"}},
		{"nodes narrowed at a gate", `{"spec":{"containers":[{"name":"c","image":"i:1"}],"schedulingGates":[{"name":"g"}],"nodeSelector":{"a":"b"}}}`,
			`{"spec":{"containers":[{"name":"c","image":"i:1"}],"nodeSelector":{"a":"b","c":"d"},"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"x","operator":"Exists"}]}]}}}}}`, nil},
		{"nodes widened at a gate", `{"spec":{"containers":[{"name":"c","image":"i:1"}],"schedulingGates":[{"name":"g"}],"nodeSelector":{"a":"b"}}}`,
			`{"spec":{"containers":[{"name":"c","image":"i:1"}],"schedulingGates":[{"name":"g"}]}}`, []string{"spec.nodeSelector: Invalid value: null: only additions to spec.nodeSelector are allowed (no mutations or deletions)"}},
		{"AppArmor annotation", was, `{"metadata":{"annotations":{"container.apparmor.security.beta.kubernetes.io/c":"unconfined"}},` + was[1:],
			[]string{"metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: Forbidden: may not add AppArmor annotations"}},
	})
}

func TestPodStatusUpdates(t *testing.T) {
	const ended = `{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]},"status":{"qosClass":"BestEffort","containerStatuses":[{"name":"c","ready":false,"restartCount":0,"image":"i","imageID":"","state":{"terminated":{"exitCode":1}}}]}}`
	const again = `{"status":{"containerStatuses":[{"name":"c","ready":false,"restartCount":1,"image":"i","imageID":"","state":{"running":{}}}]}}`
	withRule := func(action string, code int) string {
		rule := fmt.Sprintf(`"restartPolicy":"Never","restartPolicyRules":[{"action":%q,"exitCodes":{"operator":"In","values":[%d]}}]`, action, code)
		return strings.Replace(ended, `"image":"i"}]}`, `"image":"i",`+rule+`}]}`, 1)
	}
	testStatusUpdates(t, "pods", []change{
		{"address", `{}`, `{"status":{"podIP":"nowhere","podIPs":[{"ip":"nowhere"}]}}`, []string{`status.podIPs[0]: Invalid value: "nowhere": ` + anyIP}},
		{"host", `{}`, `{"status":{"hostIP":"1.1.1.1","hostIPs":[{"ip":"2.2.2.2"}]}}`, []string{"status.hostIPs[0].ip: Invalid value: \"2.2.2.2\": must be equal to `hostIP`"}},
		{"class", ended, `{"status":{"qosClass":"Burstable"}}`, []string{`status.qosClass: Invalid value: "Burstable": field is immutable`}},
		{"from the dead", ended, `{"status":{"containerStatuses":[{"name":"c","ready":false,"restartCount":0,"image":"i","imageID":"","state":{"running":{}}}]}}`,
			[]string{"status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"}},
		{"again by its rule", withRule("Restart", 1), again, nil},
		{"again by no rule", withRule("Restart", 2), again, []string{"status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"}},
		{"again with others", withRule("RestartAllContainers", 2), again, nil},
		{"condition", `{}`, `{"status":{"conditions":[{"type":"a b","status":"True"}]}}`, []string{`status.conditions[0].Type: Invalid value: "a b": ` + namePart}},
	})
}

func TestPodAddressesStayInStep(t *testing.T) {
	for text, want := range map[string]string{
		`{"podIP":"10.2.0.9","podIPs":[{"ip":"10.2.0.1"},{"ip":"fd00::1"}]}`: `{"podIP":"10.2.0.9","podIPs":[{"ip":"10.2.0.9"}]}`,
		`{"podIP":"10.2.0.9"}`:                            `{"podIP":"10.2.0.9","podIPs":[{"ip":"10.2.0.9"}]}`,
		`{"podIPs":[{"ip":"10.2.0.1"},{"ip":"fd00::1"}]}`: `{"podIP":"10.2.0.1","podIPs":[{"ip":"10.2.0.1"},{"ip":"fd00::1"}]}`,
	} {
		pod := decode(t, resource(t, "pods"), `{"status":`+text+`}`).(*corev1.Pod)
		corev1.DefaultPod(pod)
		shows(t, &pod.Status, want)
	}
}

func TestEphemeralContainersAreOnlyAdded(t *testing.T) {
	r := resource(t, "pods")
	with := func(list string) *corev1.Pod {
		return stored(t, r, podWith(`"ephemeralContainers":[`+list+`]`)).(*corev1.Pod)
	}
	old := with(`{"name":"dbg","image":"busybox","targetContainerName":"c"}`)
	for name, c := range map[string]struct {
		list string
		want []string
	}{
		"added":          {`{"name":"dbg","image":"busybox","targetContainerName":"c"},{"name":"two","image":"i"}`, nil},
		"removed":        {``, []string{"spec.ephemeralContainers: Forbidden: existing ephemeral containers \"dbg\" may not be removed\n"}},
		"no such target": {`{"name":"dbg","image":"busybox","targetContainerName":"c"},{"name":"two","image":"i","targetContainerName":"none"}`, []string{`spec.ephemeralContainers[1].targetContainerName: Not found: "none"`}},
		"taken name":     {`{"name":"dbg","image":"busybox","targetContainerName":"c"},{"name":"c","image":"i"}`, []string{`spec.ephemeralContainers[1].name: Duplicate value: "c"`}},
		"with ports":     {`{"name":"dbg","image":"busybox","targetContainerName":"c"},{"name":"two","image":"i","ports":[{"containerPort":1}]}`, []string{`spec.ephemeralContainers[1].ports: Forbidden: cannot be set for an Ephemeral Container`}},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, texts(corev1.ValidatePodEphemeralContainersUpdate(with(c.list), old)), c.want)
		})
	}
}

func TestResizeKeepsTheQOSClass(t *testing.T) {
	r := resource(t, "pods")
	with := func(resources string) *corev1.Pod {
		return stored(t, r, container(`"resources":`+resources)).(*corev1.Pod)
	}
	old := with(`{"requests":{"cpu":"100m"},"limits":{"cpu":"200m"}}`)
	same(t, texts(corev1.ValidatePodResize(with(`{"requests":{"cpu":"150m"},"limits":{"cpu":"200m"}}`), old)), nil)
	same(t, texts(corev1.ValidatePodResize(with(`{"requests":{"cpu":"300m"},"limits":{"cpu":"200m"}}`), old)), []string{
		"spec.containers[0].resources.requests: Invalid value: \"300m\": must be less than or equal to cpu limit of 200m",
	})
	same(t, texts(corev1.ValidatePodResize(with(`{}`), old)), []string{
		`spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing`,
		"spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed",
		"spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed",
	})
}

func TestResizeLeavesTheRest(t *testing.T) {
	r := resource(t, "pods")
	pod := func(spec string) *corev1.Pod {
		return stored(t, r, `{"spec":`+spec+`}`).(*corev1.Pod)
	}
	const two = `"initContainers":[{"name":"i","image":"i","resources":{"requests":{"cpu":"1"}}}],"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"1"}}}]`
	old := pod(`{` + two + `}`)
	for name, c := range map[string]struct {
		spec string
		want []string
	}{
		"init container": {strings.Replace(`{`+two+`}`, `"1"`, `"2"`, 1), nil},
		"as a whole":     {`{"resources":{"limits":{"cpu":"4"}},` + two + `}`, nil},
		"more":           {strings.Replace(`{`+two+`}`, `"containers":[`, `"containers":[{"name":"d","image":"i"},`, 1), []string{"spec.containers: Forbidden: containers may not be added or removed on resize"}},
		"none":           {`{` + two[strings.Index(two, `"containers"`):] + `}`, []string{"spec.initContainers: Forbidden: initContainers may not be added or removed on resize"}},
		"other":          {strings.Replace(`{`+two+`}`, `"name":"c"`, `"name":"d"`, 1), []string{"spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize"}},
		"storage":        {strings.Replace(`{`+two+`}`, `"cpu":"1"`, `"cpu":"1","ephemeral-storage":"1"`, 1), []string{"spec: Forbidden: only cpu and memory resources are mutable"}},
	} {
		t.Run(name, func(t *testing.T) { same(t, texts(corev1.ValidatePodResize(pod(c.spec), old)), c.want) })
	}
	windows := pod(`{"os":{"name":"windows"},` + two + `}`)
	same(t, texts(corev1.ValidatePodResize(windows, windows)), []string{"[]: Forbidden: windows pods cannot be resized"})
}

// What a Pod asks for as a whole is completed from its containers and its own limits.
func TestPodLevelResourcesAreCompleted(t *testing.T) {
	r := resource(t, "pods")
	for name, c := range map[string]struct {
		pod        string
		containers []string
		want       string
	}{
		"nothing":                          {`{}`, []string{`{"requests":{"cpu":"1"}}`}, `{}`},
		"requests of limits":               {`{"limits":{"cpu":"3"}}`, []string{`{}`}, `{"limits":{"cpu":"3"},"requests":{"cpu":"3"}}`},
		"requests of containers":           {`{"limits":{"memory":"3Gi"}}`, []string{`{"requests":{"cpu":"1"}}`}, `{"limits":{"memory":"3Gi"},"requests":{"cpu":"1","memory":"3Gi"}}`},
		"limits of containers":             {`{"limits":{"memory":"3Gi"}}`, []string{`{"limits":{"cpu":"1"}}`, `{"limits":{"cpu":"2"}}`}, `{"limits":{"cpu":"3","memory":"3Gi"},"requests":{"cpu":"3","memory":"3Gi"}}`},
		"one of them without":              {`{"limits":{"memory":"3Gi"}}`, []string{`{"limits":{"cpu":"1"}}`, `{}`}, `{"limits":{"memory":"3Gi"},"requests":{"cpu":"1","memory":"3Gi"}}`},
		"limits no less than requests":     {`{"requests":{"cpu":"3"}}`, []string{`{"limits":{"cpu":"1"}}`, `{"limits":{"cpu":"1"}}`}, `{"limits":{"cpu":"3"},"requests":{"cpu":"3"}}`},
		"huge pages are as they may be":    {`{"limits":{"hugepages-2Mi":"4Mi"}}`, []string{`{"limits":{"hugepages-2Mi":"2Mi","cpu":"1","memory":"1Gi"}}`}, `{"limits":{"cpu":"1","hugepages-2Mi":"4Mi","memory":"1Gi"},"requests":{"cpu":"1","hugepages-2Mi":"4Mi","memory":"1Gi"}}`},
		"what Pods do not have as a whole": {`{"limits":{"cpu":"1"}}`, []string{`{"limits":{"ephemeral-storage":"2Mi","memory":"1Gi"}}`}, `{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			var list []string
			for i, resources := range c.containers {
				list = append(list, fmt.Sprintf(`{"name":"c%d","image":"i","resources":%s}`, i, resources))
			}
			pod := incoming(t, r, `{"spec":{"resources":`+c.pod+`,"containers":[`+strings.Join(list, ",")+`]}}`).(*corev1.Pod)
			corev1.DefaultPodLevelResources(&pod.Spec)
			got, err := codec.MarshalJSON(pod.Spec.Resources)
			if err != nil || string(got) != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestPodLevelResourcesStay(t *testing.T) {
	r := resource(t, "pods")
	with := func(resources string) *corev1.Pod {
		return stored(t, r, `{"spec":{"resources":`+resources+`,"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"1"}}}]}}`).(*corev1.Pod)
	}
	old := with(`{"limits":{"cpu":"4"},"requests":{"cpu":"2","memory":"1Gi"}}`)
	same(t, texts(corev1.ValidatePodResize(with(`{"limits":{"cpu":"5"},"requests":{"cpu":"3","memory":"1Gi"}}`), old)), nil)
	same(t, texts(corev1.ValidatePodResize(with(`{"requests":{"cpu":"2"}}`), old)), []string{
		"spec.resources.requests: Forbidden: pod-level resource requests cannot be removed",
		"spec.resources.limits: Forbidden: pod-level resource limits cannot be removed",
	})
	left := with(`null`)
	r.PrepareUpdate(left, old)
	if left.Spec.Resources == nil {
		t.Error("what is left out does not stay")
	}
}

func TestPodWarnings(t *testing.T) {
	r := resource(t, "pods")
	for _, c := range []struct {
		body string
		want []string
	}{
		{container(`"command":["a"]`), nil},
		{`{"metadata":{"name":"dotted.name"},"spec":{"containers":[{"name":"c","image":"i"}]}}`, []string{
			"metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
		}},
		{container(`"env":[{"name":"A","value":"1"},{"name":"A","value":"2"}],"ports":[{"containerPort":1},{"containerPort":1}],"resources":{"requests":{"memory":"100m"}}`), []string{
			`spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer`,
			`spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply`,
			`spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]`,
		}},
		{`{"spec":{"initContainers":[{"name":"i","image":"i","ports":[{"containerPort":9,"name":"a"}]}],"containers":[
			{"name":"c","image":"i","ports":[{"containerPort":1,"name":"a","hostIP":"1.1.1.1"},{"containerPort":2,"hostPort":5},{"containerPort":2,"hostPort":5,"hostIP":"1.1.1.1"}]},
			{"name":"d","image":"i","ports":[{"containerPort":1,"name":"a"},{"containerPort":1,"protocol":"UDP"}]}]}}`, []string{
			`spec.containers[0].ports[0]: hostIP set without hostPort: {Name:a HostPort:0 ContainerPort:1 Protocol:TCP HostIP:1.1.1.1}`,
			`spec.containers[0].ports[0]: duplicate port name "a" with spec.initContainers[0].ports[0], services and probes that select ports by name will use spec.initContainers[0].ports[0]`,
			`spec.containers[0].ports[2]: dangerously ambiguous port definition with spec.containers[0].ports[1]`,
			`spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[0]`,
			`spec.containers[1].ports[0]: duplicate port name "a" with spec.initContainers[0].ports[0], services and probes that select ports by name will use spec.initContainers[0].ports[0]`,
		}},
		{`{"metadata":{"annotations":{"seccomp.security.alpha.kubernetes.io/pod":"runtime/default"}},"spec":{"containers":[{"name":"c","image":"i"}],"nodeSelector":{"beta.kubernetes.io/os":"linux"},
			"imagePullSecrets":[{"name":"a"},{"name":""},{"name":""}],"volumes":[{"name":"v0","projected":{"sources":[{}]}}]}}`, []string{
			`metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead`,
			`spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead`,
			`spec.imagePullSecrets[1].name: invalid empty name ""`,
			`spec.imagePullSecrets[2].name: invalid empty name ""`,
			`spec.imagePullSecrets[2].name: duplicate name ""`,
			`volume "v0" (Projected) has no sources provided`,
		}},
	} {
		pod := incoming(t, r, c.body)
		same(t, r.Warnings(pod, nil), c.want)
		if again := r.Warnings(codec.Copy(pod).(meta.Object), pod); len(again) > 0 {
			t.Errorf("an update that changes nothing warns: %q", again)
		}
	}
}

func TestGraceOfPods(t *testing.T) {
	r := resource(t, "pods")
	ask := int64(3)
	for _, c := range []struct {
		body string
		opts *meta.DeleteOptions
		want int64
	}{
		{podWith(`"nodeName":"n"`), &meta.DeleteOptions{}, 30},
		{podWith(`"nodeName":"n"`), &meta.DeleteOptions{GracePeriodSeconds: &ask}, 3},
		{podWith(`"nodeName":"n"`), nil, 30},
		{podWith(`"hostPID":false`), &meta.DeleteOptions{}, 0}, // runs nowhere
	} {
		if got, graceful := r.GracePeriod(stored(t, r, c.body), c.opts); got != c.want || !graceful {
			t.Errorf("%s: got %d %v, want %d", c.body, got, graceful, c.want)
		}
	}
}

func TestPodFieldsAndGeneration(t *testing.T) {
	r := resource(t, "pods")
	pod := stored(t, r, `{"spec":{"nodeName":"n","hostNetwork":true,"containers":[{"name":"c","image":"i"}]},"status":{"phase":"Running","podIP":"10.0.0.1"}}`)
	for path, want := range map[string]string{
		"spec.nodeName": "n", "spec.hostNetwork": "true", "spec.restartPolicy": "Always", "spec.schedulerName": "default-scheduler",
		"status.phase": "Running", "status.podIP": "10.0.0.1", "metadata.name": "x",
	} {
		if got, ok := r.FieldValue(pod, path); !ok || got != want {
			t.Errorf("%s: got %q %v, want %q", path, got, ok, want)
		}
	}
	if r.SelectableField("spec.image") {
		t.Error("spec.image is no field for selectors")
	}
	other := codec.Copy(pod).(*corev1.Pod)
	other.Labels = map[string]string{"a": "b"}
	if r.SpecChanged(other, pod) {
		t.Error("labels count as a change of the spec")
	}
	other.Spec.Containers[0].Image = "j"
	if !r.SpecChanged(other, pod) {
		t.Error("an image does not count as a change of the spec")
	}
}

func ExampleValidatePod() {
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "web", Namespace: "default"}}
	pod.Spec.Containers = []corev1.Container{{Name: "web", Image: "nginx:1.27"}, {Name: "web"}}
	corev1.DefaultPod(pod)
	for _, e := range corev1.ValidatePod(pod) {
		fmt.Println(e)
	}
	// Output:
	// spec.containers[1].image: Required value
	// spec.containers[1].name: Duplicate value: "web"
}

func ExampleDefaultPodTemplate() {
	template := &corev1.PodTemplateSpec{}
	template.Spec.Containers = []corev1.Container{{Name: "web", Image: "nginx"}}
	corev1.DefaultPodTemplate(template)
	fmt.Println(template.Spec.RestartPolicy, template.Spec.Containers[0].ImagePullPolicy)
	fmt.Println(len(corev1.ValidatePodTemplate(template, validate.NewPath("spec", "template"))))
	// Output:
	// Always Always
	// 0
}

func ExampleSummarize() {
	pod := &corev1.Pod{}
	pod.Spec.Containers = []corev1.Container{{Name: "web"}}
	pod.Status.Phase = corev1.PodRunning
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: "web", RestartCount: 4,
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
	}}
	s := corev1.Summarize(pod)
	fmt.Printf("%d/%d %s %d\n", s.Ready, s.Containers, s.Reason, s.Restarts)
	// Output: 0/1 CrashLoopBackOff 4
}

func TestSummaries(t *testing.T) {
	const main = `"containers":[{"name":"a"},{"name":"b"}]`
	running := func(name string) string {
		return `{"name":"` + name + `","ready":true,"restartCount":0,"state":{"running":{}}}`
	}
	for _, c := range []struct{ name, body, want string }{
		{"pending", `{"spec":{` + main + `},"status":{"phase":"Pending"}}`, "0/2 Pending 0"},
		{"gated", `{"spec":{` + main + `},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}}`, "0/2 SchedulingGated 0"},
		{"running", `{"spec":{` + main + `},"status":{"phase":"Running","containerStatuses":[` + running("a") + `,` + running("b") + `]}}`, "2/2 Running 0"},
		{"crashing", `{"spec":{` + main + `},"status":{"phase":"Running","containerStatuses":[` + running("a") + `,{"name":"b","restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}`, "1/2 CrashLoopBackOff 3"},
		{"first init container", `{"spec":{"initContainers":[{"name":"i"},{"name":"j"}],` + main + `},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"waiting":{"reason":"PodInitializing"}}}]}}`, "0/2 Init:0/2 0"},
		{"second init container", `{"spec":{"initContainers":[{"name":"i"},{"name":"j"}],` + main + `},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","restartCount":2,"state":{"running":{}}}]}}`, "0/2 Init:1/2 2"},
		{"init failed", `{"spec":{"initContainers":[{"name":"i"}],` + main + `},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":2}}}]}}`, "0/2 Init:ExitCode:2 0"},
		{"init killed", `{"spec":{"initContainers":[{"name":"i"}],` + main + `},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0,"signal":9}}},{"name":"i","state":{"terminated":{"exitCode":1,"signal":9}}}]}}`, "0/2 Init:Signal:9 0"},
		{"image of init container", `{"spec":{"initContainers":[{"name":"i"}],` + main + `},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"waiting":{"reason":"ErrImagePull"}}}]}}`, "0/2 Init:ErrImagePull 0"},
		{"sidecar", `{"spec":{"initContainers":[{"name":"s","restartPolicy":"Always"}],` + main + `},"status":{"phase":"Running","initContainerStatuses":[{"name":"s","ready":true,"started":true,"restartCount":1,"state":{"running":{}}}],"containerStatuses":[` + running("a") + `]}}`, "2/3 Running 1"},
		{"completed", `{"spec":{` + main + `},"status":{"phase":"Succeeded","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":0,"reason":"Completed"}}},{"name":"b","state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}}`, "0/2 Completed 0"},
		{"half completed", `{"spec":{` + main + `},"status":{"phase":"Running","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":0,"reason":"Completed"}}},` + running("b") + `]}}`, "1/2 NotReady 0"},
		{"half completed and ready", `{"spec":{` + main + `},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":0,"reason":"Completed"}}},` + running("b") + `]}}`, "1/2 Running 0"},
		{"ended by signal", `{"spec":{` + main + `},"status":{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":137,"signal":9}}}]}}`, "0/2 Signal:9 0"},
		{"evicted", `{"spec":{` + main + `},"status":{"phase":"Failed","reason":"Evicted"}}`, "0/2 Evicted 0"},
		{"terminating", `{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{` + main + `},"status":{"phase":"Running","containerStatuses":[` + running("a") + `]}}`, "1/2 Terminating 0"},
		{"terminated", `{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{` + main + `},"status":{"phase":"Succeeded"}}`, "0/2 Succeeded 0"},
		{"lost", `{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{` + main + `},"status":{"phase":"Running","reason":"NodeLost"}}`, "0/2 Unknown 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pod := &corev1.Pod{}
			if _, err := codec.UnmarshalJSON([]byte(c.body), pod, codec.DecodeOptions{}); err != nil {
				t.Fatal(err)
			}
			s := corev1.Summarize(pod)
			if got := fmt.Sprintf("%d/%d %s %d", s.Ready, s.Containers, s.Reason, s.Restarts); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestPodColumns(t *testing.T) {
	r := resource(t, "pods")
	var columns []string
	for _, c := range r.Columns {
		columns = append(columns, c.Name)
	}
	same(t, columns, []string{"Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"})
	pod := stored(t, r, `{"spec":{"nodeName":"n","readinessGates":[{"conditionType":"a"},{"conditionType":"b"}],"containers":[{"name":"c","image":"i"}]},"status":{"phase":"Running","podIP":"10.0.0.1","conditions":[{"type":"a","status":"True"}]}}`)
	cells := r.Cells(pod)
	cells = slices.Delete(cells, 4, 5) // the age
	want := []any{"x", "0/1", "Running", "0", "10.0.0.1", "n", "<none>", "1/2"}
	if fmt.Sprint(cells) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", cells, want)
	}
}
