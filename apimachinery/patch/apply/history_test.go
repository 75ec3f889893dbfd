package apply_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	autoscalingv1 "github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch/apply"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// history is the life of one object: each write finds what the last one left.
type history struct {
	t        *testing.T
	m        *apply.Manager
	resource *scheme.Resource
	live     meta.Object
	clock    int64
}

func newHistory(t *testing.T, gvr meta.GroupVersionResource) *history {
	s, err := scheme.New(api.Groups()...)
	require.NoError(t, err)
	r, ok := s.Resource(gvr)
	require.True(t, ok, gvr)
	return &history{t: t, m: apply.NewManager(s), resource: r, clock: 1000}
}

func configMaps(t *testing.T) *history {
	return newHistory(t, meta.GroupVersionResource{Version: "v1", Resource: "configmaps"})
}

func (h *history) now() meta.Time {
	h.clock++
	return meta.Unix(h.clock)
}

// put replaces the object; managedFields are those of before unless text has some.
func (h *history) put(manager, text string) { h.write(manager, "", text) }

func (h *history) write(manager, subresource, text string) {
	h.t.Helper()
	obj := h.resource.New()
	_, err := codec.UnmarshalJSON([]byte(text), obj, codec.DecodeOptions{Strict: true})
	require.NoError(h.t, err)
	obj, err = h.m.Update(h.live, obj, h.resource, subresource, manager, h.now())
	require.NoError(h.t, err)
	h.live = obj
}

// apply applies text, to which the kind is added, and returns the refusal.
func (h *history) apply(manager, text string, force ...bool) error {
	h.t.Helper()
	head := fmt.Sprintf(`{"apiVersion":%q,"kind":%q,`, h.resource.GroupVersion.String(), h.resource.Kind)
	obj, err := h.m.Apply(h.live, []byte(head+strings.TrimPrefix(text, "{")), h.resource, "", manager, len(force) > 0, h.now())
	if err == nil {
		h.live = obj
	}
	return err
}

// owners shows the account, one line an entry.
func (h *history) owners(want ...string) {
	h.t.Helper()
	var got []string
	for _, e := range h.live.Metadata().ManagedFields {
		who := e.Manager + " " + string(e.Operation)
		if e.Subresource != "" {
			who += "/" + e.Subresource
		}
		got = append(got, who+" "+string(e.FieldsV1.Raw))
	}
	require.Equal(h.t, want, got)
}

func (h *history) data(want map[string]string) {
	h.t.Helper()
	require.Equal(h.t, want, h.live.(*corev1.ConfigMap).Data)
}

func refusal(t *testing.T, err error) meta.Status {
	t.Helper()
	require.Error(t, err)
	status, ok := errors.AsType[*meta.StatusError](err)
	if !ok {
		return meta.Status{Message: err.Error()}
	}
	return status.Status
}

func TestWritesOwnWhatTheyChange(t *testing.T) {
	h := configMaps(t)
	h.put("a", `{"metadata":{"name":"x","namespace":"n","labels":{"l":"1"}},"data":{"k":"v"}}`)
	h.owners(`a Update {"f:data":{".":{},"f:k":{}},"f:metadata":{"f:labels":{".":{},"f:l":{}}}}`)

	h.put("b", `{"metadata":{"name":"x","namespace":"n","labels":{"l":"1"}},"data":{"k":"w","m":"1"}}`)
	h.owners(
		`a Update {"f:data":{},"f:metadata":{"f:labels":{".":{},"f:l":{}}}}`,
		`b Update {"f:data":{"f:k":{},"f:m":{}}}`)

	// What is gone nobody owns, and what is empty is something.
	h.put("b", `{"metadata":{"name":"x","namespace":"n"},"data":{"m":"1"},"binaryData":{}}`)
	h.owners(
		`a Update {"f:data":{}}`,
		`b Update {"f:data":{"f:m":{}}}`)

	before := h.live.Metadata().ManagedFields
	h.put("c", `{"metadata":{"name":"x","namespace":"n"},"data":{"m":"1"}}`)
	require.Equal(t, before, h.live.Metadata().ManagedFields, "a write that changes nothing")
}

