package policy_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	"github.com/kubenucleus/nucleus/admission/policy"
	v1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch/apply"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

const group = "admissionregistration.k8s.io"

var configMaps = meta.GroupResource{Resource: "configmaps"}

func ptr[T any](v T) *T { return &v }

// a cluster with one namespace, n, whose tier is gold.
func cluster(t testing.TB) (*scheme.Scheme, *admissiontest.Objects) {
	s, err := scheme.New(scheme.Group{Versions: []scheme.Version{corev1.Version()}}, scheme.Group{Name: group, Versions: []scheme.Version{v1.Version()}})
	require.NoError(t, err)
	objects := &admissiontest.Objects{}
	objects.Put(meta.GroupResource{Resource: "namespaces"}, &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "n", Labels: map[string]string{"tier": "gold"}}})
	return s, objects
}

func constraints() *v1.MatchResources {
	return &v1.MatchResources{ResourceRules: []v1.NamedRuleWithOperations{{RuleWithOperations: v1.RuleWithOperations{
		Operations: []v1.OperationType{v1.Create, v1.Update},
		Rule:       v1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}},
	}}}}
}

func validating(objects *admissiontest.Objects, name string, spec v1.ValidatingAdmissionPolicySpec, actions ...v1.ValidationAction) {
	spec.MatchConstraints = constraints()
	objects.Put(meta.GroupResource{Group: group, Resource: "validatingadmissionpolicies"}, &v1.ValidatingAdmissionPolicy{ObjectMeta: meta.ObjectMeta{Name: name, UID: meta.UID(name)}, Spec: spec})
	objects.Put(meta.GroupResource{Group: group, Resource: "validatingadmissionpolicybindings"}, &v1.ValidatingAdmissionPolicyBinding{
		ObjectMeta: meta.ObjectMeta{Name: name + "-b"},
		Spec:       v1.ValidatingAdmissionPolicyBindingSpec{PolicyName: name, ValidationActions: actions},
	})
}

func create(name string, data map[string]string) *admission.Request {
	r := admissiontest.Create(configMaps, &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n"}, Data: data})
	r.Kind = meta.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}
	r.User = &auth.User{Name: "jane", Groups: []string{"devs"}}
	return r
}

func TestValidation(t *testing.T) {
	s, objects := cluster(t)
	validating(objects, "p", v1.ValidatingAdmissionPolicySpec{
		MatchConditions: []v1.MatchCondition{{Name: "c", Expression: "object.metadata.name != 'free'"}, {Name: "d", Expression: "object.metadata.name == 'free' || object.data.size() >= 0"}},
		Variables:       []v1.Variable{{Name: "n", Expression: "int(object.data.n)"}},
		Validations: []v1.Validation{
			{Expression: "!('bad' in object.data)"},
			{Expression: "!('msg' in object.data)", Message: "no msg"},
			{Expression: "!('big' in object.data)", Message: "big", Reason: ptr(meta.StatusReasonRequestEntityTooLarge)},
			{Expression: "!('n' in object.data) || variables.n < 10", MessageExpression: "'n is ' + string(variables.n)", Reason: ptr(meta.StatusReasonForbidden)},
			{Expression: "!('tier' in object.data) || object.data.tier == namespaceObject.metadata.labels.tier", MessageExpression: "string(object.data.nothing)", Message: "other tier"},
			{Expression: "!('who' in object.data) || request.userInfo.username == object.data.who", MessageExpression: "[request.kind.kind, request.operation, request.namespace].join(' ')"},
			{Expression: "!('may' in object.data) || authorizer.group('').resource('secrets').namespace('n').check('get').allowed()"},
		},
	}, v1.Deny)
	authorizer := authz.Func(func(_ context.Context, q *authz.Request) (authz.Decision, string, error) {
		require.Equal(t, "jane", q.User.Name)
		return authz.NoOpinion, "", nil
	})
	plugin := policy.New(s, objects, authorizer).Validating()
	const prefix = `configmaps "a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p-b' denied request: `
	for _, c := range []struct {
		data map[string]string
		code int32
		want string
	}{
		{map[string]string{"ok": ""}, 0, ""},
		{map[string]string{"bad": ""}, 422, "failed expression: !('bad' in object.data)"},
		{map[string]string{"bad": "", "msg": ""}, 422, "failed expression: !('bad' in object.data)"},
		{map[string]string{"msg": ""}, 422, "no msg"},
		{map[string]string{"big": ""}, 413, "big"},
		{map[string]string{"n": "9"}, 0, ""},
		{map[string]string{"n": "12"}, 403, "n is 12"},
		{map[string]string{"n": "x"}, 422, `expression '!('n' in object.data) || variables.n < 10' resulted in error: composited variable "n" fails to evaluate: type conversion error from 'string' to 'int'`},
		{map[string]string{"tier": "gold"}, 0, ""},
		{map[string]string{"tier": "iron"}, 422, "other tier"},
		{map[string]string{"who": "jane"}, 0, ""},
		{map[string]string{"who": "joe"}, 422, "ConfigMap CREATE n"},
		{map[string]string{"may": ""}, 422, "failed expression: !('may' in object.data) || authorizer.group('').resource('secrets').namespace('n').check('get').allowed()"},
		{nil, 422, "expression 'object.metadata.name == 'free' || object.data.size() >= 0' resulted in error: no such key: data"},
	} {
		err := plugin.Validate(t.Context(), create("a", c.data))
		if c.code == 0 {
			require.NoError(t, err, c.data)
			continue
		}
		var status *meta.StatusError
		require.ErrorAs(t, err, &status)
		require.Equal(t, prefix+c.want, err.Error())
		require.Equal(t, c.code, status.Status.Code)
		require.Equal(t, prefix[len(`configmaps "a" is forbidden: `):]+c.want, status.Status.Details.Causes[0].Message)
	}
	require.NoError(t, plugin.Validate(t.Context(), create("free", nil)))
}

