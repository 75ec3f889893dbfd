package validate_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// messages gives what a client sees, one line an error.
func messages(errs validate.Errors) []string {
	lines := []string{}
	for _, e := range errs {
		lines = append(lines, e.Error())
	}
	return lines
}

var spec = validate.NewPath("spec")

func TestPath(t *testing.T) {
	for want, p := range map[string]validate.Path{
		"<nil>":                          {},
		"spec":                           spec,
		"spec.containers[0].env[1].name": spec.Child("containers").Index(0).Child("env").Index(1).Child("name"),
		"data[a.b]":                      validate.NewPath("data").Key("a.b"),
		"a.b.c":                          validate.NewPath("a", "b", "c"),
		"[k].x":                          validate.Path{}.Key("k").Child("x"),
	} {
		require.Equal(t, want, p.String())
	}
	a, b := spec.Child("a"), spec.Child("b")
	require.Equal(t, "spec.a spec.b spec", fmt.Sprint(a, " ", b, " ", spec), "paths share nothing that changes")
}

type role struct {
	APIGroup string `json:"apiGroup"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
}

type protocol string

type template struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	Spec            struct {
		Items    []role            `json:"items"`
		Selector map[string]string `json:"selector,omitempty"`
		Port     intstr.IntOrString
		Limit    quantity.Quantity
		Data     []byte
		Flag     *bool
		At       meta.Time
	} `json:"spec"`
}

// TestValues has the shapes of values in messages as recorded.
func TestValues(t *testing.T) {
	yes := true
	for _, c := range []struct {
		value any
		want  string
	}{
		{"x", `"x"`}, {"a\nb", `"a\nb"`}, {"<a>", `"<a>"`}, {protocol("ICMP"), `"ICMP"`}, {int32(-1), `-1`}, {int64(4294967297), `4294967297`}, {7, `7`},
		{true, `true`}, {&yes, `true`}, {1.5, `1.5`}, {nil, `null`}, {(*bool)(nil), `null`}, {[]string(nil), `null`}, {[]string{}, `[]`},
		{[]string{"BestEffort", "NotBestEffort"}, `["BestEffort","NotBestEffort"]`}, {[]int32{0, 3, 2, 2}, `[0,3,2,2]`},
		{map[string]string{"b": "2", "a": "1"}, `{"a":"1","b":"2"}`}, {map[string]string(nil), `null`},
		{role{"rbac.authorization.k8s.io", "Role", "high"}, `{"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"high"}`},
		{validate.Versioned(role{"g", "Role", "high"}), `{"apiGroup":"g","kind":"Role","name":"high"}`},
		{&meta.LabelSelector{MatchLabels: map[string]string{"a": "b"}}, `{"matchLabels":{"a":"b"}}`},
		{meta.OwnerReference{APIVersion: "v1", Kind: "Event", Name: "o", UID: "u"}, `{"apiVersion":"v1","kind":"Event","name":"o","uid":"u"}`},
		{[]meta.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: "o", UID: "1", Controller: &yes}}, `[{"apiVersion":"v1","kind":"ConfigMap","name":"o","uid":"1","controller":true}]`},
		{quantity.MustParse("-1"), `"-1"`}, {intstr.FromInt(80), `80`}, {intstr.FromString("25%"), `"25%"`}, {meta.Unix(0), `"1970-01-01T00:00:00Z"`}, {meta.Time{}, `null`},
		{
			template{TypeMeta: meta.TypeMeta{Kind: "T"}, ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"a": "c"}}},
			`{"labels":{"a":"c"},"Spec":{"Items":null,"Selector":null,"Port":0,"Limit":"0","Data":null,"Flag":null,"At":null}}`,
		},
		{math.NaN(), `NaN`}, {struct{ F float64 }{math.Inf(1)}, `{"F":null}`}, {make(chan int), `null`},
	} {
		require.Equal(t, "spec: Invalid value: "+c.want+": why", validate.Invalid(spec, c.value, "why")[0].Error())
	}
	require.Equal(t, "spec: Invalid value: too long to show", validate.Invalid(spec, validate.Omitted, "too long to show")[0].Error())
}

