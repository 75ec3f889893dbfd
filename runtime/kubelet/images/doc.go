// Package images makes and serves small container images, so that a node can be
// brought up without a registry elsewhere:
//
//	store, err := images.Open("/srv/node/registry")
//	pause, err := images.Pause(runtime.GOARCH)
//	err = store.Put("pause:1", pause)
//	...
//	http.Serve(listener, store)
//
// [Build] makes an image of files and a configuration, [Pause] the one that holds
// sandboxes. A [Store] keeps images in a directory and serves them as an OCI
// registry, to which other tools can push as well. It asks nobody who he is: let
// it listen on a loopback address only.
package images
