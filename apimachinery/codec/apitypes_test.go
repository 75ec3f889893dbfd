package codec_test

import (
	"reflect"
	"testing"

	admissionv1 "github.com/kubenucleus/nucleus/apimachinery/api/admission/v1"
	admissionregistrationv1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	admissionregistrationv1alpha1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1alpha1"
	admissionregistrationv1beta1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1beta1"
	apidiscoveryv2 "github.com/kubenucleus/nucleus/apimachinery/api/apidiscovery/v2"
	apiextensionsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apiextensions/v1"
	apiregistrationv1 "github.com/kubenucleus/nucleus/apimachinery/api/apiregistration/v1"
	apiserverinternalv1alpha1 "github.com/kubenucleus/nucleus/apimachinery/api/apiserverinternal/v1alpha1"
	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	authorizationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authorization/v1"
	autoscalingv1 "github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v1"
	autoscalingv2 "github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v2"
	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	certificatesv1beta1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1beta1"
	coordinationv1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	coordinationv1alpha2 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1alpha2"
	coordinationv1beta1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1beta1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	custommetricsv1beta2 "github.com/kubenucleus/nucleus/apimachinery/api/custommetrics/v1beta2"
	discoveryv1 "github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	eventsv1 "github.com/kubenucleus/nucleus/apimachinery/api/events/v1"
	externalmetricsv1beta1 "github.com/kubenucleus/nucleus/apimachinery/api/externalmetrics/v1beta1"
	flowcontrolv1 "github.com/kubenucleus/nucleus/apimachinery/api/flowcontrol/v1"
	imagepolicyv1alpha1 "github.com/kubenucleus/nucleus/apimachinery/api/imagepolicy/v1alpha1"
	metricsv1beta1 "github.com/kubenucleus/nucleus/apimachinery/api/metrics/v1beta1"
	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	nodev1 "github.com/kubenucleus/nucleus/apimachinery/api/node/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	resourcev1 "github.com/kubenucleus/nucleus/apimachinery/api/resource/v1"
	resourcev1alpha3 "github.com/kubenucleus/nucleus/apimachinery/api/resource/v1alpha3"
	resourcev1beta1 "github.com/kubenucleus/nucleus/apimachinery/api/resource/v1beta1"
	resourcev1beta2 "github.com/kubenucleus/nucleus/apimachinery/api/resource/v1beta2"
	schedulingv1 "github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	storagemigrationv1 "github.com/kubenucleus/nucleus/apimachinery/api/storagemigration/v1"
	storagemigrationv1beta1 "github.com/kubenucleus/nucleus/apimachinery/api/storagemigration/v1beta1"
)

