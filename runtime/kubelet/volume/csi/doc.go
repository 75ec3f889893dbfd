// Package csi mounts volumes by drivers of the Container Storage Interface that
// run on the node and register themselves with the kubelet.
//
//	drivers := csi.New(c, csi.Options{RootDir: root, NodeName: "node-1"})
//	volumes, err := volume.New(c, volume.Options{RootDir: root, NodeName: "node-1", Plugins: []volume.Plugin{drivers}})
//
// A driver's registrar puts its socket into RootDir/plugins_registry. The driver
// is then asked for the node's name with it, and entered into the CSINode object
// and the Node's labels, from where schedulers and attachers have it.
//
// A PersistentVolume is waited for until it is attached, if its driver attaches;
// staged once for all Pods below RootDir/plugins/kubernetes.io/csi, if its driver
// stages; and published for each Pod. Inline volumes of Pods are published only.
// What is needed to undo that without the API is in a vol_data.json beside each
// mount, in the form that Kubernetes has.
//
// # What is not here
//
// Growing of file systems on the node and SELinux mount
// options. Controllers that make, attach and delete volumes come with the
// drivers.
package csi
