// Package storagev1 holds storage.k8s.io/v1: classes of storage, and what the
// cluster knows of CSI drivers, their volumes and the nodes that these are
// attached to.
package storagev1
