// Package endpoints tells in an Endpoints object where the Pods of each Service
// are, for those that do not read EndpointSlices yet.
//
// An Endpoints object knows one family of addresses, a thousand of them, and no
// terminating ones. Everything else is as in package endpointslice.
package endpoints
