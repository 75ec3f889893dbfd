package rbac

import (
	"slices"
	"strings"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/auth/authz"
)

const all = "*"

// allows reports whether the rule allows the request. resource is what is asked
// for, with the subresource after a slash.
func allows(rule *rbacv1.PolicyRule, r *authz.Request, resource string) bool {
	if !hasOrAll(rule.Verbs, r.Verb) {
		return false
	}
	if !r.ResourceRequest {
		return matchesPath(rule.NonResourceURLs, r.Path)
	}
	return hasOrAll(rule.APIGroups, r.Group) && matchesResource(rule.Resources, resource, r.Subresource) &&
		(len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, r.Name))
}

func hasOrAll(list []string, want string) bool {
	return slices.Contains(list, want) || slices.Contains(list, all)
}

// matchesResource knows "pods", "pods/log", "*/log" and "*".
func matchesResource(list []string, resource, subresource string) bool {
	for _, have := range list {
		if have == all || have == resource {
			return true
		}
		if subresource != "" && len(have) == len(subresource)+2 && have[:2] == "*/" && have[2:] == subresource {
			return true
		}
	}
	return false
}

// matchesPath knows exact paths and ones that end in a star.
func matchesPath(list []string, path string) bool {
	for _, have := range list {
		if have == all || have == path {
			return true
		}
		if prefix, ok := strings.CutSuffix(have, all); ok && strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// Allows reports whether one of rules allows the request.
func Allows(rules []rbacv1.PolicyRule, r *authz.Request) bool {
	resource := r.Resource
	if r.Subresource != "" {
		resource += "/" + r.Subresource
	}
	for i := range rules {
		if allows(&rules[i], r, resource) {
			return true
		}
	}
	return false
}
