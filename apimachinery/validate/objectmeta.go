package validate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
)

// MaxAnnotations is how many bytes all keys and values of an object's
// annotations may have together.
const MaxAnnotations = 256 << 10

// ObjectMeta checks the metadata of an object that is about to be created.
// NameRule is the rule for its name, such as names.DNSSubdomain.
func ObjectMeta(p Path, m *meta.ObjectMeta, namespaced bool, nameRule func(string) []string) Errors {
	errs := CustomObjectMeta(p, m, namespaced, nameRule)
	return append(errs, Each(p.Child("finalizers"), m.Finalizers, qualifiedFinalizer)...)
}

// qualifiedFinalizer refuses finalizers that nobody can be told to belong to.
func qualifiedFinalizer(p Path, name *string) Errors {
	switch *name {
	case meta.FinalizerOrphanDependents, meta.FinalizerDeleteDependents, "kubernetes":
		return nil
	}
	if strings.Contains(*name, "/") {
		return nil
	}
	return Invalid(p, *name, "name is neither a standard finalizer name nor is it fully qualified")
}

// CustomObjectMeta is [ObjectMeta] for resources that are defined at run time,
// where finalizers without a domain are let through.
func CustomObjectMeta(p Path, m *meta.ObjectMeta, namespaced bool, nameRule func(string) []string) Errors {
	var errs Errors
	if m.GenerateName != "" {
		for _, problem := range nameRule(asPrefix(m.GenerateName)) {
			errs = append(errs, Invalid(p.Child("generateName"), m.GenerateName, problem)...)
		}
	}
	if m.Name == "" {
		errs = append(errs, Required(p.Child("name"), "name or generateName is required")...)
	} else {
		errs = append(errs, String(p.Child("name"), m.Name, nameRule)...)
	}
	switch {
	case namespaced && m.Namespace == "":
		errs = append(errs, Required(p.Child("namespace"), "")...)
	case namespaced:
		errs = append(errs, String(p.Child("namespace"), m.Namespace, names.DNSLabel)...)
	case m.Namespace != "":
		errs = append(errs, Forbidden(p.Child("namespace"), "not allowed on this type")...)
	}
	errs = append(errs, NonNegative(p.Child("generation"), m.Generation)...)
	return append(errs, metaContent(p, m)...)
}

// metaContent checks what creates and updates may both set.
func metaContent(p Path, m *meta.ObjectMeta) Errors {
	return All(
		Labels(p.Child("labels"), m.Labels),
		Annotations(p.Child("annotations"), m.Annotations),
		OwnerReferences(p.Child("ownerReferences"), m.OwnerReferences),
		Finalizers(p.Child("finalizers"), m.Finalizers),
		ManagedFields(p.Child("managedFields"), m.ManagedFields),
	)
}

// asPrefix makes a generateName fit for the rule of whole names: characters
// follow a dash at its end.
func asPrefix(name string) string {
	if len(name) > 1 && strings.HasSuffix(name, "-") {
		return name[:len(name)-2] + "a"
	}
	return name
}

// ObjectMetaUpdate checks the metadata of an object that is about to replace
// old. Fields that a client may leave out must be filled from old before.
func ObjectMetaUpdate(p Path, m, old *meta.ObjectMeta) Errors {
	return append(CustomObjectMetaUpdate(p, m, old), Each(p.Child("finalizers"), m.Finalizers, qualifiedFinalizer)...)
}

// CustomObjectMetaUpdate is [ObjectMetaUpdate] for resources that are defined at
// run time, and a few others, where finalizers without a domain are let through.
func CustomObjectMetaUpdate(p Path, m, old *meta.ObjectMeta) Errors {
	var errs Errors
	if old.DeletionTimestamp != nil {
		errs = append(errs, noNewFinalizers(p.Child("finalizers"), m.Finalizers, old.Finalizers)...)
	}
	if m.ResourceVersion == "" {
		errs = append(errs, Invalid(p.Child("resourceVersion"), m.ResourceVersion, "must be specified for an update")...)
	}
	if m.Generation < old.Generation {
		errs = append(errs, Invalid(p.Child("generation"), m.Generation, "must not be decremented")...)
	}
	return append(errs, All(
		Immutable(p.Child("name"), m.Name, old.Name),
		Immutable(p.Child("namespace"), m.Namespace, old.Namespace),
		Immutable(p.Child("uid"), m.UID, old.UID),
		Immutable(p.Child("creationTimestamp"), m.CreationTimestamp, old.CreationTimestamp),
		Immutable(p.Child("deletionTimestamp"), m.DeletionTimestamp, old.DeletionTimestamp),
		Immutable(p.Child("deletionGracePeriodSeconds"), m.DeletionGracePeriodSeconds, old.DeletionGracePeriodSeconds),
		metaContent(p, m),
	)...)
}

func noNewFinalizers(p Path, finalizers, old []string) Errors {
	var added []string
	for _, f := range finalizers {
		if !slices.Contains(old, f) && !slices.Contains(added, f) {
			added = append(added, f)
		}
	}
	if len(added) == 0 {
		return nil
	}
	slices.Sort(added)
	return Forbidden(p, fmt.Sprintf("no new finalizers can be added if the object is being deleted, found new finalizers %#v", added))
}

