package coordinationv1_test

import (
	"slices"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

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

func TestLeaseIsRefused(t *testing.T) {
	l := &coordinationv1.Lease{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "ns"}}
	check(t, coordinationv1.ValidateLease(l))
	l.Spec.LeaseDurationSeconds, l.Spec.LeaseTransitions = new(int32(-1)), new(int32(-1))
	l.Spec.PreferredHolder = new("me")
	check(t, coordinationv1.ValidateLease(l),
		`spec.leaseDurationSeconds: Invalid value: -1: must be greater than 0`,
		`spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0`,
		"spec.preferredHolder: Forbidden: may only be specified when `strategy` is defined")
}

func TestStrategies(t *testing.T) {
	p := validate.NewPath("strategy")
	check(t, coordinationv1.Strategy(p, coordinationv1.OldestEmulationVersion))
	check(t, coordinationv1.Strategy(p, "example.com/Mine"))
	check(t, coordinationv1.Strategy(p, "Odd"), `strategy: Unsupported value: "Odd": supported values: "OldestEmulationVersion"`)
	check(t, coordinationv1.Strategy(p, "a/b/c"), `strategy: Invalid value: "a/b/c": must be either a builtin strategy or a qualified name`)
}

func TestLeaseNeedsAVersionAndMayBePut(t *testing.T) {
	r := coordinationv1.Version().Resources[0]
	if !r.UpdateCreates || !r.UpdateNeedsVersion {
		t.Error("leases are created by PUT and updated only with a version")
	}
	l := &coordinationv1.Lease{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "ns"}}
	check(t, coordinationv1.ValidateLeaseUpdate(l, l), `metadata.resourceVersion: Invalid value: "": must be specified for an update`)
}

func TestVersions(t *testing.T) {
	ascending := []string{"1.2.3-alpha", "1.2.3", "v1.2.4+build", "1.10.0", "2.0.0"}
	for i, a := range ascending {
		va, ok := coordinationv1.ParseVersion(a)
		if !ok {
			t.Fatalf("%s is no version", a)
		}
		for j, b := range ascending {
			vb, _ := coordinationv1.ParseVersion(b)
			if va.Less(vb) != (i < j) {
				t.Errorf("%s < %s: want %v", a, b, i < j)
			}
		}
	}
	for _, s := range []string{"", "1.2", "1.2.x", "01.2.3", "1.2.3.4", "-1.2.3"} {
		if v, ok := coordinationv1.ParseVersion(s); ok {
			t.Errorf("%q was read as %v", s, v)
		}
	}
}
