// Package clientcert authenticates by X.509 client certificates, as Kubernetes
// reads them: the common name is the user, each organization a group.
package clientcert
