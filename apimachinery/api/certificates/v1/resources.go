package certificatesv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of certificates.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			certificatesigningrequests(),
			clustertrustbundles(),
			podcertificaterequests(),
		},
	}
}

func certificatesigningrequests() *scheme.Resource {
	return scheme.Define[CertificateSigningRequest, CertificateSigningRequestList](scheme.Spec[CertificateSigningRequest]{
		Name:       "certificatesigningrequests",
		ShortNames: []string{"csr"},
		Status:     &scheme.Status[CertificateSigningRequest]{},
		Subresources: []scheme.Subresource{
			{Name: "approval", Kind: meta.GroupVersionKind{Kind: "CertificateSigningRequest"}, Verbs: []string{"get", "patch", "update"}},
		},
	})
}

func clustertrustbundles() *scheme.Resource {
	return scheme.Define[ClusterTrustBundle, ClusterTrustBundleList](scheme.Spec[ClusterTrustBundle]{
		Name:     "clustertrustbundles",
		NameRule: names.PathSegment, // signer and name, with colons
	})
}

func podcertificaterequests() *scheme.Resource {
	return scheme.Define[PodCertificateRequest, PodCertificateRequestList](scheme.Spec[PodCertificateRequest]{
		Name:       "podcertificaterequests",
		Namespaced: true,
		Status:     &scheme.Status[PodCertificateRequest]{},
	})
}
