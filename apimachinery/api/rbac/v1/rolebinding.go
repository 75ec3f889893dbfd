package rbacv1

import (
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

var roleRefPath, subjectsPath = validate.NewPath("roleRef"), validate.NewPath("subjects")

func rolebindings() *scheme.Resource {
	return scheme.Define[RoleBinding, RoleBindingList](scheme.Spec[RoleBinding]{
		Name:           "rolebindings",
		Namespaced:     true,
		Default:        func(b *RoleBinding) { defaultBinding(&b.RoleRef, b.Subjects) },
		Validate:       ValidateRoleBinding,
		ValidateUpdate: ValidateRoleBindingUpdate,
		Columns: bindingColumns(scheme.NameColumn[RoleBinding](), scheme.AgeColumn[RoleBinding](), "roleBinding",
			"roleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.",
			func(b *RoleBinding) (*RoleRef, []Subject) { return &b.RoleRef, b.Subjects }),
		NameRule: names.PathSegment,
		Options:  scheme.Options{UpdateCreates: true},
	})
}

func clusterrolebindings() *scheme.Resource {
	return scheme.Define[ClusterRoleBinding, ClusterRoleBindingList](scheme.Spec[ClusterRoleBinding]{
		Name:           "clusterrolebindings",
		Default:        func(b *ClusterRoleBinding) { defaultBinding(&b.RoleRef, b.Subjects) },
		Validate:       ValidateClusterRoleBinding,
		ValidateUpdate: ValidateClusterRoleBindingUpdate,
		Columns: bindingColumns(scheme.NameColumn[ClusterRoleBinding](), scheme.AgeColumn[ClusterRoleBinding](), "clusterRoleBinding",
			"roleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.",
			func(b *ClusterRoleBinding) (*RoleRef, []Subject) { return &b.RoleRef, b.Subjects }),
		NameRule: names.PathSegment,
		Options:  scheme.Options{UpdateCreates: true},
	})
}

// defaultBinding names the API groups that were left out.
func defaultBinding(ref *RoleRef, subjects []Subject) {
	rules.DefaultTo(&ref.APIGroup, GroupName)
	for i := range subjects {
		switch subjects[i].Kind {
		case UserKind, GroupKind:
			rules.DefaultTo(&subjects[i].APIGroup, GroupName)
		}
	}
}

// ValidateRoleBinding finds every fault of a RoleBinding that is about to be made.
func ValidateRoleBinding(b *RoleBinding) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &b.ObjectMeta, true, names.PathSegment), binding(&b.RoleRef, b.Subjects, true)...)
}

// ValidateRoleBindingUpdate finds every fault of a RoleBinding that is about
// to replace old: who is bound may change, to what may not.
func ValidateRoleBindingUpdate(b, old *RoleBinding) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &b.ObjectMeta, &old.ObjectMeta),
		binding(&b.RoleRef, b.Subjects, true),
		validate.Declared(validate.Immutable(roleRefPath, b.RoleRef, old.RoleRef)),
	)
}

// ValidateClusterRoleBinding finds every fault of a ClusterRoleBinding that is about to be made.
func ValidateClusterRoleBinding(b *ClusterRoleBinding) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &b.ObjectMeta, false, names.PathSegment), binding(&b.RoleRef, b.Subjects, false)...)
}

// ValidateClusterRoleBindingUpdate finds every fault of a ClusterRoleBinding
// that is about to replace old.
func ValidateClusterRoleBindingUpdate(b, old *ClusterRoleBinding) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &b.ObjectMeta, &old.ObjectMeta),
		binding(&b.RoleRef, b.Subjects, false),
		validate.Declared(validate.Immutable(roleRefPath, b.RoleRef, old.RoleRef)),
	)
}

func binding(ref *RoleRef, subjects []Subject, namespaced bool) validate.Errors {
	kinds := []string{"ClusterRole"}
	if namespaced {
		kinds = []string{"Role", "ClusterRole"}
	}
	return validate.All(
		validate.In(roleRefPath.Child("apiGroup"), ref.APIGroup, GroupName),
		validate.In(roleRefPath.Child("kind"), ref.Kind, kinds...),
		validate.Declared(validate.NonEmpty(roleRefPath.Child("name"), ref.Name)),
		rules.Optional(roleRefPath.Child("name"), ref.Name, names.PathSegment),
		validate.Each(subjectsPath, subjects, func(p validate.Path, s *Subject) validate.Errors { return subject(p, s, namespaced) }),
		validate.Each(subjectsPath, subjects, func(p validate.Path, s *Subject) validate.Errors { return validate.NonEmpty(p.Child("name"), s.Name) }),
	)
}

func subject(p validate.Path, s *Subject, namespaced bool) validate.Errors {
	switch s.Kind {
	case ServiceAccountKind:
		return validate.All(
			rules.Optional(p.Child("name"), s.Name, names.DNSSubdomain),
			validate.In(p.Child("apiGroup"), s.APIGroup, ""),
			rules.Require(namespaced || s.Namespace != "", p.Child("namespace"), ""),
		)
	case UserKind, GroupKind:
		return validate.In(p.Child("apiGroup"), s.APIGroup, GroupName)
	}
	return validate.NotSupported(p.Child("kind"), s.Kind, ServiceAccountKind, UserKind, GroupKind)
}

func bindingColumns[T any](name, age scheme.Column[T], kind, roleHelp string, parts func(*T) (*RoleRef, []Subject)) []scheme.Column[T] {
	of := func(subjectKind string, text func(*Subject) string) func(*T) any {
		return func(b *T) any {
			var all []string
			_, subjects := parts(b)
			for i := range subjects {
				if subjects[i].Kind == subjectKind {
					all = append(all, text(&subjects[i]))
				}
			}
			return strings.Join(all, ", ")
		}
	}
	return []scheme.Column[T]{
		name,
		{Name: "Role", Help: roleHelp, Cell: func(b *T) any { ref, _ := parts(b); return ref.Kind + "/" + ref.Name }},
		age,
		{Name: "Users", Wide: true, Help: "Users in the " + kind, Cell: of(UserKind, func(s *Subject) string { return s.Name })},
		{Name: "Groups", Wide: true, Help: "Groups in the " + kind, Cell: of(GroupKind, func(s *Subject) string { return s.Name })},
		{Name: "ServiceAccounts", Wide: true, Help: "ServiceAccounts in the " + kind, Cell: of(ServiceAccountKind, func(s *Subject) string { return s.Namespace + "/" + s.Name })},
	}
}
