package autoscalingv2

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of autoscaling/v2.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v2",
		Source: typesSource,
		Resources: []*scheme.Resource{
			horizontalpodautoscalers(),
		},
	}
}
