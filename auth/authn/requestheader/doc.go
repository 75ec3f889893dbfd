// Package requestheader authenticates users whom a proxy in front of the server has
// authenticated: the proxy proves itself by a client certificate of an authority of
// its own, and says in headers who the user is. An API server that forwards requests to
// aggregated ones is such a proxy.
package requestheader
