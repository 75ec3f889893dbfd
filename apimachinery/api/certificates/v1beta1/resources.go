package certificatesv1beta1

import (
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
			{Name: "SignerName", Help: cells.Help("clustertrustbundles", "SignerName"), Cell: func(b *ClusterTrustBundle) any { return b.Spec.SignerName }},
		},
	})
}

func podcertificaterequests() *scheme.Resource {
	return scheme.Define[PodCertificateRequest, PodCertificateRequestList](scheme.Spec[PodCertificateRequest]{
		Name:       "podcertificaterequests",
		Namespaced: true,
		Status:     &scheme.Status[PodCertificateRequest]{},
	})
}
