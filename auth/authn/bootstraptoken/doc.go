// Package bootstraptoken authenticates by the short tokens with which machines
// join a cluster: "abcdef.0123456789abcdef", kept in Secrets of type
// bootstrap.kubernetes.io/token in kube-system, which people make and take away.
package bootstraptoken
