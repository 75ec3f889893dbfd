// Package storageflags has the command-line flags that say where an API server
// keeps its objects, named as kube-apiserver names them, and opens what they
// say. Programs that embed a control plane share it:
//
//	var f storageflags.Flags
//	f.Register(set)
//	...
//	kept, err := f.Open(ctx, &options) // of controlplane.New
//	if err != nil { ... }
//	defer kept.Close()
//	go kept.Run(ctx)
//
// Without any of the flags the options are left alone, and the control plane
// opens its embedded store.
package storageflags
