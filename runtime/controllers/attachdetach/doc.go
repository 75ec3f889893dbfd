// Package attachdetach asks for volumes to be attached to the nodes whose Pods
// use them, and for their detaching when none does any more.
//
//	attacher := attachdetach.New(caches, workload.Options{})
//	err := attacher.Run(ctx)
//
// It speaks to CSI drivers that attach through VolumeAttachment objects: it makes
// and deletes them, and the attacher that comes with each driver acts on them. A
// volume for one node at a time is attached to another one only when it is off
// the first; an event tells the Pod that waits.
//
// A volume stays attached as long as the API has a Pod on the node that refers to
// it, be it one that has ended: the kubelet may still have it mounted. That is
// longer than it has to be, and never too short. A Pod may be removed by force while
// its kubelet still has the volume mounted; so a volume stays, too, while the status of
// the node lists it as in use, for 6 minutes at most where the node is not well.
//
// What is attached to a node is listed in its status.
package attachdetach
