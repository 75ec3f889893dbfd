package resourcev1alpha3

// What a taint on a device does to Pods that do not tolerate it.
const (
	DeviceTaintEffectNone       DeviceTaintEffect = "None"       // nothing; it only informs
	DeviceTaintEffectNoSchedule DeviceTaintEffect = "NoSchedule" // new Pods do not get the device
	DeviceTaintEffectNoExecute  DeviceTaintEffect = "NoExecute"  // Pods that have it are evicted too
)
