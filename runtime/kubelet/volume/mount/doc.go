// Package mount mounts and unmounts file systems on Linux, reads what is
// mounted, and removes directories without ever reaching into a mount.
//
//	err := mount.Bind("/srv/data", dir, true)
//	mounted, err := mount.Is(dir)
//	err = mount.Unmount(dir)
//	err = mount.RemoveAll(dir)
//
// All of it is about the mount namespace of this process and needs the right to
// mount, except for reading. Paths are absolute and free of symbolic links, as
// the kernel lists them. Functions are safe for concurrent use.
package mount
