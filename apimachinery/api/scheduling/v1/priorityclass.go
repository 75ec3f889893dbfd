package schedulingv1

import (
	"fmt"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func priorityclasses() *scheme.Resource {
	return scheme.Define[PriorityClass, PriorityClassList](scheme.Spec[PriorityClass]{
		Name:           "priorityclasses",
		ShortNames:     []string{"pc"},
		Columns:        columns(),
		Default:        DefaultPriorityClass,
		Validate:       ValidatePriorityClass,
		ValidateUpdate: ValidatePriorityClassUpdate,
		// Nothing of it that counts can change.
		SpecChanged: func(_, _ *PriorityClass) bool { return false },
	})
}

// DefaultPriorityClass lets Pods of the class push others out, unless its author
// says otherwise.
func DefaultPriorityClass(c *PriorityClass) {
	if c.PreemptionPolicy == nil {
		policy := corev1.PreemptLowerPriority
		c.PreemptionPolicy = &policy
	}
}

// SystemClasses returns the classes that every cluster has, new at each call.
func SystemClasses() []*PriorityClass {
	class := func(name string, value int32, description string) *PriorityClass {
		c := &PriorityClass{ObjectMeta: meta.ObjectMeta{Name: name}, Value: value, Description: description}
		DefaultPriorityClass(c)
		return c
	}
	return []*PriorityClass{
		class(SystemNodeCritical, SystemCriticalPriority+1000,
			"Used for system critical pods that must not be moved from their current node."),
		class(SystemClusterCritical, SystemCriticalPriority,
			"Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."),
	}
}

var metadataPath, valuePath = validate.NewPath("metadata"), validate.NewPath("value")

// ValidatePriorityClass finds every fault of a class that is about to be made.
func ValidatePriorityClass(c *PriorityClass) validate.Errors {
	return validate.All(
		validate.ObjectMeta(metadataPath, &c.ObjectMeta, false, names.DNSSubdomain),
		reserved(c),
		validate.IfSet(validate.NewPath("preemptionPolicy"), c.PreemptionPolicy, corev1.PreemptionPolicies),
	)
}

// reserved keeps names and values of the system's own classes from others.
func reserved(c *PriorityClass) validate.Errors {
	if !strings.HasPrefix(c.Name, SystemPriorityClassPrefix) {
		if c.Value > HighestUserDefinablePriority {
			return validate.Forbidden(valuePath, fmt.Sprintf("maximum allowed value of a user defined priority is %d", HighestUserDefinablePriority))
		}
		return nil
	}
	why := c.Name + " is not a known system priority class"
	for _, s := range SystemClasses() {
		switch {
		case s.Name != c.Name:
			continue
		case s.Value != c.Value:
			why = fmt.Sprintf("value of %v PriorityClass must be %v", s.Name, s.Value)
		case s.GlobalDefault != c.GlobalDefault:
			why = fmt.Sprintf("globalDefault of %v PriorityClass must be %v", s.Name, s.GlobalDefault)
		default:
			return nil
		}
	}
	return validate.Forbidden(metadataPath.Child("name"), "priority class names with 'system-' prefix are reserved for system use only. error: "+why)
}

// ValidatePriorityClassUpdate finds every fault of a class that is about to
// replace old. Pods have its value, so that it stays.
func ValidatePriorityClassUpdate(c, old *PriorityClass) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &c.ObjectMeta, &old.ObjectMeta),
		validate.When(c.Value != old.Value, func() validate.Errors { return validate.Forbidden(valuePath, "may not be changed in an update.") }),
		validate.Immutable(validate.NewPath("preemptionPolicy"), c.PreemptionPolicy, old.PreemptionPolicy),
	)
}

func columns() []scheme.Column[PriorityClass] {
	return []scheme.Column[PriorityClass]{
		scheme.NameColumn[PriorityClass](),
		{Name: "Value", Type: "integer", Cell: func(c *PriorityClass) any { return int64(c.Value) },
			Help: "value represents the integer value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec."},
		{Name: "Global-Default", Type: "boolean", Cell: func(c *PriorityClass) any { return c.GlobalDefault },
			Help: "globalDefault specifies whether this PriorityClass should be considered as the default priority for pods that do not have any priority class. " +
				"Only one PriorityClass can be marked as `globalDefault`. However, if more than one PriorityClasses exists with their `globalDefault` field set to true, " +
				"the smallest value of such global default PriorityClasses will be used as the default priority."},
		scheme.AgeColumn[PriorityClass](),
		{Name: "PreemptionPolicy", Cell: func(c *PriorityClass) any {
			if c.PreemptionPolicy == nil {
				return ""
			}
			return string(*c.PreemptionPolicy)
		},
			Help: "preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, PreemptLowerPriority. Defaults to PreemptLowerPriority if unset."},
	}
}
