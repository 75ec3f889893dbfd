package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"

	apiregistrationv1 "github.com/kubenucleus/nucleus/apimachinery/api/apiregistration/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	discoveryv1 "github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// availabilityManager is who Kubernetes has write the conditions of APIServices.
const availabilityManager = "kube-apiserver"

// notPassedOn is why an APIService that has all it needs is not available:
// requests for its group are not passed on to it here.
const notPassedOn = "this server does not pass requests on to other API servers"

// notAsked is the reason for that. It replaces only reasons that hold no more.
const notAsked = "FailedDiscoveryCheck"

// lacks are the reasons that say what is missing.
var lacks = []string{"ServiceNotFound", "ServicePortError", "EndpointsNotFound", "MissingEndpoints"}

// backends are the collections that decide whether an APIService is available.
type backends struct{ apis, services, endpointSlices *collection }

// keepAvailability says in the status of each APIService whether requests for its
// group are answered, and if not, what is missing. It returns when ctx ends.
func (r *Registry) keepAvailability(ctx context.Context) {
	b := r.backends()
	if b.apis == nil || b.services == nil || b.endpointSlices == nil {
		return
	}
	r.onChange(ctx, []*collection{b.apis, b.services, b.endpointSlices}, func() {
		if err := r.markAvailability(ctx, b); err != nil && ctx.Err() == nil {
			r.logger.Warn("look after the conditions of APIServices", "err", err)
		}
	})
}

func (r *Registry) backends() backends {
	return backends{
		r.collectionNamed(apiregistrationGroup, "apiservices"),
		r.collectionNamed(serviceResource.Group, serviceResource.Resource),
		r.collectionNamed("discovery.k8s.io", "endpointslices"),
	}
}

// onChange calls act at first and when anything in one of the collections has
// changed, until ctx ends. What changes meanwhile is one more call.
func (r *Registry) onChange(ctx context.Context, of []*collection, act func()) {
	changed := make(chan struct{}, 1)
	watching := r.tellChanges(ctx, of, changed)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-changed:
			act()
		}
	}
	watching.Wait()
}

// tellChanges puts something into changed, which has room for one, at first and
// whenever one of the collections changes. It has ended, once ctx has, when what it
// returns says so.
func (r *Registry) tellChanges(ctx context.Context, of []*collection, changed chan<- struct{}) *sync.WaitGroup {
	watching := &sync.WaitGroup{}
	tell := func() {
		select {
		case changed <- struct{}{}:
		default: // somebody has said so
		}
	}
	for _, c := range of {
		after := c.cache.Revision() // what is older, the first call sees
		watching.Go(func() {
			for _, err := range c.cache.Watch(ctx, after, cache.WatchOptions{Prefix: c.prefix}) {
				if err != nil {
					return
				}
				tell()
			}
		})
	}
	tell()
	return watching
}

// markAvailability writes the condition into the APIServices where it is wrong or missing.
func (r *Registry) markAvailability(ctx context.Context, b backends) error {
	all, err := b.apis.all(ctx)
	if err != nil {
		return err
	}
	for _, obj := range all {
		s, ok := obj.(*apiregistrationv1.APIService)
		if !ok {
			continue
		}
		want, err := b.availability(ctx, s)
		if err != nil {
			return err
		}
		if err := r.setAvailability(ctx, b.apis, s, want); err != nil && !meta.IsNotFound(err) && !meta.IsConflict(err) { // it is another by now
			return err
		}
	}
	return nil
}

