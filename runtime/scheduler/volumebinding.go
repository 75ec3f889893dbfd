package scheduler

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/persistentvolume"
)

// VolumeBinding rules out nodes that a Pod's volumes cannot be on: those that are
// bound to its claims, those that its claims could be bound to, and those that
// could be made for them. [Plugins.Volumes] then says what to write.
type VolumeBinding struct{}

func (VolumeBinding) Name() string     { return "VolumeBinding" }
func (VolumeBinding) HelpedBy() Change { return NodeChanged | StorageChanged }

// Why a node will not do.
const (
	volumesElsewhere = "node(s) had volume node affinity conflict"
	volumesNotFound  = "node(s) didn't find available persistent volumes to bind"
	volumesMissing   = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
	volumesTooLarge  = "node(s) did not have enough free storage"
)

// podClaim is a claim that a Pod uses.
type podClaim struct {
	key       client.Key
	ephemeral bool // the Pod's own, made from a template in it
}

func claimsOf(pod *corev1.Pod) []podClaim {
	var claims []podClaim
	for i := range pod.Spec.Volumes {
		switch v := &pod.Spec.Volumes[i]; {
		case v.PersistentVolumeClaim != nil:
			claims = append(claims, podClaim{key: client.Key{Namespace: pod.Namespace, Name: v.PersistentVolumeClaim.ClaimName}})
		case v.Ephemeral != nil:
			claims = append(claims, podClaim{client.Key{Namespace: pod.Namespace, Name: pod.Name + "-" + v.Name}, true})
		}
	}
	return claims
}

// Refuse tells of claims for which no node can be right yet.
func (VolumeBinding) Refuse(pod *Pod, cluster *Cluster) string {
	for _, c := range pod.claims {
		claim := cluster.Storage.Claims[c.key]
		switch {
		case claim == nil && c.ephemeral:
			return fmt.Sprintf("waiting for ephemeral volume controller to create the persistentvolumeclaim %q", c.key.Name)
		case claim == nil:
			return fmt.Sprintf("persistentvolumeclaim %q not found", c.key.Name)
		case claim.Status.Phase == corev1.ClaimLost:
			return fmt.Sprintf("persistentvolumeclaim %q bound to non-existent persistentvolume %q", c.key.Name, claim.Spec.VolumeName)
		case claim.DeletionTimestamp != nil:
			return fmt.Sprintf("persistentvolumeclaim %q is being deleted", c.key.Name)
		case c.ephemeral && !isOwnedBy(claim, pod.Object):
			return fmt.Sprintf("PVC %s was not created for pod %s (pod is not owner)", c.key, pod.Key)
		}
	}
	for _, c := range pod.claims {
		if claim := cluster.Storage.Claims[c.key]; !isBound(claim) && (claim.Spec.VolumeName != "" || !cluster.Storage.waitsForPod(claim)) {
			return "pod has unbound immediate PersistentVolumeClaims"
		}
	}
	return ""
}

func isOwnedBy(claim *corev1.PersistentVolumeClaim, pod *corev1.Pod) bool {
	for i := range claim.OwnerReferences {
		if ref := &claim.OwnerReferences[i]; ref.Controller != nil && *ref.Controller && ref.UID == pod.UID {
			return true
		}
	}
	return false
}

func (VolumeBinding) Prepare(pod *Pod, cluster *Cluster) func(*Node) Verdict {
	if len(pod.claims) == 0 {
		return nil
	}
	needs := cluster.Storage.needsOf(pod)
	return func(n *Node) Verdict {
		_, reasons := needs.plan(n.Object)
		if len(reasons) == 0 {
			return Verdict{}
		}
		return Verdict{Reason: reasons[0], More: reasons[1:], Final: true}
	}
}

// Volumes returns what has to be done about a Pod's volumes so that it can run on
// a node that Decide has returned. It is empty where VolumeBinding is none of the
// filters: then somebody else sees to that.
func (p Plugins) Volumes(pod *Pod, cluster *Cluster, node string) VolumePlan {
	n := cluster.Node(node)
	if len(pod.claims) == 0 || n == nil || !slices.ContainsFunc(p.Filters, func(f Filter) bool { return f == Filter(VolumeBinding{}) }) {
		return VolumePlan{}
	}
	plan, _ := cluster.Storage.needsOf(pod).plan(n.Object)
	return plan
}

// volumeNeeds is what a Pod's claims ask of nodes.
type volumeNeeds struct {
	storage *Storage
	bound   []*corev1.PersistentVolume
	missing bool // a claim is bound to a volume that is not there
	waiting []waitingClaim
}

// waitingClaim is a claim that has no volume before the Pod has a node.
type waitingClaim struct {
	key     client.Key
	claim   *corev1.PersistentVolumeClaim
	class   *storagev1.StorageClass
	size    quantity.Quantity
	volumes []*corev1.PersistentVolume // of its class
}

