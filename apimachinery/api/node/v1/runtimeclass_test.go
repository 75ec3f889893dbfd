package nodev1_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/node/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func class(handler string) *nodev1.RuntimeClass {
	return &nodev1.RuntimeClass{ObjectMeta: meta.ObjectMeta{Name: "a", ResourceVersion: "1"}, Handler: handler}
}

func check(t *testing.T, errs validate.Errors, want ...string) {
	t.Helper()
	var got []string
	for _, e := range errs {
		got = append(got, e.Error())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestClassIsRefused(t *testing.T) {
	check(t, nodev1.ValidateRuntimeClass(class("h")))
	check(t, nodev1.ValidateRuntimeClass(class("")), `handler: Required value`)
	c := class("Bad_")
	c.Overhead = &nodev1.Overhead{PodFixed: corev1.ResourceList{"cpu": quantity.MustParse("-1")}}
	c.Scheduling = &nodev1.Scheduling{Tolerations: []corev1.Toleration{{Operator: "Near"}, {Operator: "Exists"}, {Operator: "Exists"}}}
	check(t, nodev1.ValidateRuntimeClass(c),
		`overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
		"scheduling.tolerations[0].operator: Invalid value: \"Near\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
		`scheduling.tolerations[0].operator: Unsupported value: "Near": supported values: "Equal", "Exists"`,
		`scheduling.tolerations[2]: Duplicate value: {"Key":"","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}`,
		`handler: Invalid value: "Bad_": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`)
}

func TestHandlerStays(t *testing.T) {
	check(t, nodev1.ValidateRuntimeClassUpdate(class("h2"), class("h1")), `handler: Invalid value: null: field is immutable`)
	check(t, nodev1.ValidateRuntimeClassUpdate(class(""), class("h1")), `handler: Invalid value: null: field is immutable`, `handler: Required value`)
	long := strings.Repeat("h", 64)
	check(t, nodev1.ValidateRuntimeClass(class(long)), `handler: Invalid value: "`+long+`": must be no more than 63 bytes`)
	check(t, nodev1.ValidateRuntimeClassUpdate(class(long), class("h1")), `handler: Invalid value: "`+long+`": must be no more than 63 characters`, `handler: Invalid value: null: field is immutable`)
}

func TestOverheadIsRounded(t *testing.T) {
	c := class("h")
	c.Overhead = &nodev1.Overhead{PodFixed: corev1.ResourceList{"cpu": quantity.MustParse("0.0001")}}
	nodev1.DefaultRuntimeClass(c)
	q := c.Overhead.PodFixed["cpu"]
	if q.String() != "1m" {
		t.Errorf("got %s", q)
	}
}
