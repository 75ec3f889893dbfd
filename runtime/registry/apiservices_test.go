package registry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	apiregistrationv1 "github.com/kubenucleus/nucleus/apimachinery/api/apiregistration/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	discoveryv1 "github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch/apply"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func TestAPIServicesSayWhatTheyLack(t *testing.T) {
	types, err := scheme.New(api.Groups()...)
	require.NoError(t, err)
	f := startAPI(t, registry.Options{FieldManager: apply.NewManager(types)})
	apis := meta.GroupVersionResource{Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices"}
	slices := meta.GroupVersionResource{Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices"}
	const name = "v1.things.example.com"
	await := func(reason, message string) (s *apiregistrationv1.APIService) {
		t.Helper()
		require.Eventually(t, func() bool {
			item, err := f.reg.Get(f.ctx, f.at(apis, "", "", name), meta.GetOptions{})
			f.must(err)
			obj, err := item.Object()
			f.must(err)
			s = obj.(*apiregistrationv1.APIService)
			return len(s.Status.Conditions) == 1 && s.Status.Conditions[0].Reason == reason
		}, 20*time.Second, 5*time.Millisecond, "it does not become %s", reason)
		assert.Equal(t, message, s.Status.Conditions[0].Message)
		return s
	}
	create := func(at *registry.Request, obj meta.Object) {
		t.Helper()
		_, err := f.reg.Create(f.ctx, at, obj, meta.CreateOptions{})
		f.must(err)
	}

	own := &apiregistrationv1.APIService{ObjectMeta: meta.ObjectMeta{Name: name}}
	own.Spec = apiregistrationv1.APIServiceSpec{Group: "things.example.com", Version: "v1", GroupPriorityMinimum: 100, VersionPriority: 10, InsecureSkipTLSVerify: true,
		Service: &apiregistrationv1.ServiceReference{Namespace: "default", Name: "things"}}
	create(f.at(apis, "", "", ""), own)
	missing := await("ServiceNotFound", `service/things in "default" is not present`)
	var owners []string
	for _, e := range missing.ManagedFields {
		owners = append(owners, e.Manager+" "+string(e.Operation)+" "+e.Subresource)
	}
	assert.ElementsMatch(t, []string{"test Update ", "kube-apiserver Update status"}, owners)

	service := &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: "things", Namespace: "default"}}
	service.Spec.Ports = []corev1.ServicePort{{Name: "web", Port: 80}}
	create(f.at(core("services"), "", "default", ""), service)
	first := missing.Status.Conditions[0].LastTransitionTime
	now := await("ServicePortError", `service/things in "default" is not listening on port 443`)
	assert.Equal(t, first, now.Status.Conditions[0].LastTransitionTime, "it was not available before either")

	_, err = f.reg.Delete(f.ctx, f.at(core("services"), "", "default", "things"), meta.DeleteOptions{})
	f.must(err)
	service = &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: "things", Namespace: "default"}}
	service.Spec.Ports = []corev1.ServicePort{{Name: "api", Port: 443}}
	create(f.at(core("services"), "", "default", ""), service)
	await("EndpointsNotFound", `cannot find endpointslices for service/things in "default"`)

	slice := func(name, address string, ready bool) *discoveryv1.EndpointSlice {
		s := &discoveryv1.EndpointSlice{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default", Labels: map[string]string{"kubernetes.io/service-name": "things"}}}
		port, number := "api", int32(8443)
		s.AddressType, s.Ports = discoveryv1.AddressTypeIPv4, []discoveryv1.EndpointPort{{Name: &port, Port: &number}}
		s.Endpoints = []discoveryv1.Endpoint{{Addresses: []string{address}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}}}
		return s
	}
	create(f.at(slices, "", "default", ""), slice("a", "192.0.2.1", false))
	await("MissingEndpoints", `endpointslices for service/things in "default" have no addresses with port name "api"`)
	create(f.at(slices, "", "default", ""), slice("b", "192.0.2.2", true))
	require.Eventually(t, func() bool {
		item, err := f.reg.Get(f.ctx, f.at(apis, "", "", name), meta.GetOptions{})
		f.must(err)
		obj, err := item.Object()
		f.must(err)
		return obj.(*apiregistrationv1.APIService).Status.Conditions[0].Reason == "FailedDiscoveryCheck"
	}, 20*time.Second, 5*time.Millisecond, "it has all it needs, but nobody passes requests on")

	// Another server on the same store passes them on.
	passed := []byte(`{"status":{"conditions":[{"type":"Available","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z","reason":"Passed","message":"all checks passed"}]}}`)
	_, _, err = f.reg.Patch(f.ctx, f.at(apis, "status", "", name), client.Patch{Type: client.MergePatch, Data: passed}, meta.PatchOptions{})
	f.must(err)
	create(f.at(slices, "", "default", ""), slice("c", "192.0.2.3", true))
	f.must(f.reg.MarkAvailability(f.ctx))
	await("Passed", "all checks passed")
}
