package persistentvolumeclaimresize

import (
	"context"
	"errors"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader admission.Reader
}

// New returns the rule. It knows storage classes from reader.
func New(reader admission.Reader) *Plugin {
	return &Plugin{admission.On{admission.Update}, reader}
}

var (
	claims  = meta.GroupResource{Resource: "persistentvolumeclaims"}
	classes = meta.GroupVersionResource{Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"}
)

// Validate implements admission.Validator.
func (p *Plugin) Validate(ctx context.Context, r *admission.Request) error {
	claim, ok := r.Object.(*corev1.PersistentVolumeClaim)
	old, was := r.OldObject.(*corev1.PersistentVolumeClaim)
	if !ok || !was || !r.Is(claims) {
		return nil
	}
	size, oldSize := claim.Spec.Resources.Requests[corev1.ResourceStorage], old.Spec.Resources.Requests[corev1.ResourceStorage]
	if !oldSize.Less(size) {
		return nil
	}
	if old.Status.Phase != corev1.ClaimBound {
		return r.Forbidden(errors.New("Only bound persistent volume claims can be expanded"))
	}
	if !p.grows(ctx, claim) {
		return r.Forbidden(errors.New("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"))
	}
	return nil
}

func (p *Plugin) grows(ctx context.Context, claim *corev1.PersistentVolumeClaim) bool {
	if claim.Spec.StorageClassName == nil || *claim.Spec.StorageClassName == "" {
		return false
	}
	obj, err := p.reader.Get(ctx, classes, "", *claim.Spec.StorageClassName)
	if err != nil {
		return false
	}
	class, ok := obj.(*storagev1.StorageClass)
	return ok && class.AllowVolumeExpansion != nil && *class.AllowVolumeExpansion
}
