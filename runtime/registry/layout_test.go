package registry_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// TestLayout holds where kube-apiserver v1.37 keeps each resource, and in which
// version: data of either must be found by the other. Resources that are kept
// under their own name in v1 are not listed.
func TestLayout(t *testing.T) {
	want := strings.Fields(`
		apiservices.apiregistration.k8s.io=apiregistration.k8s.io/apiservices:v1
		clustertrustbundles.certificates.k8s.io=clustertrustbundles:v1beta1
		customresourcedefinitions.apiextensions.k8s.io=apiextensions.k8s.io/customresourcedefinitions:v1beta1
		devicetaintrules.resource.k8s.io=devicetaintrules:v1beta2
		endpoints=services/endpoints:v1
		horizontalpodautoscalers.autoscaling=horizontalpodautoscalers:v2
		ingresses.networking.k8s.io=ingress:v1
		leasecandidates.coordination.k8s.io=leasecandidates:v1beta1
		nodes=minions:v1
		podcertificaterequests.certificates.k8s.io=podcertificaterequests:v1beta1
		replicationcontrollers=controllers:v1
		resourcepoolstatusrequests.resource.k8s.io=resourcepoolstatusrequests:v1alpha3
		services=services/specs:v1
		storageversionmigrations.storagemigration.k8s.io=storageversionmigrations:v1beta1
		storageversions.internal.apiserver.k8s.io=storageversions:v1alpha1`)
	s, err := scheme.New(api.Groups()...)
	require.NoError(t, err)
	var got []string
	seen := map[string]bool{}
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			for _, r := range v.Resources {
				hub := s.Hub(r)
				name := hub.GroupResource().String()
				if r.Virtual || seen[name] {
					continue
				}
				seen[name] = true
				require.NotNil(t, hub.Type, name)
				require.True(t, hub.Type.HasProto(), "%s is stored in protobuf", name)
				version := cmp.Or(hub.StorageVersion, hub.Version)
				if hub.Stored != nil {
					version = hub.Stored.Version
				}
				at := fmt.Sprintf("%s=%s:%s", name, cmp.Or(hub.StoragePrefix, hub.Name), version)
				if at != name+"="+hub.Name+":v1" {
					got = append(got, at)
				}
			}
		}
	}
	slices.Sort(got)
	require.Equal(t, want, got)
	require.Greater(t, len(seen), 55)
}
