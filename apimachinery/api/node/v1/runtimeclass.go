package nodev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func runtimeclasses() *scheme.Resource {
	return scheme.Define[RuntimeClass, RuntimeClassList](scheme.Spec[RuntimeClass]{
		Name:           "runtimeclasses",
		Default:        DefaultRuntimeClass,
		Validate:       ValidateRuntimeClass,
		ValidateUpdate: ValidateRuntimeClassUpdate,
		Columns: []scheme.Column[RuntimeClass]{
			scheme.NameColumn[RuntimeClass](),
			{Name: "Handler", Cell: func(r *RuntimeClass) any { return r.Handler }},
			scheme.AgeColumn[RuntimeClass](),
		},
	})
}

// DefaultRuntimeClass rounds amounts to what the cluster reckons with.
func DefaultRuntimeClass(r *RuntimeClass) {
	if r.Overhead == nil {
		return
	}
	for name, q := range r.Overhead.PodFixed {
		if !q.RoundUp(quantity.Milli) {
			r.Overhead.PodFixed[name] = q
		}
	}
}

var metadataPath = validate.NewPath("metadata")

// ValidateRuntimeClass finds every fault of a class that is about to be made.
func ValidateRuntimeClass(r *RuntimeClass) validate.Errors {
	return validate.All(
		validate.ObjectMeta(metadataPath, &r.ObjectMeta, false, names.DNSSubdomain),
		runtimeClass(r),
		validate.Declared(validate.Named(handlerPath, r.Handler, rules.Format(names.DNSLabel))),
	)
}

func runtimeClass(r *RuntimeClass) validate.Errors {
	scheduling := validate.NewPath("scheduling")
	return validate.All(
		validate.When(r.Overhead != nil, func() validate.Errors {
			return corev1.ValidateOverhead(r.Overhead.PodFixed, validate.NewPath("overhead"))
		}),
		validate.When(r.Scheduling != nil, func() validate.Errors {
			return validate.All(
				validate.Labels(scheduling.Child("nodeSelector"), r.Scheduling.NodeSelector),
				tolerations(scheduling.Child("tolerations"), r.Scheduling.Tolerations),
			)
		}),
	)
}

// tolerations are added to those of a Pod, so that each must be there once.
func tolerations(p validate.Path, list []corev1.Toleration) validate.Errors {
	i := -1
	return append(validate.Each(p, list, corev1.ToleratesRightly),
		validate.Each(p, list, func(p validate.Path, t *corev1.Toleration) validate.Errors {
			i++
			for k := range list[:i] {
				if validate.Equal(list[k], *t) {
					return validate.Duplicate(p, t)
				}
			}
			return nil
		})...)
}

// ValidateRuntimeClassUpdate finds every fault of a class that is about to
// replace old. Pods run under its handler, so that it stays.
func ValidateRuntimeClassUpdate(r, old *RuntimeClass) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &r.ObjectMeta, &old.ObjectMeta),
		runtimeClass(r).Without(runtimeClass(old)),
		rules.Optional(handlerPath, r.Handler, names.DNSLabel),
		validate.Declared(append(validate.Unchanged(handlerPath, r.Handler, old.Handler), validate.NonEmpty(handlerPath, r.Handler)...)),
	)
}

var handlerPath = validate.NewPath("handler")