func TestActionsAndFailurePolicy(t *testing.T) {
	s, objects := cluster(t)
	validating(objects, "warns", v1.ValidatingAdmissionPolicySpec{
		Validations:      []v1.Validation{{Expression: "!('w' in object.data)", Message: "w is discouraged"}},
		AuditAnnotations: []v1.AuditAnnotation{{Key: "seen", ValueExpression: "'yes ' + object.metadata.name"}, {Key: "none", ValueExpression: "null"}},
	}, v1.Warn, v1.Audit)
	validating(objects, "ignores", v1.ValidatingAdmissionPolicySpec{FailurePolicy: ptr(v1.Ignore), Validations: []v1.Validation{{Expression: "int(object.data.w) == 1"}}}, v1.Deny)
	plugin := policy.New(s, objects, nil).Validating()
	r := create("a", map[string]string{"w": "x"})
	var warned []string
	noted := map[string]string{}
	r.Warn = func(text string) { warned = append(warned, text) }
	r.Annotate = func(key, value string) { noted[key] = value }
	require.NoError(t, plugin.Validate(t.Context(), r))
	require.Equal(t, []string{"Validation failed for ValidatingAdmissionPolicy 'warns' with binding 'warns-b': w is discouraged"}, warned)
	require.Equal(t, map[string]string{
		"warns/seen": "yes a",
		"validation.policy.admission.k8s.io/validation_failure": `[{"message":"w is discouraged","policy":"warns","binding":"warns-b","expressionIndex":0,"validationActions":["Warn","Audit"]}]`,
	}, noted)
	require.ErrorContains(t, plugin.Validate(t.Context(), create("a", map[string]string{"w": "2"})), "denied request: failed expression: int(object.data.w) == 1")
}

func TestParameters(t *testing.T) {
	s, objects := cluster(t)
	bindings := meta.GroupResource{Group: group, Resource: "validatingadmissionpolicybindings"}
	validating(objects, "p", v1.ValidatingAdmissionPolicySpec{
		ParamKind:   &v1.ParamKind{APIVersion: "v1", Kind: "ConfigMap"},
		Validations: []v1.Validation{{Expression: "object.data.size() <= int(params.data.max)", MessageExpression: "'at most ' + params.data.max + ' by ' + params.metadata.name"}},
	}, v1.Deny)
	bind := func(ref v1.ParamRef) {
		objects.Put(bindings, &v1.ValidatingAdmissionPolicyBinding{ObjectMeta: meta.ObjectMeta{Name: "p-b"},
			Spec: v1.ValidatingAdmissionPolicyBindingSpec{PolicyName: "p", ParamRef: &ref, ValidationActions: []v1.ValidationAction{v1.Deny}}})
	}
	plugin := policy.New(s, objects, nil).Validating()
	two := create("a", map[string]string{"a": "", "b": ""})
	bind(v1.ParamRef{Name: "limits", ParameterNotFoundAction: ptr(v1.DenyAction)})
	require.ErrorContains(t, plugin.Validate(t.Context(), two), "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction")
	bind(v1.ParamRef{Name: "limits", ParameterNotFoundAction: ptr(v1.AllowAction)})
	require.NoError(t, plugin.Validate(t.Context(), two))
	objects.Put(configMaps, &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "limits", Namespace: "n", Labels: map[string]string{"use": "limits"}}, Data: map[string]string{"max": "1"}})
	require.ErrorContains(t, plugin.Validate(t.Context(), two), "at most 1 by limits")
	bind(v1.ParamRef{Selector: &meta.LabelSelector{MatchLabels: map[string]string{"use": "limits"}}})
	require.ErrorContains(t, plugin.Validate(t.Context(), two), "at most 1 by limits")
}

