package volumeprotection

import (
	"context"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// claimIndex finds Pods by the claims they refer to.
const claimIndex = "volumeprotection/claim"

// NewClaims returns the controller that protects PersistentVolumeClaims. It
// starts nothing; call Run, and run the caches.
func NewClaims(caches *client.Caches, opts workload.Options) *Protector[corev1.PersistentVolumeClaim, *corev1.PersistentVolumeClaim] {
	p := newProtector[corev1.PersistentVolumeClaim](caches, "persistentvolumeclaim-protection-controller", ClaimFinalizer, opts)
	pods := client.CacheOf(caches, client.CacheOptions[corev1.Pod]{Indexers: map[string]func(*corev1.Pod) []string{claimIndex: claimsIn}})
	p.used = func(ctx context.Context, claim *corev1.PersistentVolumeClaim, live bool) (bool, error) {
		if !live {
			for _, pod := range pods.ByIndex(claimIndex, client.KeyOf(claim).String()) {
				if Uses(pod, claim) {
					return true, nil
				}
			}
			return false, nil
		}
		for pod, err := range client.Of[corev1.Pod](p.c).In(claim.Namespace).All(ctx) {
			if err != nil || Uses(pod, claim) {
				return true, err
			}
		}
		return false, nil
	}
	controller.WatchChanges(p.loop, pods, func(pod *corev1.Pod) []client.Key {
		var keys []client.Key
		for _, name := range claimNames(pod) {
			keys = append(keys, client.Key{Namespace: pod.Namespace, Name: name})
		}
		return p.deleting(keys)
	}, func(old, new *corev1.Pod) bool { return !shutDown(old) && shutDown(new) })
	return p
}

// Uses reports whether a Pod uses a claim. One without a node does not: no
// kubelet starts it now that the claim is being deleted.
func Uses(pod *corev1.Pod, claim *corev1.PersistentVolumeClaim) bool {
	if pod.Namespace != claim.Namespace || pod.Spec.NodeName == "" {
		return false
	}
	for i := range pod.Spec.Volumes {
		switch v := &pod.Spec.Volumes[i]; {
		case v.PersistentVolumeClaim != nil:
			if v.PersistentVolumeClaim.ClaimName == claim.Name {
				return true
			}
		case v.Ephemeral != nil:
			// Such a claim goes together with its Pod, so it does not wait until
			// that is gone.
			owner := meta.ControllerOf(claim)
			if ephemeralClaim(pod, v) == claim.Name && owner != nil && owner.UID == pod.UID && !shutDown(pod) {
				return true
			}
		}
	}
	return false
}

// shutDown reports whether nothing of the Pod runs any more: its node, or
// somebody who forced it, has said so.
func shutDown(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp != nil && pod.DeletionGracePeriodSeconds != nil && *pod.DeletionGracePeriodSeconds == 0
}

// ephemeralClaim is the name of the claim that is made for a Pod's own volume.
func ephemeralClaim(pod *corev1.Pod, v *corev1.Volume) string { return pod.Name + "-" + v.Name }

func claimNames(pod *corev1.Pod) []string {
	var names []string
	for i := range pod.Spec.Volumes {
		switch v := &pod.Spec.Volumes[i]; {
		case v.PersistentVolumeClaim != nil:
			names = append(names, v.PersistentVolumeClaim.ClaimName)
		case v.Ephemeral != nil:
			names = append(names, ephemeralClaim(pod, v))
		}
	}
	return names
}

func claimsIn(pod *corev1.Pod) []string {
	names := claimNames(pod)
	for i, name := range names {
		names[i] = client.Key{Namespace: pod.Namespace, Name: name}.String()
	}
	return names
}