// Labels checks keys and values of labels.
func Labels(p Path, labels map[string]string) Errors {
	var errs Errors
	for _, k := range sortedKeys(labels) {
		errs = append(errs, String(p, k, names.QualifiedName)...)
		errs = append(errs, String(p, labels[k], names.LabelValue)...)
	}
	return errs
}

// LabelKey checks the key of a label.
func LabelKey(p Path, key string) Errors { return String(p, key, names.QualifiedName) }

// Annotations checks the keys of annotations and their size altogether. Keys
// may have capitals in their prefix, as older ones do.
func Annotations(p Path, annotations map[string]string) Errors {
	var errs Errors
	total := 0
	for _, k := range sortedKeys(annotations) {
		for _, problem := range names.QualifiedName(strings.ToLower(k)) {
			errs = append(errs, Invalid(p, k, problem)...)
		}
		total += len(k) + len(annotations[k])
	}
	if total > MaxAnnotations {
		errs = append(errs, TooLong(p, MaxAnnotations)...)
	}
	return errs
}

// OwnerReferences checks references to owners, of which one may be the
// controller.
func OwnerReferences(p Path, refs []meta.OwnerReference) Errors {
	var errs Errors
	controller := ""
	for i := range refs {
		ref := &refs[i]
		errs = append(errs, ownerReference(p.Index(i), ref)...)
		if ref.Controller == nil || !*ref.Controller {
			continue
		}
		this := ref.Kind + "/" + ref.Name
		if controller == "" {
			controller = this
			continue
		}
		errs = append(errs, Invalid(p, refs, fmt.Sprintf(
			`Only one reference can have Controller set to true. Found "true" in references for %s and %s`, controller, this))...)
	}
	return errs
}

func ownerReference(p Path, ref *meta.OwnerReference) Errors {
	var errs Errors
	const empty = "must not be empty"
	gv, err := meta.ParseGroupVersion(ref.APIVersion)
	switch {
	case err != nil:
		errs = append(errs, Invalid(p.Child("apiVersion"), ref.APIVersion, "must be <group>/<version> or <version>")...)
	case ref.APIVersion == "":
		errs = append(errs, Required(p.Child("apiVersion"), empty)...)
	case gv.Version == "":
		errs = append(errs, Invalid(p.Child("apiVersion"), ref.APIVersion, "version must not be empty")...)
	}
	if ref.Kind == "" {
		errs = append(errs, Required(p.Child("kind"), empty)...)
	}
	if ref.Name == "" {
		errs = append(errs, Required(p.Child("name"), empty)...)
	}
	if ref.UID == "" {
		errs = append(errs, Required(p.Child("uid"), empty)...)
	}
	// Events vanish by themselves; what they own would vanish with them.
	if gvk := gv.WithKind(ref.Kind); err == nil && gvk == (meta.GroupVersionKind{Version: "v1", Kind: "Event"}) {
		errs = append(errs, Invalid(p, *ref, gvk.String()+" is disallowed from being an owner")...)
	}
	return errs
}

// Finalizers checks the names of finalizers.
func Finalizers(p Path, finalizers []string) Errors {
	var errs Errors
	for _, f := range finalizers {
		errs = append(errs, String(p, f, names.QualifiedName)...)
	}
	if slices.Contains(finalizers, meta.FinalizerOrphanDependents) && slices.Contains(finalizers, meta.FinalizerDeleteDependents) {
		errs = append(errs, Invalid(p, finalizers, fmt.Sprintf("finalizer %s and %s cannot be both set",
			meta.FinalizerOrphanDependents, meta.FinalizerDeleteDependents))...)
	}
	return errs
}

const (
	maxFieldManager = 128
	maxSubresource  = 256
)

// ManagedFields checks the records of who owns which fields, but not the
// fields in them.
func ManagedFields(p Path, entries []meta.ManagedFieldsEntry) Errors {
	return Each(p, entries, func(p Path, e *meta.ManagedFieldsEntry) Errors {
		var errs Errors
		if e.Operation != meta.ManagedFieldsOperationApply && e.Operation != meta.ManagedFieldsOperationUpdate {
			errs = append(errs, Invalid(p.Child("operation"), string(e.Operation), "must be `Apply` or `Update`")...)
		}
		if e.FieldsType != "FieldsV1" {
			errs = append(errs, Invalid(p.Child("fieldsType"), e.FieldsType, "must be `FieldsV1`")...)
		}
		errs = append(errs, FieldManager(p.Child("manager"), e.Manager)...)
		return append(errs, MaxBytes(p.Child("subresource"), e.Subresource, maxSubresource)...)
	})
}

// FieldManager checks the name that a client gives itself for field ownership.
func FieldManager(p Path, name string) Errors {
	errs := MaxBytes(p, name, maxFieldManager)
	for i, r := range name {
		if !unicode.IsPrint(r) {
			errs = append(errs, Invalid(p, name, fmt.Sprintf("invalid character %#U (at position %s)", r, strconv.Itoa(i)))...)
		}
	}
	return errs
}
