package corev1

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func podAffinity(p validate.Path, a *Affinity) validate.Errors {
	if a == nil {
		return nil
	}
	const required, preferred = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
	var errs validate.Errors
	if n := a.NodeAffinity; n != nil {
		p := p.Child("nodeAffinity")
		errs = append(errs, validate.All(
			NodeSelectors(p.Child(required), n.RequiredDuringSchedulingIgnoredDuringExecution),
			validate.Each(p.Child(preferred), n.PreferredDuringSchedulingIgnoredDuringExecution, preferredNodes),
		)...)
	}
	if n := a.PodAffinity; n != nil {
		p := p.Child("podAffinity")
		errs = append(errs, validate.All(
			validate.Each(p.Child(required), n.RequiredDuringSchedulingIgnoredDuringExecution, podAffinityTerm),
			validate.Each(p.Child(preferred), n.PreferredDuringSchedulingIgnoredDuringExecution, weightedPodAffinityTerm),
		)...)
	}
	if n := a.PodAntiAffinity; n != nil {
		p := p.Child("podAntiAffinity")
		errs = append(errs, validate.All(
			validate.Each(p.Child(required), n.RequiredDuringSchedulingIgnoredDuringExecution, podAffinityTerm),
			validate.Each(p.Child(preferred), n.PreferredDuringSchedulingIgnoredDuringExecution, weightedPodAffinityTerm),
		)...)
	}
	return errs
}

// NodeSelectors is the check of a selector of nodes; nil is fine.
func NodeSelectors(p validate.Path, s *NodeSelector) validate.Errors {
	if s == nil {
		return nil
	}
	terms := p.Child("nodeSelectorTerms")
	return append(require(len(s.NodeSelectorTerms) > 0, terms, "must have at least one node selector term"),
		validate.Each(terms, s.NodeSelectorTerms, nodeSelectorTerm)...)
}

func nodeSelectorTerm(p validate.Path, t *NodeSelectorTerm) validate.Errors {
	return append(validate.Each(p.Child("matchExpressions"), t.MatchExpressions, func(p validate.Path, r *NodeSelectorRequirement) validate.Errors {
		return append(nodeRequirement(p, r), validate.Each(p.Child("values"), r.Values, func(p validate.Path, v *string) validate.Errors {
			return validate.String(p, *v, names.LabelValue)
		})...)
	}),
		validate.Each(p.Child("matchFields"), t.MatchFields, nodeFieldRequirement)...)
}

const unknownOperator = "not a valid selector operator"

