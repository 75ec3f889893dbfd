package statefulset

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

var statefulSetKind = meta.GroupVersionKind{Group: "apps", Version: "v1", Kind: "StatefulSet"}

// podName returns the name of the Pod of an ordinal.
func podName(set *appsv1.StatefulSet, ordinal int) string {
	return set.Name + "-" + strconv.Itoa(ordinal)
}

// ordinalOf returns the ordinal in a Pod's name, and whether it is the name of
// one of the set's Pods.
func ordinalOf(set *appsv1.StatefulSet, pod meta.Object) (ordinal int, ok bool) {
	text, ok := strings.CutPrefix(pod.Metadata().Name, set.Name+"-")
	if !ok {
		return 0, false
	}
	ordinal, err := strconv.Atoi(text)
	// Each ordinal has one name: "007" is another's.
	if err != nil || ordinal < 0 || strconv.Itoa(ordinal) != text {
		return 0, false
	}
	return ordinal, true
}

// revisionOf returns the name of the revision that a Pod is of.
func revisionOf(pod *corev1.Pod) string { return pod.Labels[appsv1.StatefulSetRevisionLabel] }

// newPod returns the Pod of an ordinal, of a revision and its template.
func newPod(set *appsv1.StatefulSet, template *corev1.PodTemplateSpec, revision string, ordinal int) *corev1.Pod {
	pod := workload.NewPod(template, set, statefulSetKind)
	pod.Name, pod.GenerateName = podName(set, ordinal), ""
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	maps.Copy(pod.Labels, identity(pod.Name, ordinal))
	pod.Labels[appsv1.StatefulSetRevisionLabel] = revision
	pod.Spec.Hostname = pod.Name
	pod.Spec.Subdomain = set.Spec.ServiceName
	pod.Spec.Volumes = withClaims(set, pod.Spec.Volumes, ordinal)
	return pod
}

// identity returns the labels that tell a Pod from its siblings.
func identity(name string, ordinal int) map[string]string {
	return map[string]string{appsv1.StatefulSetPodNameLabel: name, appsv1.PodIndexLabel: strconv.Itoa(ordinal)}
}

// withClaims returns a template's volumes with those of the claim templates,
// which take the place of others with their names.
func withClaims(set *appsv1.StatefulSet, volumes []corev1.Volume, ordinal int) []corev1.Volume {
	var all []corev1.Volume
	for i := range set.Spec.VolumeClaimTemplates {
		claim := &set.Spec.VolumeClaimTemplates[i]
		volume := corev1.Volume{Name: claim.Name}
		volume.PersistentVolumeClaim = &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claimName(set, claim, ordinal)}
		all = append(all, volume)
	}
	for _, volume := range volumes {
		if !slices.ContainsFunc(set.Spec.VolumeClaimTemplates, func(c corev1.PersistentVolumeClaim) bool { return c.Name == volume.Name }) {
			all = append(all, volume)
		}
	}
	return all
}

func claimName(set *appsv1.StatefulSet, template *corev1.PersistentVolumeClaim, ordinal int) string {
	return template.Name + "-" + podName(set, ordinal)
}

// newClaims returns the claims of an ordinal.
func newClaims(set *appsv1.StatefulSet, ordinal int) []*corev1.PersistentVolumeClaim {
	var claims []*corev1.PersistentVolumeClaim
	for i := range set.Spec.VolumeClaimTemplates {
		template := &set.Spec.VolumeClaimTemplates[i]
		claim := codec.DeepCopy(template)
		claim.ObjectMeta = meta.ObjectMeta{
			Namespace: set.Namespace, Name: claimName(set, template, ordinal),
			Labels: maps.Clone(template.Labels), Annotations: maps.Clone(template.Annotations), Finalizers: slices.Clone(template.Finalizers),
		}
		claim.Status = corev1.PersistentVolumeClaimStatus{}
		if set.Spec.Selector != nil {
			if claim.Labels == nil {
				claim.Labels = map[string]string{}
			}
			maps.Copy(claim.Labels, set.Spec.Selector.MatchLabels)
		}
		claims = append(claims, claim)
	}
	return claims
}

// claimOwners returns the owners that a claim should have by the set's
// retention policy. Pod is the one that uses it, nil if there is none; surplus
// says that its ordinal is beyond the set's size, so that claim and Pod go
// together. Changed is false if the owners are right.
func claimOwners(set *appsv1.StatefulSet, claim *corev1.PersistentVolumeClaim, pod *corev1.Pod, surplus bool) (owners []meta.OwnerReference, changed bool) {
	whenDeleted, whenScaled := false, false
	if p := set.Spec.PersistentVolumeClaimRetentionPolicy; p != nil {
		whenDeleted = p.WhenDeleted == appsv1.DeletePersistentVolumeClaimRetentionPolicyType
		whenScaled = p.WhenScaled == appsv1.DeletePersistentVolumeClaimRetentionPolicyType
	}
	bySet := whenDeleted && !(whenScaled && surplus)
	byPod := whenScaled && surplus && pod != nil
	hasSet, hasPod := false, false
	for _, ref := range claim.OwnerReferences {
		switch {
		case ref.UID == set.UID:
			hasSet = true
			if !bySet {
				changed = true
				continue
			}
		case ref.Kind == "Pod" && ref.APIVersion == "v1" && ref.Name == podNameOfClaim(set, claim):
			if pod == nil || ref.UID != pod.UID || !byPod {
				changed = true
				continue
			}
			hasPod = true
		case ref.Controller != nil && *ref.Controller:
			return claim.OwnerReferences, false // somebody else's: hands off
		}
		owners = append(owners, ref)
	}
	if bySet && !hasSet {
		owners, changed = append(owners, meta.NewControllerRef(set, statefulSetKind)), true
	}
	if byPod && !hasPod {
		owners, changed = append(owners, meta.NewControllerRef(pod, meta.GroupVersionKind{Version: "v1", Kind: "Pod"})), true
	}
	return owners, changed
}

// podNameOfClaim returns the name of the Pod that uses a claim of the set.
func podNameOfClaim(set *appsv1.StatefulSet, claim *corev1.PersistentVolumeClaim) string {
	for i := range set.Spec.VolumeClaimTemplates {
		if name, ok := strings.CutPrefix(claim.Name, set.Spec.VolumeClaimTemplates[i].Name+"-"); ok {
			if _, ok := ordinalOf(set, &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name}}); ok {
				return name
			}
		}
	}
	return ""
}
