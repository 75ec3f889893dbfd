package storagemigrationv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// Version declares the resources of storagemigration.k8s.io/v1beta1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1beta1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			storageversionmigrations(),
		},
	}
}

func storageversionmigrations() *scheme.Resource {
	return scheme.Define[StorageVersionMigration, StorageVersionMigrationList](scheme.Spec[StorageVersionMigration]{
		Name:        "storageversionmigrations",
		SpecChanged: func(m, old *StorageVersionMigration) bool { return !validate.Equal(m.Spec, old.Spec) },
		Validate:    validateMigration,
		ValidateUpdate: func(m, old *StorageVersionMigration) validate.Errors {
			return append(validate.ObjectMetaUpdate(rules.Metadata, &m.ObjectMeta, &old.ObjectMeta), validate.Immutable(rules.Spec.Child("resource"), m.Spec.Resource, old.Spec.Resource)...)
		},
		Status: &scheme.Status[StorageVersionMigration]{
			Prepare: func(m, old *StorageVersionMigration) { rules.KeepMetadata(&m.ObjectMeta, &old.ObjectMeta) },
			Resets:  []string{"metadata"},
			Validate: func(m, old *StorageVersionMigration) validate.Errors {
				return append(validate.ObjectMetaUpdate(rules.Metadata, &m.ObjectMeta, &old.ObjectMeta), validate.Conditions(rules.Status.Child("conditions"), m.Status.Conditions)...)
			},
		},
		Columns: []scheme.Column[StorageVersionMigration]{
			{Name: "Name", Help: scheme.NameHelp, Cell: func(m *StorageVersionMigration) any { return m.Name }},
			{Name: "Resource", Help: "GroupResource to migrate", Cell: func(m *StorageVersionMigration) any { return m.Spec.Resource.String() }},
			{Name: "Status", Help: "Status of the migration", Cell: func(m *StorageVersionMigration) any {
				for _, c := range m.Status.Conditions {
					if c.Status == meta.ConditionTrue {
						return c.Type
					}
				}
				return "Unknown"
			}},
		},
		Options: scheme.Options{Deprecated: "storagemigration.k8s.io/v1beta1 StorageVersionMigration is deprecated in v1.37+, unavailable in v1.40+; use storagemigration.k8s.io/v1 StorageVersionMigration"},
	})
}

func validateMigration(m *StorageVersionMigration) validate.Errors {
	p := rules.Spec.Child("resource")
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &m.ObjectMeta, false, names.DNSSubdomain),
		rules.Optional(p.Child("group"), m.Spec.Resource.Group, names.DNSSubdomain),
		validate.Named(p.Child("resource"), m.Spec.Resource.Resource, names.DNS1035Label),
	)
}
