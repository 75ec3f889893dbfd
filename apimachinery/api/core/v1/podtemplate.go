package corev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func podtemplates() *scheme.Resource {
	return scheme.Define[PodTemplate, PodTemplateList](scheme.Spec[PodTemplate]{
		Name:          "podtemplates",
		Namespaced:    true,
		Default:       func(t *PodTemplate) { DefaultPodTemplate(&t.Template) },
		PrepareCreate: func(t *PodTemplate) { DropUnusedPodTemplateFields(&t.Template, nil) },
		PrepareUpdate: func(t, old *PodTemplate) { DropUnusedPodTemplateFields(&t.Template, &old.Template) },
		Validate:      ValidatePodTemplateObject,
		SpecChanged:   func(t, old *PodTemplate) bool { return !validate.Equal(t.Template, old.Template) },
		Warnings: func(t, old *PodTemplate) []string {
			var before *PodTemplateSpec
			if old != nil {
				if before = &old.Template; validate.Equal(t.Template, old.Template) {
					return nil
				}
			}
			return WarningsForPodTemplate(validate.NewPath("template"), &t.Template, before)
		},
		Columns: []scheme.Column[PodTemplate]{
			scheme.NameColumn[PodTemplate](),
			{Name: "Containers", Help: "Names of each container in the template.", Cell: func(t *PodTemplate) any { n, _ := FormatContainers(t.Template.Spec.Containers); return n }},
			{Name: "Images", Help: "Images referenced by each container in the template.", Cell: func(t *PodTemplate) any { _, i := FormatContainers(t.Template.Spec.Containers); return i }},
			{Name: "Pod Labels", Help: "The labels for the pod template.", Cell: func(t *PodTemplate) any { return FormatLabels(t.Template.Labels) }},
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

// ValidatePodTemplateObject finds every fault of a PodTemplate that is about to be made.
func ValidatePodTemplateObject(t *PodTemplate) validate.Errors {
	return append(validate.ObjectMeta(metadataPath, &t.ObjectMeta, true, names.DNSSubdomain),
		ValidatePodTemplate(&t.Template, validate.NewPath("template"))...)
}

// DropUnusedPodTemplateFields clears fields that the API has but the cluster
// does not use yet, unless the template that it replaces has them. old is nil
// for a new one. Kinds that hold a template call it before they validate.
func DropUnusedPodTemplateFields(t, old *PodTemplateSpec) {
	if old == nil {
		dropUnusedPodFields(&t.Spec, nil)
		return
	}
	dropUnusedPodFields(&t.Spec, &old.Spec)
}
