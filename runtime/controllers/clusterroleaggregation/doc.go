// Package clusterroleaggregation fills ClusterRoles that are made of others: those
// with an aggregation rule get the rules of all ClusterRoles that it selects. So
// admin, edit and view come to their rules, and whoever adds a kind of objects adds
// to them by a role with a label.
package clusterroleaggregation
