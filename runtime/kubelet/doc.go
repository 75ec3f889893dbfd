// Package kubelet runs the Pods of one node: it registers the Node, keeps its
// heartbeat, and brings every Pod that is bound to it through its life.
//
//	k, err := kubelet.New(c, "node-1", runtime, kubelet.Options{PodCIDR: cidr})
//	...
//	err = k.Run(ctx)
//
// What runs containers is behind the [Runtime] interface, which has the shape
// of the CRI: sandboxes, containers in them, images, logs. Package
// kubelet/hollow has a runtime that only simulates them.
//
// # How a Pod lives
//
// There is one reconciliation of a Pod at a time and it never waits for the
// runtime: it looks at what the Pod asks for and at what the runtime has,
// decides (decide.go, without I/O and clock), sets operations going, and writes
// the status. Each operation, such as pulling an image and starting a
// container, runs by itself and asks for the next look when it is through. A
// Pod to which nothing happens costs neither a goroutine nor a timer.
//
// Init containers run one after another, sidecars stay, then the containers
// start together. Ended containers restart as the restart policies say, after
// 0, 10, 20, ... 300 seconds. When a Pod is deleted its containers are given
// the grace period, sidecars last; when nothing is left its last status is
// written and the object is deleted for good. Reasons, messages and events are
// worded as Kubernetes words them.
//
// Before the first container a Pod's volumes are mounted ([Volumes]), and each
// container gets its environment, a hosts file and a place for its last words.
// What refers to a ConfigMap or Secret that is not there waits and says so.
//
// # What a node needs besides
//
// With a [Machine] (package kubelet/machine reads the one the program runs on) the
// Node's capacity is the machine's, and the kubelet watches over what is left: it
// says so in the Node's conditions and evicts Pods, those first that use more
// than they asked for. Package kubelet/probe has probes and hooks, package
// kubelet/volume volumes, package kubelet/device devices that plug-ins speak for,
// package kubelet/containerd a runtime. What a runtime
// can do besides running containers it says by further interfaces: [Execer],
// [Streamer], [ImageStore], [Resizer], [LogRotator], [Meter], [PodCleaner],
// [Sweeper], [Bounder].
//
// Options.Reserved keeps a part of the machine from Pods: it is not allocatable, and
// a Bounder limits all Pods together to the rest. [Kubelet.ShutDown] ends the Pods in
// order before the machine goes down.
//
// Options.StaticPodDir names a directory of Pods that are the node's own. They
// run without the API, which gets mirrors of them, and so may not refer to objects of
// the API. A mirror that is deleted comes again.
//
// # Promises
//
// Nothing runs until Run is called, and nothing of it after Run has returned;
// containers of the runtime go on. A kubelet that comes back adopts what it
// finds there, probes included, and tears down what the API has no more. A
// container that the API says was running and that the runtime does not know
// counts as ended by force.
//
// Files are kept below Options.RootDir and Options.LogDir only. Nothing is ever
// deleted through a directory in which something may be mounted.
//
// # What is not here
//
// Dynamic resource allocation, swap, pinned processors and checkpoints.
package kubelet
