// Package etcd tests the etcd store, and servers on it, against real etcd
// clusters: one member, and three of which one is killed and the leader moves
// under load; servers that are killed again and again; hosts in network
// namespaces between which connections are cut (as root). It is a module of its
// own so that etcd's server does not weigh on those who import Nucleus.
//
// Clusters run in the test's process, or in processes of their own where they are
// killed or have hosts. Tests with API servers as processes take the built binary
// from the environment: make etcd. A long run of those that disturb:
//
//	NUCLEUS=$PWD/../../bin/nucleus go test -run 'KeepsItsWord|KeepTheirWord' -timeout 1h -robustness.duration 10m
package etcd
