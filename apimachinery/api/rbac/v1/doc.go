// Package rbacv1 holds rbac.authorization.k8s.io/v1: roles, which are sets of
// rights, and bindings, which give them to users, groups and ServiceAccounts.
package rbacv1