func TestOneEntryAWriter(t *testing.T) {
	h := configMaps(t)
	h.put("a", `{"metadata":{"name":"x"},"data":{"k":"v"}}`)
	h.put("a", `{"metadata":{"name":"x"},"data":{"k":"v","m":"1"}}`)
	h.owners(`a Update {"f:data":{".":{},"f:k":{},"f:m":{}}}`)
	require.Equal(t, int64(1002), h.live.Metadata().ManagedFields[0].Time.Unix())
}

func TestClearing(t *testing.T) {
	for _, none := range []string{`[]`, `[{}]`} {
		h := configMaps(t)
		h.put("a", `{"metadata":{"name":"x"},"data":{"k":"v"}}`)
		h.put("a", `{"metadata":{"name":"x","managedFields":`+none+`},"data":{"k":"v"}}`)
		h.owners()
		h.put("b", `{"metadata":{"name":"x"},"data":{"k":"w"}}`)
		h.owners()
		// The first applier finds what was there before, and cannot remove it.
		require.NoError(t, h.apply("m", `{"metadata":{"name":"x"},"data":{"n":"1"}}`))
		h.owners(
			`m Apply {"f:data":{"f:n":{}}}`,
			`before-first-apply Update {"f:data":{".":{},"f:k":{}}}`)
	}
}

