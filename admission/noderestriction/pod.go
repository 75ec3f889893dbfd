package noderestriction

import (
	"errors"
	"maps"

	"github.com/kubenucleus/nucleus/admission"
	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth/authz"
)

const mirrorAnnotation = "kubernetes.io/config.mirror"

func (c *check) pod() error {
	switch c.r.Subresource {
	case "":
		switch c.r.Operation {
		case admission.Create:
			return c.mirrorPod()
		case admission.Delete:
			pod, ok := c.r.OldObject.(*corev1.Pod)
			if !ok {
				return c.refuse("node %q can only delete pods that are there", c.node)
			}
			if pod.Spec.NodeName != c.node {
				return c.refuse("node %q can only delete pods with spec.nodeName set to itself", c.node)
			}
			return nil
		}
		return c.refuse("unexpected operation %q, node %q can only create and delete mirror pods", c.r.Operation, c.node)
	case "status":
		return c.podStatus()
	case "eviction":
		pod, err := c.podNamed(c.r.Name)
		if err != nil {
			return err
		}
		if pod.Spec.NodeName != c.node {
			return c.refuse("node %s can only evict pods with spec.nodeName set to itself", c.node)
		}
		return nil
	}
	return c.refuse("unexpected pod subresource %q, only 'status' and 'eviction' are allowed", c.r.Subresource)
}

func (c *check) podNamed(name string) (*corev1.Pod, error) {
	obj, err := c.p.reader.Get(c.ctx, meta.GroupVersionResource{Version: "v1", Resource: "pods"}, c.r.Namespace, name)
	if err != nil {
		if meta.IsNotFound(err) {
			return nil, err
		}
		return nil, c.r.Forbidden(err)
	}
	pod, ok := obj.(*corev1.Pod)
	if !ok {
		return nil, errors.New("a pod is of another type")
	}
	return pod, nil
}

// mirrorPod lets a node show a Pod that it runs from a file of its own. Such a Pod
// must give it no rights to anything.
func (c *check) mirrorPod() error {
	pod, ok := c.r.Object.(*corev1.Pod)
	if !ok {
		return errors.New("a pod is of another type")
	}
	if _, ok := pod.Annotations[mirrorAnnotation]; !ok {
		return c.refuse("pod does not have %q annotation, node %q can only create mirror pods", mirrorAnnotation, c.node)
	}
	if pod.Spec.NodeName != c.node {
		return c.refuse("node %q can only create pods with spec.nodeName set to itself", c.node)
	}
	if err := c.ownedByNode(pod.OwnerReferences); err != nil {
		return err
	}
	refs := corev1.ReferencesOf(pod)
	switch {
	case refs.ServiceAccount != "":
		return c.refuse("node %q can not create pods that reference a service account", c.node)
	case len(refs.Secrets) > 0:
		return c.refuse("node %q can not create pods that reference secrets", c.node)
	case len(refs.ConfigMaps) > 0:
		return c.refuse("node %q can not create pods that reference configmaps", c.node)
	case refs.TrustBundles:
		return c.refuse("node %q can not create pods that reference clustertrustbundles", c.node)
	case len(refs.Claims) > 0:
		return c.refuse("node %q can not create pods that reference persistentvolumeclaims", c.node)
	case len(pod.Spec.ResourceClaims) > 0:
		return c.refuse("node %q can not create pods that reference resourceclaims", c.node)
	}
	return nil
}

func (c *check) ownedByNode(owners []meta.OwnerReference) error {
	if len(owners) > 1 {
		return c.refuse("node %q can only create pods with a single owner reference set to itself", c.node)
	}
	if len(owners) == 0 || owners[0].APIVersion != "v1" || owners[0].Kind != "Node" || owners[0].Name != c.node {
		return c.refuse("node %q can only create pods with an owner reference set to itself", c.node)
	}
	owner := &owners[0]
	if owner.Controller == nil || !*owner.Controller {
		return c.refuse("node %q can only create pods with a controller owner reference set to itself", c.node)
	}
	if owner.BlockOwnerDeletion != nil && *owner.BlockOwnerDeletion {
		return c.refuse("node %q must not set blockOwnerDeletion on an owner reference", c.node)
	}
	node, err := c.p.reader.Get(c.ctx, meta.GroupVersionResource{Version: "v1", Resource: "nodes"}, "", c.node)
	if err != nil {
		if meta.IsNotFound(err) {
			return err
		}
		return c.r.Forbidden(err)
	}
	if uid := node.Metadata().UID; uid != owner.UID {
		return c.refuse("node %s UID mismatch: expected %s got %s", c.node, owner.UID, uid)
	}
	return nil
}

func (c *check) podStatus() error {
	if c.r.Operation != admission.Update {
		return c.refuse("unexpected operation %q", c.r.Operation)
	}
	old, ok := c.r.OldObject.(*corev1.Pod)
	next, alike := c.r.Object.(*corev1.Pod)
	switch {
	case !ok || !alike:
		return errors.New("a pod is of another type")
	case old.Spec.NodeName != c.node:
		return c.refuse("node %q can only update pod status for pods with spec.nodeName set to itself", c.node)
	case !maps.Equal(old.Labels, next.Labels):
		return c.refuse("node %q cannot update labels through pod status", c.node)
	case !sameClaims(old, next):
		return c.refuse("node %q cannot update resource claim statuses", c.node)
	case !codec.Equal(old.Status.ExtendedResourceClaimStatus, next.Status.ExtendedResourceClaimStatus):
		return c.refuse("node %q cannot update extended resource claim status", c.node)
	}
	return nil
}

