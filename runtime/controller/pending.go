package controller

import (
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Pending remembers what a controller has created and deleted, until its cache
// shows it. A controller that counts objects in a cache and makes up the
// difference must not count while the cache still lacks what it has just made,
// or it makes it twice:
//
//	if !pending.Settled(key) {
//		return controller.Result{}, nil // the event that settles it brings the key back
//	}
//	...
//	if err := pods.Create(ctx, pod); err == nil {
//		pending.Created(key, pod)
//	}
//
// Nothing here times out and nothing is counted: a write is settled when the
// cache has passed it, which a cache does even if it missed the event.
//
// All methods are safe for concurrent use.
type Pending[K comparable, T any, P client.Pointer[T]] struct {
	cache *client.Cache[T]

	mu     sync.Mutex
	writes map[K][]write
}

type write struct {
	key     client.Key
	uid     meta.UID
	version string // of the created object; "" for a deletion
}

// NewPending returns a memory of writes that cache will show. K is what the
// controller reconciles.
func NewPending[K comparable, T any, P client.Pointer[T]](cache *client.Cache[T]) *Pending[K, T, P] {
	return &Pending[K, T, P]{cache: cache, writes: map[K][]write{}}
}

// Created notes that obj was created for key. obj is what the server answered.
func (p *Pending[K, T, P]) Created(key K, obj *T) {
	m := P(obj).Metadata()
	p.note(key, write{key: client.KeyOf(P(obj)), uid: m.UID, version: m.ResourceVersion})
}

// Deleted notes that obj, as the cache has it, was deleted for key.
func (p *Pending[K, T, P]) Deleted(key K, obj *T) {
	p.note(key, write{key: client.KeyOf(P(obj)), uid: P(obj).Metadata().UID})
}

func (p *Pending[K, T, P]) note(key K, w write) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes[key] = append(p.writes[key], w)
}

// Settled reports whether the cache shows everything that was noted for key,
// and forgets what it shows.
func (p *Pending[K, T, P]) Settled(key K) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	writes := p.writes[key]
	left := writes[:0]
	for _, w := range writes {
		if !p.shown(w) {
			left = append(left, w)
		}
	}
	if len(left) == 0 {
		delete(p.writes, key)
		return true
	}
	p.writes[key] = left
	return false
}

// Forget drops what was noted for key, because its object is gone.
func (p *Pending[K, T, P]) Forget(key K) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.writes, key)
}

func (p *Pending[K, T, P]) shown(w write) bool {
	obj, ok := p.cache.GetKey(w.key)
	same := ok && P(obj).Metadata().UID == w.uid
	if w.version != "" {
		return same || p.cache.Saw(w.version)
	}
	return !same || P(obj).Metadata().DeletionTimestamp != nil
}
