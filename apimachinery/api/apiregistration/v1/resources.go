package apiregistrationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of apiregistration.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			apiservices(),
		},
	}
}

func apiservices() *scheme.Resource {
	return scheme.Define[APIService, APIServiceList](scheme.Spec[APIService]{
		Name:          "apiservices",
		Categories:    []string{"api-extensions"},
		NameRule:      names.PathSegment, // the core group is empty: "v1."
		StoragePrefix: "apiregistration.k8s.io/apiservices",
		Status:        &scheme.Status[APIService]{},
	})
}
