package batchv1

import (
	schedulingv1alpha3 "github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1alpha3"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of batch/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:        "v1",
		Source:      typesSource,
		MoreSources: []string{schedulingv1alpha3.Source()},
		Resources: []*scheme.Resource{
			cronjobs(),
			jobs(),
		},
	}
}
