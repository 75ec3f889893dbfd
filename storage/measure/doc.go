// Package measure counts what is asked of stores and what they send, in metrics
// with the names and labels of Kubernetes' API server, so that its dashboards and
// alerts work.
//
//	m := measure.New()
//	prometheus.MustRegister(m)
//	secrets := m.Store(meta.GroupResource{Resource: "secrets"}, store)
//
// The names begin with etcd_ where Kubernetes' do, whatever the store is:
//
//   - etcd_requests_total, etcd_request_errors_total and
//     etcd_request_duration_seconds, by operation and resource. A refusal, such as
//     that a key exists, is no error: the store has done what it is for.
//   - apiserver_storage_events_received_total and etcd_bookmark_total: what
//     watches have yielded, by resource.
//   - etcd_lease_object_counts: how many keys share a lease, noted when one takes
//     no more.
//   - apiserver_storage_size_bytes: what stores take on disk, see
//     [Metrics.FollowSizes].
//
// Only what has happened makes a series. Everything is safe for concurrent use.
package measure
