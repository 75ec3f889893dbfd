// Package containerd runs the containers of a node for real, by way of the CRI
// (the container runtime interface) of containerd, from 1.6 on. It implements
// [kubelet.Runtime] and all that a runtime may be able to do besides.
//
//	r, err := containerd.Dial("/run/containerd/containerd.sock", containerd.Options{
//		LogDir: "/var/log/pods",
//		CNI:    containerd.CNI{ConfDir: "/etc/cni/net.d"},
//	})
//	...
//	defer r.Close()
//	k, err := kubelet.New(client, "node-1", r, kubelet.Options{})
//
// The containerd may be the machine's own or one that package daemon starts.
// Other runtimes that speak the CRI work as well; what is containerd's own is
// only used where it is there.
//
// # What it remembers
//
// Nothing that would have to survive: what there is of a Pod is asked of the
// CRI, by the labels that kubelets give (io.kubernetes.pod.uid and so on). Only
// details that do not change any more are kept, such as how a container ended,
// so that a look at a Pod costs two short calls.
//
// # How changes are noticed
//
// A containerd from 1.7 on streams events of containers. With an older one the
// ends of containers are told by its own event service, and a list of what there
// is is compared with the one before every few seconds, for what that misses.
//
// # Networks
//
// Pods get their addresses through CNI. Where Options.CNI names a directory for
// its configuration, a bridge of this node's own is configured there for the
// range that the Node is given, with addresses from host-local, and what leaves
// the range is masqueraded by nftables.
//
// # Resources
//
// A container gets the cgroup settings that its requests and limits ask for,
// under /kubepods/<class>/pod<uid> as kubelets have it; the Pod's own cgroup has
// the sums. Burstable Pods together weigh what they ask for, those that ask for
// nothing the least there is. What Pods use is read from there as well. All Pods
// together are bounded by what the kubelet says; cgroups of Pods that nobody knows
// go when nothing has run in them for a minute.
//
// # Users of Pods' own
//
// A Pod with hostUsers: false needs a runtime that maps users, such as containerd
// 2.x with runc 1.2 or newer, whose state everybody may pass through, as that of
// package daemon; where it does not the Pod waits with an event that says so.
package containerd