func TestMessages(t *testing.T) {
	for want, errs := range map[string]validate.Errors{
		"spec: Required value":                                                         validate.Required(spec, ""),
		"spec: Required value: must not be empty":                                      validate.Required(spec, "must not be empty"),
		"spec: Forbidden: not here":                                                    validate.Forbidden(spec, "not here"),
		`spec: Duplicate value: "c"`:                                                   validate.Duplicate(spec, "c"),
		`spec: Not found: ""`:                                                          validate.NotFound(spec, ""),
		"spec: Too long: may not be more than 4 bytes":                                 validate.TooLong(spec, 4),
		"spec: Too long: may not be more than 4 characters":                            validate.TooManyChars(spec, 4),
		"spec: Too many: 3: must have at most 2 items":                                 validate.TooMany(spec, 3, 2),
		`spec: Unsupported value: "x": supported values: "Node", "<empty>"`:            validate.NotSupported(spec, "x", "Node", "<empty>"),
		`spec: Unsupported value: ["Some"]: supported values: "All"`:                   validate.NotSupported(spec, []string{"Some"}, "All"),
		`spec: Invalid value: "string": spec in body must be of type object: "string"`: validate.TypeInvalid(spec, "string", `spec in body must be of type object: "string"`),
		"spec: Internal error: broken":                                                 validate.Internal(spec, fmt.Errorf("broken")),
		"spec: Invalid value: 5: 1 of 2":                                               validate.Invalidf(spec, 5, "%d of %d", 1, 2),
	} {
		require.Equal(t, []string{want}, messages(errs))
	}
}

func TestStatus(t *testing.T) {
	require.Nil(t, validate.Errors(nil).Status(meta.GroupKind{Kind: "Pod"}, "a"))
	require.NoError(t, validate.Errors(nil).Err())
	errs := validate.All(validate.Required(spec.Child("containers"), ""), nil, validate.Invalid(validate.Path{}, nil, "odd"))
	status := errs.Status(meta.GroupKind{Group: "apps", Kind: "Deployment"}, "a")
	require.EqualError(t, status, `Deployment.apps "a" is invalid: [spec.containers: Required value, <nil>: Invalid value: null: odd]`)
	require.Equal(t, []meta.StatusCause{
		{Type: "FieldValueRequired", Message: "Required value", Field: "spec.containers"},
		{Type: "FieldValueInvalid", Message: "Invalid value: null: odd", Field: "<nil>"},
	}, status.Status.Details.Causes)
	require.True(t, meta.IsInvalid(status))
	require.EqualError(t, errs.Err(), "spec.containers: Required value\n<nil>: Invalid value: null: odd")
	require.Equal(t, "[spec.containers: Required value, <nil>: Invalid value: null: odd]", errs.String())
	require.Equal(t, errs[1:], errs.Without(errs[:1]))
	require.Equal(t, []string{"spec.containers: Required value: here", "<nil>: Invalid value: null: odd: here"}, messages(errs.Explain("here")))
	require.Equal(t, "odd", errs[1].Detail, "Explain leaves the errors alone")
}

