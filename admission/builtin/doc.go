// Package builtin puts the plug-ins that come with Nucleus into the order in
// which Kubernetes runs them.
package builtin
