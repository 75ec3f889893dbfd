package etcd

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	certificatesv1beta1 "k8s.io/api/certificates/v1beta1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// kept is one object as kube-apiserver would store it.
type kept struct {
	key    string
	object interface {
		runtime.Object
		metav1.Object
	}
	at client.Target
}

func about(name, namespace string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: name, Namespace: namespace, UID: "3b2b8a3c-0001-4a5b-9c1d-000000000001", Labels: map[string]string{"a": "1", "b": "2"},
		CreationTimestamp: metav1.Time{Time: time.Unix(1_700_000_000, 0).UTC()},
		ManagedFields: []metav1.ManagedFieldsEntry{{
			Manager: "kubectl", Operation: "Update", APIVersion: "v1", FieldsType: "FieldsV1",
			Time: &metav1.Time{Time: time.Unix(1_700_000_000, 0).UTC()}, FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:data":{}}`)},
		}},
	}
}

func target(group, version, name string, of metav1.ObjectMeta) client.Target {
	return client.Target{Resource: meta.GroupVersionResource{Group: group, Version: version, Resource: name}, Namespace: of.Namespace, Name: of.Name}
}

// typed sets what the stored envelope names.
func typed[T runtime.Object](obj T, apiVersion, kind string) T {
	obj.GetObjectKind().SetGroupVersionKind(schema.FromAPIVersionAndKind(apiVersion, kind))
	return obj
}

func samples() []kept {
	one, port := int32(1), about("a", "default")
	node := about("n1", "")
	return []kept{
		{"/registry/configmaps/default/a", typed(&corev1.ConfigMap{ObjectMeta: port, Data: map[string]string{"x": "y", "z": ""}, BinaryData: map[string][]byte{"b": {0, 1}}}, "v1", "ConfigMap"), target("", "v1", "configmaps", port)},
		{"/registry/secrets/default/a", typed(&corev1.Secret{ObjectMeta: port, Data: map[string][]byte{"x": []byte("y")}, Type: "Opaque"}, "v1", "Secret"), target("", "v1", "secrets", port)},
		{"/registry/minions/n1", typed(&corev1.Node{ObjectMeta: node, Spec: corev1.NodeSpec{PodCIDR: "10.1.0.0/24", PodCIDRs: []string{"10.1.0.0/24"}}, Status: corev1.NodeStatus{
			Capacity:    corev1.ResourceList{"cpu": resource.MustParse("2"), "memory": resource.MustParse("1Gi")},
			Allocatable: corev1.ResourceList{"cpu": resource.MustParse("2"), "memory": resource.MustParse("900Mi")},
		}}, "v1", "Node"), target("", "v1", "nodes", node)},
		{"/registry/services/endpoints/default/a", typed(&corev1.Endpoints{ObjectMeta: port, Subsets: []corev1.EndpointSubset{{ //nolint:staticcheck // it is still stored
			Addresses: []corev1.EndpointAddress{{IP: "10.0.0.9"}}, Ports: []corev1.EndpointPort{{Port: 80, Protocol: "TCP"}},
		}}}, "v1", "Endpoints"), target("", "v1", "endpoints", port)},
		{"/registry/leases/default/a", typed(&coordinationv1.Lease{ObjectMeta: port, Spec: coordinationv1.LeaseSpec{
			LeaseDurationSeconds: &one, RenewTime: &metav1.MicroTime{Time: time.Unix(1_700_000_000, 123456000).UTC()},
		}}, "coordination.k8s.io/v1", "Lease"), target("coordination.k8s.io", "v1", "leases", port)},
		{"/registry/clusterroles/n1", typed(&rbacv1.ClusterRole{ObjectMeta: node, Rules: []rbacv1.PolicyRule{{Verbs: []string{"get"}, APIGroups: []string{""}, Resources: []string{"pods"}}}}, "rbac.authorization.k8s.io/v1", "ClusterRole"), target("rbac.authorization.k8s.io", "v1", "clusterroles", node)},
		{"/registry/ingress/default/a", typed(&networkingv1.Ingress{ObjectMeta: port, Spec: networkingv1.IngressSpec{DefaultBackend: &networkingv1.IngressBackend{
			Service: &networkingv1.IngressServiceBackend{Name: "s", Port: networkingv1.ServiceBackendPort{Number: 80}},
		}}}, "networking.k8s.io/v1", "Ingress"), target("networking.k8s.io", "v1", "ingresses", port)},
		{"/registry/controllerrevisions/default/a", typed(&appsv1.ControllerRevision{ObjectMeta: port, Revision: 7, Data: runtime.RawExtension{Raw: []byte(`{"spec":{}}`)}}, "apps/v1", "ControllerRevision"), target("apps", "v1", "controllerrevisions", port)},
		{"/registry/horizontalpodautoscalers/default/a", typed(&autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: port, Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			MinReplicas: &one, MaxReplicas: 3, ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{Kind: "Deployment", Name: "d", APIVersion: "apps/v1"},
			Metrics: []autoscalingv2.MetricSpec{{Type: "Resource", Resource: &autoscalingv2.ResourceMetricSource{Name: "cpu", Target: autoscalingv2.MetricTarget{Type: "Utilization", AverageUtilization: &one}}}},
		}}, "autoscaling/v2", "HorizontalPodAutoscaler"), target("autoscaling", "v2", "horizontalpodautoscalers", port)},
		{"/registry/clustertrustbundles/n1", typed(&certificatesv1beta1.ClusterTrustBundle{ObjectMeta: node, Spec: certificatesv1beta1.ClusterTrustBundleSpec{TrustBundle: "x"}}, "certificates.k8s.io/v1beta1", "ClusterTrustBundle"), target("certificates.k8s.io", "v1", "clustertrustbundles", node)},
	}
}