func TestChecks(t *testing.T) {
	n := int32(-1)
	p := spec.Child("n")
	for _, c := range []struct {
		errs validate.Errors
		want []string
	}{
		{validate.IfSet(p, &n, validate.NonNegative, validate.AtLeast[int32](2)), []string{"spec.n: Invalid value: -1: must be greater than or equal to 0", "spec.n: Invalid value: -1: must be greater than or equal to 2"}},
		{validate.IfSet(p, (*int32)(nil), validate.NonNegative), nil},
		{validate.Set(p, (*int32)(nil), validate.NonNegative), []string{"spec.n: Required value"}},
		{validate.Positive(p, 0), []string{"spec.n: Invalid value: 0: must be greater than zero"}},
		{validate.InRange[int64](0, 9)(p, 10), []string{"spec.n: Invalid value: 10: must be between 0 and 9, inclusive"}},
		{validate.GreaterThan[int32](0)(p, -1), []string{"spec.n: Invalid value: -1: must be greater than 0"}},
		{validate.AtMost(2)(p, 3), []string{"spec.n: Invalid value: 3: must be less than or equal to 2"}},
		{validate.Port[int32](p, 70000), []string{"spec.n: Invalid value: 70000: must be between 1 and 65535, inclusive"}},
		{validate.OneOf(p, protocol("x"), "TCP", "UDP"), []string{`spec.n: Unsupported value: "x": supported values: "TCP", "UDP"`}},
		{validate.OneOf(p, protocol(""), "TCP"), []string{"spec.n: Required value"}},
		{validate.In(p, protocol(""), "TCP"), []string{`spec.n: Unsupported value: "": supported values: "TCP"`}},
		{validate.OneOf(p, protocol("TCP"), "TCP"), nil},
		{validate.NonEmpty(p, ""), []string{"spec.n: Required value"}},
		{validate.Named(p, "", names.DNSLabel), []string{"spec.n: Required value"}},
		{validate.Named(p, "a.b", names.DNSLabel), []string{`spec.n: Invalid value: "a.b": must not contain dots`}},
		{validate.Unique(p, []string{"a", "b", "a"}), []string{`spec.n[2]: Duplicate value: "a"`}},
		{validate.UniqueBy(p, []role{{Name: "c"}, {Name: "c"}}, func(r *role) string { return r.Name }, "name"), []string{`spec.n[1].name: Duplicate value: "c"`}},
		{validate.MaxItems(p, []int{1, 2, 3}, 2), []string{"spec.n: Too many: 3: must have at most 2 items"}},
		{validate.MaxBytes(p, "abc", 2), []string{"spec.n: Too long: may not be more than 2 bytes"}},
		{validate.Each(p, []string{"a", ""}, func(p validate.Path, s *string) validate.Errors { return validate.NonEmpty(p, *s) }), []string{"spec.n[1]: Required value"}},
		{
			validate.EachKey(p, map[string]int{"b": 0, "a": -1, "c": -2}, func(p validate.Path, _ string, n int) validate.Errors { return validate.NonNegative(p, n) }),
			[]string{"spec.n[a]: Invalid value: -1: must be greater than or equal to 0", "spec.n[c]: Invalid value: -2: must be greater than or equal to 0"},
		},
		{validate.When(false, func() validate.Errors { return validate.Required(p, "") }), nil},
		{validate.ExactlyOne(p, validate.Member{Name: "int"}, validate.Member{Name: "bool"}), []string{`spec.n: Invalid value: "": must specify one of: ` + "`int`, `bool`"}},
		{validate.ExactlyOne(p, validate.Member{Name: "int", Set: true}, validate.Member{Name: "bool", Set: true}), []string{`spec.n: Invalid value: "{int, bool}": must specify exactly one of: ` + "`int`, `bool`"}},
		{validate.AtMostOne(p, validate.Member{Name: "a", Set: true}, validate.Member{Name: "b", Set: true}), []string{`spec.n: Invalid value: "{a, b}": must specify at most one of: ` + "`a`, `b`"}},
		{validate.Immutable(p, "b", "a"), []string{`spec.n: Invalid value: "b": field is immutable`}},
		{validate.Immutable(p, nil, &n), []string{`spec.n: Invalid value: null: field is immutable`}},
		{validate.Immutable(p, []string{}, nil), nil},
		{validate.Immutable(p, quantity.MustParse("1000m"), quantity.MustParse("1")), nil},
		{validate.Must(false, validate.Invalid, p, 3, "no"), []string{"spec.n: Invalid value: 3: no"}},
		{validate.Must(true, validate.Invalid, p, 3, "no"), nil},
	} {
		if c.want == nil {
			c.want = []string{}
		}
		require.Equal(t, c.want, messages(c.errs))
	}
}

