package scheduler

import (
	"context"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// followed is a cache whose objects the cluster is kept up to date with.
type followed struct {
	stop   func()
	synced func(context.Context) error
}

// follow keeps what is not nodes and Pods up to date.
func (s *Scheduler) follow() []followed {
	storage := s.cluster.Storage
	return []followed{
		keep(s, StorageChanged, storage.Claims, keyOf[corev1.PersistentVolumeClaim]),
		keep(s, StorageChanged, storage.Volumes, nameOf[corev1.PersistentVolume]),
		keep(s, StorageChanged, storage.Classes, nameOf[storagev1.StorageClass]),
		keep(s, StorageChanged, storage.Nodes, nameOf[storagev1.CSINode]),
		keep(s, StorageChanged, storage.Drivers, nameOf[storagev1.CSIDriver]),
		keep(s, StorageChanged, storage.Capacities, keyOf[storagev1.CSIStorageCapacity]),
		keep(s, StorageChanged, storage.Attachments, nameOf[storagev1.VolumeAttachment]),
		note(s, s.cluster.SetBudget, func(key client.Key, _ *policyv1.PodDisruptionBudget) { s.cluster.RemoveBudget(key) }),
		note(s, s.cluster.SetService, func(key client.Key, _ *corev1.Service) { s.cluster.RemoveService(key) }),
		note(s, func(r *corev1.ReplicationController) {
			s.cluster.SetOwner(r.UID, &meta.LabelSelector{MatchLabels: r.Spec.Selector})
		}, func(_ client.Key, r *corev1.ReplicationController) { s.cluster.SetOwner(r.UID, nil) }),
		note(s, func(r *appsv1.ReplicaSet) { s.cluster.SetOwner(r.UID, r.Spec.Selector) },
			func(_ client.Key, r *appsv1.ReplicaSet) { s.cluster.SetOwner(r.UID, nil) }),
		note(s, func(set *appsv1.StatefulSet) { s.cluster.SetOwner(set.UID, set.Spec.Selector) },
			func(_ client.Key, set *appsv1.StatefulSet) { s.cluster.SetOwner(set.UID, nil) }),
	}
}

func keyOf[T any, P client.Pointer[T]](obj P) client.Key { return client.KeyOf(obj) }

func nameOf[T any, P client.Pointer[T]](obj P) string { return client.KeyOf(obj).Name }

// keep keeps the objects of one kind in a map.
func keep[K comparable, T any, P client.Pointer[T]](s *Scheduler, what Change, in map[K]*T, key func(P) K) followed {
	set := func(obj *T) {
		s.change(func() Change {
			in[key(obj)] = obj
			return what
		})
	}
	cache := client.CacheOf[T, P](s.caches)
	return followed{
		stop: cache.Handle(client.Handler[T]{
			OnAdd:    func(obj *T, _ bool) { set(obj) },
			OnUpdate: func(_, obj *T) { set(obj) },
			OnDelete: func(_ client.Key, last *T) {
				if last == nil {
					return
				}
				s.change(func() Change {
					delete(in, key(last))
					return what
				})
			},
		}),
		synced: cache.WaitSynced,
	}
}

// note tells the cluster of objects that no Pod waits for.
func note[T any, P client.Pointer[T]](s *Scheduler, set func(*T), remove func(client.Key, *T)) followed {
	locked := func(f func()) {
		s.mu.Lock()
		defer s.mu.Unlock()
		f()
	}
	cache := client.CacheOf[T, P](s.caches)
	return followed{
		stop: cache.Handle(client.Handler[T]{
			OnAdd:    func(obj *T, _ bool) { locked(func() { set(obj) }) },
			OnUpdate: func(_, obj *T) { locked(func() { set(obj) }) },
			OnDelete: func(key client.Key, last *T) {
				if last != nil {
					locked(func() { remove(key, last) })
				}
			},
		}),
		synced: cache.WaitSynced,
	}
}
