// Package hollow is a runtime that simulates containers, and fleets of nodes
// that run on it: for work on the control plane, for demonstrations and for
// tests of scale. Nodes say what they are by the labels
// node.kubernetes.io/simulated=true and nucleus.io/runtime=hollow.
//
//	fleet, err := hollow.NewFleet(c, hollow.FleetOptions{Count: 100})
//	...
//	err = fleet.Run(ctx)
//
// Everything around the containers is real: the kubelet, its Node and Lease,
// statuses, events, restarts, deletion in good order. Only that what runs in a
// container is nothing, that images are pulled by noting their names, and that
// addresses lead nowhere.
//
// # What simulated containers do
//
// A container runs until it is told to end, and then ends with code 0. Those of
// a Pod that is to end (restartPolicy Never or OnFailure, so those of Jobs) end
// by themselves after a second, with code 0, and with 143 if they are told to
// end before. Init containers end almost at once. Annotations of the Pod say
// otherwise; each can also be given for one container, as KEY.CONTAINER:
//
//	hollow.nucleus.io/run-for: 30s      ends by itself after that time; "forever" for never
//	hollow.nucleus.io/exit-code: "1"    how it ends by itself
//	hollow.nucleus.io/stop-after: 20s   how long it takes to end when told to
//	hollow.nucleus.io/pull-error: text  its image cannot be pulled
//
// Without a container's name the first two speak of the Pod's main containers
// only. A value that cannot be read keeps the container from starting, and its
// status says why.
package hollow
