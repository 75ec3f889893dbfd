package signers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/admission"
	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	authorizer authz.Authorizer
}

// New returns the rule.
func New(authorizer authz.Authorizer) *Plugin {
	return &Plugin{admission.On{admission.Create, admission.Update}, authorizer}
}

const group = "certificates.k8s.io"

// Validate implements admission.Validator.
func (p *Plugin) Validate(ctx context.Context, r *admission.Request) error {
	if r.Resource.Group != group {
		return nil
	}
	switch r.Resource.Resource {
	case "certificatesigningrequests":
		return p.request(ctx, r)
	case "clustertrustbundles":
		return p.bundle(ctx, r)
	}
	return nil
}

func (p *Plugin) request(ctx context.Context, r *admission.Request) error {
	next, ok := r.Object.(*certificatesv1.CertificateSigningRequest)
	if !ok {
		return nil
	}
	if r.Operation == admission.Create {
		return checkSubject(r, next)
	}
	old, ok := r.OldObject.(*certificatesv1.CertificateSigningRequest)
	if !ok {
		return nil
	}
	signer := old.Spec.SignerName
	switch r.Subresource {
	case "approval":
		if !p.may(ctx, r, "approve", signer) {
			return r.Forbidden(fmt.Errorf("user not permitted to approve requests with signerName %q", signer))
		}
	case "status":
		if string(next.Status.Certificate) == string(old.Status.Certificate) && sameConditions(next, old) {
			return nil
		}
		if !p.may(ctx, r, "sign", signer) {
			return r.Forbidden(fmt.Errorf("user not permitted to sign requests with signerName %q", signer))
		}
	}
	return nil
}

func sameConditions(a, b *certificatesv1.CertificateSigningRequest) bool {
	return slices.EqualFunc(a.Status.Conditions, b.Status.Conditions, func(x, y certificatesv1.CertificateSigningRequestCondition) bool {
		return codec.Equal(&x, &y)
	})
}

// checkSubject refuses requests that would be masters.
func checkSubject(r *admission.Request, request *certificatesv1.CertificateSigningRequest) error {
	if r.Subresource != "" || request.Spec.SignerName != certificatesv1.KubeAPIServerClientSignerName {
		return nil
	}
	asked, err := certificatesv1.ParseRequest(request.Spec.Request)
	if err != nil {
		return r.Forbidden(fmt.Errorf("failed to parse CSR: %w", err))
	}
	if slices.Contains(asked.Subject.Organization, auth.GroupMasters) {
		return r.Forbidden(fmt.Errorf("use of %s signer with %s group is not allowed", request.Spec.SignerName, auth.GroupMasters))
	}
	return nil
}

// bundle asks who publishes the trust anchors of a signer.
func (p *Plugin) bundle(ctx context.Context, r *admission.Request) error {
	signer, err := signerOf(r.Object)
	if err != nil {
		return err
	}
	if r.ForCollector() {
		return nil
	}
	if signer != "" && !p.may(ctx, r, "attest", signer) {
		return r.Forbidden(fmt.Errorf("user not permitted to attest for signerName %q", signer))
	}
	return nil
}

func signerOf(obj meta.Object) (string, error) {
	fields, err := codec.ToMap(obj)
	if err != nil {
		return "", err
	}
	spec, ok := fields["spec"].(map[string]any)
	if !ok {
		return "", errors.New("a trust bundle has no spec")
	}
	signer, _ := spec["signerName"].(string)
	return signer, nil
}

// may asks for a right to the signer, or to all of its domain.
func (p *Plugin) may(ctx context.Context, r *admission.Request, verb, signer string) bool {
	domain, _, _ := strings.Cut(signer, "/")
	for _, name := range []string{signer, domain + "/*"} {
		decision, _, _ := p.authorizer.Authorize(ctx, &authz.Request{
			User: r.User, Verb: verb, ResourceRequest: true, Group: group, Version: "*", Resource: "signers", Name: name,
		})
		if decision == authz.Allow {
			return true
		}
	}
	return false
}
