package clusterroleaggregation

import (
	"context"
	"slices"
	"strings"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

const name = "clusterrole-aggregation-controller"

// Controller fills the ClusterRoles of a server.
type Controller struct {
	loop  *controller.Controller[client.Key]
	c     client.Client
	roles *client.Cache[rbacv1.ClusterRole]
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	c := &Controller{c: caches.Client(), roles: client.CacheOf[rbacv1.ClusterRole](caches)}
	c.loop = controller.New(name, c.reconcile, opts.WithDefaults().Loop())
	controller.Watch(c.loop, c.roles, c.gatherers)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

// gatherers maps a role to all that gather: there are few, and which of them it is
// for, or was, is not worth finding out.
func (c *Controller) gatherers(r *rbacv1.ClusterRole) []client.Key {
	var keys []client.Key
	if r.AggregationRule != nil {
		keys = append(keys, client.Key{Name: r.Name})
	}
	for other := range c.roles.All() {
		if other.AggregationRule != nil && other.Name != r.Name {
			keys = append(keys, client.Key{Name: other.Name})
		}
	}
	return keys
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	role, ok := c.roles.GetKey(key)
	if !ok || role.AggregationRule == nil || role.DeletionTimestamp != nil {
		return controller.Result{}, nil
	}
	var all []*rbacv1.ClusterRole
	for r := range c.roles.All() {
		all = append(all, r)
	}
	rules, err := Gather(role, all)
	if err != nil {
		return controller.Result{}, err
	}
	if sameRules(rules, role.Rules) {
		return controller.Result{}, nil
	}
	next := codec.DeepCopy(role)
	next.Rules = rules
	err = client.Of[rbacv1.ClusterRole](c.c).Update(ctx, next, meta.UpdateOptions{FieldManager: name})
	if meta.IsNotFound(err) {
		return controller.Result{}, nil
	}
	return controller.Result{}, err
}

// Gather returns the rules that role has by its aggregation rule: those of all
// others that it selects, in the order of their names, each once.
func Gather(role *rbacv1.ClusterRole, all []*rbacv1.ClusterRole) ([]rbacv1.PolicyRule, error) {
	var rules []rbacv1.PolicyRule
	if role.AggregationRule == nil {
		return role.Rules, nil
	}
	sorted := slices.SortedFunc(slices.Values(all), func(a, b *rbacv1.ClusterRole) int { return strings.Compare(a.Name, b.Name) })
	taken := map[string]bool{role.Name: true} // nothing is a part of itself
	for i := range role.AggregationRule.ClusterRoleSelectors {
		selector, err := labels.FromLabelSelector(&role.AggregationRule.ClusterRoleSelectors[i])
		if err != nil {
			return nil, err
		}
		for _, r := range sorted {
			if taken[r.Name] || !selector.Matches(r.Labels) {
				continue
			}
			taken[r.Name] = true
			for _, rule := range r.Rules {
				if !slices.ContainsFunc(rules, func(have rbacv1.PolicyRule) bool { return codec.Equal(&have, &rule) }) {
					rules = append(rules, rule)
				}
			}
		}
	}
	return rules, nil
}

func sameRules(a, b []rbacv1.PolicyRule) bool {
	return slices.EqualFunc(a, b, func(x, y rbacv1.PolicyRule) bool { return codec.Equal(&x, &y) })
}
