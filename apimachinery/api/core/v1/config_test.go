package corev1_test

import (
	"strings"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

func TestConfigMapIsRefused(t *testing.T) {
	testCreates(t, "configmaps", []refusal{
		{name: "fine", body: `{"data":{"a":"b"},"binaryData":{"c":"AA=="}}`},
		{"keys", `{"data":{"k":"v","bad key":"","..":""},"binaryData":{"k":"eA=="}}`, []string{
			`data[..]: Invalid value: "..": must not be '..'`,
			`data[bad key]: Invalid value: "bad key": ` + configKey,
			`data[k]: Invalid value: "k": duplicate of key present in binaryData`,
		}},
		{"size", `{"data":{"k":"` + strings.Repeat("x", corev1.MaxSecretSize+1) + `"}}`, []string{`[]: Too long: may not be more than 1048576 bytes`}},
	})
}

func TestImmutableConfigMap(t *testing.T) {
	const was = `{"immutable":true,"data":{"k":"v"}}`
	testUpdates(t, "configmaps", []change{
		{"label", was, `{"metadata":{"labels":{"a":"b"}},"immutable":true,"data":{"k":"v"}}`, nil},
		{"data", was, `{"immutable":true,"data":{"k":"w"},"binaryData":{"b":"AAAA"}}`, []string{
			"data: Forbidden: field is immutable when `immutable` is set",
			"binaryData: Forbidden: field is immutable when `immutable` is set",
		}},
		{"thaw", was, `{"data":{"k":"v"}}`, []string{"immutable: Forbidden: field is immutable when `immutable` is set"}},
		{"freeze", `{"data":{"k":"v"}}`, was, nil},
	})
}

func TestSecretDefaults(t *testing.T) {
	s := incoming(t, resource(t, "secrets"), `{"data":{"k":"dg=="},"stringData":{"k":"wins","s":"plain"}}`).(*corev1.Secret)
	s.ObjectMeta = corev1.Secret{}.ObjectMeta
	shows(t, s, `{"metadata":{},"data":{"k":"d2lucw==","s":"cGxhaW4="},"type":"Opaque"}`)
}

func TestSecretIsRefused(t *testing.T) {
	testCreates(t, "secrets", []refusal{
		{name: "any type", body: `{"type":"Free form / type","data":{"k":""}}`},
		{name: "user without password", body: `{"type":"kubernetes.io/basic-auth","stringData":{"username":"x"}}`},
		{"docker", `{"type":"kubernetes.io/dockerconfigjson","stringData":{".dockerconfigjson":"not json"}}`, []string{
			`data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'o' in literal null (expecting 'u')`,
		}},
		{"older docker", `{"type":"kubernetes.io/dockercfg","stringData":{"other":"{}"}}`, []string{`data[.dockercfg]: Required value`}},
		{"TLS", `{"type":"kubernetes.io/tls","stringData":{"tls.crt":"x"}}`, []string{`data[tls.key]: Required value`}},
		{"neither user nor password", `{"type":"kubernetes.io/basic-auth"}`, []string{`data[username]: Required value`, `data[password]: Required value`}},
		{"SSH", `{"type":"kubernetes.io/ssh-auth"}`, []string{`data[ssh-privatekey]: Required value`}},
		{"token of nobody", `{"type":"kubernetes.io/service-account-token"}`, []string{`metadata.annotations[kubernetes.io/service-account.name]: Required value`}},
		{"size", `{"data":{"k":"` + strings.Repeat("AAAA", corev1.MaxSecretSize/3+1) + `"}}`, []string{`data: Too long: may not be more than 1048576 bytes`}},
	})
}

func TestSecretUpdates(t *testing.T) {
	const was = `{"immutable":true,"data":{"k":"dg=="}}`
	testUpdates(t, "secrets", []change{
		{"data", was, `{"immutable":true,"stringData":{"k":"w"}}`, []string{"data: Forbidden: field is immutable when `immutable` is set"}},
		{"type", was, `{"immutable":true,"data":{"k":"dg=="},"type":"example.com/other"}`, []string{`type: Invalid value: "example.com/other": field is immutable`}},
	})
}

func TestSecretWarnsOfBrokenCertificates(t *testing.T) {
	r := resource(t, "secrets")
	same(t, r.Warnings(incoming(t, r, `{"type":"kubernetes.io/tls","stringData":{"tls.crt":"","tls.key":""}}`), nil), []string{"tls: failed to find any PEM data in certificate input"})
	same(t, r.Warnings(incoming(t, r, `{"stringData":{"tls.crt":""}}`), nil), nil)
}

func TestNamespaces(t *testing.T) {
	r := resource(t, "namespaces")
	ns := incoming(t, r, `{"metadata":{"name":"a"},"status":{"phase":"Terminating"}}`)
	shows(t, ns, `{"metadata":{"name":"a","labels":{"kubernetes.io/metadata.name":"a"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}`)
	testCreates(t, "namespaces", []refusal{
		{"names", `{"metadata":{"name":"Bad.Name"},"spec":{"finalizers":["nodomain"]}}`, []string{
			`metadata.name: Invalid value: "Bad.Name": ` + dnsLabel,
			`spec.finalizers: Invalid value: "nodomain": name is neither a standard finalizer name nor is it fully qualified`,
		}},
	})
	testStatusUpdates(t, "namespaces", []change{
		{"phase", `{}`, `{"status":{"phase":"Terminating"}}`, []string{"status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty"}},
	})
	old := stored(t, r, `{"spec":{"finalizers":["kubernetes"]}}`).(*corev1.Namespace)
	changed := stored(t, r, `{"metadata":{"labels":{"kubernetes.io/metadata.name":"other"}},"spec":{"finalizers":["a/b"]}}`).(*corev1.Namespace)
	same(t, texts(corev1.ValidateNamespaceFinalize(stored(t, r, `{"spec":{"finalizers":["kubernetes","nodomain"]}}`).(*corev1.Namespace), old)), []string{
		`spec.finalizers[1]: Invalid value: "nodomain": name is neither a standard finalizer name nor is it fully qualified`,
	})
	r.PrepareUpdate(changed, old)
	if changed.Spec.Finalizers[0] != "kubernetes" || changed.Labels[corev1.LabelMetadataName] != "x" {
		t.Errorf("an update changed %v and %v", changed.Spec.Finalizers, changed.Labels)
	}
}
