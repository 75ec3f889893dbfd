package authorizationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of authorization.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			localsubjectaccessreviews(),
			selfsubjectaccessreviews(),
			selfsubjectrulesreviews(),
			subjectaccessreviews(),
		},
	}
}

func localsubjectaccessreviews() *scheme.Resource {
	return scheme.Define[LocalSubjectAccessReview, meta.UnstructuredList](scheme.Spec[LocalSubjectAccessReview]{
		Name:       "localsubjectaccessreviews",
		Namespaced: true,
		Verbs:      []string{"create"},
		Virtual:    true,
	})
}

func selfsubjectaccessreviews() *scheme.Resource {
	return scheme.Define[SelfSubjectAccessReview, meta.UnstructuredList](scheme.Spec[SelfSubjectAccessReview]{
		Name:    "selfsubjectaccessreviews",
		Verbs:   []string{"create"},
		Virtual: true,
	})
}

func selfsubjectrulesreviews() *scheme.Resource {
	return scheme.Define[SelfSubjectRulesReview, meta.UnstructuredList](scheme.Spec[SelfSubjectRulesReview]{
		Name:    "selfsubjectrulesreviews",
		Verbs:   []string{"create"},
		Virtual: true,
	})
}

func subjectaccessreviews() *scheme.Resource {
	return scheme.Define[SubjectAccessReview, meta.UnstructuredList](scheme.Spec[SubjectAccessReview]{
		Name:    "subjectaccessreviews",
		Verbs:   []string{"create"},
		Virtual: true,
	})
}