func (s *Storage) needsOf(pod *Pod) *volumeNeeds {
	needs := &volumeNeeds{storage: s}
	seen := map[client.Key]bool{}
	for _, c := range pod.claims {
		claim := s.Claims[c.key]
		if claim == nil || seen[c.key] {
			continue
		}
		seen[c.key] = true
		if claim.Spec.VolumeName != "" {
			if pv := s.Volumes[claim.Spec.VolumeName]; pv != nil {
				needs.bound = append(needs.bound, pv)
			} else {
				needs.missing = true
			}
			continue
		}
		class := persistentvolume.ClassOfClaim(claim)
		needs.waiting = append(needs.waiting, waitingClaim{
			key: c.key, claim: claim, class: s.Classes[class], size: claim.Spec.Resources.Requests[corev1.ResourceStorage], volumes: s.volumesOf(class),
		})
	}
	// The smallest first, so that small claims leave large volumes to large ones.
	slices.SortStableFunc(needs.waiting, func(a, b waitingClaim) int { return cmp.Or(a.size.Cmp(b.size), a.key.Compare(b.key)) })
	return needs
}

// plan returns what to do so that the Pod's volumes are on a node, or why they
// cannot be.
func (v *volumeNeeds) plan(node *corev1.Node) (VolumePlan, []string) {
	var plan VolumePlan
	var reasons []string
	refuse := func(reason string) {
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	if v.missing {
		refuse(volumesMissing)
	}
	for _, pv := range v.bound {
		if !reaches(pv, node) {
			refuse(volumesElsewhere)
		}
	}
	chosen := map[string]bool{}
	for i := range v.waiting {
		w := &v.waiting[i]
		if promised, ok := v.storage.promised[w.key]; ok {
			// Decided together with another Pod that uses the claim.
			if pv := v.storage.Volumes[promised.volume]; pv != nil && !reaches(pv, node) || promised.volume == "" && promised.node != node.Name {
				refuse(volumesElsewhere)
			}
			continue
		}
		if selected := w.claim.Annotations[storagev1.AnnotationSelectedNode]; selected != "" {
			if selected != node.Name {
				refuse(volumesNotFound)
				continue
			}
			plan.Provision = append(plan.Provision, w.key)
			continue
		}
		if pv := v.match(w, chosen, node); pv != nil {
			chosen[pv.Name] = true
			plan.Bind = append(plan.Bind, VolumeBind{w.key, pv.Name})
			continue
		}
		if reason := v.cannotMake(w, node); reason != "" {
			refuse(reason)
			continue
		}
		plan.Provision = append(plan.Provision, w.key)
	}
	return plan, reasons
}

func reaches(pv *corev1.PersistentVolume, node *corev1.Node) bool {
	return pv.Spec.NodeAffinity == nil || pv.Spec.NodeAffinity.Required.Matches(node)
}

// match returns the volume that is there and that a claim is to get on a node.
func (v *volumeNeeds) match(w *waitingClaim, chosen map[string]bool, node *corev1.Node) *corev1.PersistentVolume {
	free := w.volumes
	if len(chosen) > 0 || len(v.storage.taken) > 0 {
		free = slices.DeleteFunc(slices.Clone(free), func(pv *corev1.PersistentVolume) bool {
			_, taken := v.storage.taken[pv.Name]
			return taken || chosen[pv.Name]
		})
	}
	pv, err := persistentvolume.Match(w.claim, free, node)
	if err != nil {
		return nil // a selector that cannot be read matches nothing
	}
	return pv
}

// cannotMake says why no volume can be made for a claim on a node; "" if one can.
func (v *volumeNeeds) cannotMake(w *waitingClaim, node *corev1.Node) string {
	if w.class == nil || w.class.Provisioner == "" || w.class.Provisioner == noProvisioner {
		return volumesNotFound
	}
	if len(w.class.AllowedTopologies) > 0 && !slices.ContainsFunc(w.class.AllowedTopologies, func(t corev1.TopologySelectorTerm) bool { return allows(t, node.Labels) }) {
		return volumesNotFound
	}
	driver := v.storage.Drivers[w.class.Provisioner]
	if driver == nil || driver.Spec.StorageCapacity == nil || !*driver.Spec.StorageCapacity {
		return ""
	}
	for _, capacity := range v.storage.capacitiesOf(w.class.Name) {
		if hasRoom(capacity, w.size) && covers(capacity, node) {
			return ""
		}
	}
	return volumesTooLarge
}

// noProvisioner stands for classes whose volumes are made by hand.
const noProvisioner = "kubernetes.io/no-provisioner"

func allows(t corev1.TopologySelectorTerm, have map[string]string) bool {
	for _, r := range t.MatchLabelExpressions {
		if value, ok := have[r.Key]; !ok || !slices.Contains(r.Values, value) {
			return false
		}
	}
	return true
}

// hasRoom reports whether a volume of a size fits: the largest that can be made
// counts more than how much there is in all.
func hasRoom(c *storagev1.CSIStorageCapacity, size quantity.Quantity) bool {
	limit := c.MaximumVolumeSize
	if limit == nil {
		limit = c.Capacity
	}
	return limit != nil && limit.Cmp(size) >= 0
}

func covers(c *storagev1.CSIStorageCapacity, node *corev1.Node) bool {
	if c.NodeTopology == nil {
		return false // reachable from no node
	}
	selector, err := labels.FromLabelSelector(c.NodeTopology)
	return err == nil && selector.Matches(labels.Set(node.Labels))
}
