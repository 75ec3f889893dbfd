package noderestriction

import (
	"fmt"
	"slices"

	"github.com/kubenucleus/nucleus/admission"
	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// podCertificate lets a node ask for a certificate in the name of a Pod that runs on
// it, of a signer that a volume of the Pod names. Signers trust what is checked here.
func (c *check) podCertificate() error {
	if c.r.Operation != admission.Create || c.r.Subresource != "" {
		return nil
	}
	request, ok := c.r.Object.(*certificatesv1.PodCertificateRequest)
	if !ok {
		return fmt.Errorf("a request for a Pod's certificate is a %T", c.r.Object)
	}
	spec := &request.Spec
	if string(spec.NodeName) != c.node {
		return c.refuse("PodCertificateRequest.Spec.NodeName=%q, which is not the requesting node %q", spec.NodeName, c.node)
	}
	name := c.r.Namespace + "/" + spec.PodName
	obj, err := c.p.reader.Get(c.ctx, meta.GroupVersionResource{Version: "v1", Resource: "pods"}, c.r.Namespace, spec.PodName)
	if err != nil {
		return fmt.Errorf("while retrieving pod %q named in the PodCertificateRequest: %w", name, err)
	}
	pod, ok := obj.(*corev1.Pod)
	if !ok {
		return fmt.Errorf("pod %q is a %T", name, obj)
	}
	// Caches may be behind: what differs by UIDs alone may be right in a moment, and is
	// no refusal.
	if pod.UID != spec.PodUID {
		return fmt.Errorf("PodCertificateRequest for pod %q contains pod UID (%q) which differs from running pod %q", name, spec.PodUID, pod.UID)
	}
	if _, ok := pod.Annotations[mirrorAnnotation]; ok {
		return c.refuse("pod %q is a mirror pod", name)
	}
	if pod.Spec.NodeName != c.node {
		return c.refuse("pod %q is not running on node %q named in the PodCertificateRequest", name, c.node)
	}
	if pod.Spec.ServiceAccountName != spec.ServiceAccountName {
		return c.refuse("PodCertificateRequest for pod %q contains serviceAccountName (%q) that differs from running pod (%q)", name, spec.ServiceAccountName, pod.Spec.ServiceAccountName)
	}
	account, err := c.p.reader.Get(c.ctx, meta.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}, c.r.Namespace, spec.ServiceAccountName)
	if err != nil {
		return fmt.Errorf("while retrieving service account %q named in the PodCertificateRequest: %w", c.r.Namespace+"/"+spec.ServiceAccountName, err)
	}
	if uid := account.Metadata().UID; uid != spec.ServiceAccountUID {
		return fmt.Errorf("PodCertificateRequest for pod %q names service account UID %q, which differs from the running service account (%q)", name, spec.ServiceAccountUID, uid)
	}
	node, err := c.p.reader.Get(c.ctx, meta.GroupVersionResource{Version: "v1", Resource: "nodes"}, "", c.node)
	if err != nil {
		return fmt.Errorf("while retrieving node %q named in the PodCertificateRequest: %w", c.node, err)
	}
	if uid := node.Metadata().UID; uid != spec.NodeUID {
		return fmt.Errorf("PodCertificateRequest for pod %q names node UID %q, inconsistent with the running node (%q)", name, spec.NodeUID, uid)
	}
	if !asksSigner(pod, spec.SignerName) {
		return c.refuse("pod %q does not mount a podCertificate projected volume for signer %q", name, spec.SignerName)
	}
	return nil
}

// asksSigner reports whether a volume of the Pod names the signer.
func asksSigner(pod *corev1.Pod, signer string) bool {
	return slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool {
		return v.Projected != nil && slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool {
			return s.PodCertificate != nil && s.PodCertificate.SignerName == signer
		})
	})
}
