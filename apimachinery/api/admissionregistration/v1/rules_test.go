package admissionregistrationv1

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func read[T any](t *testing.T, text string) *T {
	t.Helper()
	obj := new(T)
	_, err := codec.UnmarshalJSON([]byte(text), obj, codec.DecodeOptions{})
	require.NoError(t, err)
	return obj
}

func texts(errs validate.Errors) []string {
	var all []string
	for _, e := range errs {
		all = append(all, e.Error())
	}
	return all
}

func TestWebhookFaults(t *testing.T) {
	const hook = `"name":"w.gp.example.com","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"url":"https://h"}`
	for name, test := range map[string]struct {
		webhooks string
		want     []string
	}{
		"nothing wrong": {`[{` + hook + `}]`, nil},
		"nothing said": {`[{}]`, []string{
			"webhooks[0].name: Required value",
			"webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun",
			"webhooks[0].clientConfig: Required value: exactly one of url or service is required",
			"webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1"}},
		"a name comes again after what else is wrong": {`[{` + hook + `},{` + hook + `,"timeoutSeconds":31}]`, []string{
			"webhooks[1].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds",
			`webhooks[1].name: Duplicate value: "w.gp.example.com"`}},
		"versions": {`[{"name":"w.gp.example.com","sideEffects":"None","clientConfig":{"url":"https://h"},"admissionReviewVersions":["v2","v2"]}]`, []string{
			`webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version`,
			`webhooks[0].admissionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1`}},
		"name and namespace of a service": {`[{"name":"w.gp.example.com","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"service":{"name":"s","path":"x//y"}}}]`, []string{
			"webhooks[0].clientConfig.service.name: Required value",
			`webhooks[0].clientConfig.service.path: Invalid value: "x//y": must start with a '/'`,
			`webhooks[0].clientConfig.service.path: Invalid value: "x//y": segment[0] may not be empty`,
			`webhooks[0].clientConfig.service.path: Invalid value: "x//y": segment[1] may not be empty`}},
	} {
		t.Run(name, func(t *testing.T) {
			c := read[ValidatingWebhookConfiguration](t, `{"metadata":{"name":"a"},"webhooks":`+test.webhooks+`}`)
			DefaultValidatingWebhookConfiguration(c)
			require.Equal(t, test.want, texts(ValidateValidatingWebhookConfiguration(c)))
		})
	}
}

// A star refuses what comes after it, not what is before.
func TestResourcesOfRules(t *testing.T) {
	at := validate.NewPath("resources")
	for name, test := range map[string]struct{ resources, want []string }{
		"star first":          {[]string{"*", "pods"}, []string{`resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources without subresources`}},
		"star last":           {[]string{"pods", "*", "pods/log"}, nil},
		"all parts of one":    {[]string{"a/*", "a/b", "b/c"}, []string{`resources[1]: Invalid value: "a/b": if 'a/*' is present, must not specify a/b`}},
		"one part of all":     {[]string{"b/x", "*/x", "c/x"}, []string{`resources[2]: Invalid value: "c/x": if '*/x' is present, must not specify c/x`}},
		"everything":          {[]string{"a", "*/*"}, []string{`resources: Invalid value: ["a","*/*"]: if '*/*' is present, must not specify other resources`}},
		"nothing":             {nil, []string{"resources: Required value"}},
		"an empty one":        {[]string{""}, []string{"resources[0]: Required value"}},
		"stars after another": {[]string{"*", "*"}, nil},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, texts(ruleResources(at, test.resources))) })
	}
}

func TestPolicyFaults(t *testing.T) {
	const match = `"matchConstraints":{"resourceRules":[{"operations":["CREATE"],"apiGroups":["g"],"apiVersions":["v1"],"resources":["x"]}]}`
	for name, test := range map[string]struct {
		spec string
		want []string
	}{
		"nothing wrong": {match + `,"validations":[{"expression":"true"}]`, nil},
		"kinds of parameters": {match + `,"validations":[{"expression":"true"}],"paramKind":{"apiVersion":"a/b/c"}`, []string{
			`spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c`,
			"spec.paramKind.kind: Required value"}},
		"no version": {match + `,"validations":[{"expression":"true"}],"paramKind":{"apiVersion":"apps/","kind":"X"}`, []string{
			`spec.paramKind.apiVersion: Invalid value: "apps/": version must be specified`}},
		"names of objects": {`"validations":[{"expression":"true"}],"matchConstraints":{"resourceRules":[{"resourceNames":["a","a/b","a"],"operations":["CREATE"],"apiGroups":["g"],"apiVersions":["v1"],"resources":["x"]}]}`, []string{
			`spec.matchConstraints.resourceRules[0].resourceNames[1]: Invalid value: "a/b": may not contain '/'`,
			`spec.matchConstraints.resourceRules[0].resourceNames[2]: Duplicate value: "a"`}},
		"audit annotations": {match + `,"auditAnnotations":[{"key":"k","valueExpression":"'a'"},{"key":"k","valueExpression":"1"}]`, []string{
			`spec.auditAnnotations[1].valueExpression: Invalid value: "1": must evaluate to one of [string null_type] but got int`,
			`spec.auditAnnotations[1].key: Duplicate value: "k"`}},
	} {
		t.Run(name, func(t *testing.T) {
			p := read[ValidatingAdmissionPolicy](t, `{"metadata":{"name":"a"},"spec":{`+test.spec+`}}`)
			DefaultValidatingAdmissionPolicy(p)
			require.Equal(t, test.want, texts(ValidateValidatingAdmissionPolicy(p)))
		})
	}
}

// Deleting mutates nothing, which is told of all rules together.
func TestMutatingPolicyMayNotDelete(t *testing.T) {
	p := read[MutatingAdmissionPolicy](t, `{"metadata":{"name":"a"},"spec":{"reinvocationPolicy":"Never",
		"matchConstraints":{"resourceRules":[{"operations":["CREATE","DELETE"],"apiGroups":["g"],"apiVersions":["v1"],"resources":["x"]}]},
		"mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":"Object{}"}}]}}`)
	DefaultMutatingAdmissionPolicy(p)
	require.Equal(t, []string{`spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"`},
		texts(ValidateMutatingAdmissionPolicy(p)))
}

func TestBindingFaults(t *testing.T) {
	b := read[ValidatingAdmissionPolicyBinding](t, `{"metadata":{"name":"a"},"spec":{"policyName":"p","paramRef":{"name":"n","selector":{},"parameterNotFoundAction":""},"validationActions":["Deny","Odd","Deny"]}}`)
	require.Equal(t, []string{
		"spec.paramRef.name: Forbidden: name and selector are mutually exclusive",
		"spec.paramRef.selector: Forbidden: name and selector are mutually exclusive",
		"spec.paramRef.parameterNotFoundAction: Required value",
		`spec.validationActions[1]: Unsupported value: "Odd": supported values: "Audit", "Deny", "Warn"`,
		`spec.validationActions[2]: Duplicate value: "Deny"`,
	}, texts(ValidateValidatingAdmissionPolicyBinding(b)))
}