func TestObjectMeta(t *testing.T) {
	p := validate.NewPath("metadata")
	yes := true
	require.Empty(t, validate.ObjectMeta(p, &meta.ObjectMeta{
		Name: "a", Namespace: "ns", GenerateName: "a-", Labels: map[string]string{"a/b": "c"}, Annotations: map[string]string{"A.B/c": "anything"},
		Finalizers: []string{"example.com/x"}, OwnerReferences: []meta.OwnerReference{{APIVersion: "example.com/v1", Kind: "K", Name: "No Such", UID: "not-a-uid", Controller: &yes}},
		ManagedFields: []meta.ManagedFieldsEntry{{Manager: "m", Operation: "Apply", FieldsType: "FieldsV1"}},
	}, true, names.DNSSubdomain))
	for _, c := range []struct {
		m          meta.ObjectMeta
		namespaced bool
		want       []string
	}{
		{meta.ObjectMeta{}, true, []string{"metadata.name: Required value: name or generateName is required", "metadata.namespace: Required value"}},
		{meta.ObjectMeta{Name: "a", Namespace: "x"}, false, []string{"metadata.namespace: Forbidden: not allowed on this type"}},
		{meta.ObjectMeta{Name: "%d", GenerateName: "%"}, false, []string{`metadata.generateName: Invalid value: "%": may not contain '%'`, `metadata.name: Invalid value: "%d": may not contain '%'`}},
		{meta.ObjectMeta{Name: "a", Generation: -1}, false, []string{"metadata.generation: Invalid value: -1: must be greater than or equal to 0"}},
		{meta.ObjectMeta{Name: "a", Annotations: map[string]string{"k": strings.Repeat("x", 256<<10)}}, false, []string{"metadata.annotations: Too long: may not be more than 262144 bytes"}},
		{meta.ObjectMeta{Name: "a", Finalizers: []string{"orphan", "foregroundDeletion"}}, false, []string{`metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set`}},
		{meta.ObjectMeta{Name: "a", Finalizers: []string{"not-qualified", "kubernetes"}}, false, []string{`metadata.finalizers[0]: Invalid value: "not-qualified": name is neither a standard finalizer name nor is it fully qualified`}},
		{meta.ObjectMeta{Name: "a", OwnerReferences: []meta.OwnerReference{{}}}, false, []string{
			"metadata.ownerReferences[0].apiVersion: Required value: must not be empty", "metadata.ownerReferences[0].kind: Required value: must not be empty",
			"metadata.ownerReferences[0].name: Required value: must not be empty", "metadata.ownerReferences[0].uid: Required value: must not be empty",
		}},
		{meta.ObjectMeta{Name: "a", OwnerReferences: []meta.OwnerReference{{APIVersion: "a/b/c", Kind: "X", Name: "o", UID: "u"}}}, false, []string{`metadata.ownerReferences[0].apiVersion: Invalid value: "a/b/c": must be <group>/<version> or <version>`}},
		{meta.ObjectMeta{Name: "a", OwnerReferences: []meta.OwnerReference{{APIVersion: "v1", Kind: "Event", Name: "o", UID: "u"}}}, false, []string{`metadata.ownerReferences[0]: Invalid value: {"apiVersion":"v1","kind":"Event","name":"o","uid":"u"}: /v1, Kind=Event is disallowed from being an owner`}},
		{meta.ObjectMeta{Name: "a", OwnerReferences: []meta.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: "o", UID: "1", Controller: &yes}, {APIVersion: "v1", Kind: "Secret", Name: "o", UID: "2", Controller: &yes}}}, false, []string{
			`metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"ConfigMap","name":"o","uid":"1","controller":true},{"apiVersion":"v1","kind":"Secret","name":"o","uid":"2","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for ConfigMap/o and Secret/o`,
		}},
		{meta.ObjectMeta{Name: "a", ManagedFields: []meta.ManagedFieldsEntry{{Manager: "a\nb", Operation: "Odd", Subresource: strings.Repeat("x", 257)}}}, false, []string{
			"metadata.managedFields[0].operation: Invalid value: \"Odd\": must be `Apply` or `Update`", "metadata.managedFields[0].fieldsType: Invalid value: \"\": must be `FieldsV1`",
			`metadata.managedFields[0].manager: Invalid value: "a\nb": invalid character U+000A (at position 1)`, "metadata.managedFields[0].subresource: Too long: may not be more than 256 bytes",
		}},
	} {
		require.Equal(t, c.want, messages(validate.ObjectMeta(p, &c.m, c.namespaced, names.PathSegment)))
	}
}

func TestObjectMetaUpdate(t *testing.T) {
	p := validate.NewPath("metadata")
	at, grace := meta.Unix(100), int64(5)
	old := meta.ObjectMeta{Name: "a", Namespace: "n", UID: "1", ResourceVersion: "7", Generation: 2, Finalizers: []string{"x.io/a", "x.io/b"}}
	same := old
	require.Empty(t, validate.ObjectMetaUpdate(p, &same, &old))

	m := old
	m.Name, m.UID, m.ResourceVersion, m.Generation, m.DeletionTimestamp, m.DeletionGracePeriodSeconds = "b", "2", "", 1, &at, &grace
	require.Equal(t, []string{
		`metadata.resourceVersion: Invalid value: "": must be specified for an update`,
		`metadata.generation: Invalid value: 1: must not be decremented`,
		`metadata.name: Invalid value: "b": field is immutable`,
		`metadata.uid: Invalid value: "2": field is immutable`,
		`metadata.deletionTimestamp: Invalid value: "1970-01-01T00:01:40Z": field is immutable`,
		`metadata.deletionGracePeriodSeconds: Invalid value: 5: field is immutable`,
	}, messages(validate.ObjectMetaUpdate(p, &m, &old)))

	m = old
	m.Finalizers = []string{"x.io/b", "x.io/new"}
	require.Empty(t, validate.ObjectMetaUpdate(p, &m, &old))
	m.DeletionTimestamp, old.DeletionTimestamp = &at, &at
	require.Equal(t, []string{`metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x.io/new"}`},
		messages(validate.ObjectMetaUpdate(p, &m, &old)))
}

