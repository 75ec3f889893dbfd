// Package daemon runs a containerd of one's own: under a directory of its own,
// with what is installed on the machine, configured for what the machine allows,
// and beside a containerd that the machine may have itself.
//
//	d, err := daemon.New(daemon.Options{Dir: "/srv/node/containerd", SandboxImage: image})
//	...
//	go d.Run(ctx)
//	err = d.WaitReady(ctx)
//	r, err := containerd.Dial(d.Socket(), containerd.Options{CNI: d.CNI()})
//
// A containerd that dies is started again; containers outlive it. They outlive
// also the process that runs the Daemon when that is killed: the next one takes
// them over. When Run ends in order, though, everything that was started has gone:
// containers, sandboxes, their shims, mounts and network namespaces, the bridge.
package daemon
