package storageobjectinuse

import (
	"context"
	"slices"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
)

// Finalizers that are set.
const (
	ClaimFinalizer  = "kubernetes.io/pvc-protection"
	VolumeFinalizer = "kubernetes.io/pv-protection"
	ClassFinalizer  = "kubernetes.io/vac-protection"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct{ admission.On }

// New returns the rule.
func New() *Plugin { return &Plugin{admission.On{admission.Create}} }

// Admit implements admission.Mutator.
func (p *Plugin) Admit(_ context.Context, r *admission.Request) error {
	if r.Subresource != "" {
		return nil
	}
	finalizer := ""
	switch r.Object.(type) {
	case *corev1.PersistentVolumeClaim:
		finalizer = ClaimFinalizer
	case *corev1.PersistentVolume:
		finalizer = VolumeFinalizer
	case *storagev1.VolumeAttributesClass:
		finalizer = ClassFinalizer
	default:
		return nil
	}
	m := r.Object.Metadata()
	if !slices.Contains(m.Finalizers, finalizer) {
		m.Finalizers = append(m.Finalizers, finalizer)
	}
	return nil
}
