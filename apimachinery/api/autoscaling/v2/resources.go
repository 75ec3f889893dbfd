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

func horizontalpodautoscalers() *scheme.Resource {
	return scheme.Define[HorizontalPodAutoscaler, HorizontalPodAutoscalerList](scheme.Spec[HorizontalPodAutoscaler]{
		Name:       "horizontalpodautoscalers",
		ShortNames: []string{"hpa"},
		Categories: []string{"all"},
		Namespaced: true,
		Status:     &scheme.Status[HorizontalPodAutoscaler]{},
	})
}
