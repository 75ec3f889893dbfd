package coordinationv1beta1_test

import (
	"slices"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1alpha2"
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1beta1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func candidate(spec coordinationv1beta1.LeaseCandidateSpec) *coordinationv1beta1.LeaseCandidate {
	return &coordinationv1beta1.LeaseCandidate{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "ns", ResourceVersion: "1"}, Spec: spec}
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

var good = coordinationv1beta1.LeaseCandidateSpec{LeaseName: "l", BinaryVersion: "1.37.0", EmulationVersion: "1.36.0", Strategy: "OldestEmulationVersion"}

func TestCandidateIsRefused(t *testing.T) {
	check(t, coordinationv1beta1.ValidateLeaseCandidate(candidate(good)))
	check(t, coordinationv1beta1.ValidateLeaseCandidate(candidate(coordinationv1beta1.LeaseCandidateSpec{})),
		`spec.leaseName: Required value`, `spec.binaryVersion: Required value`, `spec.strategy: Required value`)
	newer := good
	newer.EmulationVersion = "1.38.0"
	check(t, coordinationv1beta1.ValidateLeaseCandidate(candidate(newer)), "spec.binaryVersion: Invalid value: \"1.37.0\": must be greater than or equal to `emulationVersion`")
	bad := coordinationv1beta1.LeaseCandidateSpec{BinaryVersion: "1.2", EmulationVersion: "v1.2", Strategy: "OldestEmulationVersion"}
	check(t, coordinationv1beta1.ValidateLeaseCandidate(candidate(bad)), `spec.leaseName: Required value`,
		`spec.emulationVersion: Invalid value: "v1.2": must be a valid semantic version`, `spec.binaryVersion: Invalid value: "1.2": must be a valid semantic version`,
		"spec.emulationVersion: Required value: must be specified when `strategy` is 'OldestEmulationVersion'")
	named := candidate(good)
	named.Name = "Host_1"
	check(t, coordinationv1beta1.ValidateLeaseCandidate(named))
	other := good
	other.LeaseName = "m"
	check(t, coordinationv1beta1.ValidateLeaseCandidateUpdate(candidate(other), candidate(good)), `spec.leaseName: Invalid value: "m": field is immutable`)
}

func TestCandidatesConvertByThemselves(t *testing.T) {
	s, err := scheme.New(scheme.Group{Name: "coordination.k8s.io", Versions: []scheme.Version{coordinationv1beta1.Version(), coordinationv1alpha2.Version()}})
	if err != nil {
		t.Fatal(err)
	}
	older, err := s.Convert(candidate(good), meta.GroupVersion{Group: "coordination.k8s.io", Version: "v1alpha2"})
	if err != nil {
		t.Fatal(err)
	}
	if spec := older.(*coordinationv1alpha2.LeaseCandidate).Spec; spec.LeaseName != "l" || spec.EmulationVersion != "1.36.0" {
		t.Errorf("%+v", spec)
	}
}