func TestLabelSelector(t *testing.T) {
	s := &meta.LabelSelector{
		MatchLabels: map[string]string{"k": "$"},
		MatchExpressions: []meta.LabelSelectorRequirement{
			{Key: "a", Operator: "In"}, {Key: "a", Operator: "Exists", Values: []string{"x"}}, {Key: "a", Operator: "Near"}, {Key: "", Operator: "In", Values: []string{"$"}},
		},
	}
	const valueText = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
	const nameText = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
	require.Equal(t, []string{
		`spec.matchLabels: Invalid value: "$": ` + valueText,
		"spec.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
		"spec.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
		`spec.matchExpressions[2].operator: Invalid value: "Near": not a valid selector operator`,
		`spec.matchExpressions[3].key: Invalid value: "": name part must be non-empty`,
		`spec.matchExpressions[3].key: Invalid value: "": ` + nameText,
		`spec.matchExpressions[3].values[0]: Invalid value: "$": ` + valueText,
	}, messages(validate.LabelSelector(spec, s)))
	require.Empty(t, validate.LabelSelector(spec, nil))
}

func TestConditions(t *testing.T) {
	good := meta.Condition{Type: "Ready", Status: "True", Reason: "Up", LastTransitionTime: meta.Unix(1)}
	require.Empty(t, validate.Conditions(spec, []meta.Condition{good}))
	require.Equal(t, []string{
		`spec[1].status: Unsupported value: "": supported values: "False", "True", "Unknown"`,
		`spec[1].lastTransitionTime: Required value: must be set`,
		`spec[1].reason: Required value: must be set`,
		`spec[1].type: Duplicate value: "Ready"`,
	}, messages(validate.Conditions(spec, []meta.Condition{good, {Type: "Ready"}})))
}

func TestDiff(t *testing.T) {
	type small struct {
		A, B, C, D, E, F, G string
		Node                string `json:"nodeName"`
		H, I, J, K          bool
	}
	old, new := small{Node: "node-1"}, small{}
	require.Equal(t, `@@ -6,7 +6,7 @@
  "E": "",
  "F": "",
  "G": "",
- "Node": "node-1",
+ "Node": "",
  "H": false,
  "I": false,
  "J": false,
`, validate.Diff(old, &new))
	require.Empty(t, validate.Diff(old, old))
	// Two changes too far apart for one hunk.
	new = small{A: "x", Node: "node-1", K: true}
	require.Equal(t, `@@ -1,5 +1,5 @@
 {
- "A": "",
+ "A": "x",
  "B": "",
  "C": "",
  "D": "",
@@ -10,5 +10,5 @@
  "H": false,
  "I": false,
  "J": false,
- "K": false
+ "K": true
 }
`, validate.Diff(old, new))
	// A list that grew.
	require.Equal(t, "@@ -1,3 +1,4 @@\n [\n- \"a\"\n+ \"a\",\n+ \"b\"\n ]\n", validate.Diff([]string{"a"}, []string{"a", "b"}))
}

type declared struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	Spec            declaredSpec `json:"spec"`
	Status          struct {
		Phase string `json:"phase" required:"true"`
	} `json:"status"`
}

type declaredSpec struct {
	Driver   string                   `json:"driver" required:"true"`
	Count    int32                    `json:"count" required:"true"`
	Mode     protocol                 `json:"mode,omitempty" enum:"Fast|Slow"`
	Policy   *protocol                `json:"policy" required:"true" enum:"None|Some"`
	Items    []declaredItem           `json:"items" required:"true" listType:"map" listMapKey:"name,port"`
	Tags     []string                 `json:"tags,omitempty" listType:"set"`
	Free     []string                 `json:"free,omitempty" listType:"atomic"`
	ByName   map[string]*declaredItem `json:"byName,omitempty"`
	Embedded `json:",inline"`
}

type Embedded struct {
	Inner string `json:"inner" required:"true"`
}

