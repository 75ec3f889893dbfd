package noderestriction

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubenucleus/nucleus/admission"
	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	resourcev1 "github.com/kubenucleus/nucleus/apimachinery/api/resource/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader     admission.Reader
	authorizer authz.Authorizer
}

// New returns the rule. It looks Pods up in reader; authorizer is asked whether a
// node may have tokens for audiences that no volume of a Pod names.
func New(reader admission.Reader, authorizer authz.Authorizer) *Plugin {
	return &Plugin{admission.On{admission.Create, admission.Update, admission.Delete}, reader, authorizer}
}

// Admit implements admission.Mutator. It changes nothing; it comes with the
// mutators so that nothing is charged to quotas before.
func (p *Plugin) Admit(ctx context.Context, r *admission.Request) error {
	if r.User == nil || !r.User.In(auth.GroupNodes) {
		return nil // the usual case
	}
	node, ok := auth.NodeOf(r.User)
	if !ok {
		return nil
	}
	if node == "" {
		return r.Forbidden(fmt.Errorf("could not determine node from user %q", r.User.Name))
	}
	c := check{p: p, ctx: ctx, r: r, node: node}
	switch r.Resource.GroupResource() {
	case meta.GroupResource{Resource: "pods"}:
		return c.pod()
	case meta.GroupResource{Resource: "nodes"}:
		return c.ownNode()
	case meta.GroupResource{Resource: "persistentvolumeclaims"}:
		return c.claim()
	case meta.GroupResource{Resource: "serviceaccounts"}:
		return c.token()
	case meta.GroupResource{Group: "coordination.k8s.io", Resource: "leases"}:
		return c.lease()
	case meta.GroupResource{Group: "storage.k8s.io", Resource: "csinodes"}:
		if c.name() != node {
			return c.refuse("can only access CSINode with the same name as the requesting node")
		}
	case meta.GroupResource{Group: "resource.k8s.io", Resource: "resourceslices"}:
		return c.slice()
	case meta.GroupResource{Group: "certificates.k8s.io", Resource: "certificatesigningrequests"}:
		return c.signingRequest()
	case meta.GroupResource{Group: "certificates.k8s.io", Resource: "podcertificaterequests"}:
		return c.podCertificate()
	}
	return nil
}

// check is one request of one node.
type check struct {
	p    *Plugin
	ctx  context.Context
	r    *admission.Request
	node string
}

func (c *check) refuse(format string, args ...any) error {
	return c.r.Forbidden(fmt.Errorf(format, args...))
}

// name is that of the object, which in a create the path does not have.
func (c *check) name() string {
	if c.r.Operation == admission.Create && c.r.Object != nil {
		return c.r.Object.Metadata().Name
	}
	return c.r.Name
}

func (c *check) lease() error {
	switch {
	case c.r.Namespace != meta.NamespaceNodeLease:
		return c.refuse("can only access leases in the %q system namespace", meta.NamespaceNodeLease)
	case c.name() != c.node:
		return c.refuse("can only access node lease with the same name as the requesting node")
	}
	return nil
}

func (c *check) slice() error {
	verb, obj := "create", c.r.Object
	if c.r.Operation != admission.Create {
		verb, obj = "delete", c.r.OldObject
	}
	if c.r.Operation == admission.Update {
		return nil // the name of the node does not change
	}
	slice, ok := obj.(*resourcev1.ResourceSlice)
	if !ok {
		return fmt.Errorf("a resource slice is a %T", obj)
	}
	if slice.Spec.NodeName == nil || *slice.Spec.NodeName != c.node {
		return c.refuse("can only %s ResourceSlice with the same NodeName as the requesting node", verb)
	}
	return nil
}

// signingRequest lets a node ask for certificates of nodes in its own name.
func (c *check) signingRequest() error {
	request, ok := c.r.Object.(*certificatesv1.CertificateSigningRequest)
	if !ok || c.r.Operation != admission.Create || c.r.Subresource != "" {
		return nil
	}
	switch request.Spec.SignerName {
	case certificatesv1.KubeletServingSignerName, certificatesv1.KubeAPIServerClientKubeletSignerName:
	default:
		return nil
	}
	asked, err := certificatesv1.ParseRequest(request.Spec.Request)
	if err != nil {
		return c.r.Forbidden(fmt.Errorf("unable to parse csr: %w", err))
	}
	if asked.Subject.CommonName != c.r.User.Name {
		return c.refuse("can only create a node CSR with CN=%s", c.r.User.Name)
	}
	return nil
}

// claim lets a node write what the resizing of a volume changes.
func (c *check) claim() error {
	if c.r.Subresource != "status" {
		return c.refuse("may only update PVC status")
	}
	if c.r.Operation != admission.Update {
		return c.refuse("unexpected operation %q", c.r.Operation)
	}
	old, ok := c.r.OldObject.(*corev1.PersistentVolumeClaim)
	next, alike := c.r.Object.(*corev1.PersistentVolumeClaim)
	if !ok || !alike {
		return errors.New("a persistent volume claim is of another type")
	}
	if field := firstDifference(next, old); field != "" {
		return c.refuse("node %q is not allowed to update fields other than status.quantity and status.conditions: %s differs", c.node, field)
	}
	return nil
}
