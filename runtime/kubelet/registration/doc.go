// Package registration finds plug-ins that run on the node beside the kubelet,
// such as CSI drivers: each puts a socket into a directory, on which it speaks
// the kubelet's plug-in registration protocol.
//
//	w := registration.New("/var/lib/nucleus/plugins_registry", map[string]registration.Handler{
//		registration.CSI: drivers,
//	}, registration.Options{})
//	err := w.Run(ctx)
//
// A plug-in is registered as long as its socket is there, and anew when that is
// made anew. One that cannot be registered is told why, and tried again, later
// and later. The directory is looked at each second, which costs less than being
// told of changes is worth.
package registration