type declaredItem struct {
	Name    string `json:"name" required:"true"`
	Port    int32  `json:"port,omitempty"`
	Message string `json:"message" required:"true"`
}

func TestStructural(t *testing.T) {
	policy := protocol("All")
	require.Equal(t, []string{
		"spec.driver: Required value",
		`spec.mode: Unsupported value: "Odd": supported values: "Fast", "Slow"`,
		`spec.policy: Unsupported value: "All": supported values: "None", "Some"`,
		"spec.items[3].name: Required value",
		`spec.items[2]: Duplicate value: {"name":"a","port":1}`,
		`spec.tags[1]: Duplicate value: "t"`,
		"spec.byName[k].name: Required value",
		"spec.inner: Required value",
	}, messages(validate.Structural(&declared{Spec: declaredSpec{
		Mode: "Odd", Policy: &policy, Tags: []string{"t", "t"}, Free: []string{"f", "f"},
		Items:  []declaredItem{{Name: "a", Port: 1}, {Name: "a", Port: 2}, {Name: "a", Port: 1}, {}},
		ByName: map[string]*declaredItem{"k": {}, "nil": nil},
	}})))
	policy = "None"
	require.Empty(t, validate.Structural(&declared{Spec: declaredSpec{Driver: "d", Policy: &policy, Embedded: Embedded{Inner: "i"}}}))
	require.Equal(t, []string{"spec.policy: Required value"}, messages(validate.Structural(&declared{Spec: declaredSpec{Driver: "d", Embedded: Embedded{Inner: "i"}}})))
	require.Empty(t, validate.Structural(nil))
	require.Empty(t, validate.Structural((*declared)(nil)))
}

func BenchmarkObjectMeta(b *testing.B) {
	m := &meta.ObjectMeta{Name: "web-abcdef-12345", Namespace: "default", Labels: map[string]string{"app": "web", "pod-template-hash": "abcdef"}, Annotations: map[string]string{"a.io/b": "c"}}
	p := validate.NewPath("metadata")
	b.ReportAllocs()
	for b.Loop() {
		if validate.ObjectMeta(p, m, true, names.DNSSubdomain) != nil {
			b.Fatal("refused")
		}
	}
}

func Example() {
	type lease struct {
		Holder  string
		Seconds *int32
	}
	check := func(l lease) validate.Errors {
		p := validate.NewPath("spec")
		return validate.All(
			validate.NonEmpty(p.Child("holderIdentity"), l.Holder),
			validate.IfSet(p.Child("leaseDurationSeconds"), l.Seconds, validate.GreaterThan[int32](0)),
		)
	}
	seconds := int32(-1)
	fmt.Println(check(lease{Seconds: &seconds}).Status(meta.GroupKind{Group: "coordination.k8s.io", Kind: "Lease"}, "d"))
	// Output: Lease.coordination.k8s.io "d" is invalid: [spec.holderIdentity: Required value, spec.leaseDurationSeconds: Invalid value: -1: must be greater than 0]
}

// What types declare of themselves is said last, in its own order.
func TestDeclaredComesLast(t *testing.T) {
	p := validate.NewPath("spec")
	errs := validate.All(
		validate.Declared(validate.Required(p.Child("a"), "")),
		validate.Invalid(p.Child("b"), 1, "bad"),
		validate.Declared(validate.Unchanged(p.Child("c"), 1, 2)),
		validate.Forbidden(p.Child("d"), ""),
	)
	var fields []string
	for _, c := range errs.Status(meta.GroupKind{Kind: "T"}, "x").Status.Details.Causes {
		fields = append(fields, c.Field)
	}
	require.Equal(t, []string{"spec.b", "spec.d", "spec.a", "spec.c"}, fields)
	require.Equal(t, "spec.a", errs[0].Field, "the errors themselves stay as they are")
}

func TestItemsBy(t *testing.T) {
	p, key := validate.NewPath("l"), func(s *string) string { return *s }
	same := []string{"a", "a"}
	require.Equal(t, "l: Too many: 2: must have at most 1 item", validate.ItemsBy(p, same, 1, key, nil).String())
	require.Equal(t, `[l[1]: Duplicate value: "a", l[0]: Forbidden, l[1]: Forbidden]`,
		validate.ItemsBy(p, same, 2, key, func(p validate.Path, _ *string) validate.Errors { return validate.Forbidden(p, "") }).String())
	require.Empty(t, validate.Items(p, same, 2, func(validate.Path, *string) validate.Errors { return nil }))
}
