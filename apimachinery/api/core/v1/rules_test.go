package corev1_test

import (
	"slices"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// resource returns the declaration of a core resource.
func resource(t *testing.T, name string) *scheme.Resource {
	t.Helper()
	for _, r := range corev1.Version().Resources {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no resource %q", name)
	return nil
}

func decode(t *testing.T, r *scheme.Resource, text string) meta.Object {
	t.Helper()
	obj := r.New()
	problems, err := codec.UnmarshalJSON([]byte(text), obj, codec.DecodeOptions{Strict: true})
	if err != nil || len(problems) > 0 {
		t.Fatalf("%s: %v %v", text, err, problems)
	}
	return obj
}

// incoming does to an object what a server does before it validates a create.
func incoming(t *testing.T, r *scheme.Resource, text string) meta.Object {
	t.Helper()
	obj := decode(t, r, text)
	m := obj.Metadata()
	if m.Name == "" {
		m.Name = "x"
	}
	if r.Namespaced && m.Namespace == "" {
		m.Namespace = "ns"
	}
	if r.Default != nil {
		r.Default(obj)
	}
	if r.PrepareCreate != nil {
		r.PrepareCreate(obj)
	}
	return obj
}

func texts(errs validate.Errors) []string {
	var all []string
	for _, e := range errs {
		all = append(all, e.Error())
	}
	return all
}

// A refusal is an object and everything that is wrong with it.
type refusal struct {
	name string
	body string
	want []string // empty: it is fine
}

func testCreates(t *testing.T, resourceName string, cases []refusal) {
	t.Helper()
	r := resource(t, resourceName)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			same(t, texts(r.Validate(incoming(t, r, c.body))), c.want)
		})
	}
}

// A change is an object as it is stored and as somebody wants it to be.
type change struct {
	name     string
	old, new string
	want     []string
}

func testUpdates(t *testing.T, resourceName string, cases []change) {
	t.Helper()
	r := resource(t, resourceName)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			old, obj := stored(t, r, c.old), stored(t, r, c.new)
			if r.PrepareUpdate != nil {
				r.PrepareUpdate(obj, old)
			}
			same(t, texts(r.ValidateUpdate(obj, old)), c.want)
		})
	}
}

func testStatusUpdates(t *testing.T, resourceName string, cases []change) {
	t.Helper()
	r := resource(t, resourceName)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			old, obj := stored(t, r, c.old), stored(t, r, c.new)
			r.Status.Prepare(obj, old)
			same(t, texts(r.Status.Validate(obj, old)), c.want)
		})
	}
}

// stored reads an object as it lies in the store: with its status, and with
// defaults filled in.
func stored(t *testing.T, r *scheme.Resource, text string) meta.Object {
	t.Helper()
	obj := decode(t, r, text)
	m := obj.Metadata()
	m.Name, m.ResourceVersion, m.UID = "x", "1", "u"
	if r.Namespaced {
		m.Namespace = "ns"
	}
	if r.Default != nil {
		r.Default(obj)
	}
	return obj
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	t.Errorf("got:")
	for _, g := range got {
		t.Errorf("  %s", g)
	}
	t.Errorf("want:")
	for _, w := range want {
		t.Errorf("  %s", w)
	}
}

const (
	subdomain = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`
	dnsLabel  = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`
	namePart  = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`
	configKey = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`
	anyIP     = `must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)`
)
