package registry

import (
	"context"
	"slices"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// signingRequestHooks write into a certificate signing request who asks for
// it, and let /approval write its conditions and nothing else.
func signingRequestHooks(now func() meta.Time) hooks {
	return hooks{
		created: func(_ context.Context, q *Request, obj meta.Object) (effect, error) {
			req, ok := obj.(*certificatesv1.CertificateSigningRequest)
			if !ok {
				return effect{}, nil
			}
			req.Spec.Username, req.Spec.UID, req.Spec.Groups, req.Spec.Extra = "", "", nil, nil
			if u := q.User; u != nil {
				req.Spec.Username, req.Spec.UID, req.Spec.Groups = u.Name, u.UID, slices.Clone(u.Groups)
				for key, values := range u.Extra {
					if req.Spec.Extra == nil {
						req.Spec.Extra = map[string]certificatesv1.ExtraValue{}
					}
					req.Spec.Extra[key] = slices.Clone(values)
				}
			}
			return effect{}, nil
		},
		updated: func(_ context.Context, _ *Request, obj, old meta.Object) (effect, error) {
			req, ok := obj.(*certificatesv1.CertificateSigningRequest)
			was, alike := old.(*certificatesv1.CertificateSigningRequest)
			if ok && alike {
				req.Spec = codec.DeepCopy(was).Spec // what was asked for does not change
			}
			return effect{}, nil
		},
		subresources: map[string]subresourceRules{
			"approval": {
				prepare: func(obj, old meta.Object) {
					req, ok := obj.(*certificatesv1.CertificateSigningRequest)
					was, alike := old.(*certificatesv1.CertificateSigningRequest)
					if !ok || !alike {
						return
					}
					conditions := req.Status.Conditions
					kept := codec.DeepCopy(was)
					req.Spec, req.Status = kept.Spec, kept.Status
					req.Status.Conditions = stamped(conditions, was.Status.Conditions, now())
				},
				validate: func(obj, old meta.Object) validate.Errors {
					req, ok := obj.(*certificatesv1.CertificateSigningRequest)
					was, alike := old.(*certificatesv1.CertificateSigningRequest)
					if !ok || !alike {
						return validateMetaUpdate(obj, old)
					}
					return certificatesv1.ValidateCertificateSigningRequestApprovalUpdate(req, was)
				},
			},
		},
	}
}

// stamped fills in the times of conditions that came without: of the update,
// and of the transition, which an unchanged status keeps.
func stamped(conditions, old []certificatesv1.CertificateSigningRequestCondition, now meta.Time) []certificatesv1.CertificateSigningRequestCondition {
	before := func(t certificatesv1.RequestConditionType) *certificatesv1.CertificateSigningRequestCondition {
		if i := slices.IndexFunc(old, func(c certificatesv1.CertificateSigningRequestCondition) bool { return c.Type == t }); i >= 0 {
			return &old[i]
		}
		return nil
	}
	for i := range conditions {
		c := &conditions[i]
		was := before(c.Type)
		if c.LastUpdateTime.IsZero() {
			c.LastUpdateTime = now
		}
		if c.LastTransitionTime.IsZero() {
			c.LastTransitionTime = now
			if was != nil && was.Status == c.Status {
				c.LastTransitionTime = was.LastTransitionTime
			}
		}
	}
	return conditions
}
