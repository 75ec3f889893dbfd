package rbac

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/auth"
)

// MayGrant returns an error if rules allow, in namespace ("" is the whole
// cluster), more than user is allowed there.
func (p *Policy) MayGrant(user *auth.User, namespace string, rules []rbacv1.PolicyRule) error {
	own, err := p.RulesFor(user, namespace)
	ok, missing := Covers(own, rules)
	if ok {
		return nil
	}
	var lines []string
	for _, r := range compact(missing) {
		lines = append(lines, describe(&r))
	}
	slices.Sort(lines)
	name, groups := "", []string{}
	if user != nil {
		name, groups = user.Name, user.Groups
	}
	text := fmt.Sprintf("user %q (groups=%q) is attempting to grant RBAC permissions not currently held:\n%s", name, groups, strings.Join(lines, "\n"))
	if err != nil {
		text += "; resolution errors: " + err.Error()
	}
	return errors.New(text)
}

// Covers reports whether the rules of own allow all that rules allow, and, in
// the smallest parts, what they do not. A rule that takes several of own's
// together counts: each part must be covered by one of them.
func Covers(own, rules []rbacv1.PolicyRule) (bool, []rbacv1.PolicyRule) {
	var missing []rbacv1.PolicyRule
	for i := range rules {
		for _, part := range parts(&rules[i]) {
			if !slices.ContainsFunc(own, func(r rbacv1.PolicyRule) bool { return covers(&r, &part) }) {
				missing = append(missing, part)
			}
		}
	}
	return len(missing) == 0, missing
}

// parts takes a rule apart into ones of one verb on one thing.
func parts(r *rbacv1.PolicyRule) []rbacv1.PolicyRule {
	var out []rbacv1.PolicyRule
	for _, group := range r.APIGroups {
		for _, resource := range r.Resources {
			for _, verb := range r.Verbs {
				part := rbacv1.PolicyRule{APIGroups: []string{group}, Resources: []string{resource}, Verbs: []string{verb}}
				if len(r.ResourceNames) == 0 {
					out = append(out, part)
				}
				for _, name := range r.ResourceNames {
					part.ResourceNames = []string{name}
					out = append(out, part)
				}
			}
		}
	}
	for _, url := range r.NonResourceURLs {
		for _, verb := range r.Verbs {
			out = append(out, rbacv1.PolicyRule{NonResourceURLs: []string{url}, Verbs: []string{verb}})
		}
	}
	return out
}

// covers reports whether one rule allows all of a part.
func covers(own, part *rbacv1.PolicyRule) bool {
	if !hasOrAll(own.Verbs, part.Verbs[0]) {
		return false
	}
	if len(part.NonResourceURLs) > 0 {
		return matchesPath(own.NonResourceURLs, part.NonResourceURLs[0])
	}
	if !hasOrAll(own.APIGroups, part.APIGroups[0]) || !coversResource(own.Resources, part.Resources[0]) {
		return false
	}
	if len(own.ResourceNames) == 0 {
		return true
	}
	return len(part.ResourceNames) > 0 && slices.Contains(own.ResourceNames, part.ResourceNames[0])
}

func coversResource(list []string, resource string) bool {
	_, subresource, sub := strings.Cut(resource, "/")
	return slices.Contains(list, all) || slices.Contains(list, resource) || sub && slices.Contains(list, "*/"+subresource)
}

// compact puts parts that differ in their verbs alone together again.
func compact(rules []rbacv1.PolicyRule) []rbacv1.PolicyRule {
	type thing struct{ group, resource, name string }
	var out []rbacv1.PolicyRule
	at := map[thing]int{}
	for _, r := range rules {
		if len(r.Resources) == 0 || len(r.ResourceNames) > 1 {
			out = append(out, r)
			continue
		}
		t := thing{group: r.APIGroups[0], resource: r.Resources[0]}
		if len(r.ResourceNames) > 0 {
			t.name = r.ResourceNames[0]
		}
		i, ok := at[t]
		if !ok {
			at[t] = len(out)
			out = append(out, r)
			continue
		}
		if !slices.Contains(out[i].Verbs, r.Verbs[0]) {
			out[i].Verbs = append(slices.Clip(out[i].Verbs), r.Verbs[0])
		}
	}
	return out
}

// describe writes a rule in a line, its empty parts left out.
func describe(r *rbacv1.PolicyRule) string {
	var parts []string
	for _, part := range []struct {
		name   string
		values []string
	}{
		{"APIGroups", r.APIGroups}, {"Resources", r.Resources}, {"NonResourceURLs", r.NonResourceURLs},
		{"ResourceNames", r.ResourceNames}, {"Verbs", r.Verbs},
	} {
		if len(part.values) > 0 {
			quoted := make([]string, len(part.values))
			for i, v := range part.values {
				quoted[i] = fmt.Sprintf("%q", v)
			}
			parts = append(parts, part.name+":["+strings.Join(quoted, " ")+"]")
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
