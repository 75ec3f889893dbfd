// Package flexvolume mounts volumes by executables of the node, the way that
// there was before CSI. It is for what already works so; new drivers are CSI
// drivers.
//
//	plugin := flexvolume.New(c, flexvolume.Options{Dir: "/usr/libexec/kubernetes/kubelet-plugins/volume/exec"})
//	volumes, err := volume.New(c, volume.Options{..., Plugins: []volume.Plugin{plugin}})
//
// The driver VENDOR/NAME is the executable Dir/VENDOR~NAME/NAME. It is called with
// init, with mount and a directory and options as JSON, and with unmount and the
// directory, and answers on its standard output with JSON as well. One that
// answers "Not supported" to mount or unmount leaves that to the kubelet.
//
// Drivers that have to attach volumes to nodes are refused with an error: there
// is no controller that calls them for that.
package flexvolume
