package corev1

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func namespaces() *scheme.Resource {
	return scheme.Define[Namespace, NamespaceList](scheme.Spec[Namespace]{
		Name:           "namespaces",
		ShortNames:     []string{"ns"},
		Verbs:          []string{"create", "delete", "get", "list", "patch", "update", "watch"},
		Columns:        namespaceColumns(),
		Fields:         []scheme.SelectableField[Namespace]{{Path: "status.phase", Value: func(n *Namespace) string { return string(n.Status.Phase) }}},
		Default:        DefaultNamespace,
		PrepareCreate:  prepareNamespace,
		PrepareUpdate:  func(n, old *Namespace) { n.Spec.Finalizers = slices.Clone(old.Spec.Finalizers) },
		Validate:       ValidateNamespace,
		ValidateUpdate: ValidateNamespaceUpdate,
		Status:         &scheme.Status[Namespace]{Validate: ValidateNamespaceStatusUpdate},
		Subresources: []scheme.Subresource{
			{Name: "finalize", Kind: meta.GroupVersionKind{Kind: "Namespace"}, Verbs: []string{"update"}, Resets: []string{"status"}},
		},
	})
}

// DefaultNamespace labels a Namespace with its name, by which others select it.
func DefaultNamespace(n *Namespace) {
	if n.Name == "" {
		return
	}
	if n.Labels == nil {
		n.Labels = map[string]string{}
	}
	n.Labels[LabelMetadataName] = n.Name
	defaultTo(&n.Status.Phase, NamespaceActive)
}

// prepareNamespace makes a Namespace wait for its content when it is deleted.
func prepareNamespace(n *Namespace) {
	n.Status = NamespaceStatus{Phase: NamespaceActive}
	if !slices.Contains(n.Spec.Finalizers, FinalizerKubernetes) {
		n.Spec.Finalizers = append(n.Spec.Finalizers, FinalizerKubernetes)
	}
}

// ValidateNamespace finds every fault of a Namespace that is about to be made.
func ValidateNamespace(n *Namespace) validate.Errors {
	errs := validate.ObjectMeta(metadataPath, &n.ObjectMeta, false, names.DNSLabel)
	for _, f := range n.Spec.Finalizers {
		errs = append(errs, namespaceFinalizer(specPath.Child("finalizers"), f)...)
	}
	return errs
}

func namespaceFinalizer(p validate.Path, f FinalizerName) validate.Errors {
	known := slices.Contains([]string{string(FinalizerKubernetes), meta.FinalizerOrphanDependents, meta.FinalizerDeleteDependents}, string(f))
	return append(validate.LabelKey(p, string(f)),
		must(known || strings.Contains(string(f), "/"), p, f, "name is neither a standard finalizer name nor is it fully qualified")...)
}

// ValidateNamespaceUpdate finds every fault of a Namespace that is about to replace old.
func ValidateNamespaceUpdate(n, old *Namespace) validate.Errors {
	return validate.ObjectMetaUpdate(metadataPath, &n.ObjectMeta, &old.ObjectMeta)
}

// ValidateNamespaceStatusUpdate says that the phase follows from whether the
// Namespace is being deleted.
func ValidateNamespaceStatusUpdate(n, old *Namespace) validate.Errors {
	phase := statusPath.Child("Phase")
	errs := validate.ObjectMetaUpdate(metadataPath, &n.ObjectMeta, &old.ObjectMeta)
	if n.DeletionTimestamp.IsZero() {
		return append(errs, must(n.Status.Phase == NamespaceActive, phase, n.Status.Phase, "may only be 'Active' if `deletionTimestamp` is empty")...)
	}
	return append(errs, must(n.Status.Phase == NamespaceTerminating, phase, n.Status.Phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")...)
}

// ValidateNamespaceFinalize finds every fault of a write to the finalize
// subresource, the only one that may change the finalizers of the spec.
func ValidateNamespaceFinalize(n, old *Namespace) validate.Errors {
	return append(validate.ObjectMetaUpdate(metadataPath, &n.ObjectMeta, &old.ObjectMeta),
		validate.Each(specPath.Child("finalizers"), n.Spec.Finalizers, func(p validate.Path, f *FinalizerName) validate.Errors {
			return namespaceFinalizer(p, *f)
		})...)
}

func namespaceColumns() []scheme.Column[Namespace] {
	return []scheme.Column[Namespace]{
		scheme.NameColumn[Namespace](),
		{Name: "Status", Help: "The status of the namespace", Cell: func(n *Namespace) any { return string(n.Status.Phase) }},
		scheme.AgeColumn[Namespace](),
	}
}
