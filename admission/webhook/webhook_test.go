package webhook_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	"github.com/kubenucleus/nucleus/admission/webhook"
	v1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
)

const group = "admissionregistration.k8s.io"

var configMaps = meta.GroupResource{Resource: "configmaps"}

func ptr[T any](v T) *T { return &v }

// A fake is a webhook whose answer the path picks: the response's fields, where UID
// stands for that of the request.
type fake struct {
	*httptest.Server
	answers map[string]string

	mutex sync.Mutex
	asked []map[string]any
}

func newFake(t testing.TB, answers map[string]string) *fake {
	f := &fake{answers: answers}
	f.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			return
		}
		var review map[string]any
		if err := json.Unmarshal(body, &review); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		f.mutex.Lock()
		f.asked = append(f.asked, review)
		f.mutex.Unlock()
		answer := f.answers[strings.TrimPrefix(q.URL.Path, "/")]
		switch answer {
		case "fail":
			http.Error(w, "oops", http.StatusInternalServerError)
			return
		case "hang":
			<-q.Context().Done()
			return
		}
		request := review["request"].(map[string]any)
		answer = strings.ReplaceAll(answer, "UID", request["uid"].(string))
		fmt.Fprintf(w, `{"apiVersion":%q,"kind":"AdmissionReview","response":%s}`, review["apiVersion"], answer)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) count() int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return len(f.asked)
}

func (f *fake) bundle() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw})
}

func (f *fake) hook(name string) v1.ValidatingWebhook {
	return v1.ValidatingWebhook{
		Name: name + ".example.com", AdmissionReviewVersions: []string{"v1"}, TimeoutSeconds: ptr[int32](20),
		ClientConfig: v1.WebhookClientConfig{URL: ptr(f.URL + "/" + name), CABundle: f.bundle()},
		Rules: []v1.RuleWithOperations{{Operations: []v1.OperationType{v1.Create},
			Rule: v1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}}}},
	}
}

func cluster(t testing.TB) (*scheme.Scheme, *admissiontest.Objects) {
	s, err := scheme.New(scheme.Group{Versions: []scheme.Version{corev1.Version()}}, scheme.Group{Name: group, Versions: []scheme.Version{v1.Version()}})
	require.NoError(t, err)
	objects := &admissiontest.Objects{}
	objects.Put(meta.GroupResource{Resource: "namespaces"}, &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "n"}})
	return s, objects
}

func validating(objects *admissiontest.Objects, hooks ...v1.ValidatingWebhook) {
	objects.Put(meta.GroupResource{Group: group, Resource: "validatingwebhookconfigurations"},
		&v1.ValidatingWebhookConfiguration{ObjectMeta: meta.ObjectMeta{Name: "c"}, Webhooks: hooks})
}

func mutating(objects *admissiontest.Objects, again bool, hooks ...v1.ValidatingWebhook) {
	c := &v1.MutatingWebhookConfiguration{ObjectMeta: meta.ObjectMeta{Name: "c"}}
	for _, h := range hooks {
		m := v1.MutatingWebhook{Name: h.Name, ClientConfig: h.ClientConfig, Rules: h.Rules, FailurePolicy: h.FailurePolicy,
			AdmissionReviewVersions: h.AdmissionReviewVersions, TimeoutSeconds: h.TimeoutSeconds, MatchConditions: h.MatchConditions}
		if again {
			m.ReinvocationPolicy = ptr(v1.IfNeededReinvocationPolicy)
		}
		c.Webhooks = append(c.Webhooks, m)
	}
	objects.Put(meta.GroupResource{Group: group, Resource: "mutatingwebhookconfigurations"}, c)
}

func create() *admission.Request {
	r := admissiontest.Create(configMaps, &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "n"}, Data: map[string]string{"k": "v"}})
	r.Kind = meta.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}
	r.User, r.Options, r.DryRun = &auth.User{Name: "jane", Groups: []string{"devs"}}, &meta.CreateOptions{FieldManager: "m"}, true
	return r
}

