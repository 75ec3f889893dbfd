// Package etcd is the store in an etcd cluster, for several API servers over
// the same data, and for data that kube-apiserver wrote or shall read.
//
//	store, err := etcd.Open(ctx, etcd.Options{Endpoints: []string{"https://10.0.0.1:2379", "https://10.0.0.2:2379"},
//		CAFile: "ca.pem", CertFile: "client.pem", KeyFile: "client-key.pem"})
//	if err != nil { ... }
//	defer store.Close()
//
// It is a [storage.Store]; this text says only how it keeps that promise. Keys
// and values go to etcd as they are: who lays them out as Kubernetes does is
// package registry, which is above.
//
// # Revisions
//
// A revision is etcd's. A write is one transaction that compares the key's
// modification revision, so that several servers agree; a read of the latest
// state is linearizable, and concurrent calls of [Store.Revision] share one.
//
// # Leases
//
// Keys with a time to live hang on leases. Keys of the same time to live share
// one, a thousand of them or a minute's worth at most: an API server that stores
// many Events would otherwise make a lease of each. A key may live longer for
// it, by a twentieth at most.
//
// # Watches
//
// Every watch has a stream of its own and goes on by itself after a connection
// was lost or the leader changed, from the last revision that it has yielded. A
// reader that is slow makes etcd wait, not this process hold what it has not
// read yet. [Store.Progress] asks etcd to confirm how far a watch has come,
// again and again until it has come as far as the newest revision that this
// Store has seen. That is why etcd has to be 3.4.31, 3.5.13 or later: earlier
// ones may confirm what they have not sent yet. Open refuses them.
//
// # What is tried again
//
// Reads are, while a leader is missing. Of writes: those that etcd cannot have
// seen, and those that name the revision which they replace, because etcd does
// such a one once at most. What a repeated write cannot find out, namely whether
// it was itself that changed the key, is an error that is none of package
// storage: it may have happened.
//
// # Compaction
//
// One of all the servers on a cluster compacts it, kube-apiservers included,
// every five minutes and up to where it was five minutes before. They agree
// through the key that Kubernetes uses for it.
package etcd
