package node

import (
	"context"
	"fmt"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/fields"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/auth/authz/rbac"
)

// Authorizer allows nodes what they need. It has no opinion on other users.
type Authorizer struct {
	objects auth.Reader
	pods    PodsOn
	rules   []rbacv1.PolicyRule
}

// PodsOn returns the Pods that are bound to a node. They are shared and read-only.
type PodsOn func(ctx context.Context, node string) ([]*corev1.Pod, error)

// New returns an Authorizer. rules are what nodes may do beside what is decided
// object by object: those of the ClusterRole system:node.
func New(objects auth.Reader, pods PodsOn, rules []rbacv1.PolicyRule) *Authorizer {
	return &Authorizer{objects: objects, pods: pods, rules: rules}
}

// Authorize implements authz.Authorizer.
func (a *Authorizer) Authorize(ctx context.Context, r *authz.Request) (authz.Decision, string, error) {
	name, ok := auth.NodeOf(r.User)
	if !ok {
		return authz.NoOpinion, "", nil
	}
	if name == "" {
		return no("unknown node for user %q", r.User.Name)
	}
	if r.ResourceRequest {
		q := question{a: a, ctx: ctx, node: name, r: r}
		switch (meta.GroupResource{Group: r.Group, Resource: r.Resource}) {
		case meta.GroupResource{Resource: "secrets"}:
			return q.read(q.usesSecret)
		case meta.GroupResource{Resource: "configmaps"}:
			return q.read(func() (bool, error) {
				return q.anyPod(func(refs *corev1.References) bool { return slices.Contains(refs.ConfigMaps, r.Name) })
			})
		case meta.GroupResource{Resource: "persistentvolumeclaims"}:
			if r.Subresource == "status" {
				return q.status(q.usesClaim)
			}
			return q.get(q.usesClaim)
		case meta.GroupResource{Resource: "persistentvolumes"}:
			return q.get(q.usesVolume)
		case meta.GroupResource{Group: "resource.k8s.io", Resource: "resourceclaims"}:
			return q.get(func() (bool, error) {
				return q.anyPod(func(refs *corev1.References) bool { return slices.Contains(refs.ResourceClaims, r.Name) })
			})
		case meta.GroupResource{Group: "storage.k8s.io", Resource: "volumeattachments"}:
			return q.get(q.isAttachedHere)
		case meta.GroupResource{Group: "certificates.k8s.io", Resource: "podcertificaterequests"}:
			return q.podCertificate()
		case meta.GroupResource{Resource: "serviceaccounts"}:
			return q.account()
		case meta.GroupResource{Group: "coordination.k8s.io", Resource: "leases"}:
			return q.lease()
		case meta.GroupResource{Group: "storage.k8s.io", Resource: "csinodes"}:
			return q.csiNode()
		case meta.GroupResource{Group: "resource.k8s.io", Resource: "resourceslices"}:
			return q.slice()
		case meta.GroupResource{Resource: "nodes"}:
			return q.ownNode()
		case meta.GroupResource{Resource: "pods"}:
			return q.pod()
		}
	}
	return a.byRules(r)
}

// byRules decides what is the same for all objects.
func (a *Authorizer) byRules(r *authz.Request) (authz.Decision, string, error) {
	if rbac.Allows(a.rules, r) {
		return authz.Allow, "", nil
	}
	return authz.NoOpinion, "", nil
}

func no(format string, args ...any) (authz.Decision, string, error) {
	return authz.NoOpinion, fmt.Sprintf(format, args...), nil
}

// question is one request of one node.
type question struct {
	a    *Authorizer
	ctx  context.Context
	node string
	r    *authz.Request
}

// related allows the request if the object has to do with the node.
func (q *question) related(check func() (bool, error)) (authz.Decision, string, error) {
	if q.r.Name == "" {
		return no("No Object name found")
	}
	ok, err := check()
	if err != nil {
		return authz.NoOpinion, fmt.Sprintf("no relationship found between node '%s' and this object", q.node), err
	}
	if !ok {
		return no("no relationship found between node '%s' and this object", q.node)
	}
	return authz.Allow, "", nil
}

// read is for objects that nodes get and watch one by one.
func (q *question) read(check func() (bool, error)) (authz.Decision, string, error) {
	switch {
	case !slices.Contains([]string{"get", "list", "watch"}, q.r.Verb):
		return no("can only read resources of this type")
	case q.r.Subresource != "":
		return no("cannot read subresource")
	case q.r.Namespace == "":
		return no("can only read namespaced object of this type")
	}
	return q.related(check)
}

func (q *question) get(check func() (bool, error)) (authz.Decision, string, error) {
	switch {
	case q.r.Verb != "get":
		return no("can only get individual resources of this type")
	case q.r.Subresource != "":
		return no("cannot get subresource")
	}
	return q.related(check)
}

