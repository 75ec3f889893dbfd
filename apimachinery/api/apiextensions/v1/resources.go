package apiextensionsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of apiextensions.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:        "v1",
		Source:      typesSource,
		MoreSources: []string{jsonSource},
		Resources: []*scheme.Resource{
			customresourcedefinitions(),
		},
	}
}

func customresourcedefinitions() *scheme.Resource {
	return scheme.Define[CustomResourceDefinition, CustomResourceDefinitionList](scheme.Spec[CustomResourceDefinition]{
		Name:          "customresourcedefinitions",
		ShortNames:    []string{"crd", "crds"},
		Categories:    []string{"api-extensions"},
		StoragePrefix: "apiextensions.k8s.io/customresourcedefinitions",
		Columns:       columns(),
		Status:        &scheme.Status[CustomResourceDefinition]{},
		Options:       scheme.Options{Stored: storedForm()},
	})
}
