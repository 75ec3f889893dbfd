// Package volume gives Pods their volumes on a Linux node. It implements
// kubelet.Volumes:
//
//	volumes, err := volume.New(c, volume.Options{RootDir: "/var/lib/nucleus", NodeName: "node-1"})
//	go volumes.Run(ctx)
//	k, err := kubelet.New(c, "node-1", runtime, kubelet.Options{Volumes: volumes, RootDir: "/var/lib/nucleus"})
//
// # Plug-ins
//
// Each kind of volume is a [Plugin], a small interface. [Standard] has emptyDir,
// hostPath, configMap, secret, downwardAPI, projected, image, local and nfs;
// packages volume/csi and volume/flexvolume have one each. A program adds its
// own by Options.Plugins, which are asked before the standard ones.
//
// A plug-in whose content comes from objects of the API reads them with
// [Object]: when one of them changes its Mount is called again. Result.Again asks
// for that at a time, as tokens need it that end.
//
// # On the disk
//
// Directories are where Kubernetes has them, so that tools which look there find
// them: a volume is at
//
//	RootDir/pods/UID/volumes/PLUGIN/NAME
//
// with / in the plug-in's name written as ~, and NAME that of the
// PersistentVolume if there is one. What of it containers see by subPath is
// bound below RootDir/pods/UID/volume-subpaths, and RootDir/plugins belongs to
// plug-ins that mount a volume once for all Pods.
//
// # Promises
//
// The disk is the truth: a Manager that comes after a crash knows from
// directories and mounts what is left of which Pod, and unmounts it. Unmount
// never removes what lies behind a mount, whatever state it finds. Mount of what
// is mounted changes nothing. Content changes atomically (package
// volume/atomicdir), and paths in volumes are followed without leaving them
// (package volume/subpath).
//
// It needs the right to mount for all but hostPath, configMap and emptyDir on
// disk. The sizeLimit of an emptyDir on disk is for who evicts Pods to hold; see
// [Manager.VolumeUsage].
package volume
