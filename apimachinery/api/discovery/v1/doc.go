// Package discoveryv1 holds discovery.k8s.io/v1: EndpointSlices, which list the
// addresses that serve a Service.
package discoveryv1
