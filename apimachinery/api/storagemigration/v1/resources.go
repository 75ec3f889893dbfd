package storagemigrationv1

import (
	"strconv"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// Version declares the resources of storagemigration.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			storageversionmigrations(),
		},
	}
}

func storageversionmigrations() *scheme.Resource {
	return scheme.Define[StorageVersionMigration, StorageVersionMigrationList](scheme.Spec[StorageVersionMigration]{
		Name:           "storageversionmigrations",
		StorageVersion: "v1beta1",
		Validate:       validateMigration,
		ValidateUpdate: func(m, old *StorageVersionMigration) validate.Errors {
			return validate.All(
				validate.ObjectMetaUpdate(rules.Metadata, &m.ObjectMeta, &old.ObjectMeta),
				migrates(&m.Spec.Resource),
				validate.Immutable(rules.Spec, m.Spec, old.Spec),
			)
		},
		Status: &scheme.Status[StorageVersionMigration]{
			Prepare: func(m, old *StorageVersionMigration) { rules.KeepMetadata(&m.ObjectMeta, &old.ObjectMeta) },
			Resets:  []string{"metadata"},
			Validate: func(m, old *StorageVersionMigration) validate.Errors {
				return append(validate.ObjectMetaUpdate(rules.Metadata, &m.ObjectMeta, &old.ObjectMeta), migrationStatus(&m.Status, &old.Status)...)
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
	})
}

func validateMigration(m *StorageVersionMigration) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &m.ObjectMeta, false, names.DNSSubdomain), migrates(&m.Spec.Resource)...)
}

func migrates(r *meta.GroupResource) validate.Errors {
	p := rules.Spec.Child("resource")
	return validate.All(
		rules.Optional(p.Child("group"), r.Group, names.DNSSubdomain),
		rules.Require(r.Resource != "", p.Child("resource"), "resource is required to be set"),
		rules.Optional(p.Child("resource"), r.Resource, names.DNS1035Label),
	)
}

// migrationStatus checks how far a migration is: what it started from stays, and
// it ends in one way.
func migrationStatus(s, old *StorageVersionMigrationStatus) validate.Errors {
	conditions, version := rules.Status.Child("conditions"), rules.Status.Child("resourceVersion")
	ends := 0
	for _, c := range s.Conditions {
		if (c.Type == MigrationSucceeded || c.Type == MigrationFailed) && c.Status == meta.ConditionTrue {
			ends++
		}
	}
	return validate.All(
		validate.When(s.ResourceVersion != "", func() validate.Errors {
			_, err := strconv.ParseUint(s.ResourceVersion, 10, 64)
			return rules.Must(err == nil, version, s.ResourceVersion, "resource version is not well formed: "+s.ResourceVersion)
		}),
		validate.When(old.ResourceVersion != "", func() validate.Errors { return validate.Immutable(version, s.ResourceVersion, old.ResourceVersion) }),
		rules.Conditions(conditions, s.Conditions),
		rules.Must(ends < 2, conditions, s.Conditions, "Both success and failed conditions cannot be true at the same time"),
	)
}
