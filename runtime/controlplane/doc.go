// Package controlplane puts an API server together from its parts: a store, the
// declared resources over it, authentication, certificates of its own, and a
// kubeconfig to come in with.
//
//	cp, err := controlplane.New(ctx, controlplane.Options{DataDir: "./data"})
//	...
//	err = cp.Run(ctx)
//
// With no groups named it serves every API group of Kubernetes. With groups of
// your own it is a control plane of your own:
//
//	controlplane.Options{Groups: append(api.Basic(), scheme.Group{Name: "example.com", Versions: ...})}
//
// Controllers, schedulers and the like run beside it on [ControlPlane.Client],
// which needs no network. Whoever wants other parts than these puts them
// together directly: everything here is exported API of the packages below.
package controlplane
