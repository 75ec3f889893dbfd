package corev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func serviceaccounts() *scheme.Resource {
	return scheme.Define[ServiceAccount, ServiceAccountList](scheme.Spec[ServiceAccount]{
		Name:          "serviceaccounts",
		ShortNames:    []string{"sa"},
		Namespaced:    true,
		PrepareCreate: func(s *ServiceAccount) { keepSecretNames(s) },
		PrepareUpdate: func(s, _ *ServiceAccount) { keepSecretNames(s) },
		Validate:      ValidateServiceAccount,
		Warnings: func(s, old *ServiceAccount) []string {
			const key = ServiceAccountEnforceMountableSecretsAnnotation
			if _, known := annotationsOf(old)[key]; known || s.Annotations[key] == "" {
				return nil
			}
			w := warnings{}
			w.add(metadataPath.Child("annotations").Key(key), "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets")
			return w.texts
		},
		Subresources: []scheme.Subresource{
			{Name: "token", Kind: meta.GroupVersionKind{Group: "authentication.k8s.io", Version: "v1", Kind: "TokenRequest"}, Verbs: []string{"create"}},
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

// keepSecretNames leaves of references to Secrets what they are: names of the
// same namespace.
func keepSecretNames(s *ServiceAccount) {
	for i := range s.Secrets {
		s.Secrets[i] = ObjectReference{Name: s.Secrets[i].Name}
	}
}

func annotationsOf(s *ServiceAccount) map[string]string {
	if s == nil {
		return nil
	}
	return s.Annotations
}

// ValidateServiceAccount finds every fault of a ServiceAccount that is about to be made.
func ValidateServiceAccount(s *ServiceAccount) validate.Errors {
	return validate.ObjectMeta(metadataPath, &s.ObjectMeta, true, names.DNSSubdomain)
}