func (q *question) status(check func() (bool, error)) (authz.Decision, string, error) {
	switch q.r.Verb {
	case "update", "patch":
		return q.related(check)
	}
	return no("can only get/update/patch this type")
}

// account is for the service accounts of the node's Pods.
func (q *question) account() (authz.Decision, string, error) {
	switch {
	case q.r.Verb == "get" && q.r.Subresource == "":
	case q.r.Verb != "create" || q.r.Subresource != "token":
		return no("can only create tokens for individual service accounts")
	}
	return q.related(func() (bool, error) {
		return q.anyPod(func(refs *corev1.References) bool { return refs.ServiceAccount == q.r.Name })
	})
}

const leases = meta.NamespaceNodeLease

func (q *question) lease() (authz.Decision, string, error) {
	switch {
	case !isOneOf(q.r.Verb, "get", "create", "update", "patch", "delete"):
		return no("can only get, create, update, patch, or delete a node lease")
	case q.r.Namespace != leases:
		return no("can only access leases in the %q system namespace", leases)
	case q.r.Verb != "create" && q.r.Name != q.node: // a POST has no name; admission looks at the object
		return no("can only access node lease with the same name as the requesting node")
	}
	return authz.Allow, "", nil
}

func (q *question) csiNode() (authz.Decision, string, error) {
	switch {
	case !isOneOf(q.r.Verb, "get", "create", "update", "patch", "delete"):
		return no("can only get, create, update, patch, or delete a CSINode")
	case q.r.Subresource != "":
		return no("cannot authorize CSINode subresources")
	case q.r.Verb != "create" && q.r.Name != q.node:
		return no("can only access CSINode with the same name as the requesting node")
	}
	return authz.Allow, "", nil
}

func (q *question) slice() (authz.Decision, string, error) {
	if q.r.Subresource != "" {
		return no("cannot authorize ResourceSlice subresources")
	}
	switch q.r.Verb {
	case "create":
		return authz.Allow, "", nil
	case "get", "update", "patch", "delete":
		return q.related(q.isSliceHere)
	case "list", "watch", "deletecollection":
		if q.selects("spec.nodeName") {
			return authz.Allow, "", nil
		}
		return no("can only list/watch/deletecollection resourceslices with nodeName field selector")
	}
	return no("only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection")
}

// podCertificate lets a node ask for certificates for its Pods, which admission looks
// at, and read what it has asked for.
func (q *question) podCertificate() (authz.Decision, string, error) {
	if q.r.Subresource != "" {
		return no("nodes may not access the %s subresource of PodCertificateRequests", q.r.Subresource)
	}
	switch q.r.Verb {
	case "create":
		return authz.Allow, "", nil
	case "get":
		return q.related(q.isCertificateOfHere)
	case "list", "watch":
		if q.selects("spec.nodeName") {
			return authz.Allow, "", nil
		}
		return no("can only list/watch podcertificaterequests with nodeName field selector")
	}
	return no("nodes may not %s podcertificaterequests", q.r.Verb)
}

// ownNode lets a node read itself alone.
func (q *question) ownNode() (authz.Decision, string, error) {
	if isOneOf(q.r.Verb, "get", "list", "watch") && q.r.Subresource == "" {
		switch {
		case q.r.Name == q.node, q.r.Verb != "get" && q.selects(meta.ObjectNameField):
			return authz.Allow, "", nil
		case q.r.Name == "":
			return no("node '%s' cannot read all nodes, only its own Node object", q.node)
		}
		return no("node '%s' cannot read '%s', only its own Node object", q.node, q.r.Name)
	}
	return q.a.byRules(q.r)
}

// pod lets a node read its own Pods alone. What it may write of which is a
// matter of admission.
func (q *question) pod() (authz.Decision, string, error) {
	switch q.r.Verb {
	case "get":
		return q.related(func() (bool, error) {
			obj, err := q.a.objects.Get(q.ctx, pods, q.r.Namespace, q.r.Name)
			if err != nil {
				return false, missing(err)
			}
			pod, ok := obj.(*corev1.Pod)
			return ok && pod.Spec.NodeName == q.node, nil
		})
	case "list", "watch":
		if q.selects("spec.nodeName") {
			return authz.Allow, "", nil
		}
		return no("can only list/watch pods with spec.nodeName field selector")
	}
	return q.a.byRules(q.r)
}

// selects says whether the request is about objects alone of which a field is
// the node's name.
func (q *question) selects(field string) bool {
	selector, err := fields.Parse(q.r.FieldSelector)
	if err != nil {
		return false
	}
	value, ok := selector.ExactValue(field)
	return ok && value == q.node
}

func isOneOf(verb string, verbs ...string) bool { return slices.Contains(verbs, verb) }
