// Package bootstraptoken sees to the tokens with which machines join:
// [NewCleaner] deletes those whose time is over, and [NewSigner] signs the ConfigMap
// cluster-info in kube-public with each, so that who has a token but does not know the
// cluster's authority yet can tell that the kubeconfig in it is genuine.
package bootstraptoken
