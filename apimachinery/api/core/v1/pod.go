package corev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func pods() *scheme.Resource {
	return scheme.Define[Pod, PodList](scheme.Spec[Pod]{
		Name:           "pods",
		ShortNames:     []string{"po"},
		Categories:     []string{"all"},
		Namespaced:     true,
		Columns:        podColumns(),
		Fields:         podFields(),
		Default:        DefaultPod,
		PrepareCreate:  preparePod,
		PrepareUpdate:  preparePodUpdate,
		Validate:       ValidatePod,
		ValidateUpdate: ValidatePodUpdate,
		Warnings:       podWarnings,
		Notices:        podNotices,
		SpecChanged:    podGeneration,
		Status: &scheme.Status[Pod]{
			Prepare: preparePodStatus, Validate: ValidatePodStatusUpdate,
			Resets: []string{"metadata.deletionTimestamp", "metadata.ownerReferences"},
		},
		RowConditions: podRowConditions,
		GracePeriod:   podGracePeriod,
		Subresources: []scheme.Subresource{
			{Name: "attach", Kind: meta.GroupVersionKind{Kind: "PodAttachOptions"}, Verbs: []string{"create", "get"}},
			{Name: "binding", Kind: meta.GroupVersionKind{Kind: "Binding"}, Verbs: []string{"create"}},
			{Name: "ephemeralcontainers", Kind: meta.GroupVersionKind{Kind: "Pod"}, Verbs: []string{"get", "patch", "update"}},
			{Name: "eviction", Kind: meta.GroupVersionKind{Group: "policy", Version: "v1", Kind: "Eviction"}, Verbs: []string{"create"}},
			{Name: "exec", Kind: meta.GroupVersionKind{Kind: "PodExecOptions"}, Verbs: []string{"create", "get"}},
			{Name: "log", Kind: meta.GroupVersionKind{Kind: "Pod"}, Verbs: []string{"get"}},
			{Name: "portforward", Kind: meta.GroupVersionKind{Kind: "PodPortForwardOptions"}, Verbs: []string{"create", "get"}},
			{Name: "proxy", Kind: meta.GroupVersionKind{Kind: "PodProxyOptions"}, Verbs: []string{"create", "delete", "get", "patch", "update"}},
			{Name: "resize", Kind: meta.GroupVersionKind{Kind: "Pod"}, Verbs: []string{"get", "patch", "update"}},
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

func preparePodUpdate(pod, old *Pod) {
	dropUnusedPodFields(&pod.Spec, &old.Spec)
	if pod.Spec.Resources == nil { // left out by clients that do not know of it
		pod.Spec.Resources = codec.DeepCopy(old.Spec.Resources)
	}
}

// preparePod begins a Pod's life.
func preparePod(pod *Pod) {
	dropUnusedPodFields(&pod.Spec, nil)
	pod.Spec.DeprecatedServiceAccount = pod.Spec.ServiceAccountName
	if g := pod.Spec.TerminationGracePeriodSeconds; g != nil && *g < 0 {
		*g = 1 // older manifests have it; nothing can end in less than no time
	}
	mergeLabelKeys(pod)
	adoptAppArmorAnnotations(pod)
	DefaultPodLevelResources(&pod.Spec)
	pod.Status = PodStatus{Phase: PodPending, QOSClass: QOSClassOf(&pod.Spec)}
	if len(pod.Spec.SchedulingGates) > 0 {
		pod.Status.Conditions = []PodCondition{{
			Type: PodScheduled, Status: ConditionFalse, LastTransitionTime: meta.Now(), Reason: PodReasonSchedulingGated,
			Message: "Scheduling is blocked due to non-empty scheduling gates",
		}}
	}
}

// preparePodStatus keeps what a status write may leave out but not change.
func preparePodStatus(pod, old *Pod) {
	pod.DeletionTimestamp = nil
	if old.DeletionTimestamp != nil {
		t := *old.DeletionTimestamp
		pod.DeletionTimestamp = &t
	}
	// Old kubelets lose parts of references that they do not know.
	pod.OwnerReferences = *codec.DeepCopy(&old.OwnerReferences)
	if old.Status.NodeAllocatableResourceClaimStatuses == nil { // the cluster does not use these yet
		pod.Status.NodeAllocatableResourceClaimStatuses = nil
	}
	if old.Status.VolumeHealth == nil {
		pod.Status.VolumeHealth = nil
	}
	if pod.Status.QOSClass == "" {
		pod.Status.QOSClass = old.Status.QOSClass
	}
}

// podGracePeriod returns how long a Pod's containers have to end: what the
// client asks for, else what the Pod says. A Pod that runs nowhere, or no longer,
// needs no time, but its last state tells of the deletion all the same.
func podGracePeriod(pod *Pod, opts *meta.DeleteOptions) (seconds int64, graceful bool) {
	if opts != nil && opts.GracePeriodSeconds != nil {
		seconds = *opts.GracePeriodSeconds
	} else {
		seconds = graceOf(&pod.Spec)
	}
	switch {
	case pod.Spec.NodeName == "", pod.Status.Phase == PodSucceeded, pod.Status.Phase == PodFailed:
		seconds = 0
	case seconds < 0:
		seconds = 1
	}
	return seconds, true
}
