package schedulingv1_test

import (
	"slices"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func class(name string, value int32, policy corev1.PreemptionPolicy) *schedulingv1.PriorityClass {
	c := &schedulingv1.PriorityClass{ObjectMeta: meta.ObjectMeta{Name: name, ResourceVersion: "1"}, Value: value}
	if policy != "" {
		c.PreemptionPolicy = &policy
	}
	schedulingv1.DefaultPriorityClass(c)
	return c
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
	const reserved = `metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: `
	check(t, schedulingv1.ValidatePriorityClass(class("a", -5, "Never")))
	check(t, schedulingv1.ValidatePriorityClass(class("a", 1000000001, "")), `value: Forbidden: maximum allowed value of a user defined priority is 1000000000`)
	check(t, schedulingv1.ValidatePriorityClass(class("a", 1, "Always")), `preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never"`)
	check(t, schedulingv1.ValidatePriorityClass(class("system-x", 1, "")), reserved+`system-x is not a known system priority class`)
	check(t, schedulingv1.ValidatePriorityClass(class("system-node-critical", 5, "")), reserved+`value of system-node-critical PriorityClass must be 2000001000`)
	for _, c := range schedulingv1.SystemClasses() {
		check(t, schedulingv1.ValidatePriorityClass(c))
	}
}

func TestWhatOfAClassStays(t *testing.T) {
	old := class("a", 1000, "")
	check(t, schedulingv1.ValidatePriorityClassUpdate(class("a", 2000, ""), old), `value: Forbidden: may not be changed in an update.`)
	check(t, schedulingv1.ValidatePriorityClassUpdate(class("a", 1000, "Never"), old), `preemptionPolicy: Invalid value: "Never": field is immutable`)
	other := class("a", 1000, "")
	other.Description, other.GlobalDefault = "e", true
	check(t, schedulingv1.ValidatePriorityClassUpdate(other, old))
}