// The empty object of a kind is not nothing: what is always there is nobody's.
func TestBeforeFirstApplyOwnsNoEmptyFields(t *testing.T) {
	h := newHistory(t, meta.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterroles"})
	h.live = h.resource.New()
	h.live.Metadata().Name = "x"
	require.NoError(t, h.apply("m1", `{"metadata":{"name":"x"},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}}]}}`))
	h.owners(`m1 Apply {"f:aggregationRule":{"f:clusterRoleSelectors":{}}}`)
}

func TestManyWritersFold(t *testing.T) {
	h := configMaps(t)
	data := `"k0":"v"`
	for i := range 13 {
		h.put(fmt.Sprintf("m%02d", i), `{"metadata":{"name":"x"},"data":{`+data+`}}`)
		data += fmt.Sprintf(`,"k%d":"v"`, i+1)
	}
	entries := h.live.Metadata().ManagedFields
	require.Len(t, entries, 10)
	require.Equal(t, "ancient-changes", entries[0].Manager)
	require.Equal(t, `{"f:data":{".":{},"f:k0":{},"f:k1":{},"f:k2":{},"f:k3":{}}}`, string(entries[0].FieldsV1.Raw))
	require.Equal(t, "m04", entries[1].Manager)
}

func TestConflicts(t *testing.T) {
	h := configMaps(t)
	h.put("a", `{"metadata":{"name":"x"},"data":{"k":"v","l":"v"}}`)
	status := refusal(t, h.apply("m", `{"metadata":{"name":"x"},"data":{"k":"w"}}`))
	require.Equal(t, int32(409), status.Code)
	require.Equal(t, `Apply failed with 1 conflict: conflict with "a" using v1: .data.k`, status.Message)
	require.Equal(t, []meta.StatusCause{{Type: "FieldManagerConflict", Message: `conflict with "a" using v1`, Field: ".data.k"}}, status.Details.Causes)

	require.NoError(t, h.apply("n", `{"metadata":{"name":"x"},"data":{"l":"v"}}`), "the same value is shared")
	status = refusal(t, h.apply("m", `{"metadata":{"name":"x"},"data":{"k":"w","l":"w"}}`))
	require.Equal(t, "Apply failed with 3 conflicts: conflicts with \"a\" using v1:\n- .data.k\n- .data.l\nconflicts with \"n\":\n- .data.l", status.Message)

	require.NoError(t, h.apply("m", `{"metadata":{"name":"x"},"data":{"k":"w","l":"w"}}`, true))
	h.owners(`m Apply {"f:data":{"f:k":{},"f:l":{}}}`, `a Update {"f:data":{}}`)
	// The same name as an updater is somebody else.
	status = refusal(t, h.apply("a", `{"metadata":{"name":"x"},"data":{"k":"z"}}`))
	require.Equal(t, `Apply failed with 1 conflict: conflict with "m": .data.k`, status.Message)
}

func TestGivingUp(t *testing.T) {
	h := configMaps(t)
	require.NoError(t, h.apply("a", `{"metadata":{"name":"x"},"data":{"mine":"1","shared":"1"}}`))
	require.NoError(t, h.apply("b", `{"metadata":{"name":"x"},"data":{"shared":"1"}}`))
	require.NoError(t, h.apply("a", `{"metadata":{"name":"x"}}`))
	h.data(map[string]string{"shared": "1"})
	h.owners(`b Apply {"f:data":{"f:shared":{}}}`)
	require.NoError(t, h.apply("b", `{"metadata":{"name":"x"}}`))
	h.data(nil)
	h.owners()
}

func TestApplyTwiceIsApplyOnce(t *testing.T) {
	h := configMaps(t)
	text := `{"metadata":{"name":"x","finalizers":["example.com/a"]},"data":{"k":"v"}}`
	require.NoError(t, h.apply("a", text))
	before := h.live
	require.NoError(t, h.apply("a", text))
	require.Equal(t, before, h.live)
	require.NoError(t, h.apply("a", `{"metadata":{"name":"x","finalizers":["example.com/b"]},"data":{}}`))
	h.owners(`a Apply {"f:data":{},"f:metadata":{"f:finalizers":{"v:\"example.com/b\"":{}}}}`)
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		resource, patch string
		code            int32
		message         string
	}{
		{"configmaps", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"spec":{"x":1}}`, 500, "failed to create typed patch object (/a; /v1, Kind=ConfigMap): .spec: field not declared in schema"},
		{"configmaps", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","finalizers":[5]}}`, 500, "failed to create typed patch object (/a; /v1, Kind=ConfigMap): .metadata.finalizers[=5]: expected string, got &value.valueUnstructured{Value:5}"},
		{"configmaps", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","managedFields":[]}}`, 400, "metadata.managedFields must be nil"},
		{"configmaps", `{"apiVersion":"v2","kind":"ConfigMap","metadata":{"name":"a"}}`, 400, "invalid object type: /v2, Kind=ConfigMap"},
		{"configmaps", `null`, 400, "invalid object type: /, Kind="},
		{"replicationcontrollers", `{"apiVersion":"v1","kind":"ReplicationController","metadata":{"name":"a"},"spec":{"replicas":1.5}}`, 500, "failed to convert new object (/a; /v1, Kind=ReplicationController) to proper version: unable to convert unstructured object to /v1, Kind=ReplicationController: cannot convert float64 to int32"},
		{"services", `{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":80},{"port":80}]}}`, 500, `failed to create typed patch object (/a; /v1, Kind=Service): .spec.ports: duplicate entries for key [port=80,protocol="TCP"]`},
	} {
		h := newHistory(t, meta.GroupVersionResource{Version: "v1", Resource: c.resource})
		_, err := h.m.Apply(nil, []byte(c.patch), h.resource, "", "m", false, h.now())
		status := refusal(t, err)
		require.Equal(t, c.message, status.Message)
		require.Equal(t, c.code, status.Code, c.message)
	}
}

func TestListsOfPorts(t *testing.T) {
	h := newHistory(t, meta.GroupVersionResource{Version: "v1", Resource: "pods"})
	require.NoError(t, h.apply("m1", `{"metadata":{"name":"b"},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80},{"containerPort":80,"protocol":"UDP"}]}]}}`))
	h.owners(`m1 Apply {"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{` +
		`"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}},` +
		`"k:{\"containerPort\":80,\"protocol\":\"UDP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}}}}}}`)
}

