package flowcontrolv1

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func flowschemas() *scheme.Resource {
	return scheme.Define[FlowSchema, FlowSchemaList](scheme.Spec[FlowSchema]{
		Name:           "flowschemas",
		Default:        func(f *FlowSchema) { rules.DefaultTo(&f.Spec.MatchingPrecedence, FlowSchemaDefaultMatchingPrecedence) },
		Validate:       ValidateFlowSchema,
		ValidateUpdate: ValidateFlowSchemaUpdate,
		SpecChanged:    func(f, old *FlowSchema) bool { return !validate.Equal(f.Spec, old.Spec) },
		Status: &scheme.Status[FlowSchema]{
			Prepare: func(f, old *FlowSchema) { rules.KeepMetadata(&f.ObjectMeta, &old.ObjectMeta) },
			Resets:  []string{"metadata"},
			Validate: func(f, old *FlowSchema) validate.Errors {
				return append(validate.ObjectMetaUpdate(rules.Metadata, &f.ObjectMeta, &old.ObjectMeta),
					conditionTypes(f.Status.Conditions, func(c *FlowSchemaCondition) string { return string(c.Type) })...)
			},
		},
		RowOrder: func(a, b *FlowSchema) int { // as requests try them
			return cmp.Or(cmp.Compare(a.Spec.MatchingPrecedence, b.Spec.MatchingPrecedence), cmp.Compare(a.Name, b.Name))
		},
		Columns: []scheme.Column[FlowSchema]{
			scheme.NameColumn[FlowSchema](),
			{Name: "PriorityLevel", Help: "`name` is the name of the priority level configuration being referenced Required.", Cell: func(f *FlowSchema) any { return f.Spec.PriorityLevelConfiguration.Name }},
			{Name: "MatchingPrecedence", Help: cells.Help("flowschemas", "MatchingPrecedence"), Cell: func(f *FlowSchema) any { return int64(f.Spec.MatchingPrecedence) }},
			{Name: "DistinguisherMethod", Help: cells.Help("flowschemas", "DistinguisherMethod"), Cell: func(f *FlowSchema) any {
				if f.Spec.DistinguisherMethod == nil {
					return cells.None
				}
				return string(f.Spec.DistinguisherMethod.Type)
			}},
			scheme.AgeColumn[FlowSchema](),
			{Name: "MissingPL", Help: "references a broken or non-existent PriorityLevelConfiguration", Cell: func(f *FlowSchema) any {
				for _, c := range f.Status.Conditions {
					if c.Type == FlowSchemaConditionDangling {
						return string(c.Status)
					}
				}
				return "?"
			}},
		},
	})
}

// conditionTypes checks that every condition has a type, and each type one condition.
func conditionTypes[T any](conditions []T, typeOf func(*T) string) validate.Errors {
	p := rules.Status.Child("conditions")
	return append(validate.UniqueBy(p, conditions, typeOf, "type"),
		validate.Each(p, conditions, func(p validate.Path, c *T) validate.Errors { return validate.NonEmpty(p.Child("type"), typeOf(c)) })...)
}

// ValidateFlowSchema finds every fault of a schema that is about to be made.
func ValidateFlowSchema(f *FlowSchema) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &f.ObjectMeta, false, names.DNSSubdomain), flowSchema(f)...)
}

// ValidateFlowSchemaUpdate finds every fault of a schema that is about to replace old.
func ValidateFlowSchemaUpdate(f, old *FlowSchema) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &f.ObjectMeta, &old.ObjectMeta), flowSchema(f)...)
}

