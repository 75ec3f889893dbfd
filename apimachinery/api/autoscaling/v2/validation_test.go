package autoscalingv2

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func scaler(metrics ...MetricSpec) *HorizontalPodAutoscaler {
	h := &HorizontalPodAutoscaler{ObjectMeta: meta.ObjectMeta{Name: "h", Namespace: "ns"}}
	h.Spec.ScaleTargetRef = CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "d"}
	h.Spec.MaxReplicas, h.Spec.Metrics = 3, metrics
	return h
}

func TestStatus(t *testing.T) {
	h, n := scaler(), int64(-1)
	h.Status.CurrentReplicas = -1
	h.Status.Conditions = []HorizontalPodAutoscalerCondition{{Type: "X"}, {Type: "Y", ObservedGeneration: &n}}
	var got []string
	for _, err := range ValidateHorizontalPodAutoscalerStatusUpdate(h, scaler()) {
		got = append(got, err.Error())
	}
	require.Contains(t, strings.Join(got, "\n"), "status.conditions[1].observedGeneration: Invalid value: -1: must be greater than or equal to 0\n"+
		"status.currentReplicas: Invalid value: -1: must be greater than or equal to 0")
}

func TestMetricsOfSeveralSources(t *testing.T) {
	half := int32(50)
	resource := &ResourceMetricSource{Name: "cpu", Target: MetricTarget{Type: UtilizationMetricType, AverageUtilization: &half}}
	for name, c := range map[string]struct {
		metric MetricSpec
		want   []string
	}{
		"one": {MetricSpec{Type: ResourceMetricSourceType, Resource: resource}, nil},
		"the first is looked at, the others are too many": {MetricSpec{Type: ResourceMetricSourceType, Resource: resource, Pods: &PodsMetricSource{}}, []string{
			`spec.metrics[0].pods.metric.name: Required value: must specify a metric name`,
			`spec.metrics[0].pods.target.type: Required value: must specify a metric target type`,
			`spec.metrics[0].pods.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue`,
			`spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue`,
			`spec.metrics[0].pods: Forbidden: must populate the given metric source only`,
		}},
		"none": {MetricSpec{Type: PodsMetricSourceType}, []string{`spec.metrics[0].pods: Required value: must populate information for the given metric source`}},
		"of no type": {MetricSpec{Resource: resource}, []string{
			`spec.metrics[0].type: Required value: must specify a metric source type`,
			`spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var have []string
			for _, e := range ValidateHorizontalPodAutoscaler(scaler(c.metric)) {
				have = append(have, e.Error())
			}
			require.Equal(t, strings.Join(c.want, "\n"), strings.Join(have, "\n"))
		})
	}
}

func TestScaleTargetNeedsGroup(t *testing.T) {
	h := scaler()
	h.Spec.ScaleTargetRef.APIVersion = "v1"
	require.Contains(t, ValidateHorizontalPodAutoscaler(h).String(), `spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group`)
	old := *h
	h.ResourceVersion = "1"
	require.Empty(t, ValidateHorizontalPodAutoscalerUpdate(h, &old), "what is stored may stay")
}