func TestStatusWritesOwnStatusOnly(t *testing.T) {
	h := newHistory(t, meta.GroupVersionResource{Version: "v1", Resource: "pods"})
	const spec = `"spec":{"containers":[{"name":"c","image":"i"}]}`
	h.put("a", `{"metadata":{"name":"x"},`+spec+`,"status":{"phase":"Pending"}}`)
	owned := `a Update {"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{},"f:resources":{}}}}}`
	h.owners(owned)
	h.write("kubelet", "status", `{"metadata":{"name":"x"},"spec":{"containers":[{"name":"c","image":"other"}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}`)
	require.Contains(t, string(h.live.Metadata().ManagedFields[1].FieldsV1.Raw), `"f:status":{"f:conditions":{".":{},"k:{\"type\":\"Ready\"}":{".":{},`)
	require.NotContains(t, string(h.live.Metadata().ManagedFields[1].FieldsV1.Raw), "f:spec")
}

func TestScale(t *testing.T) {
	h := newHistory(t, meta.GroupVersionResource{Version: "v1", Resource: "replicationcontrollers"})
	h.put("a", `{"metadata":{"name":"x"},"spec":{"replicas":1,"selector":{"a":"b"}}}`)
	h.write("b", "scale", `{"metadata":{"name":"x"},"spec":{"replicas":4,"selector":{"a":"b"}}}`)
	h.owners(`b Update/scale {"f:spec":{"f:replicas":{}}}`, `a Update {"f:spec":{"f:selector":{}}}`)
	require.Nil(t, h.live.Metadata().ManagedFields[0].Time)

	scale := &autoscalingv1.Scale{}
	scale.SetGroupVersionKind(meta.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"})
	scale.Name, scale.Spec.Replicas, scale.ManagedFields = "x", 4, h.live.Metadata().ManagedFields
	patch := []byte(`{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"x"},"spec":{"replicas":5}}`)
	_, err := h.m.Apply(scale, patch, h.resource, "scale", "m1", false, h.now())
	require.Equal(t, `Apply failed with 1 conflict: conflict with "b" with subresource "scale" using autoscaling/v1: .spec.replicas`, refusal(t, err).Message)

	applied, err := h.m.Apply(scale, patch, h.resource, "scale", "m1", true, h.now())
	require.NoError(t, err)
	require.EqualValues(t, 5, applied.(*autoscalingv1.Scale).Spec.Replicas)
	h.live = applied
	h.owners(`m1 Apply/scale {"f:spec":{"f:replicas":{}}}`, `a Update {"f:spec":{"f:selector":{}}}`)
}

// A Scale does not tell zero from none, so nobody owns a zero.
func TestScaleToZero(t *testing.T) {
	h := newHistory(t, meta.GroupVersionResource{Version: "v1", Resource: "replicationcontrollers"})
	h.put("a", `{"metadata":{"name":"x"},"spec":{"replicas":2}}`)
	h.write("b", "scale", `{"metadata":{"name":"x"},"spec":{"replicas":0}}`)
	h.owners()
}

// One Manager serves all writers at once.
func TestConcurrentUse(t *testing.T) {
	h := newHistory(t, meta.GroupVersionResource{Version: "v1", Resource: "pods"})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			pod := &corev1.Pod{}
			pod.Name, pod.Labels = "a", map[string]string{"a": "b"}
			live, err := h.m.Update(nil, pod, h.resource, "", "a", meta.Unix(1))
			if !assert.NoError(t, err) {
				return
			}
			patch := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"c":"d"}},"spec":{"containers":[{"name":"c","image":"i"}]}}`
			live, err = h.m.Apply(live, []byte(patch), h.resource, "", "b", false, meta.Unix(2))
			if assert.NoError(t, err) {
				assert.Len(t, live.Metadata().ManagedFields, 2)
			}
		})
	}
	wg.Wait()
}

// An entry's time is that of the last change: who applies what is there already
// has none yet.
func TestTimeIsOfChanges(t *testing.T) {
	h := configMaps(t)
	h.put("p", `{"metadata":{"name":"a"},"data":{"k":"v","j":"w"}}`)
	// at is when the entry of a manager says that it was written, or -1.
	at := func(manager string) int64 {
		for _, e := range h.live.Metadata().ManagedFields {
			if e.Manager == manager && e.Time != nil {
				return e.Time.Unix()
			}
		}
		return -1
	}
	require.NoError(t, h.apply("x", `{"metadata":{"name":"a"},"data":{"k":"v"}}`))
	require.EqualValues(t, -1, at("x"))
	require.NoError(t, h.apply("x", `{"metadata":{"name":"a"},"data":{"k":"v","j":"w"}}`))
	require.EqualValues(t, -1, at("x"))
	require.NoError(t, h.apply("x", `{"metadata":{"name":"a"},"data":{"k":"v","i":"u"}}`))
	require.Equal(t, h.clock, at("x"))
	written := at("x")
	require.NoError(t, h.apply("x", `{"metadata":{"name":"a"},"data":{"k":"v","i":"u","j":"w"}}`))
	require.Equal(t, written, at("x"), "nothing has changed but the account")
}

// Appliers that speak different versions share what they agree on, also when one of
// them leaves out what it had.
func TestAppliersOfTwoVersions(t *testing.T) {
	resource := meta.GroupVersionResource{Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"}
	h := newHistory(t, resource)
	s, err := scheme.New(api.Groups()...)
	require.NoError(t, err)
	speak := func(version string) {
		gvr := resource
		gvr.Version = version
		r, ok := s.Resource(gvr)
		require.True(t, ok)
		converted, err := s.Convert(h.live, r.GroupVersion)
		require.NoError(t, err)
		h.resource, h.live = r, converted.(meta.Object)
	}
	const target = `"maxReplicas":3,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"}`
	require.NoError(t, h.apply("x", `{"metadata":{"name":"h"},"spec":{`+target+`,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}}]}}`))
	speak("v1")
	require.NoError(t, h.apply("y", `{"metadata":{"name":"h"},"spec":{`+target+`,"targetCPUUtilizationPercentage":60}}`, true))
	speak("v2")
	require.NoError(t, h.apply("x", `{"metadata":{"name":"h"},"spec":{`+target+`,"minReplicas":2}}`))
	h.owners(`y Apply {"f:spec":{"f:maxReplicas":{},"f:scaleTargetRef":{},"f:targetCPUUtilizationPercentage":{}}}`,
		`x Apply {"f:spec":{"f:maxReplicas":{},"f:minReplicas":{},"f:scaleTargetRef":{"f:apiVersion":{},"f:kind":{},"f:name":{}}}}`)
}

