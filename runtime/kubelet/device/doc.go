// Package device gives containers devices of the node, such as accelerators, which
// plug-ins speak for.
//
//	m, err := device.New(device.Options{RootDir: "/var/lib/kubelet"})
//	...
//	kubelet.New(c, name, runtime, kubelet.Options{Devices: m, ...})
//	err = m.Run(ctx)
//
// A device plug-in is a program that puts a socket into RootDir/device-plugins and
// registers through kubelet.sock there, or one that the watcher of package
// registration finds: a [Manager] is a handler for those of type
// registration.Device. It names a resource, lists its devices as long as it lives,
// and says what a container needs that is given some of them. The Node's capacity
// has as many of the resource as there are devices, and as allocatable those that
// are healthy.
//
// # Which devices a container gets
//
// All containers of a Pod get theirs when the node takes it. What a container that
// runs before others has is given on to those after it. The plug-in may prefer some
// devices to others; else they go by their ids. What was given is kept in a file and
// stays given as long as the Pod has not ended, also over restarts of the kubelet
// and the plug-in.
//
// When a plug-in ends, its devices count as unhealthy. When it has not come back
// after a while the Node has none of the resource.
//
// [PodResources] tells agents of the node which containers have which devices.
//
// # What is not here
//
// Devices are not chosen by the part of the machine that they are near to.
package device