func sameClaims(a, b *corev1.Pod) bool {
	if len(a.Status.ResourceClaimStatuses) != len(b.Status.ResourceClaimStatuses) {
		return false
	}
	for i := range a.Status.ResourceClaimStatuses {
		if !codec.Equal(&a.Status.ResourceClaimStatuses[i], &b.Status.ResourceClaimStatuses[i]) {
			return false
		}
	}
	return true
}

// token lets a node have tokens that are bound to Pods on it, for audiences that
// those Pods name.
func (c *check) token() error {
	request, ok := c.r.Object.(*authenticationv1.TokenRequest)
	if !ok || c.r.Operation != admission.Create || c.r.Subresource != "token" {
		return nil
	}
	ref := request.Spec.BoundObjectRef
	if ref == nil || ref.APIVersion != "v1" || ref.Kind != "Pod" || ref.Name == "" {
		return c.refuse("node requested token not bound to a pod")
	}
	if ref.UID == "" {
		return c.refuse("node requested token with a pod binding without a uid")
	}
	pod, err := c.podNamed(ref.Name)
	if err != nil {
		return err
	}
	if ref.UID != pod.UID {
		return c.refuse("the UID in the bound object reference (%s) does not match the UID in record. The object might have been deleted and then recreated", ref.UID)
	}
	if pod.Spec.NodeName != c.node {
		return c.refuse("node requested token bound to a pod scheduled on a different node")
	}
	return c.audience(request, pod)
}

// audience holds a node to what a volume of the Pod, or the driver of one, asks
// for, or to what it is granted beside that.
func (c *check) audience(request *authenticationv1.TokenRequest, pod *corev1.Pod) error {
	audience := ""
	switch len(request.Spec.Audiences) {
	case 0:
	case 1:
		audience = request.Spec.Audiences[0]
	default:
		return c.refuse("node may only request 0 or 1 audiences")
	}
	if c.named(pod, audience) {
		return nil
	}
	decision, _, _ := c.p.authorizer.Authorize(c.ctx, &authz.Request{
		User: c.r.User, Verb: "request-serviceaccounts-token-audience", ResourceRequest: true,
		Version: "v1", Resource: audience, Namespace: c.r.Namespace, Name: c.r.Name,
	})
	if decision == authz.Allow {
		return nil
	}
	return c.refuse("audience %q not found in pod spec volume", audience)
}

func (c *check) named(pod *corev1.Pod, audience string) bool {
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		claim, driver := "", ""
		switch {
		case v.Projected != nil:
			for j := range v.Projected.Sources {
				if t := v.Projected.Sources[j].ServiceAccountToken; t != nil && t.Audience == audience {
					return true
				}
			}
		case v.CSI != nil:
			driver = v.CSI.Driver
		case v.PersistentVolumeClaim != nil:
			claim = v.PersistentVolumeClaim.ClaimName
		case v.Ephemeral != nil:
			claim = pod.Name + "-" + v.Name
		}
		if claim != "" {
			driver = c.driverOf(pod.Namespace, claim)
		}
		if driver != "" && c.driverNames(driver, audience) {
			return true
		}
	}
	return false
}

// driverOf returns the CSI driver of a claim's volume, if it has one.
func (c *check) driverOf(namespace, name string) string {
	obj, err := c.p.reader.Get(c.ctx, meta.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}, namespace, name)
	if err != nil {
		return ""
	}
	claim, ok := obj.(*corev1.PersistentVolumeClaim)
	if !ok || claim.Spec.VolumeName == "" {
		return ""
	}
	if obj, err = c.p.reader.Get(c.ctx, meta.GroupVersionResource{Version: "v1", Resource: "persistentvolumes"}, "", claim.Spec.VolumeName); err != nil {
		return ""
	}
	if volume, ok := obj.(*corev1.PersistentVolume); ok && volume.Spec.CSI != nil {
		return volume.Spec.CSI.Driver
	}
	return ""
}

func (c *check) driverNames(name, audience string) bool {
	obj, err := c.p.reader.Get(c.ctx, meta.GroupVersionResource{Group: "storage.k8s.io", Version: "v1", Resource: "csidrivers"}, "", name)
	if err != nil {
		return false
	}
	driver, ok := obj.(*storagev1.CSIDriver)
	if !ok {
		return false
	}
	for _, t := range driver.Spec.TokenRequests {
		if t.Audience == audience {
			return true
		}
	}
	return false
}

// firstDifference names what differs between two claims beside what the resizing
// of a volume changes, or is "".
func firstDifference(next, old *corev1.PersistentVolumeClaim) string {
	a, b := codec.DeepCopy(next), codec.DeepCopy(old)
	for _, claim := range []*corev1.PersistentVolumeClaim{a, b} {
		claim.ManagedFields, claim.ResourceVersion, claim.TypeMeta = nil, "", meta.TypeMeta{}
		s := &claim.Status
		s.Conditions, s.Capacity, s.AllocatedResources, s.AllocatedResourceStatuses = nil, nil, nil, nil
		s.ModifyVolumeStatus, s.CurrentVolumeAttributesClassName = nil, nil
	}
	switch {
	case !codec.Equal(&a.ObjectMeta, &b.ObjectMeta):
		return "metadata"
	case !codec.Equal(&a.Spec, &b.Spec):
		return "spec"
	case a.Status.Phase != b.Status.Phase:
		return "status.phase"
	case !codec.Equal(&a.Status, &b.Status):
		return "status"
	}
	return ""
}