func TestValidating(t *testing.T) {
	f := newFake(t, map[string]string{
		"allow": `{"uid":"UID","allowed":true,"warnings":["careful"],"auditAnnotations":{"k":"v"}}`,
		"mute":  `{"uid":"UID","allowed":false}`,
		"deny":  `{"uid":"UID","allowed":false,"status":{"message":"no way","code":418,"reason":"Forbidden"}}`,
		"why":   `{"uid":"UID","allowed":false,"status":{"reason":"Because"}}`,
		"uid":   `{"uid":"other","allowed":true}`,
		"none":  `null`,
		"patch": `{"uid":"UID","allowed":true,"patch":"W10=","patchType":"JSONPatch"}`,
		"fail":  "fail",
	})
	for name, c := range map[string]struct {
		code int32
		want string
	}{
		"allow": {},
		"mute":  {400, `admission webhook "mute.example.com" denied the request without explanation`},
		"deny":  {418, `admission webhook "deny.example.com" denied the request: no way`},
		"why":   {400, `admission webhook "why.example.com" denied the request: Because`},
		"uid":   {500, `got "other"`},
		"none":  {500, `Internal error occurred: failed calling webhook "none.example.com": received invalid webhook response: webhook response was absent`},
		"patch": {500, `Internal error occurred: failed calling webhook "patch.example.com": received invalid webhook response: validating webhook may not return response.patch`},
		"fail":  {500, `Internal error occurred: failed calling webhook "fail.example.com": failed to call webhook: an error on the server ("unknown") has prevented the request from succeeding`},
	} {
		s, objects := cluster(t)
		validating(objects, f.hook(name))
		hooks := webhook.New(s, objects, webhook.Options{})
		r := create()
		var told []string
		noted := map[string]string{}
		r.Warn = func(text string) { told = append(told, text) }
		r.Annotate = func(key, value string) { noted[key] = value }
		err := hooks.Validating().Validate(t.Context(), r)
		hooks.Close()
		if c.code == 0 {
			require.NoError(t, err)
			require.Equal(t, []string{"careful"}, told)
			require.Equal(t, map[string]string{"allow.example.com/k": "v"}, noted)
			continue
		}
		var status *meta.StatusError
		require.ErrorAs(t, err, &status, name)
		require.Equal(t, c.code, status.Status.Code, name)
		require.Contains(t, err.Error(), c.want)
	}
}

func TestWhatIsSent(t *testing.T) {
	f := newFake(t, map[string]string{"w": `{"uid":"UID","allowed":true}`})
	s, objects := cluster(t)
	validating(objects, f.hook("w"))
	hooks := webhook.New(s, objects, webhook.Options{})
	defer hooks.Close()
	require.NoError(t, hooks.Validating().Validate(t.Context(), create()))
	require.Len(t, f.asked, 1)
	q := f.asked[0]["request"].(map[string]any)
	require.NotEmpty(t, q["uid"])
	delete(q, "uid")
	kind := map[string]any{"group": "", "version": "v1", "kind": "ConfigMap"}
	resource := map[string]any{"group": "", "version": "v1", "resource": "configmaps"}
	require.Equal(t, map[string]any{
		"kind": kind, "resource": resource, "requestKind": kind, "requestResource": resource,
		"name": "a", "namespace": "n", "operation": "CREATE", "dryRun": true, "oldObject": nil,
		"userInfo": map[string]any{"username": "jane", "groups": []any{"devs"}},
		"object":   map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "a", "namespace": "n"}, "data": map[string]any{"k": "v"}},
		"options":  map[string]any{"apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions", "fieldManager": "m"},
	}, q)
	require.Equal(t, "admission.k8s.io/v1", f.asked[0]["apiVersion"])
}

