package authenticationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of authentication.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Kinds:  []scheme.Kind{scheme.KindOf[TokenRequest]()},
		Resources: []*scheme.Resource{
			selfsubjectreviews(),
			tokenreviews(),
		},
	}
}

func selfsubjectreviews() *scheme.Resource {
	return scheme.Define[SelfSubjectReview, meta.UnstructuredList](scheme.Spec[SelfSubjectReview]{
		Name:    "selfsubjectreviews",
		Verbs:   []string{"create"},
		Virtual: true,
	})
}

func tokenreviews() *scheme.Resource {
	return scheme.Define[TokenReview, meta.UnstructuredList](scheme.Spec[TokenReview]{
		Name:    "tokenreviews",
		Verbs:   []string{"create"},
		Virtual: true,
	})
}
