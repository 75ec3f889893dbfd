package certificates

import (
	"context"
	"errors"
	"fmt"

	authorizationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authorization/v1"
	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Approver approves the requests of nodes.
type Approver struct {
	loop     *controller.Controller[client.Key]
	c        client.Client
	requests *client.Cache[certificatesv1.CertificateSigningRequest]
}

// NewApprover returns the controller. It starts nothing; call Run, and run the
// caches.
func NewApprover(caches *client.Caches, opts workload.Options) *Approver {
	a := &Approver{c: caches.Client(), requests: client.CacheOf[certificatesv1.CertificateSigningRequest](caches)}
	a.loop = controller.New("certificatesigningrequest-approving-controller", a.reconcile, opts.WithDefaults().Loop())
	controller.Watch(a.loop, a.requests, controller.Self[certificatesv1.CertificateSigningRequest])
	return a
}

// Run works until ctx ends.
func (a *Approver) Run(ctx context.Context) error { return a.loop.Run(ctx) }

// errNotYet has a request tried again: who may ask for what is decided by
// bindings, which may come later.
var errNotYet = errors.New("who asks may not ask for it, so far")

func (a *Approver) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	request, ok := a.requests.GetKey(key)
	if !ok || len(request.Status.Certificate) > 0 || decided(request) || request.Spec.SignerName != certificatesv1.KubeAPIServerClientKubeletSignerName {
		return controller.Result{}, nil
	}
	asked, err := certificatesv1.ParseRequest(request.Spec.Request)
	if err != nil || checkNodeClient(asked, request.Spec.Usages) != nil {
		return controller.Result{}, nil // not what this one knows: people decide
	}
	for _, way := range []struct{ subresource, message string }{
		{"selfnodeclient", "Auto approving self kubelet client certificate after SubjectAccessReview."},
		{"nodeclient", "Auto approving kubelet client certificate after SubjectAccessReview."},
	} {
		if way.subresource == "selfnodeclient" && request.Spec.Username != asked.Subject.CommonName {
			continue
		}
		may, err := a.may(ctx, request, way.subresource)
		if err != nil {
			return controller.Result{}, err
		}
		if may {
			return controller.Result{}, a.approve(ctx, request, way.message)
		}
	}
	return controller.Result{}, fmt.Errorf("certificate signing request %s of %s: %w", request.Name, request.Spec.Username, errNotYet)
}

// may asks whether who made the request may have such certificates.
func (a *Approver) may(ctx context.Context, request *certificatesv1.CertificateSigningRequest, subresource string) (bool, error) {
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: request.Spec.Username, UID: request.Spec.UID, Groups: request.Spec.Groups,
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Group: "certificates.k8s.io", Resource: "certificatesigningrequests", Verb: "create", Subresource: subresource, Version: "*",
		},
	}}
	for key, values := range request.Spec.Extra {
		if review.Spec.Extra == nil {
			review.Spec.Extra = map[string]authorizationv1.ExtraValue{}
		}
		review.Spec.Extra[key] = authorizationv1.ExtraValue(values)
	}
	if err := client.Of[authorizationv1.SubjectAccessReview](a.c).Create(ctx, review); err != nil {
		return false, err
	}
	return review.Status.Allowed, nil
}

func (a *Approver) approve(ctx context.Context, request *certificatesv1.CertificateSigningRequest, message string) error {
	next := codec.DeepCopy(request)
	next.Status.Conditions = append(next.Status.Conditions, certificatesv1.CertificateSigningRequestCondition{
		Type: certificatesv1.CertificateApproved, Status: corev1.ConditionTrue, Reason: "AutoApproved", Message: message,
	})
	return client.IgnoreNotFound(client.Of[certificatesv1.CertificateSigningRequest](a.c).Subresource("approval").Update(ctx, next))
}

func has(request *certificatesv1.CertificateSigningRequest, t certificatesv1.RequestConditionType) bool {
	for i := range request.Status.Conditions {
		if request.Status.Conditions[i].Type == t {
			return true
		}
	}
	return false
}

func decided(request *certificatesv1.CertificateSigningRequest) bool {
	return has(request, certificatesv1.CertificateApproved) || has(request, certificatesv1.CertificateDenied)
}
