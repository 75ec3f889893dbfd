package discoveryv1

// What the addresses of an EndpointSlice are.
const (
	AddressTypeIPv4 AddressType = "IPv4"
	AddressTypeIPv6 AddressType = "IPv6"
	AddressTypeFQDN AddressType = "FQDN" // names; nothing in the cluster serves them any more
)

// Labels of an EndpointSlice and of what it is made from.
const (
	LabelServiceName = "kubernetes.io/service-name"              // the Service that the slice belongs to
	LabelManagedBy   = "endpointslice.kubernetes.io/managed-by"  // who keeps the slice; others leave it alone
	LabelSkipMirror  = "endpointslice.kubernetes.io/skip-mirror" // on Endpoints: make no slices of them
)
