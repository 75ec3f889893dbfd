// Package probe asks containers how they are, and tells them what their lifecycle
// hooks say: by HTTP, TCP, gRPC and commands that run inside.
//
//	p := probe.New(runtime) // what runs commands, or nil
//	k, err := kubelet.New(c, "node-1", runtime, kubelet.Options{Prober: p, Hooks: p})
//
// A [Prober] is both a [kubelet.Prober] and a [kubelet.Hooks]. It keeps nothing
// between two questions, connections neither, and is safe for concurrent use.
//
// Outcomes and their texts are those of Kubernetes: an HTTP answer from 200 to
// 399 is a success, and redirects are followed within the host only; a
// connection is enough for TCP; gRPC is asked by its health protocol; a command
// has to end with code 0. Certificates are not checked: who asks knows whom by
// the address.
package probe
