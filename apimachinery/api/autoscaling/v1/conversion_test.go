package autoscalingv1_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v2"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

var v1 = meta.GroupVersion{Group: "autoscaling", Version: "v1"}
var v2 = meta.GroupVersion{Group: "autoscaling", Version: "v2"}

func autoscaling(t *testing.T) *scheme.Scheme {
	t.Helper()
	s, err := scheme.New(scheme.Group{Name: "autoscaling", Versions: []scheme.Version{autoscalingv2.Version(), autoscalingv1.Version()}})
	require.NoError(t, err)
	return s
}

const rich = `{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"a","annotations":{"mine":"x"}},
"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"},"minReplicas":2,"maxReplicas":5,
"metrics":[
 {"type":"Object","object":{"describedObject":{"kind":"Service","name":"s"},"metric":{"name":"hits"},"target":{"type":"Value","value":"10"}}},
 {"type":"Pods","pods":{"metric":{"name":"p","selector":{"matchLabels":{"a":"b"}}},"target":{"type":"AverageValue","averageValue":"500m"}}},
 {"type":"ContainerResource","containerResource":{"name":"memory","container":"c","target":{"type":"Utilization","averageUtilization":70}}},
 {"type":"External","external":{"metric":{"name":"q"},"target":{"type":"AverageValue","averageValue":"3"}}},
 {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":60}}}],
"behavior":{"scaleUp":{"stabilizationWindowSeconds":3,"selectPolicy":"Min","policies":[{"type":"Pods","value":4,"periodSeconds":15}]}}},
"status":{"currentReplicas":3,"desiredReplicas":4,"currentMetrics":[{"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":55,"averageValue":"100m"}}}],
"conditions":[{"type":"AbleToScale","status":"True","lastTransitionTime":"2026-01-02T03:04:05Z","reason":"R","message":"M"}]}}`

func TestNothingIsLostOnTheWayToV1AndBack(t *testing.T) {
	s := autoscaling(t)
	var before autoscalingv2.HorizontalPodAutoscaler
	_, err := codec.UnmarshalJSON([]byte(rich), &before, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)

	old, err := s.Convert(&before, v1)
	require.NoError(t, err)
	h := old.(*autoscalingv1.HorizontalPodAutoscaler)
	require.EqualValues(t, 60, *h.Spec.TargetCPUUtilizationPercentage)
	require.EqualValues(t, 55, *h.Status.CurrentCPUUtilizationPercentage)
	require.Contains(t, h.Annotations[autoscalingv1.BehaviorSpecsAnnotation], `"SelectPolicy":"Min"`)
	require.Contains(t, h.Annotations[autoscalingv1.MetricSpecsAnnotation], `"targetAverageValue":"500m"`)

	after, err := s.Convert(old, v2)
	require.NoError(t, err)
	want, err := codec.MarshalJSON(&before)
	require.NoError(t, err)
	have, err := codec.MarshalJSON(after)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(have))
}

func TestUnreadableAnnotationsAreDropped(t *testing.T) {
	s := autoscaling(t)
	use := int32(10)
	h := &autoscalingv1.HorizontalPodAutoscaler{Spec: autoscalingv1.HorizontalPodAutoscalerSpec{TargetCPUUtilizationPercentage: &use}}
	h.Annotations = map[string]string{autoscalingv1.MetricSpecsAnnotation: "{", autoscalingv1.BehaviorSpecsAnnotation: "no", "mine": "x"}
	out, err := s.Convert(h, v2)
	require.NoError(t, err)
	got := out.(*autoscalingv2.HorizontalPodAutoscaler)
	require.Equal(t, map[string]string{"mine": "x"}, got.Annotations)
	require.Len(t, got.Spec.Metrics, 1)
	require.Nil(t, got.Spec.Behavior)
}

// CPU stands where it stood in version 2, as far as its current value tells.
func TestCellsOfVersion1(t *testing.T) {
	h := &autoscalingv1.HorizontalPodAutoscaler{}
	_, err := codec.UnmarshalJSON([]byte(`{"metadata":{"annotations":{
		"autoscaling.alpha.kubernetes.io/metrics":"[{\"type\":\"Pods\",\"pods\":{\"metricName\":\"m\",\"targetAverageValue\":\"1\"}}]",
		"autoscaling.alpha.kubernetes.io/current-metrics":"[{\"type\":\"Resource\",\"resource\":{\"name\":\"cpu\",\"currentAverageUtilization\":30,\"currentAverageValue\":\"10m\"}},{\"type\":\"Pods\",\"pods\":{\"metricName\":\"m\",\"currentAverageValue\":\"3\"}}]"}},
		"spec":{"maxReplicas":3,"targetCPUUtilizationPercentage":50,"scaleTargetRef":{"kind":"Deployment","name":"d"}}}`), h, codec.DecodeOptions{})
	require.NoError(t, err)
	require.Equal(t, "cpu: 30%/50%, 3/1", autoscalingv1.Version().Resources[0].Cells(h)[2])
}

// What the annotation leaves out of the behavior has no default.
func TestBehaviorWithoutPolicies(t *testing.T) {
	s := autoscaling(t)
	h := &autoscalingv1.HorizontalPodAutoscaler{}
	h.Annotations = map[string]string{autoscalingv1.BehaviorSpecsAnnotation: `{"scaleUp":{"stabilizationWindowSeconds":5}}`}
	after, err := s.Convert(h, v2)
	require.NoError(t, err)
	require.NotNil(t, after.(*autoscalingv2.HorizontalPodAutoscaler).Spec.Behavior.ScaleUp.Policies)
}
