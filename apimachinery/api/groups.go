package api

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1alpha1"
	"github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1beta1"
	"github.com/kubenucleus/nucleus/apimachinery/api/apiextensions/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/apiregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/apiserverinternal/v1alpha1"
	"github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/authorization/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v2"
	"github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1beta1"
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1alpha2"
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1beta1"
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/events/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/flowcontrol/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/node/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/resource/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/resource/v1alpha3"
	"github.com/kubenucleus/nucleus/apimachinery/api/resource/v1beta1"
	"github.com/kubenucleus/nucleus/apimachinery/api/resource/v1beta2"
	"github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/storagemigration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/storagemigration/v1beta1"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Groups declares every API group of Kubernetes v1.37, in the order in which
// discovery lists them. Each call makes new declarations, so that two servers
// in one process share nothing.
func Groups() []scheme.Group {
	return []scheme.Group{
		{Name: "", Versions: []scheme.Version{corev1.Version()}},
		{Name: "apiregistration.k8s.io", Versions: []scheme.Version{apiregistrationv1.Version()}},
		{Name: "apps", Versions: []scheme.Version{appsv1.Version()}},
		{Name: "events.k8s.io", Versions: []scheme.Version{eventsv1.Version()}},
		{Name: "authentication.k8s.io", Versions: []scheme.Version{authenticationv1.Version()}},
		{Name: "authorization.k8s.io", Versions: []scheme.Version{authorizationv1.Version()}},
		{Name: "autoscaling", Versions: []scheme.Version{autoscalingv2.Version(), autoscalingv1.Version()}},
		{Name: "batch", Versions: []scheme.Version{batchv1.Version()}},
		{Name: "certificates.k8s.io", Versions: []scheme.Version{certificatesv1.Version(), certificatesv1beta1.Version()}},
		{Name: "networking.k8s.io", Versions: []scheme.Version{networkingv1.Version()}},
		{Name: "policy", Versions: []scheme.Version{policyv1.Version()}},
		{Name: "rbac.authorization.k8s.io", Versions: []scheme.Version{rbacv1.Version()}},
		{Name: "storage.k8s.io", Versions: []scheme.Version{storagev1.Version()}},
		{Name: "admissionregistration.k8s.io", Versions: []scheme.Version{admissionregistrationv1.Version(), admissionregistrationv1beta1.Version(), admissionregistrationv1alpha1.Version()}},
		{Name: "apiextensions.k8s.io", Versions: []scheme.Version{apiextensionsv1.Version()}},
		{Name: "scheduling.k8s.io", Versions: []scheme.Version{schedulingv1.Version()}},
		{Name: "coordination.k8s.io", Versions: []scheme.Version{coordinationv1.Version(), coordinationv1beta1.Version(), coordinationv1alpha2.Version()}},
		{Name: "node.k8s.io", Versions: []scheme.Version{nodev1.Version()}},
		{Name: "discovery.k8s.io", Versions: []scheme.Version{discoveryv1.Version()}},
		{Name: "resource.k8s.io", Versions: []scheme.Version{resourcev1.Version(), resourcev1beta2.Version(), resourcev1beta1.Version(), resourcev1alpha3.Version()}},
		{Name: "flowcontrol.apiserver.k8s.io", Versions: []scheme.Version{flowcontrolv1.Version()}},
		{Name: "internal.apiserver.k8s.io", Versions: []scheme.Version{apiserverinternalv1alpha1.Version()}},
		{Name: "storagemigration.k8s.io", Versions: []scheme.Version{storagemigrationv1.Version(), storagemigrationv1beta1.Version()}},
	}
}