func TestMutation(t *testing.T) {
	s, objects := cluster(t)
	mutating := func(name string, mutations ...v1.Mutation) {
		objects.Put(meta.GroupResource{Group: group, Resource: "mutatingadmissionpolicies"}, &v1.MutatingAdmissionPolicy{
			ObjectMeta: meta.ObjectMeta{Name: name, UID: meta.UID(name)},
			Spec: v1.MutatingAdmissionPolicySpec{MatchConstraints: constraints(), Mutations: mutations, ReinvocationPolicy: v1.NeverReinvocationPolicy,
				MatchConditions: []v1.MatchCondition{{Name: "n", Expression: "object.metadata.name == '" + name + "'"}}},
		})
		objects.Put(meta.GroupResource{Group: group, Resource: "mutatingadmissionpolicybindings"}, &v1.MutatingAdmissionPolicyBinding{
			ObjectMeta: meta.ObjectMeta{Name: name}, Spec: v1.MutatingAdmissionPolicyBindingSpec{PolicyName: name}})
	}
	applied := func(e string) v1.Mutation {
		return v1.Mutation{PatchType: v1.PatchTypeApplyConfiguration, ApplyConfiguration: &v1.ApplyConfiguration{Expression: e}}
	}
	patched := func(e string) v1.Mutation {
		return v1.Mutation{PatchType: v1.PatchTypeJSONPatch, JSONPatch: &v1.JSONPatch{Expression: e}}
	}
	plugin := policy.New(s, objects, nil).Mutating(apply.NewManager(s))
	for name, c := range map[string]struct {
		mutations []v1.Mutation
		want      string // of the data, or the error
	}{
		"apply": {[]v1.Mutation{applied("Object{data: Object.data{k: object.metadata.name}}"), patched("[JSONPatch{op: 'add', path: '/data/l', value: object.data.k}]")}, "map[a:b k:apply l:apply]"},
		"test":  {[]v1.Mutation{patched("[JSONPatch{op: 'test', path: '/data/a', value: 'other'}, JSONPatch{op: 'remove', path: '/data/a'}]")}, "map[a:b]"},
		"path":  {[]v1.Mutation{patched("[JSONPatch{op: 'remove', path: '/zz/y'}]")}, `JSON Patch: remove operation does not apply: doc is missing path: "/zz/y": missing value`},
		"op":    {[]v1.Mutation{patched("[JSONPatch{op: 'frob', path: '/zz/y'}]")}, "JSON Patch: Unexpected kind: frob"},
		"eval":  {[]v1.Mutation{applied("Object{data: Object.data{k: object.nothing}}")}, "expression 'Object{data: Object.data{k: object.nothing}}' resulted in error: no such key: nothing"},
		"name":  {[]v1.Mutation{applied("Object{data: Object.foo{}}")}, `type mismatch: unexpected type name "Object.foo", expected "Object.data", which matches field name path from root Object type`},
		"field": {[]v1.Mutation{applied("Object{foo: 'a'}")}, "error applying patch: failed to convert patch object to typed object: .foo: field not declared in schema"},
		"null":  {[]v1.Mutation{applied("object.metadata.name == 'q' ? Object{} : null")}, "unsupported return type from ApplyConfiguration expression: null_type"},
	} {
		mutating(name, c.mutations...)
		r := create(name, map[string]string{"a": "b"})
		err := plugin.Admit(t.Context(), r)
		if err == nil {
			require.Equal(t, c.want, fmt.Sprint(r.Object.(*corev1.ConfigMap).Data), name)
			continue
		}
		require.EqualError(t, err, fmt.Sprintf("policy '%s' with binding '%s' denied request: %s", name, name, c.want))
	}
}

func ExamplePolicies_Validating() {
	s, err := scheme.New(scheme.Group{Versions: []scheme.Version{corev1.Version()}}, scheme.Group{Name: group, Versions: []scheme.Version{v1.Version()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	objects := &admissiontest.Objects{}
	objects.Put(meta.GroupResource{Resource: "namespaces"}, &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "n"}})
	validating(objects, "small", v1.ValidatingAdmissionPolicySpec{
		Validations: []v1.Validation{{Expression: "object.data.size() < 2", Message: "one entry will do"}},
	}, v1.Deny)

	chain := admission.Chain{policy.New(s, objects, authz.Masters{}).Validating()}
	fmt.Println(chain.Validate(context.Background(), create("a", map[string]string{"x": ""})))
	fmt.Println(chain.Validate(context.Background(), create("a", map[string]string{"x": "", "y": ""})))
	// Output:
	// <nil>
	// configmaps "a" is forbidden: ValidatingAdmissionPolicy 'small' with binding 'small-b' denied request: one entry will do
}