func flowSchema(f *FlowSchema) validate.Errors {
	p, s := rules.Spec, &f.Spec
	precedence, level := p.Child("matchingPrecedence"), p.Child("priorityLevelConfiguration", "name")
	fixed, isFixed := mandatoryFlowSchemas()[f.Name]
	return validate.All(
		rules.Must(s.MatchingPrecedence > 0, precedence, s.MatchingPrecedence, "must be a positive value"),
		rules.Must(s.MatchingPrecedence <= FlowSchemaMaxMatchingPrecedence, precedence, s.MatchingPrecedence, fmt.Sprintf("must not be greater than %d", FlowSchemaMaxMatchingPrecedence)),
		rules.Must(s.MatchingPrecedence != 1 || f.Name == FlowSchemaNameExempt, precedence, s.MatchingPrecedence, "only the schema named 'exempt' may have matchingPrecedence 1"),
		validate.When(s.DistinguisherMethod != nil && !knownDistinguisher(s.DistinguisherMethod.Type), func() validate.Errors {
			return validate.NotSupported(p.Child("distinguisherMethod", "type"), s.DistinguisherMethod, FlowDistinguisherMethodByNamespaceType, FlowDistinguisherMethodByUserType)
		}),
		rules.Require(s.PriorityLevelConfiguration.Name != "", level, "must reference a priority level"),
		rules.Optional(level, s.PriorityLevelConfiguration.Name, names.DNSSubdomain),
		validate.Each(p.Child("rules"), s.Rules, flowRule),
		rules.Must(!isFixed || validate.Equal(*s, fixed), p, *s, fmt.Sprintf("spec of '%s' must equal the fixed value", f.Name)),
	)
}

func knownDistinguisher(t FlowDistinguisherMethodType) bool {
	return t == FlowDistinguisherMethodByNamespaceType || t == FlowDistinguisherMethodByUserType
}

// mandatoryFlowSchemas are those that every server has and nobody changes.
func mandatoryFlowSchemas() map[string]FlowSchemaSpec {
	every := func(groups ...string) []PolicyRulesWithSubjects {
		all := []string{"*"}
		r := PolicyRulesWithSubjects{
			ResourceRules:    []ResourcePolicyRule{{Verbs: all, APIGroups: all, Resources: all, ClusterScope: true, Namespaces: all}},
			NonResourceRules: []NonResourcePolicyRule{{Verbs: all, NonResourceURLs: all}},
		}
		for _, g := range groups {
			r.Subjects = append(r.Subjects, Subject{Kind: SubjectKindGroup, Group: &GroupSubject{Name: g}})
		}
		return []PolicyRulesWithSubjects{r}
	}
	return map[string]FlowSchemaSpec{
		FlowSchemaNameExempt: {
			PriorityLevelConfiguration: PriorityLevelConfigurationReference{Name: PriorityLevelConfigurationNameExempt},
			MatchingPrecedence:         1, Rules: every("system:masters"),
		},
		FlowSchemaNameCatchAll: {
			PriorityLevelConfiguration: PriorityLevelConfigurationReference{Name: PriorityLevelConfigurationNameCatchAll},
			MatchingPrecedence:         FlowSchemaMaxMatchingPrecedence,
			DistinguisherMethod:        &FlowDistinguisherMethod{Type: FlowDistinguisherMethodByUserType},
			Rules:                      every("system:unauthenticated", "system:authenticated"),
		},
	}
}

func flowRule(p validate.Path, r *PolicyRulesWithSubjects) validate.Errors {
	return validate.All(
		rules.Require(len(r.Subjects) > 0, p.Child("subjects"), "subjects must contain at least one value"),
		validate.Each(p.Child("subjects"), r.Subjects, flowSubject),
		rules.Require(len(r.ResourceRules)+len(r.NonResourceRules) > 0, p, "at least one of resourceRules and nonResourceRules has to be non-empty"),
		validate.Each(p.Child("resourceRules"), r.ResourceRules, resourceRule),
		validate.Each(p.Child("nonResourceRules"), r.NonResourceRules, nonResourceRule),
	)
}

func flowSubject(p validate.Path, s *Subject) validate.Errors {
	user, group, account := p.Child("user"), p.Child("group"), p.Child("serviceAccount")
	switch s.Kind {
	case SubjectKindUser, SubjectKindGroup, SubjectKindServiceAccount:
	default:
		return validate.NotSupported(p.Child("kind"), s.Kind, SubjectKindGroup, SubjectKindServiceAccount, SubjectKindUser)
	}
	part := func(p validate.Path, name string, kind SubjectKind, set bool, check func() validate.Errors) validate.Errors {
		switch {
		case s.Kind != kind:
			return rules.Forbid(set, p, fmt.Sprintf("%s is forbidden when subject kind is not '%s'", name, kind))
		case !set:
			return validate.Required(p, fmt.Sprintf("%s is required when subject kind is '%s'", name, kind))
		}
		return check()
	}
	return validate.All(
		part(account, "serviceAccount", SubjectKindServiceAccount, s.ServiceAccount != nil, func() validate.Errors {
			a := s.ServiceAccount
			return validate.All(
				validate.NonEmpty(account.Child("name"), a.Name),
				validate.When(a.Name != NameAll, func() validate.Errors { return rules.Optional(account.Child("name"), a.Name, names.DNSSubdomain) }),
				rules.Require(a.Namespace != "", account.Child("namespace"), "must specify namespace for service account"),
				rules.Optional(account.Child("namespace"), a.Namespace, names.DNSLabel),
			)
		}),
		part(user, "user", SubjectKindUser, s.User != nil, func() validate.Errors { return validate.NonEmpty(user.Child("name"), s.User.Name) }),
		part(group, "group", SubjectKindGroup, s.Group != nil, func() validate.Errors { return validate.NonEmpty(group.Child("name"), s.Group.Name) }),
	)
}

