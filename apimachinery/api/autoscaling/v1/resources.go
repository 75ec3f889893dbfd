package autoscalingv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v2"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of autoscaling/v1, whose rules are those of v2.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Kinds:  []scheme.Kind{scheme.KindOf[Scale]()},
		Resources: []*scheme.Resource{
			horizontalpodautoscalers(),
		},
		Conversions: conversions(),
	}
}

func horizontalpodautoscalers() *scheme.Resource {
	return scheme.Define[HorizontalPodAutoscaler, HorizontalPodAutoscalerList](scheme.Spec[HorizontalPodAutoscaler]{
		Name:       "horizontalpodautoscalers",
		ShortNames: []string{"hpa"},
		Categories: []string{"all"},
		Namespaced: true,
		Status:     &scheme.Status[HorizontalPodAutoscaler]{},
		Columns:    autoscalingv2.Columns(scheme.NameColumn[HorizontalPodAutoscaler](), scheme.AgeColumn[HorizontalPodAutoscaler](), whole),
		Options:    scheme.Options{VersionAnnotations: []string{MetricSpecsAnnotation, MetricStatusesAnnotation, HorizontalPodAutoscalerConditionsAnnotation, BehaviorSpecsAnnotation}},
	})
}
