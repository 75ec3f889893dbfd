package certificatesv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of certificates.k8s.io/v1beta1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1beta1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			clustertrustbundles(),
			podcertificaterequests(),
		},
	}
}

func clustertrustbundles() *scheme.Resource {
	return scheme.Define[ClusterTrustBundle, ClusterTrustBundleList](scheme.Spec[ClusterTrustBundle]{
		Name:     "clustertrustbundles",
		NameRule: names.PathSegment,
		Columns: []scheme.Column[ClusterTrustBundle]{
			scheme.NameColumn[ClusterTrustBundle](),
			{Name: "SignerName", Help: cells.Help("clustertrustbundles", "SignerName"), Cell: func(b *ClusterTrustBundle) any { return cells.Or(b.Spec.SignerName, cells.None) }},
		},
		Options: scheme.Options{Deprecated: "certificates.k8s.io/v1beta1 ClusterTrustBundle is deprecated in v1.37+, unavailable in v1.40+; use certificates.k8s.io/v1 ClusterTrustBundle"},
	})
}

func podcertificaterequests() *scheme.Resource {
	return scheme.Define[PodCertificateRequest, PodCertificateRequestList](scheme.Spec[PodCertificateRequest]{
		Name:       "podcertificaterequests",
		Namespaced: true,
		Status:     &scheme.Status[PodCertificateRequest]{},
		Options:    scheme.Options{Deprecated: "certificates.k8s.io/v1beta1 PodCertificateRequest is deprecated in v1.37+, unavailable in v1.40+; use certificates.k8s.io/v1 PodCertificateRequest"},
		Columns: []scheme.Column[PodCertificateRequest]{
			scheme.NameColumn[PodCertificateRequest](),
			{Name: "PodName", Help: cells.Help("podcertificaterequests", "PodName"), Cell: func(r *PodCertificateRequest) any { return r.Spec.PodName }},
			{Name: "ServiceAccountName", Help: cells.Help("podcertificaterequests", "ServiceAccountName"), Cell: func(r *PodCertificateRequest) any { return r.Spec.ServiceAccountName }},
			{Name: "NodeName", Help: cells.Help("podcertificaterequests", "NodeName"), Cell: func(r *PodCertificateRequest) any { return string(r.Spec.NodeName) }},
			{Name: "SignerName", Help: cells.Help("podcertificaterequests", "SignerName"), Cell: func(r *PodCertificateRequest) any { return r.Spec.SignerName }},
			{Name: "State", Help: cells.Help("podcertificaterequests", "State"), Cell: func(r *PodCertificateRequest) any {
				for _, c := range r.Status.Conditions {
					switch c.Type {
					case "Issued", "Denied", "Failed":
						return c.Type
					}
				}
				return "Pending"
			}},
			{Name: "UnverifiedUserAnnotations", Help: cells.Help("podcertificaterequests", "UnverifiedUserAnnotations"), Cell: func(r *PodCertificateRequest) any {
				return corev1.FormatLabels(r.Spec.UnverifiedUserAnnotations)
			}},
		},
	})
}
