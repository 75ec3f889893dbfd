// Package etcd tests the etcd store, and servers on it, against real etcd
// clusters that run in the test's process: one member, and three of which one is
// killed and the leader moves under load. It is a module of its own so that
// etcd's server does not weigh on those who import Nucleus.
package etcd
