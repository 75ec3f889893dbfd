// Package client reads and writes the resources of an API server, in the same
// process or across the network.
//
//	kubeconfig, err := client.LoadKubeconfig("")
//	config, err := kubeconfig.Config("")
//	config.Scheme = s // knows the Go types; see package apimachinery/api
//	c, err := client.New(config)
//
//	pods := client.Of[corev1.Pod](c).In("default")
//	pod, err := pods.Get(ctx, "web-0")
//	list, err := pods.List(ctx, meta.ListOptions{LabelSelector: "app=web"})
//	err = pods.Delete(ctx, "web-0")
//
// # Faces of a Client
//
// A [Client] is what everything else stands on: eight methods that take the
// resource as data. [Remote], made by [New], speaks HTTP; a registry in the
// same process makes Clients that skip encoding and the network. Callers cannot
// tell them apart, so a component that takes a Client runs in either place.
//
// [Of] is the typed face of it. [Dynamic] is the face for kinds without a Go
// type, [Metadata] the one for who needs only metadata, of any kind.
//
// # Watching
//
// [Resource.Watch] is one watch, which ends when the server says so.
// [ResumingWatch] goes on for ever: it resumes, and lists anew where the server
// has forgotten. A [Cache] does that too and keeps the objects, with indexes
// and handlers:
//
//	cache := client.NewCache[corev1.Pod](c, client.CacheOptions[corev1.Pod]{})
//	go cache.Run(ctx)
//	err := cache.WaitSynced(ctx)
//	for pod := range cache.All() { ... }
//
// [Caches] are a set of them for the parts of a program to share. In the
// server's process a cache holds pointers to the server's own objects (see
// [Source]).
//
// # Promises
//
// Clients, caches and mappers are safe for concurrent use. Objects from a watch
// or a cache are shared and must not be changed: copy them with
// codec.DeepCopy. Errors of the server are *meta.StatusError; ask
// meta.IsNotFound and its like. A Remote sends a request again, within bounds,
// if nobody could be connected to or the server asks for it (429, or 5xx with
// Retry-After); it never repeats a write that may have been done.
//
// # What is not here
//
// Queues and loops that act on what a cache tells: package runtime/controller.
// Credentials from other programs (exec plug-ins).
package client
