package registry

import "net/netip"

// BootstrapOptions say what [Registry.Bootstrap] cannot know.
type BootstrapOptions struct {
	// Address and Port are where the API server is reached; they become the
	// endpoints of the Service "kubernetes". An invalid address leaves that Service
	// and its endpoints out.
	Address netip.Addr
	Port    int32
	// ServicePort is the port of the Service; 0 is 443.
	ServicePort int32
}
