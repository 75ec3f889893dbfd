// Package rootca puts the certificate authority of the API server into a
// ConfigMap of every namespace, so that Pods can tell that it is the right
// server they speak to.
package rootca