// availability is the condition that an APIService should have, but for its time.
func (b backends) availability(ctx context.Context, s *apiregistrationv1.APIService) (apiregistrationv1.APIServiceCondition, error) {
	is := func(status apiregistrationv1.ConditionStatus, reason, format string, args ...any) (apiregistrationv1.APIServiceCondition, error) {
		return apiregistrationv1.APIServiceCondition{Type: apiregistrationv1.Available, Status: status, Reason: reason, Message: fmt.Sprintf(format, args...)}, nil
	}
	to := s.Spec.Service
	if to == nil {
		return is(apiregistrationv1.ConditionTrue, "Local", "Local APIServices are always available")
	}
	obj, _, err := b.services.live(ctx, b.services.key(to.Namespace, to.Name))
	if err != nil && !meta.IsNotFound(err) {
		return apiregistrationv1.APIServiceCondition{}, err
	}
	service, ok := obj.(*corev1.Service)
	if !ok || service == nil {
		return is(apiregistrationv1.ConditionFalse, "ServiceNotFound", "service/%s in %q is not present", to.Name, to.Namespace)
	}
	number := int32(443)
	if to.Port != nil {
		number = *to.Port
	}
	host := service.Spec.ClusterIP
	if service.Spec.Type == corev1.ServiceTypeExternalName {
		host = service.Spec.ExternalName
	} else {
		i := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == number })
		if i < 0 {
			return is(apiregistrationv1.ConditionFalse, "ServicePortError", "service/%s in %q is not listening on port %d", to.Name, to.Namespace, number)
		}
		port := service.Spec.Ports[i].Name
		found, ready, err := b.endpoints(ctx, to.Namespace, to.Name, port)
		switch {
		case err != nil:
			return apiregistrationv1.APIServiceCondition{}, err
		case !found:
			return is(apiregistrationv1.ConditionFalse, "EndpointsNotFound", "cannot find endpointslices for service/%s in %q", to.Name, to.Namespace)
		case !ready:
			return is(apiregistrationv1.ConditionFalse, "MissingEndpoints", "endpointslices for service/%s in %q have no addresses with port name %q", to.Name, to.Namespace, port)
		}
	}
	return is(apiregistrationv1.ConditionFalse, notAsked, "failing or missing response from https://%s/apis/%s/%s: %s",
		net.JoinHostPort(host, strconv.Itoa(int(number))), s.Spec.Group, s.Spec.Version, notPassedOn)
}

// endpoints says whether a Service has EndpointSlices, and one that is ready at a port.
func (b backends) endpoints(ctx context.Context, namespace, service, port string) (found, ready bool, err error) {
	snapshot, err := b.endpointSlices.cache.Snapshot(ctx, cache.Latest())
	if err != nil {
		return false, false, readError(err)
	}
	for o := range snapshot.Ascend(b.endpointSlices.keyPrefix(namespace), "") {
		obj, err := o.Typed()
		if err != nil {
			return false, false, readError(err)
		}
		slice, ok := obj.(*discoveryv1.EndpointSlice)
		if !ok || slice.Labels[discoveryv1.LabelServiceName] != service {
			continue
		}
		found = true
		named := slices.ContainsFunc(slice.Ports, func(p discoveryv1.EndpointPort) bool {
			return p.Name != nil && *p.Name == port || p.Name == nil && port == ""
		})
		ready = ready || named && slices.ContainsFunc(slice.Endpoints, func(e discoveryv1.Endpoint) bool {
			return len(e.Addresses) > 0 && (e.Conditions.Ready == nil || *e.Conditions.Ready)
		})
	}
	return found, ready, nil
}

func (r *Registry) setAvailability(ctx context.Context, apis *collection, s *apiregistrationv1.APIService, want apiregistrationv1.APIServiceCondition) error {
	conditions := slices.Clone(s.Status.Conditions)
	want.LastTransitionTime = r.now()
	i := slices.IndexFunc(conditions, func(c apiregistrationv1.APIServiceCondition) bool { return c.Type == want.Type })
	switch {
	case i < 0:
		conditions = append(conditions, want)
	case conditions[i].Status == want.Status && conditions[i].Reason == want.Reason && conditions[i].Message == want.Message:
		return nil
	case want.Reason == notAsked && !slices.Contains(lacks, conditions[i].Reason):
		return nil // another server on the same store, which has asked, knows better
	default:
		if conditions[i].Status == want.Status {
			want.LastTransitionTime = conditions[i].LastTransitionTime
		}
		conditions[i] = want
	}
	data, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": s.UID}, "status": apiregistrationv1.APIServiceStatus{Conditions: conditions}})
	if err != nil {
		return err
	}
	user := systemUser
	q := &Request{Resource: apis.hub, Subresource: "status", Name: s.Name, User: &user}
	_, _, err = r.Patch(ctx, q, client.Patch{Type: client.MergePatch, Data: data}, meta.PatchOptions{FieldManager: availabilityManager})
	return err
}
