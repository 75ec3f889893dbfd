// Package subpath gives a container a file or directory out of a volume, and
// nothing else: whoever writes into the volume can put symbolic links anywhere
// and swap them at any time, and must still not reach what is outside of it.
//
//	err := subpath.Bind("/var/lib/.../volumes/.../data", "logs/web", target)
//
// A path is opened once, by the kernel and beneath the volume, and what was
// opened is bound to a directory or file of the kubelet's own that no container
// can change. That is what the runtime mounts.
package subpath
