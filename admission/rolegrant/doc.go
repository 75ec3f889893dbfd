// Package rolegrant refuses roles and bindings by which users would give away
// what they do not have themselves. Kubernetes has this in the storage of the
// resources; here it is the last of the plug-ins that may change an object, so that
// it sees what will be validated and stored.
//
// Two verbs lift it: "escalate" on roles and clusterroles, and "bind" on the role
// that a binding refers to.
package rolegrant
