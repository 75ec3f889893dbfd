// Package bootstrap has the roles and bindings that every cluster begins with,
// as Kubernetes v1.37 has them: what known and unknown users may do, the roles view,
// edit and admin, and what each part of the system needs.
//
//	objects, err := bootstrap.Objects()
//
// They are written in policy.txt, one line a role or binding, and below a role
// one line a rule:
//
//	clusterrole NAME part-of:X sum-of:Y    its rules are part of the role X; it has those of all that are part of Y
//	role NAMESPACE/NAME
//		VERBS | API GROUPS | RESOURCES | NAMES
//		VERBS | PATHS
//	clusterrolebinding NAME to:ROLE user:NAME group:NAME account:NAMESPACE/NAME
//	rolebinding NAMESPACE/NAME to:ROLE ...
//
// Without to: a binding is to the role of its own name. "" is the core API group.
package bootstrap

import (
	_ "embed"
	"fmt"
	"strings"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

//go:embed policy.txt
var policy string

// Policy is a set of roles and bindings.
type Policy struct {
	ClusterRoles        []*rbacv1.ClusterRole
	ClusterRoleBindings []*rbacv1.ClusterRoleBinding
	Roles               []*rbacv1.Role
	RoleBindings        []*rbacv1.RoleBinding
}

// Objects returns the roles and bindings, made anew at each call.
func Objects() (*Policy, error) {
	p, err := Parse(policy)
	if err != nil {
		return nil, fmt.Errorf("roles and bindings to begin with: %w", err)
	}
	return p, nil
}

// Parse reads a text like policy.txt.
func Parse(text string) (*Policy, error) {
	p := &Policy{}
	var rules *[]rbacv1.PolicyRule // of the role that rules are of
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, " \n")
		if line == "" {
			continue
		}
		var err error
		if rule, ok := strings.CutPrefix(line, "\t"); ok {
			err = addRule(rules, rule)
		} else {
			rules, err = p.add(strings.Fields(line))
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return p, nil
}

func addRule(rules *[]rbacv1.PolicyRule, line string) error {
	if rules == nil {
		return fmt.Errorf("a rule that no role comes before")
	}
	parts := strings.Split(line, " | ")
	list := func(i int) []string {
		values := strings.Split(parts[i], ",")
		for j, v := range values {
			if v == `""` {
				values[j] = ""
			}
		}
		return values
	}
	rule := rbacv1.PolicyRule{Verbs: list(0)}
	switch len(parts) {
	case 2:
		rule.NonResourceURLs = strings.Fields(parts[1])
	case 3, 4:
		rule.APIGroups, rule.Resources = list(1), list(2)
		if len(parts) == 4 {
			rule.ResourceNames = list(3)
		}
	default:
		return fmt.Errorf("a rule of %d parts", len(parts))
	}
	*rules = append(*rules, rule)
	return nil
}

const aggregatePrefix = "rbac.authorization.k8s.io/aggregate-to-"

// add reads the line of a role or binding, and returns where a role's rules go.
func (p *Policy) add(fields []string) (*[]rbacv1.PolicyRule, error) {
	if len(fields) < 2 {
		return nil, fmt.Errorf("%q names nothing", fields)
	}
	about := meta.ObjectMeta{
		Name:        fields[1],
		Labels:      map[string]string{"kubernetes.io/bootstrapping": "rbac-defaults"},
		Annotations: map[string]string{rbacv1.AutoUpdateAnnotationKey: "true"},
	}
	if namespace, name, ok := strings.Cut(fields[1], "/"); ok {
		about.Namespace, about.Name = namespace, name
	}
	var sums []meta.LabelSelector
	var subjects []rbacv1.Subject
	to := about.Name
	for _, f := range fields[2:] {
		what, value, _ := strings.Cut(f, ":")
		switch what {
		case "part-of":
			about.Labels[aggregatePrefix+value] = "true"
		case "sum-of":
			sums = append(sums, meta.LabelSelector{MatchLabels: map[string]string{aggregatePrefix + value: "true"}})
		case "to":
			to = value
		case "user":
			subjects = append(subjects, rbacv1.Subject{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: value})
		case "group":
			subjects = append(subjects, rbacv1.Subject{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: value})
		case "account":
			namespace, name, _ := strings.Cut(value, "/")
			subjects = append(subjects, rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: name})
		default:
			return nil, fmt.Errorf("%q is not known", f)
		}
	}
	switch fields[0] {
	case "clusterrole":
		r := &rbacv1.ClusterRole{ObjectMeta: about}
		if len(sums) > 0 {
			r.AggregationRule = &rbacv1.AggregationRule{ClusterRoleSelectors: sums}
		}
		p.ClusterRoles = append(p.ClusterRoles, r)
		return &r.Rules, nil
	case "role":
		r := &rbacv1.Role{ObjectMeta: about}
		p.Roles = append(p.Roles, r)
		return &r.Rules, nil
	case "clusterrolebinding":
		ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: to}
		p.ClusterRoleBindings = append(p.ClusterRoleBindings, &rbacv1.ClusterRoleBinding{ObjectMeta: about, Subjects: subjects, RoleRef: ref})
	case "rolebinding":
		ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: to}
		p.RoleBindings = append(p.RoleBindings, &rbacv1.RoleBinding{ObjectMeta: about, Subjects: subjects, RoleRef: ref})
	default:
		return nil, fmt.Errorf("%q is no kind of object here", fields[0])
	}
	return nil, nil
}
