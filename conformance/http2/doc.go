// Package http2 holds the server's HTTP/2 against h2spec, the suite of checks of
// RFC 9113 and RFC 7541 that HTTP/2 servers are commonly held against. It is a module
// of its own: nobody who imports Nucleus needs the suite.
package http2