// apiTypes lists every type of the API that is an object or a list of objects,
// by apiVersion. The types inside them are reached through these.
var apiTypes = map[string][]reflect.Type{
	"admission.k8s.io/v1": {
		reflect.TypeFor[admissionv1.AdmissionReview](),
	},
	"admissionregistration.k8s.io/v1": {
		reflect.TypeFor[admissionregistrationv1.MutatingAdmissionPolicy](),
		reflect.TypeFor[admissionregistrationv1.MutatingAdmissionPolicyBinding](),
		reflect.TypeFor[admissionregistrationv1.MutatingAdmissionPolicyBindingList](),
		reflect.TypeFor[admissionregistrationv1.MutatingAdmissionPolicyList](),
		reflect.TypeFor[admissionregistrationv1.MutatingWebhookConfiguration](),
		reflect.TypeFor[admissionregistrationv1.MutatingWebhookConfigurationList](),
		reflect.TypeFor[admissionregistrationv1.ValidatingAdmissionPolicy](),
		reflect.TypeFor[admissionregistrationv1.ValidatingAdmissionPolicyBinding](),
		reflect.TypeFor[admissionregistrationv1.ValidatingAdmissionPolicyBindingList](),
		reflect.TypeFor[admissionregistrationv1.ValidatingAdmissionPolicyList](),
		reflect.TypeFor[admissionregistrationv1.ValidatingWebhookConfiguration](),
		reflect.TypeFor[admissionregistrationv1.ValidatingWebhookConfigurationList](),
	},
	"admissionregistration.k8s.io/v1alpha1": {
		reflect.TypeFor[admissionregistrationv1alpha1.MutatingAdmissionPolicy](),
		reflect.TypeFor[admissionregistrationv1alpha1.MutatingAdmissionPolicyBinding](),
		reflect.TypeFor[admissionregistrationv1alpha1.MutatingAdmissionPolicyBindingList](),
		reflect.TypeFor[admissionregistrationv1alpha1.MutatingAdmissionPolicyList](),
		reflect.TypeFor[admissionregistrationv1alpha1.ValidatingAdmissionPolicy](),
		reflect.TypeFor[admissionregistrationv1alpha1.ValidatingAdmissionPolicyBinding](),
		reflect.TypeFor[admissionregistrationv1alpha1.ValidatingAdmissionPolicyBindingList](),
		reflect.TypeFor[admissionregistrationv1alpha1.ValidatingAdmissionPolicyList](),
	},
	"admissionregistration.k8s.io/v1beta1": {
		reflect.TypeFor[admissionregistrationv1beta1.MutatingAdmissionPolicy](),
		reflect.TypeFor[admissionregistrationv1beta1.MutatingAdmissionPolicyBinding](),
		reflect.TypeFor[admissionregistrationv1beta1.MutatingAdmissionPolicyBindingList](),
		reflect.TypeFor[admissionregistrationv1beta1.MutatingAdmissionPolicyList](),
		reflect.TypeFor[admissionregistrationv1beta1.MutatingWebhookConfiguration](),
		reflect.TypeFor[admissionregistrationv1beta1.MutatingWebhookConfigurationList](),
		reflect.TypeFor[admissionregistrationv1beta1.ValidatingAdmissionPolicy](),
		reflect.TypeFor[admissionregistrationv1beta1.ValidatingAdmissionPolicyBinding](),
		reflect.TypeFor[admissionregistrationv1beta1.ValidatingAdmissionPolicyBindingList](),
		reflect.TypeFor[admissionregistrationv1beta1.ValidatingAdmissionPolicyList](),
		reflect.TypeFor[admissionregistrationv1beta1.ValidatingWebhookConfiguration](),
		reflect.TypeFor[admissionregistrationv1beta1.ValidatingWebhookConfigurationList](),
	},
	"apidiscovery.k8s.io/v2": {
		reflect.TypeFor[apidiscoveryv2.APIGroupDiscovery](),
		reflect.TypeFor[apidiscoveryv2.APIGroupDiscoveryList](),
	},
	"apiextensions.k8s.io/v1": {
		reflect.TypeFor[apiextensionsv1.ConversionReview](),
		reflect.TypeFor[apiextensionsv1.CustomResourceDefinition](),
		reflect.TypeFor[apiextensionsv1.CustomResourceDefinitionList](),
	},
	"apiregistration.k8s.io/v1": {
		reflect.TypeFor[apiregistrationv1.APIService](),
		reflect.TypeFor[apiregistrationv1.APIServiceList](),
	},
	"internal.apiserver.k8s.io/v1alpha1": {
		reflect.TypeFor[apiserverinternalv1alpha1.StorageVersion](),
		reflect.TypeFor[apiserverinternalv1alpha1.StorageVersionList](),
	},
	"apps/v1": {
		reflect.TypeFor[appsv1.ControllerRevision](),
		reflect.TypeFor[appsv1.ControllerRevisionList](),
		reflect.TypeFor[appsv1.DaemonSet](),
		reflect.TypeFor[appsv1.DaemonSetList](),
		reflect.TypeFor[appsv1.Deployment](),
		reflect.TypeFor[appsv1.DeploymentList](),
		reflect.TypeFor[appsv1.ReplicaSet](),
		reflect.TypeFor[appsv1.ReplicaSetList](),
		reflect.TypeFor[appsv1.StatefulSet](),
		reflect.TypeFor[appsv1.StatefulSetList](),
	},
	"authentication.k8s.io/v1": {
		reflect.TypeFor[authenticationv1.SelfSubjectReview](),
		reflect.TypeFor[authenticationv1.TokenRequest](),
		reflect.TypeFor[authenticationv1.TokenReview](),
	},
	"authorization.k8s.io/v1": {
		reflect.TypeFor[authorizationv1.LocalSubjectAccessReview](),
		reflect.TypeFor[authorizationv1.SelfSubjectAccessReview](),
		reflect.TypeFor[authorizationv1.SelfSubjectRulesReview](),
		reflect.TypeFor[authorizationv1.SubjectAccessReview](),
	},
	"autoscaling/v1": {
		reflect.TypeFor[autoscalingv1.HorizontalPodAutoscaler](),
		reflect.TypeFor[autoscalingv1.HorizontalPodAutoscalerList](),
		reflect.TypeFor[autoscalingv1.Scale](),
	},
	"autoscaling/v2": {
		reflect.TypeFor[autoscalingv2.HorizontalPodAutoscaler](),
		reflect.TypeFor[autoscalingv2.HorizontalPodAutoscalerList](),
	},
	"batch/v1": {
		reflect.TypeFor[batchv1.CronJob](),
		reflect.TypeFor[batchv1.CronJobList](),
		reflect.TypeFor[batchv1.Job](),
		reflect.TypeFor[batchv1.JobList](),
	},
	"certificates.k8s.io/v1": {
		reflect.TypeFor[certificatesv1.CertificateSigningRequest](),
		reflect.TypeFor[certificatesv1.CertificateSigningRequestList](),
		reflect.TypeFor[certificatesv1.ClusterTrustBundle](),
		reflect.TypeFor[certificatesv1.ClusterTrustBundleList](),
		reflect.TypeFor[certificatesv1.PodCertificateRequest](),
		reflect.TypeFor[certificatesv1.PodCertificateRequestList](),
	},
	"certificates.k8s.io/v1beta1": {
		reflect.TypeFor[certificatesv1beta1.CertificateSigningRequest](),
		reflect.TypeFor[certificatesv1beta1.CertificateSigningRequestList](),
		reflect.TypeFor[certificatesv1beta1.ClusterTrustBundle](),
		reflect.TypeFor[certificatesv1beta1.ClusterTrustBundleList](),
		reflect.TypeFor[certificatesv1beta1.PodCertificateRequest](),
		reflect.TypeFor[certificatesv1beta1.PodCertificateRequestList](),
	},
	"coordination.k8s.io/v1": {
		reflect.TypeFor[coordinationv1.Lease](),
		reflect.TypeFor[coordinationv1.LeaseList](),
	},
	"coordination.k8s.io/v1alpha2": {
		reflect.TypeFor[coordinationv1alpha2.LeaseCandidate](),
		reflect.TypeFor[coordinationv1alpha2.LeaseCandidateList](),
	},
	"coordination.k8s.io/v1beta1": {
		reflect.TypeFor[coordinationv1beta1.Lease](),
		reflect.TypeFor[coordinationv1beta1.LeaseCandidate](),
		reflect.TypeFor[coordinationv1beta1.LeaseCandidateList](),
		reflect.TypeFor[coordinationv1beta1.LeaseList](),
	},
	"v1": {
		reflect.TypeFor[corev1.Binding](),
		reflect.TypeFor[corev1.ComponentStatus](),
		reflect.TypeFor[corev1.ComponentStatusList](),
		reflect.TypeFor[corev1.ConfigMap](),
		reflect.TypeFor[corev1.ConfigMapList](),
		reflect.TypeFor[corev1.Endpoints](),
		reflect.TypeFor[corev1.EndpointsList](),
		reflect.TypeFor[corev1.Event](),
		reflect.TypeFor[corev1.EventList](),
		reflect.TypeFor[corev1.LimitRange](),
		reflect.TypeFor[corev1.LimitRangeList](),
		reflect.TypeFor[corev1.List](),
		reflect.TypeFor[corev1.Namespace](),
		reflect.TypeFor[corev1.NamespaceList](),
		reflect.TypeFor[corev1.Node](),
		reflect.TypeFor[corev1.NodeList](),
		reflect.TypeFor[corev1.NodeProxyOptions](),
		reflect.TypeFor[corev1.PersistentVolume](),
		reflect.TypeFor[corev1.PersistentVolumeClaim](),
		reflect.TypeFor[corev1.PersistentVolumeClaimList](),
		reflect.TypeFor[corev1.PersistentVolumeList](),
		reflect.TypeFor[corev1.Pod](),
		reflect.TypeFor[corev1.PodAttachOptions](),
		reflect.TypeFor[corev1.PodExecOptions](),
		reflect.TypeFor[corev1.PodList](),
		reflect.TypeFor[corev1.PodLogOptions](),
		reflect.TypeFor[corev1.PodPortForwardOptions](),
		reflect.TypeFor[corev1.PodProxyOptions](),
		reflect.TypeFor[corev1.PodTemplate](),
		reflect.TypeFor[corev1.PodTemplateList](),
		reflect.TypeFor[corev1.RangeAllocation](),
		reflect.TypeFor[corev1.ReplicationController](),
		reflect.TypeFor[corev1.ReplicationControllerList](),
		reflect.TypeFor[corev1.ResourceQuota](),
		reflect.TypeFor[corev1.ResourceQuotaList](),
		reflect.TypeFor[corev1.Secret](),
		reflect.TypeFor[corev1.SecretList](),
		reflect.TypeFor[corev1.SerializedReference](),
		reflect.TypeFor[corev1.Service](),
		reflect.TypeFor[corev1.ServiceAccount](),
		reflect.TypeFor[corev1.ServiceAccountList](),
		reflect.TypeFor[corev1.ServiceList](),
		reflect.TypeFor[corev1.ServiceProxyOptions](),
	},
	"custom.metrics.k8s.io/v1beta2": {
		reflect.TypeFor[custommetricsv1beta2.MetricListOptions](),
		reflect.TypeFor[custommetricsv1beta2.MetricValue](),
		reflect.TypeFor[custommetricsv1beta2.MetricValueList](),
	},
	"discovery.k8s.io/v1": {
		reflect.TypeFor[discoveryv1.EndpointSlice](),
		reflect.TypeFor[discoveryv1.EndpointSliceList](),
	},
	"events.k8s.io/v1": {
		reflect.TypeFor[eventsv1.Event](),
		reflect.TypeFor[eventsv1.EventList](),
	},
	"external.metrics.k8s.io/v1beta1": {
		reflect.TypeFor[externalmetricsv1beta1.ExternalMetricValue](),
		reflect.TypeFor[externalmetricsv1beta1.ExternalMetricValueList](),
	},
	"flowcontrol.apiserver.k8s.io/v1": {
		reflect.TypeFor[flowcontrolv1.FlowSchema](),
		reflect.TypeFor[flowcontrolv1.FlowSchemaList](),
		reflect.TypeFor[flowcontrolv1.PriorityLevelConfiguration](),
		reflect.TypeFor[flowcontrolv1.PriorityLevelConfigurationList](),
	},
	"imagepolicy.k8s.io/v1alpha1": {
		reflect.TypeFor[imagepolicyv1alpha1.ImageReview](),
	},
	"metrics.k8s.io/v1beta1": {
		reflect.TypeFor[metricsv1beta1.NodeMetrics](),
		reflect.TypeFor[metricsv1beta1.NodeMetricsList](),
		reflect.TypeFor[metricsv1beta1.PodMetrics](),
		reflect.TypeFor[metricsv1beta1.PodMetricsList](),
	},
	"networking.k8s.io/v1": {
		reflect.TypeFor[networkingv1.IPAddress](),
		reflect.TypeFor[networkingv1.IPAddressList](),
		reflect.TypeFor[networkingv1.Ingress](),
		reflect.TypeFor[networkingv1.IngressClass](),
		reflect.TypeFor[networkingv1.IngressClassList](),
		reflect.TypeFor[networkingv1.IngressList](),
		reflect.TypeFor[networkingv1.NetworkPolicy](),
		reflect.TypeFor[networkingv1.NetworkPolicyList](),
		reflect.TypeFor[networkingv1.ServiceCIDR](),
		reflect.TypeFor[networkingv1.ServiceCIDRList](),
	},
	"node.k8s.io/v1": {
		reflect.TypeFor[nodev1.RuntimeClass](),
		reflect.TypeFor[nodev1.RuntimeClassList](),
	},
	"policy/v1": {
		reflect.TypeFor[policyv1.Eviction](),
		reflect.TypeFor[policyv1.PodDisruptionBudget](),
		reflect.TypeFor[policyv1.PodDisruptionBudgetList](),
	},
	"rbac.authorization.k8s.io/v1": {
		reflect.TypeFor[rbacv1.ClusterRole](),
		reflect.TypeFor[rbacv1.ClusterRoleBinding](),
		reflect.TypeFor[rbacv1.ClusterRoleBindingList](),
		reflect.TypeFor[rbacv1.ClusterRoleList](),
		reflect.TypeFor[rbacv1.Role](),
		reflect.TypeFor[rbacv1.RoleBinding](),
		reflect.TypeFor[rbacv1.RoleBindingList](),
		reflect.TypeFor[rbacv1.RoleList](),
	},
	"resource.k8s.io/v1": {
		reflect.TypeFor[resourcev1.DeviceClass](),
		reflect.TypeFor[resourcev1.DeviceClassList](),
		reflect.TypeFor[resourcev1.DeviceTaintRule](),
		reflect.TypeFor[resourcev1.DeviceTaintRuleList](),
		reflect.TypeFor[resourcev1.ResourceClaim](),
		reflect.TypeFor[resourcev1.ResourceClaimList](),
		reflect.TypeFor[resourcev1.ResourceClaimTemplate](),
		reflect.TypeFor[resourcev1.ResourceClaimTemplateList](),
		reflect.TypeFor[resourcev1.ResourceSlice](),
		reflect.TypeFor[resourcev1.ResourceSliceList](),
	},
	"resource.k8s.io/v1alpha3": {
		reflect.TypeFor[resourcev1alpha3.DeviceTaintRule](),
		reflect.TypeFor[resourcev1alpha3.DeviceTaintRuleList](),
		reflect.TypeFor[resourcev1alpha3.ResourcePoolStatusRequest](),
		reflect.TypeFor[resourcev1alpha3.ResourcePoolStatusRequestList](),
	},
	"resource.k8s.io/v1beta1": {
		reflect.TypeFor[resourcev1beta1.DeviceClass](),
		reflect.TypeFor[resourcev1beta1.DeviceClassList](),
		reflect.TypeFor[resourcev1beta1.ResourceClaim](),
		reflect.TypeFor[resourcev1beta1.ResourceClaimList](),
		reflect.TypeFor[resourcev1beta1.ResourceClaimTemplate](),
		reflect.TypeFor[resourcev1beta1.ResourceClaimTemplateList](),
		reflect.TypeFor[resourcev1beta1.ResourceSlice](),
		reflect.TypeFor[resourcev1beta1.ResourceSliceList](),
	},
	"resource.k8s.io/v1beta2": {
		reflect.TypeFor[resourcev1beta2.DeviceClass](),
		reflect.TypeFor[resourcev1beta2.DeviceClassList](),
		reflect.TypeFor[resourcev1beta2.DeviceTaintRule](),
		reflect.TypeFor[resourcev1beta2.DeviceTaintRuleList](),
		reflect.TypeFor[resourcev1beta2.ResourceClaim](),
		reflect.TypeFor[resourcev1beta2.ResourceClaimList](),
		reflect.TypeFor[resourcev1beta2.ResourceClaimTemplate](),
		reflect.TypeFor[resourcev1beta2.ResourceClaimTemplateList](),
		reflect.TypeFor[resourcev1beta2.ResourceSlice](),
		reflect.TypeFor[resourcev1beta2.ResourceSliceList](),
	},
	"scheduling.k8s.io/v1": {
		reflect.TypeFor[schedulingv1.PriorityClass](),
		reflect.TypeFor[schedulingv1.PriorityClassList](),
	},
	"storage.k8s.io/v1": {
		reflect.TypeFor[storagev1.CSIDriver](),
		reflect.TypeFor[storagev1.CSIDriverList](),
		reflect.TypeFor[storagev1.CSINode](),
		reflect.TypeFor[storagev1.CSINodeList](),
		reflect.TypeFor[storagev1.CSIStorageCapacity](),
		reflect.TypeFor[storagev1.CSIStorageCapacityList](),
		reflect.TypeFor[storagev1.StorageClass](),
		reflect.TypeFor[storagev1.StorageClassList](),
		reflect.TypeFor[storagev1.VolumeAttachment](),
		reflect.TypeFor[storagev1.VolumeAttachmentList](),
		reflect.TypeFor[storagev1.VolumeAttributesClass](),
		reflect.TypeFor[storagev1.VolumeAttributesClassList](),
	},
	"storagemigration.k8s.io/v1": {
		reflect.TypeFor[storagemigrationv1.StorageVersionMigration](),
		reflect.TypeFor[storagemigrationv1.StorageVersionMigrationList](),
	},
	"storagemigration.k8s.io/v1beta1": {
		reflect.TypeFor[storagemigrationv1beta1.StorageVersionMigration](),
		reflect.TypeFor[storagemigrationv1beta1.StorageVersionMigrationList](),
	},
}

// apiType returns the type of a kind, as "apps/v1", "Deployment".
func apiType(t testing.TB, apiVersion, kind string) reflect.Type {
	t.Helper()
	for _, typ := range apiTypes[apiVersion] {
		if typ.Name() == kind {
			return typ
		}
	}
	t.Fatalf("no type %s %s", apiVersion, kind)
	return nil
}
