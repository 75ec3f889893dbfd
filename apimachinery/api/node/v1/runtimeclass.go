package nodev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
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
	scheduling := validate.NewPath("scheduling")
	return validate.All(
		validate.ObjectMeta(metadataPath, &r.ObjectMeta, false, names.DNSSubdomain),
		validate.When(r.Overhead != nil, func() validate.Errors {
			return corev1.ValidateOverhead(r.Overhead.PodFixed, validate.NewPath("overhead"))
		}),
		validate.When(r.Scheduling != nil, func() validate.Errors {
			return validate.All(
				validate.Labels(scheduling.Child("nodeSelector"), r.Scheduling.NodeSelector),
				tolerations(scheduling.Child("tolerations"), r.Scheduling.Tolerations),
			)
		}),
		validate.Declared(handler(r.Handler)),
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
	errs := validate.ObjectMetaUpdate(metadataPath, &r.ObjectMeta, &old.ObjectMeta)
	errs = append(errs, ValidateRuntimeClass(r).Without(ValidateRuntimeClass(old))...)
	return append(errs, validate.Declared(validate.Unchanged(handlerPath, r.Handler, old.Handler))...)
}

const maxHandler = 63

var handlerPath = validate.NewPath("handler")

func handler(name string) validate.Errors {
	if name == "" {
		return validate.Required(handlerPath, "")
	}
	if len(name) > maxHandler {
		return validate.Invalidf(handlerPath, name, "must be no more than %d bytes", maxHandler)
	}
	return validate.String(handlerPath, name, names.DNSLabel)
}
