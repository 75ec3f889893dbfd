package quota_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	resourcev1 "github.com/kubenucleus/nucleus/apimachinery/api/resource/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/quota"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func amounts(pairs ...string) corev1.ResourceList {
	l := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		l[corev1.ResourceName(pairs[i])] = quantity.MustParse(pairs[i+1])
	}
	return l
}

func TestUsage(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) *meta.Time { return &meta.Time{Time: now.Add(d)} }
	grace := int64(30)
	spec := corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{
		Requests: amounts("cpu", "100m", "example.com/gpu", "1", "hugepages-2Mi", "4Mi"), Limits: amounts("memory", "1Gi"),
	}}}}
	full := amounts("count/pods", "1", "pods", "1", "cpu", "100m", "requests.cpu", "100m", "requests.example.com/gpu", "1",
		"hugepages-2Mi", "4Mi", "requests.hugepages-2Mi", "4Mi", "limits.memory", "1Gi")
	fast := "fast"
	for _, tc := range []struct {
		name, resource string
		obj            meta.Object
		want           corev1.ResourceList
	}{
		{"pod", "pods", &corev1.Pod{Spec: spec}, full},
		{"pod that has ended", "pods", &corev1.Pod{Spec: spec, Status: corev1.PodStatus{Phase: corev1.PodFailed}}, amounts("count/pods", "1")},
		{
			"pod that goes", "pods",
			&corev1.Pod{ObjectMeta: meta.ObjectMeta{DeletionTimestamp: at(-30 * time.Second), DeletionGracePeriodSeconds: &grace}, Spec: spec}, full,
		},
		{
			"pod that should be gone", "pods",
			&corev1.Pod{ObjectMeta: meta.ObjectMeta{DeletionTimestamp: at(-31 * time.Second), DeletionGracePeriodSeconds: &grace}, Spec: spec}, amounts("count/pods", "1"),
		},
		{
			"load balancer", "services",
			&corev1.Service{Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer, Ports: make([]corev1.ServicePort, 2)}},
			amounts("count/services", "1", "services", "1", "services.loadbalancers", "1", "services.nodeports", "2"),
		},
		{
			"claim", "persistentvolumeclaims",
			&corev1.PersistentVolumeClaim{Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: &fast, Resources: corev1.VolumeResourceRequirements{Requests: amounts("storage", "5Gi")}}},
			amounts("count/persistentvolumeclaims", "1", "persistentvolumeclaims", "1", "requests.storage", "5Gi",
				"fast.storageclass.storage.k8s.io/persistentvolumeclaims", "1", "fast.storageclass.storage.k8s.io/requests.storage", "5Gi"),
		},
		{"config map", "configmaps", &meta.PartialObjectMetadata{}, amounts("count/configmaps", "1", "configmaps", "1")},
		{"anything", "widgets", &meta.PartialObjectMetadata{}, amounts("count/widgets", "1")},
	} {
		got := quota.Of(meta.GroupResource{Resource: tc.resource}).Usage(tc.obj, now)
		got2 := quota.Sum(got, nil)
		for name, q := range got2 {
			if q.Sign() == 0 {
				delete(got2, name)
			}
		}
		require.True(t, codec.Equal(&tc.want, &got2), "%s: %v", tc.name, got)
	}
}

func TestMatchingIsOfWhatIsLimited(t *testing.T) {
	hard := amounts("pods", "1", "requests.nvidia.com/gpu", "1", "count/deployments.apps", "1", "gold.storageclass.storage.k8s.io/requests.storage", "1")
	for resource, want := range map[meta.GroupResource][]corev1.ResourceName{
		{Resource: "pods"}:                       {"pods", "requests.nvidia.com/gpu"},
		{Resource: "persistentvolumeclaims"}:     {"gold.storageclass.storage.k8s.io/requests.storage"},
		{Group: "apps", Resource: "deployments"}: {"count/deployments.apps"},
		{Resource: "secrets"}:                    nil,
	} {
		require.ElementsMatch(t, want, quota.Of(resource).Matching(hard), resource)
	}
}

func TestSumChangesNeither(t *testing.T) {
	a, b := amounts("cpu", "1"), amounts("cpu", "500m", "memory", "1Gi")
	got, want := quota.Sum(a, b), amounts("cpu", "1500m", "memory", "1Gi")
	require.True(t, codec.Equal(&want, &got))
	require.Equal(t, "1", a["cpu"].String())
	require.Equal(t, "500m", b["cpu"].String())
}

func TestScopeMustMakeSense(t *testing.T) {
	q := &corev1.ResourceQuota{Spec: corev1.ResourceQuotaSpec{ScopeSelector: &corev1.ScopeSelector{MatchExpressions: []corev1.ScopedResourceSelectorRequirement{{
		ScopeName: corev1.ResourceQuotaScopePriorityClass, Operator: "Near",
	}}}}}
	_, err := quota.InScope(q, quota.Of(meta.GroupResource{Resource: "pods"}), &corev1.Pod{})
	require.EqualError(t, err, `"Near" is not a valid scope selector operator`)
}

// A claim uses, of each class, the most devices that it may come to get.
func TestDevicesOfClaims(t *testing.T) {
	claims := quota.Of(meta.GroupResource{Group: "resource.k8s.io", Resource: "resourceclaims"})
	claim := new(resourcev1.ResourceClaim)
	_, err := codec.UnmarshalJSON([]byte(`{"spec":{"devices":{"requests":[
		{"name":"a","exactly":{"deviceClassName":"gpu","allocationMode":"ExactCount","count":2}},
		{"name":"b","exactly":{"deviceClassName":"nic","allocationMode":"All"}},
		{"name":"c","firstAvailable":[{"name":"x","deviceClassName":"gpu","allocationMode":"ExactCount","count":3},
			{"name":"y","deviceClassName":"gpu","allocationMode":"ExactCount","count":1},{"name":"z","deviceClassName":"nic","allocationMode":"ExactCount","count":1}]}]}}}`),
		claim, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	const devices = ".deviceclass.resource.k8s.io/devices"
	want := amounts("count/resourceclaims.resource.k8s.io", "1", "gpu"+devices, "5", "nic"+devices, "33")
	require.True(t, validate.Equal(want, claims.Usage(claim, time.Now())), "%v", claims.Usage(claim, time.Now()))
	require.ElementsMatch(t, []corev1.ResourceName{"count/resourceclaims.resource.k8s.io", "gpu" + devices},
		claims.Matching(amounts("count/resourceclaims.resource.k8s.io", "1", "gpu"+devices, "4", "pods", "1")))
}
