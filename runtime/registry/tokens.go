package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubenucleus/nucleus/admission"
	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// TokenIssuer signs tokens for service accounts. It must be safe for
// concurrent use.
type TokenIssuer interface {
	// IssueToken fills request.Status, and audiences that are left out, for
	// account. bound is the live object that the token is bound to, nil for none;
	// node is that of a bound Pod, nil if it has none or it is not there. The
	// request is valid.
	IssueToken(ctx context.Context, account *corev1.ServiceAccount, bound meta.Object, node *corev1.Node, request *authenticationv1.TokenRequest) error
}

// Life of a token that does not say, and its bounds, in seconds.
const (
	defaultTokenSeconds = 3600
	minTokenSeconds     = 600
	maxTokenSeconds     = 1 << 32
)

// tokenRequests declares the bodies of /token, for the account of their fields:
// they are of no resource of their own.
var tokenRequests = func() *scheme.Resource {
	res := scheme.Define[authenticationv1.TokenRequest, meta.UnstructuredList](scheme.Spec[authenticationv1.TokenRequest]{Name: "tokenrequests", Virtual: true})
	res.GroupVersion = tokenRequestKind.GroupVersion()
	return res
}()

var tokenRequestKind = meta.GroupVersionKind{Group: "authentication.k8s.io", Version: "v1", Kind: "TokenRequest"}

// issueToken is a POST to a ServiceAccount's /token.
func (r *Registry) issueToken(ctx context.Context, q *Request, obj meta.Object, opts meta.CreateOptions) (scheme.Typed, error) {
	req, ok := obj.(*authenticationv1.TokenRequest)
	if !ok {
		return nil, meta.BadRequest("the body is no TokenRequest")
	}
	if err := placeInNamespace(q.Namespace, &req.ObjectMeta); err != nil {
		return nil, err
	}
	if req.Spec.ExpirationSeconds == nil {
		life := int64(defaultTokenSeconds)
		req.Spec.ExpirationSeconds = &life
	}
	if err := r.trackVirtual(q, tokenRequests, req, opts.FieldManager); err != nil {
		return nil, err
	}
	if r.tokens == nil {
		return nil, meta.ServiceUnavailable("this server has no issuer of service account tokens")
	}
	c, err := r.collectionOf(q.Resource)
	if err != nil {
		return nil, err
	}
	adm := r.admissionRequest(q, c, admission.Create, &opts, isDryRun(opts.DryRun))
	adm.Kind, adm.Name, adm.Object = tokenRequestKind, q.Name, req
	if err := r.admit(ctx, adm); err != nil {
		return nil, err
	}
	live, _, err := c.live(ctx, c.key(q.Namespace, q.Name))
	if err != nil {
		return nil, err
	}
	account, ok := live.(*corev1.ServiceAccount)
	if !ok {
		return nil, meta.NotFound(c.resource(q), q.Name)
	}
	if req.Name != "" && req.Name != account.Name {
		return nil, validate.Invalid(metadataPath.Child("name"), req.Name, "must match the service account name if specified").
			Status(tokenRequestKind.GroupKind(), account.Name)
	}
	if errs := validateTokenRequest(req); len(errs) > 0 {
		return nil, errs.Status(tokenRequestKind.GroupKind(), "")
	}
	bound, err := r.boundObject(ctx, account, req.Spec.BoundObjectRef)
	if err != nil {
		return nil, err
	}
	if err := r.admitFinally(ctx, adm); err != nil {
		return nil, err
	}
	req.Name, req.Namespace, req.UID = account.Name, account.Namespace, account.UID
	req.CreationTimestamp = r.now()
	node, err := r.nodeOf(ctx, bound)
	if err != nil {
		return nil, err
	}
	if err := r.tokens.IssueToken(ctx, account, bound, node, req); err != nil {
		return nil, meta.InternalError(err)
	}
	req.SetGroupVersionKind(tokenRequestKind)
	return req, nil
}

// nodeOf returns the node of a Pod, or nil if bound is something else or the
// node is not there.
func (r *Registry) nodeOf(ctx context.Context, bound meta.Object) (*corev1.Node, error) {
	pod, ok := bound.(*corev1.Pod)
	c := r.collectionNamed("", "nodes")
	if !ok || pod.Spec.NodeName == "" || c == nil {
		return nil, nil
	}
	obj, _, err := c.live(ctx, c.key("", pod.Spec.NodeName))
	if err != nil {
		return nil, err
	}
	node, _ := obj.(*corev1.Node)
	return node, nil
}

func validateTokenRequest(req *authenticationv1.TokenRequest) validate.Errors {
	p := validate.NewPath("spec", "expirationSeconds")
	switch life := *req.Spec.ExpirationSeconds; {
	case life < minTokenSeconds:
		return validate.Invalid(p, life, "may not specify a duration less than 10 minutes")
	case life > maxTokenSeconds:
		return validate.Invalid(p, life, "may not specify a duration larger than 2^32 seconds")
	}
	return nil
}

// boundObject finds the object without which a token is to be void.
func (r *Registry) boundObject(ctx context.Context, account *corev1.ServiceAccount, ref *authenticationv1.BoundObjectReference) (meta.Object, error) {
	if ref == nil {
		return nil, nil
	}
	namespace := account.Namespace
	resource := ""
	gvk := meta.GroupVersionKind{Version: ref.APIVersion, Kind: ref.Kind}
	if gv, err := meta.ParseGroupVersion(ref.APIVersion); err == nil {
		gvk = gv.WithKind(ref.Kind)
	}
	switch gvk {
	case corev1Kind("Pod"):
		resource = "pods"
	case corev1Kind("Secret"):
		resource = "secrets"
	case corev1Kind("Node"):
		resource, namespace = "nodes", ""
	default:
		return nil, meta.BadRequest(fmt.Sprintf("cannot bind token to object of type %s", gvk))
	}
	c := r.collectionNamed("", resource)
	if c == nil {
		return nil, meta.NotFound(meta.GroupResource{Resource: resource}, ref.Name)
	}
	obj, _, err := c.live(ctx, c.key(namespace, ref.Name))
	if err != nil {
		return nil, err
	}
	if obj == nil {
		return nil, meta.NotFound(meta.GroupResource{Resource: resource}, ref.Name)
	}
	if pod, ok := obj.(*corev1.Pod); ok && pod.Spec.ServiceAccountName != account.Name {
		return nil, meta.BadRequest(fmt.Sprintf("cannot bind token for serviceaccount %q to pod running with different serviceaccount name.", account.Name))
	}
	if ref.UID != "" && ref.UID != obj.Metadata().UID {
		return nil, meta.Conflict(meta.GroupResource{Group: gvk.Group, Resource: gvk.Kind}, ref.Name, errors.New(
			"the UID in the bound object reference ("+string(ref.UID)+") does not match the UID in record. "+
				"The object might have been deleted and then recreated"))
	}
	return obj, nil
}
