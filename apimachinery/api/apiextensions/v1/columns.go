package apiextensionsv1

import (
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func columns() []scheme.Column[CustomResourceDefinition] {
	return []scheme.Column[CustomResourceDefinition]{
		scheme.NameColumn[CustomResourceDefinition](),
		{Name: "Scope", Help: "Cluster/Namespaced", Cell: func(d *CustomResourceDefinition) any { return string(d.Spec.Scope) }},
		{Name: "Versions", Help: "Served versions", Cell: func(d *CustomResourceDefinition) any { return versions(d) }},
		{Name: "Created At", Type: "date", Help: scheme.AgeHelp, Cell: func(d *CustomResourceDefinition) any { return cells.CreatedAt(&d.ObjectMeta) }},
		{Name: "Group", Wide: true, Help: "API group", Cell: func(d *CustomResourceDefinition) any { return d.Spec.Group }},
		{Name: "Kind", Wide: true, Help: "CustomResource kind", Cell: func(d *CustomResourceDefinition) any { return d.Spec.Names.Kind }},
		{Name: "ShortNames", Wide: true, Help: "Short names", Cell: func(d *CustomResourceDefinition) any { return strings.Join(d.Spec.Names.ShortNames, ",") }},
		{Name: "Established", Type: "boolean", Wide: true, Help: "Established status", Cell: func(d *CustomResourceDefinition) any {
			for _, c := range d.Status.Conditions {
				if c.Type == Established {
					return c.Status == ConditionTrue
				}
			}
			return false
		}},
	}
}

// versions prints those that are served, and which of them is stored.
func versions(d *CustomResourceDefinition) string {
	var all []string
	for _, v := range d.Spec.Versions {
		switch {
		case !v.Served:
		case v.Storage:
			all = append(all, v.Name+"(storage)")
		default:
			all = append(all, v.Name)
		}
	}
	return strings.Join(all, ",")
}
