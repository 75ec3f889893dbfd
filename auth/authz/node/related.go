package node

import (
	"slices"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	resourcev1 "github.com/kubenucleus/nucleus/apimachinery/api/resource/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var (
	pods           = meta.GroupVersionResource{Version: "v1", Resource: "pods"}
	claims         = meta.GroupVersionResource{Version: "v1", Resource: "persistentvolumeclaims"}
	volumes        = meta.GroupVersionResource{Version: "v1", Resource: "persistentvolumes"}
	attachments    = meta.GroupVersionResource{Group: "storage.k8s.io", Version: "v1", Resource: "volumeattachments"}
	podRequests    = meta.GroupVersionResource{Group: "certificates.k8s.io", Version: "v1", Resource: "podcertificaterequests"}
	resourceSlices = meta.GroupVersionResource{Group: "resource.k8s.io", Version: "v1", Resource: "resourceslices"}
)

// anyPod says whether a Pod on the node, in the namespace of the request, refers
// to what is asked for.
func (q *question) anyPod(refers func(refs *corev1.References) bool) (bool, error) {
	return q.anyPodIn(q.r.Namespace, refers)
}

func (q *question) anyPodIn(namespace string, refers func(refs *corev1.References) bool) (bool, error) {
	found, err := q.a.pods(q.ctx, q.node)
	if err != nil {
		return false, err
	}
	for _, pod := range found {
		if pod.Namespace != namespace || mirror(pod) {
			continue
		}
		if refs := corev1.ReferencesOf(pod); refers(&refs) {
			return true, nil
		}
	}
	return false, nil
}

// mirror says that a node made the Pod itself, so that it must not give rights.
func mirror(pod *corev1.Pod) bool {
	_, ok := pod.Annotations["kubernetes.io/config.mirror"]
	return ok
}

func (q *question) usesClaim() (bool, error) { return q.claimIn(q.r.Namespace, q.r.Name) }

func (q *question) claimIn(namespace, name string) (bool, error) {
	return q.anyPodIn(namespace, func(refs *corev1.References) bool { return slices.Contains(refs.Claims, name) })
}

// usesVolume says whether a Pod on the node has a claim to the volume.
func (q *question) usesVolume() (bool, error) {
	obj, err := q.a.objects.Get(q.ctx, volumes, "", q.r.Name)
	if err != nil {
		return false, missing(err)
	}
	volume, ok := obj.(*corev1.PersistentVolume)
	if !ok || volume.Spec.ClaimRef == nil {
		return false, nil
	}
	return q.claimIn(volume.Spec.ClaimRef.Namespace, volume.Spec.ClaimRef.Name)
}

// usesSecret says whether a Pod on the node refers to the Secret, itself or by
// way of a volume that takes it to be mounted.
func (q *question) usesSecret() (bool, error) {
	direct, err := q.anyPod(func(refs *corev1.References) bool { return slices.Contains(refs.Secrets, q.r.Name) })
	if direct || err != nil {
		return direct, err
	}
	found, err := q.a.pods(q.ctx, q.node)
	if err != nil {
		return false, err
	}
	for _, pod := range found {
		if mirror(pod) {
			continue
		}
		refs := corev1.ReferencesOf(pod)
		for _, claim := range refs.Claims {
			ok, err := q.claimTakes(pod.Namespace, claim)
			if ok || err != nil {
				return ok, err
			}
		}
	}
	return false, nil
}

// claimTakes says whether the volume of a claim is mounted with the Secret.
func (q *question) claimTakes(namespace, name string) (bool, error) {
	obj, err := q.a.objects.Get(q.ctx, claims, namespace, name)
	if err != nil {
		return false, missing(err)
	}
	claim, ok := obj.(*corev1.PersistentVolumeClaim)
	if !ok || claim.Spec.VolumeName == "" {
		return false, nil
	}
	if obj, err = q.a.objects.Get(q.ctx, volumes, "", claim.Spec.VolumeName); err != nil {
		return false, missing(err)
	}
	volume, ok := obj.(*corev1.PersistentVolume)
	if !ok || volume.Spec.ClaimRef == nil || volume.Spec.ClaimRef.Namespace != namespace || volume.Spec.ClaimRef.Name != name {
		return false, nil
	}
	for _, secret := range corev1.MountSecretsOf(volume) {
		in := secret.Namespace
		if in == "" {
			in = namespace
		}
		if secret.Name == q.r.Name && in == q.r.Namespace {
			return true, nil
		}
	}
	return false, nil
}

func (q *question) isAttachedHere() (bool, error) {
	obj, err := q.a.objects.Get(q.ctx, attachments, "", q.r.Name)
	if err != nil {
		return false, missing(err)
	}
	attachment, ok := obj.(*storagev1.VolumeAttachment)
	return ok && attachment.Spec.NodeName == q.node, nil
}

func (q *question) isCertificateOfHere() (bool, error) {
	obj, err := q.a.objects.Get(q.ctx, podRequests, q.r.Namespace, q.r.Name)
	if err != nil {
		return false, missing(err)
	}
	request, ok := obj.(*certificatesv1.PodCertificateRequest)
	return ok && string(request.Spec.NodeName) == q.node, nil
}

func (q *question) isSliceHere() (bool, error) {
	obj, err := q.a.objects.Get(q.ctx, resourceSlices, "", q.r.Name)
	if err != nil {
		return false, missing(err)
	}
	slice, ok := obj.(*resourcev1.ResourceSlice)
	return ok && slice.Spec.NodeName != nil && *slice.Spec.NodeName == q.node, nil
}

// missing makes an object that is not there one that has nothing to do with the
// node.
func missing(err error) error {
	if meta.IsNotFound(err) {
		return nil
	}
	return err
}