// TestReadsWhatKubernetesWrote puts objects into etcd as Kubernetes encodes them
// and reads them from a server; then changes a label of each, and reads what is
// stored as Kubernetes would.
func TestReadsWhatKubernetesWrote(t *testing.T) {
	c := newCluster(t, t.TempDir(), 1)
	direct, err := clientv3.New(clientv3.Config{Endpoints: c.endpoints()})
	require.NoError(t, err)
	defer direct.Close()
	codec := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)
	encode := func(obj runtime.Object) []byte {
		var b bytes.Buffer
		require.NoError(t, codec.Encode(obj, &b))
		return b.Bytes()
	}
	for _, k := range samples() {
		_, err := direct.Put(t.Context(), k.key, string(encode(k.object)))
		require.NoError(t, err)
	}
	s := c.open(t)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	cl := serve(t, s).Client(root)
	for _, k := range samples() {
		t.Run(k.key, func(t *testing.T) {
			got := new(meta.Unstructured)
			require.NoError(t, cl.Get(t.Context(), k.at, got, meta.GetOptions{}))
			stored, err := direct.Get(t.Context(), k.key)
			require.NoError(t, err)
			require.Equal(t, []byte("k8s\x00"), stored.Kvs[0].Value[:4])
			require.Equal(t, encode(k.object), stored.Kvs[0].Value, "reading changes nothing")

			require.NoError(t, changeLabel(t, cl, k.at))
			stored, err = direct.Get(t.Context(), k.key)
			require.NoError(t, err)
			obj, gvk, err := codec.Decode(stored.Kvs[0].Value, nil, nil)
			require.NoError(t, err)
			require.Equal(t, k.object.GetObjectKind().GroupVersionKind(), *gvk, "the version in which it is stored")
			accessor := obj.(metav1.Object)
			require.Equal(t, map[string]string{"a": "changed", "b": "2"}, accessor.GetLabels())
			require.Equal(t, encode(obj), stored.Kvs[0].Value, "the bytes are those of Kubernetes")
			// But for the label, and what says who changed it, it is what it was.
			accessor.SetLabels(k.object.GetLabels())
			accessor.SetManagedFields(k.object.GetManagedFields())
			require.JSONEq(t, asJSON(t, k.object), asJSON(t, obj))
		})
	}
}

func changeLabel(t *testing.T, c client.Client, at client.Target) error {
	obj := new(meta.Unstructured)
	patch := client.Patch{Type: client.MergePatch, Data: []byte(`{"metadata":{"labels":{"a":"changed"}}}`)}
	return c.Patch(t.Context(), at, patch, obj, meta.PatchOptions{})
}

func asJSON(t *testing.T, obj any) string {
	b, err := json.Marshal(obj)
	require.NoError(t, err)
	return string(b)
}
