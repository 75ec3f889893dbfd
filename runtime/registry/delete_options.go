package registry

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// CheckDelete says what is wrong with the options of a DELETE, or of an eviction (422).
func CheckDelete(o *meta.DeleteOptions) error {
	var errs validate.Errors
	at := validate.NewPath("propagationPolicy")
	if p := o.PropagationPolicy; p != nil {
		if o.OrphanDependents != nil {
			errs = append(errs, validate.Invalid(at, *p, "orphanDependents and deletionPropagation cannot be both set")...)
		}
		switch *p {
		case meta.DeletePropagationForeground, meta.DeletePropagationBackground, meta.DeletePropagationOrphan:
		default:
			errs = append(errs, validate.NotSupported(at, *p,
				meta.DeletePropagationForeground, meta.DeletePropagationBackground, meta.DeletePropagationOrphan, "nil")...)
		}
	}
	if errs = append(errs, CheckDryRun(o.DryRun)...); len(errs) > 0 {
		return errs.Status(meta.GroupKind{Group: "meta.k8s.io", Kind: "DeleteOptions"}, "")
	}
	return nil
}

// CheckDryRun says what is wrong with the dryRun option of a write.
func CheckDryRun(values []string) validate.Errors {
	for _, v := range values {
		if v != meta.DryRunAll {
			return validate.NotSupported(validate.NewPath("dryRun"), values, meta.DryRunAll)
		}
	}
	return nil
}