// alone checks that "*" stands alone in a list of what they are.
func alone(p validate.Path, items []string, what string) validate.Errors {
	return rules.Must(len(items) < 2 || !slices.Contains(items, "*"), p, items, "if '*' is present, must not specify other "+what)
}

func flowVerbs(p validate.Path, verbs []string) validate.Errors {
	known := []string{"create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"}
	unknown := !slices.Contains(verbs, VerbAll) && slices.ContainsFunc(verbs, func(v string) bool { return !slices.Contains(known, v) })
	return validate.All(
		rules.Require(len(verbs) > 0, p, "verbs must contain at least one value"),
		alone(p, verbs, "verbs"),
		validate.When(unknown, func() validate.Errors { return validate.NotSupported(p, verbs, known...) }),
	)
}

func nonResourceRule(p validate.Path, r *NonResourcePolicyRule) validate.Errors {
	urls := p.Child("nonResourceURLs")
	return validate.All(
		flowVerbs(p.Child("verbs"), r.Verbs),
		rules.Require(len(r.NonResourceURLs) > 0, urls, "nonResourceURLs must contain at least one value"),
		alone(urls, r.NonResourceURLs, "non-resource URLs"),
		validate.When(!slices.Contains(r.NonResourceURLs, NonResourceAll), func() validate.Errors {
			return validate.Each(urls, r.NonResourceURLs, func(p validate.Path, url *string) validate.Errors { return urlPattern(p, *url) })
		}),
	)
}

func urlPattern(p validate.Path, url string) validate.Errors {
	bad := func(detail string) validate.Errors { return validate.Invalid(p, url, detail) }
	switch stars := strings.Count(url, "*"); {
	case url == "":
		return bad("must not be empty")
	case url == "/":
		return nil
	case url[0] != '/':
		return bad("must start with slash")
	case strings.Contains(url, " "):
		return bad("must not contain white-space")
	case strings.Contains(url, "//"):
		return bad("must not contain double slash")
	case stars > 1 || stars == 1 && !strings.HasSuffix(url, "/*"):
		return bad("wildcard can only do suffix matching")
	}
	return nil
}

func resourceRule(p validate.Path, r *ResourcePolicyRule) validate.Errors {
	namespaces := p.Child("namespaces")
	return validate.All(
		flowVerbs(p.Child("verbs"), r.Verbs),
		rules.Require(len(r.APIGroups) > 0, p.Child("apiGroups"), "resource rules must supply at least one api group"),
		alone(p.Child("apiGroups"), r.APIGroups, "api groups"),
		rules.Require(len(r.Resources) > 0, p.Child("resources"), "resource rules must supply at least one resource"),
		alone(p.Child("resources"), r.Resources, "resources"),
		rules.Require(len(r.Namespaces) > 0 || r.ClusterScope, namespaces, "resource rules that are not cluster scoped must supply at least one namespace"),
		alone(namespaces, r.Namespaces, "namespaces"),
		validate.When(!slices.Contains(r.Namespaces, NamespaceEvery), func() validate.Errors {
			return validate.Each(namespaces, r.Namespaces, func(p validate.Path, n *string) validate.Errors {
				var errs validate.Errors
				for _, problem := range names.DNSLabel(*n) {
					errs = append(errs, validate.Invalid(p, *n, "each member of this list must be '*' or a DNS-1123 label; "+problem)...)
				}
				return errs
			})
		}),
	)
}
