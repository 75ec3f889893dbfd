package api_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubenucleus/nucleus/apimachinery/api"
)

// TestDeprecatedVersions holds the warnings of versions to those of Kubernetes
// v1.37: clients show them to people, who plan by them.
func TestDeprecatedVersions(t *testing.T) {
	want := map[string][]string{
		"v1.19+": {"v1 ComponentStatus"},
		"v1.33+; use discovery.k8s.io/v1 EndpointSlice": {"v1 Endpoints"},
		"v1.35+, unavailable in v1.38+": {
			"admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicy", "admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicyBinding",
			"resource.k8s.io/v1beta1 DeviceClass", "resource.k8s.io/v1beta1 ResourceClaim", "resource.k8s.io/v1beta1 ResourceClaimTemplate", "resource.k8s.io/v1beta1 ResourceSlice",
		},
		"v1.36+, unavailable in v1.39+": {
			"coordination.k8s.io/v1beta1 LeaseCandidate",
			"resource.k8s.io/v1alpha3 DeviceTaintRule",
			"resource.k8s.io/v1beta2 DeviceClass", "resource.k8s.io/v1beta2 ResourceClaim", "resource.k8s.io/v1beta2 ResourceClaimTemplate", "resource.k8s.io/v1beta2 ResourceSlice",
		},
		"v1.39+, unavailable in v1.42+": {"resource.k8s.io/v1alpha3 ResourcePoolStatusRequest", "resource.k8s.io/v1beta2 DeviceTaintRule"},
	}
	texts := map[string]bool{}
	for when, kinds := range want {
		for _, kind := range kinds {
			texts[kind+" is deprecated in "+when] = true
		}
	}
	for _, at := range []string{
		"admissionregistration.k8s.io MutatingAdmissionPolicy", "admissionregistration.k8s.io MutatingAdmissionPolicyBinding",
		"certificates.k8s.io ClusterTrustBundle", "certificates.k8s.io PodCertificateRequest", "storagemigration.k8s.io StorageVersionMigration",
	} {
		var group, kind string
		_, err := fmt.Sscan(at, &group, &kind)
		assert.NoError(t, err)
		texts[fmt.Sprintf("%[1]s/v1beta1 %[2]s is deprecated in v1.37+, unavailable in v1.40+; use %[1]s/v1 %[2]s", group, kind)] = true
	}
	got := map[string]bool{}
	for _, group := range api.Groups() {
		for _, version := range group.Versions {
			for _, resource := range version.Resources {
				if resource.Deprecated != "" {
					got[resource.Deprecated] = true
				}
			}
		}
	}
	assert.Equal(t, slices.Sorted(maps.Keys(texts)), slices.Sorted(maps.Keys(got)))
}