func nodeRequirement(p validate.Path, r *NodeSelectorRequirement) validate.Errors {
	var errs validate.Errors
	values := p.Child("values")
	switch r.Operator {
	case NodeSelectorOpIn, NodeSelectorOpNotIn:
		errs = require(len(r.Values) > 0, values, "must be specified when `operator` is 'In' or 'NotIn'")
	case NodeSelectorOpExists, NodeSelectorOpDoesNotExist:
		errs = forbid(len(r.Values) > 0, values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
	case NodeSelectorOpGt, NodeSelectorOpLt:
		errs = require(len(r.Values) == 1, values, "must be specified single value when `operator` is 'Lt' or 'Gt'")
	default:
		errs = validate.Invalid(p.Child("operator"), r.Operator, unknownOperator)
	}
	return append(errs, validate.LabelKey(p.Child("key"), r.Key)...)
}

// nodeFieldRequirement picks nodes by field, of which there is one: the name.
func nodeFieldRequirement(p validate.Path, r *NodeSelectorRequirement) validate.Errors {
	var errs validate.Errors
	switch r.Operator {
	case NodeSelectorOpIn, NodeSelectorOpNotIn:
		errs = require(len(r.Values) == 1, p.Child("values"), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
	default:
		errs = validate.Invalid(p.Child("operator"), r.Operator, unknownOperator)
	}
	if r.Key != meta.ObjectNameField {
		return append(errs, validate.Invalid(p.Child("key"), r.Key, "not a valid field selector key")...)
	}
	return append(errs, validate.Each(p.Child("values"), r.Values, func(p validate.Path, v *string) validate.Errors {
		return validate.String(p, *v, names.DNSSubdomain)
	})...)
}

func weight(p validate.Path, n int32) validate.Errors {
	return must(1 <= n && n <= 100, p, n, "must be in the range 1-100")
}

func preferredNodes(p validate.Path, t *PreferredSchedulingTerm) validate.Errors {
	// Values that no node can have are let through here: they only never match.
	preference := p.Child("preference")
	return validate.All(
		weight(p.Child("weight"), t.Weight),
		validate.Each(preference.Child("matchExpressions"), t.Preference.MatchExpressions, nodeRequirement),
		validate.Each(preference.Child("matchFields"), t.Preference.MatchFields, nodeFieldRequirement),
	)
}

func weightedPodAffinityTerm(p validate.Path, t *WeightedPodAffinityTerm) validate.Errors {
	return append(weight(p.Child("weight"), t.Weight), podAffinityTerm(p.Child("podAffinityTerm"), &t.PodAffinityTerm)...)
}

func podAffinityTerm(p validate.Path, t *PodAffinityTerm) validate.Errors {
	match, mismatch := p.Child("matchLabelKeys"), p.Child("mismatchLabelKeys")
	return validate.All(
		validate.LabelSelector(p.Child("labelSelector"), t.LabelSelector),
		validate.LabelSelector(p.Child("namespaceSelector"), t.NamespaceSelector),
		validate.Each(validate.Path{}, t.Namespaces, func(_ validate.Path, name *string) validate.Errors {
			return validate.String(p.Child("namespace"), *name, names.DNSLabel)
		}),
		labelKeys(match, t.MatchLabelKeys, t.LabelSelector),
		labelKeys(mismatch, t.MismatchLabelKeys, t.LabelSelector),
		validate.Each(match, t.MatchLabelKeys, func(p validate.Path, key *string) validate.Errors {
			return must(!slices.Contains(t.MismatchLabelKeys, *key), p, *key, "exists in both matchLabelKeys and mismatchLabelKeys")
		}),
		require(t.TopologyKey != "", p.Child("topologyKey"), "can not be empty"),
		validate.LabelKey(p.Child("topologyKey"), t.TopologyKey),
	)
}

// labelKeys checks keys whose values the Pod's own labels give to a selector.
// What was merged in when the Pod was made is in the selector by now.
func labelKeys(p validate.Path, keys []string, s *meta.LabelSelector) validate.Errors {
	if len(keys) == 0 {
		return nil
	}
	if s == nil {
		return validate.Forbidden(p, "must not be specified when labelSelector is not set")
	}
	return append(
		validate.Each(p, keys, func(p validate.Path, key *string) validate.Errors { return validate.LabelKey(p, *key) }),
		validate.Unique(p, keys)...)
}

func tolerations(p validate.Path, list []Toleration) validate.Errors {
	return validate.Each(p, list, ToleratesRightly)
}

// ToleratesRightly is the check of one toleration.
func ToleratesRightly(p validate.Path, t *Toleration) validate.Errors {
	operator := p.Child("operator")
	errs := validate.All(
		optional(p.Child("key"), t.Key, names.QualifiedName),
		must(t.Key != "" || t.Operator == TolerationOpExists, operator, t.Operator,
			"operator must be Exists when `key` is empty, which means \"match all values and all keys\""),
		must(t.TolerationSeconds == nil || t.Effect == TaintEffectNoExecute, p.Child("effect"), t.Effect,
			"effect must be 'NoExecute' when `tolerationSeconds` is set"),
	)
	switch t.Operator {
	case TolerationOpEqual, "":
		if problems := names.LabelValue(t.Value); len(problems) > 0 {
			errs = append(errs, validate.Invalid(operator, t.Value, strings.Join(problems, ";"))...)
		}
	case TolerationOpExists:
		errs = append(errs, must(t.Value == "", operator, t.Value, "value must be empty when `operator` is 'Exists'")...)
	case TolerationOpLt, TolerationOpGt: // known, and not in use yet
		errs = append(errs, validate.NotSupported(operator, t.Operator, TolerationOpEqual, TolerationOpExists, TolerationOpLt, TolerationOpGt)...)
	default:
		errs = append(errs, validate.NotSupported(operator, t.Operator, TolerationOpEqual, TolerationOpExists)...)
	}
	if t.Effect != "" {
		errs = append(errs, taintEffect(p.Child("effect"), t.Effect)...)
	}
	return errs
}

func taintEffect(p validate.Path, effect TaintEffect) validate.Errors {
	return validate.OneOf(p, effect, TaintEffectNoSchedule, TaintEffectPreferNoSchedule, TaintEffectNoExecute)
}

func topologySpread(p validate.Path, list []TopologySpreadConstraint) validate.Errors {
	i := -1
	return validate.Each(p, list, func(p validate.Path, c *TopologySpreadConstraint) validate.Errors {
		i++
		var again validate.Errors
		for _, later := range list[i+1:] {
			if later.TopologyKey == c.TopologyKey && later.WhenUnsatisfiable == c.WhenUnsatisfiable {
				again = append(again, validate.Duplicate(p.Child("{topologyKey, whenUnsatisfiable}"),
					fmt.Sprintf("{%v, %v}", c.TopologyKey, c.WhenUnsatisfiable))...)
			}
		}
		return validate.All(
			validate.Positive(p.Child("maxSkew"), c.MaxSkew),
			require(c.TopologyKey != "", p.Child("topologyKey"), "can not be empty"),
			validate.In(p.Child("whenUnsatisfiable"), c.WhenUnsatisfiable, DoNotSchedule, ScheduleAnyway),
			again,
			validate.IfSet(p.Child("minDomains"), c.MinDomains, func(p validate.Path, n int32) validate.Errors {
				return append(validate.Positive(p, n), must(c.WhenUnsatisfiable == DoNotSchedule, p, n,
					fmt.Sprintf("can only use minDomains if whenUnsatisfiable=%s, not %s", DoNotSchedule, c.WhenUnsatisfiable))...)
			}),
			validate.IfSet(p.Child("nodeAffinityPolicy"), c.NodeAffinityPolicy, isOneOf(NodeInclusionPolicyHonor, NodeInclusionPolicyIgnore)),
			validate.IfSet(p.Child("nodeTaintsPolicy"), c.NodeTaintsPolicy, isOneOf(NodeInclusionPolicyHonor, NodeInclusionPolicyIgnore)),
			labelKeys(p.Child("matchLabelKeys"), c.MatchLabelKeys, c.LabelSelector),
			validate.LabelSelector(p.Child("labelSelector"), c.LabelSelector),
		)
	})
}

func schedulingGates(p validate.Path, gates []PodSchedulingGate) validate.Errors {
	return append(
		validate.Each(p, gates, func(p validate.Path, g *PodSchedulingGate) validate.Errors {
			return validate.String(p, g.Name, names.QualifiedName)
		}),
		validate.UniqueBy(p, gates, func(g *PodSchedulingGate) string { return g.Name })...)
}
