// Package namespacelifecycle keeps objects out of namespaces that do not exist
// or are being deleted, and the namespaces that every cluster needs from being
// deleted.
package namespacelifecycle