func TestConditionsAndFailurePolicy(t *testing.T) {
	f := newFake(t, map[string]string{"w": "fail", "slow": "hang"})
	s, objects := cluster(t)
	hooks := webhook.New(s, objects, webhook.Options{})
	defer hooks.Close()
	check := func(change func(h *v1.ValidatingWebhook)) error {
		h := f.hook("w")
		change(&h)
		validating(objects, h)
		return hooks.Validating().Validate(t.Context(), create())
	}
	conditions := func(expressions ...string) func(*v1.ValidatingWebhook) {
		return func(h *v1.ValidatingWebhook) {
			for i, e := range expressions {
				h.MatchConditions = append(h.MatchConditions, v1.MatchCondition{Name: fmt.Sprint(i), Expression: e})
			}
		}
	}
	require.NoError(t, check(func(h *v1.ValidatingWebhook) { h.FailurePolicy = ptr(v1.Ignore) }))
	require.Equal(t, 1, f.count())
	require.NoError(t, check(conditions("object.data.k != 'v'")))
	require.NoError(t, check(conditions("object.nothing == 1", "object.data.k != 'v'")))
	require.EqualError(t, check(conditions("object.nothing == 1")), `configmaps "a" is forbidden: expression 'object.nothing == 1' resulted in error: no such key: nothing`)
	require.Equal(t, 1, f.count())
	require.ErrorContains(t, check(conditions("object.data.k == 'v'")), `failed calling webhook "w.example.com"`)
	require.NoError(t, check(func(h *v1.ValidatingWebhook) {
		h.ObjectSelector = &meta.LabelSelector{MatchLabels: map[string]string{"a": "b"}}
	}))
	require.ErrorContains(t, check(func(h *v1.ValidatingWebhook) { h.ClientConfig.CABundle = nil }), "certificate")
	require.ErrorContains(t, check(func(h *v1.ValidatingWebhook) {
		h.ClientConfig = v1.WebhookClientConfig{Service: &v1.ServiceReference{Namespace: "n", Name: "nosuch", Path: ptr("/p")}}
	}), `Post "https://nosuch.n.svc:443/p?timeout=20s": service "nosuch" not found`)
	started := time.Now()
	require.ErrorContains(t, check(func(h *v1.ValidatingWebhook) {
		h.ClientConfig.URL, h.TimeoutSeconds = ptr(f.URL+"/slow"), ptr[int32](1)
	}), "context deadline exceeded")
	require.Less(t, time.Since(started), 15*time.Second)
}

// patch is a response with a JSON Patch, which is bytes in JSON.
func patch(t testing.TB, ops string) string {
	text, err := json.Marshal([]byte(ops))
	require.NoError(t, err)
	return `{"uid":"UID","allowed":true,"patchType":"JSONPatch","patch":` + string(text) + `}`
}

func TestMutating(t *testing.T) {
	f := newFake(t, map[string]string{
		"one": patch(t, `[{"op":"add","path":"/data/one","value":"1"}]`),
		"two": patch(t, `[{"op":"add","path":"/data/two","value":"2"}]`),
		"bad": patch(t, `[{"op":"remove","path":"/zz"}]`),
		"odd": patch(t, `[{"op":"add","path":"/data","value":"x"}]`),
	})
	s, objects := cluster(t)
	hooks := webhook.New(s, objects, webhook.Options{})
	defer hooks.Close()
	run := func(again bool, names ...string) (map[string]string, error) {
		var list []v1.ValidatingWebhook
		for _, name := range names {
			list = append(list, f.hook(name))
		}
		mutating(objects, again, list...)
		r := create()
		err := hooks.Mutating().Admit(t.Context(), r)
		return r.Object.(*corev1.ConfigMap).Data, err
	}
	data, err := run(false, "one", "two")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"k": "v", "one": "1", "two": "2"}, data)
	require.Equal(t, 2, f.count())
	_, err = run(true, "one", "two")
	require.NoError(t, err)
	require.Equal(t, 5, f.count(), "the first is asked again, since the second changed the object")
	_, err = run(false, "bad")
	require.ErrorContains(t, err, "Internal error occurred: error in remove for path: '/zz': Unable to remove nonexistent key: zz: missing value")
	_, err = run(false, "odd")
	require.EqualError(t, err, "Internal error occurred: json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string")
}

func ExampleNew() {
	s, err := scheme.New(scheme.Group{Versions: []scheme.Version{corev1.Version()}}, scheme.Group{Name: group, Versions: []scheme.Version{v1.Version()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	objects := &admissiontest.Objects{} // a cluster with no webhooks
	hooks := webhook.New(s, objects, webhook.Options{})
	defer hooks.Close()
	chain := admission.Chain{hooks.Mutating(), hooks.Validating()}
	fmt.Println(chain.Validate(context.Background(), create()))
	// Output: <nil>
}