// A key that is always in an item's JSON is its zero value where a patch leaves it
// out, rather than missing.
func TestKeyLeftOut(t *testing.T) {
	h := newHistory(t, meta.GroupVersionResource{Version: "v1", Resource: "pods"})
	require.NoError(t, h.apply("x", `{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","env":[{"value":"1"}]}]}}`))
	h.owners(`x Apply {"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:env":{"k:{\"name\":\"\"}":{".":{},"f:value":{}}},"f:name":{}}}}}`)
}

// Who has applied with kubectl at the client and now does so at the server does not
// meet conflicts with themselves.
func TestKubectlComesToTheServer(t *testing.T) {
	const annotation = "kubectl.kubernetes.io/last-applied-configuration"
	start := func(applied string) *history {
		h := configMaps(t)
		h.put("kubectl-client-side-apply", fmt.Sprintf(`{"metadata":{"name":"a","annotations":{%q:%q}},"data":{"k":"1","j":"2"}}`, annotation, applied))
		return h
	}
	const applied = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"1"}}`
	h := start(applied)
	status := refusal(t, h.apply("other", `{"metadata":{"name":"a"},"data":{"k":"9"}}`))
	require.Len(t, status.Details.Causes, 1)
	status = refusal(t, h.apply("kubectl", `{"metadata":{"name":"a"},"data":{"k":"9","j":"8"}}`))
	require.Len(t, status.Details.Causes, 1)
	require.Equal(t, ".data.j", status.Details.Causes[0].Field)
	require.NoError(t, h.apply("kubectl", `{"metadata":{"name":"a","annotations":{"z":"<y>"}},"data":{"k":"9"}}`))
	h.data(map[string]string{"k": "9", "j": "2"})
	require.Equal(t, `{"apiVersion":"v1","data":{"k":"9"},"kind":"ConfigMap","metadata":{"annotations":{"z":"\u003cy\u003e"},"name":"a"}}`+"\n",
		h.live.Metadata().Annotations[annotation])
	require.NoError(t, h.apply("kubectl", `{"metadata":{"name":"a"},"data":{"k":"9"}}`), "again")
	require.NotContains(t, h.live.Metadata().Annotations[annotation], "annotations")
	for _, unreadable := range []string{"", "{", "[]", `{"data":{"k":"1"}}`, strings.Replace(applied, "v1", "v2", 1), strings.Replace(applied, "data", "date", 1)} {
		h = start(unreadable)
		require.Error(t, h.apply("kubectl", `{"metadata":{"name":"a"},"data":{"k":"9"}}`), unreadable)
		require.NoError(t, h.apply("kubectl", `{"metadata":{"name":"a"},"data":{"k":"1"}}`))
		require.Equal(t, unreadable == "", h.live.Metadata().Annotations[annotation] == "")
	}
	h = start(strings.Replace(applied, `"1"`, `"0"`, 1)) // somebody has changed it since
	require.Error(t, h.apply("kubectl", `{"metadata":{"name":"a"},"data":{"k":"9"}}`))
	large := start(applied)
	large.live.Metadata().Annotations["other"] = strings.Repeat("x", 256<<10-100)
	require.NoError(t, large.apply("kubectl", `{"metadata":{"name":"a"},"data":{"k":"1"}}`))
	require.NotContains(t, large.live.Metadata().Annotations, annotation)
}

// What another version cannot hold is refused.
func TestApplyOfWhatOtherVersionsCannotHold(t *testing.T) {
	h := newHistory(t, meta.GroupVersionResource{Group: "apps", Version: "v1", Resource: "daemonsets"})
	status := refusal(t, h.apply("x", `{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"d","annotations":{"deprecated.daemonset.template.generation":"x"}}}`))
	require.EqualValues(t, 500, status.Code)
	require.Equal(t, `failed to convert to unversioned (/d; apps/v1, Kind=DaemonSet): strconv.ParseInt: parsing "x": invalid syntax`, status.Message)
}

// Conflicts with one owner come in the order of its set: what is in an item itself
// before what is in the item's lists, whatever their names.
func TestOrderOfConflicts(t *testing.T) {
	h := newHistory(t, meta.GroupVersionResource{Version: "v1", Resource: "pods"})
	pod := `{"metadata":{"name":"x","labels":{"b":"%[1]s"}},"spec":{"restartPolicy":"%[1]s","containers":[{"name":"c","env":[{"name":"A","value":"%[1]s"}],"image":"%[1]s"}]}}`
	require.NoError(t, h.apply("a", fmt.Sprintf(pod, "1")))
	require.Equal(t, "Apply failed with 4 conflicts: conflicts with \"a\":\n- .metadata.labels.b\n- .spec.restartPolicy\n"+
		"- .spec.containers[name=\"c\"].image\n- .spec.containers[name=\"c\"].env[name=\"A\"].value", refusal(t, h.apply("b", fmt.Sprintf(pod, "2"))).Message)
}
