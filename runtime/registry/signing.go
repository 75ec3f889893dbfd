package registry

import (
	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// signingRequestHooks let /approval write the conditions of a certificate
// signing request, and nothing else.
func signingRequestHooks() hooks {
	return hooks{subresources: map[string]subresourceRules{
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
				req.Status.Conditions = conditions
			},
			validate: validateMetaUpdate,
		},
	}}
}
