// Package policyv1 holds policy/v1: disruption budgets, and evictions, which
// keep to them.
package policyv1
