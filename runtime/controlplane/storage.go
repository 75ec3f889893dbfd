package controlplane

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage"
)

// StorageOptions say how objects are kept in the store. The zero value keeps
// them under /registry, as they are.
type StorageOptions struct {
	// Prefix is what all keys begin with; "" is "/registry".
	Prefix string
	// Of returns the store for the objects of one resource: given itself, one
	// around it, such as package encrypt's, or another. Nil: the one for all.
	Of func(resource meta.GroupResource, given storage.Store) storage.Store
	// Checks are what storage adds to the server's health.
	Checks []server.Check
}
