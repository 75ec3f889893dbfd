package garbagecollector

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

const (
	// rediscover is how often the server is asked which resources it has.
	rediscover = 30 * time.Second
	// afterDeclaration is how long a new custom resource is given to be served.
	afterDeclaration = time.Second
	// firstLook is how long the first list of everything may take. After that work
	// begins all the same: one resource that cannot be listed must not stop all
	// garbage collection, and nothing is deleted on the graph's word alone.
	firstLook = 30 * time.Second
)

// monitors keeps the graph up to date with the server. Its run owns a goroutine
// for each resource.
type monitors struct {
	c     client.Client
	graph *Graph
	log   *slog.Logger
	tell  func(Work)

	poke  chan struct{} // resources may have been declared
	ready chan struct{} // closed after the first look

	running map[meta.GroupVersionResource]*monitor
}

type monitor struct {
	info   client.ResourceInfo
	stop   context.CancelFunc
	synced chan struct{}
	done   chan struct{}
}

func newMonitors(c client.Client, graph *Graph, log *slog.Logger, tell func(Work)) *monitors {
	return &monitors{
		c: c, graph: graph, log: log, tell: tell,
		poke: make(chan struct{}, 1), ready: make(chan struct{}), running: map[meta.GroupVersionResource]*monitor{},
	}
}

// WaitSynced waits for the first look.
func (m *monitors) WaitSynced(ctx context.Context) error {
	select {
	case <-m.ready:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// run works until ctx ends. Every goroutine has ended when it returns.
func (m *monitors) run(ctx context.Context) error {
	defer m.stopAll()
	m.sync(ctx)
	m.awaitFirstLook(ctx)
	close(m.ready)
	timer := time.NewTimer(rediscover)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-m.poke:
			timer.Reset(afterDeclaration)
		case <-timer.C:
			m.sync(ctx)
			timer.Reset(rediscover)
		}
	}
}

func (m *monitors) awaitFirstLook(ctx context.Context) {
	limit := time.NewTimer(firstLook)
	defer limit.Stop()
	for _, one := range m.running {
		select {
		case <-one.synced:
		case <-limit.C:
			m.log.LogAttrs(ctx, slog.LevelWarn, "not every resource could be listed; garbage is collected without it", slog.Any("resource", one.info.Resource))
			return
		case <-ctx.Done():
			return
		}
	}
}

// collectable returns the resources whose objects can be watched and deleted, in
// one version each. Events own nothing, are owned by nothing, and are many.
func collectable(all []client.ResourceInfo) []client.ResourceInfo {
	return slices.DeleteFunc(slices.Clone(all), func(i client.ResourceInfo) bool {
		isEvent := i.Resource.Resource == "events" && (i.Resource.Group == "" || i.Resource.Group == "events.k8s.io")
		return isEvent || !i.Preferred || !i.Can("list", "watch", "delete")
	})
}

// sync starts monitors of resources that are new, and stops those of resources
// that are gone.
func (m *monitors) sync(ctx context.Context) {
	all, err := client.Discover(ctx, m.c)
	if err != nil && ctx.Err() == nil {
		m.log.LogAttrs(ctx, slog.LevelWarn, "not every resource could be discovered", slog.Any("error", err))
	}
	wanted := map[meta.GroupVersionResource]bool{}
	for _, info := range collectable(all) {
		wanted[info.Resource] = true
		if m.running[info.Resource] == nil {
			m.running[info.Resource] = m.start(ctx, info)
		}
	}
	if err != nil {
		return // what was not found may only not have answered
	}
	for resource, one := range m.running {
		if !wanted[resource] {
			one.stop()
			<-one.done
			delete(m.running, resource)
			m.graph.Forget(resource)
		}
	}
}

func (m *monitors) start(ctx context.Context, info client.ResourceInfo) *monitor {
	ctx, stop := context.WithCancel(ctx)
	one := &monitor{info: info, stop: stop, synced: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(one.done)
		m.follow(ctx, one)
	}()
	return one
}

func (m *monitors) stopAll() {
	for _, one := range m.running {
		one.stop()
	}
	for _, one := range m.running {
		<-one.done
	}
}

func (m *monitors) follow(ctx context.Context, one *monitor) {
	synced := false
	declares := one.info.Resource.Resource == "customresourcedefinitions" || one.info.Resource.Resource == "apiservices"
	for change, err := range client.ResumingWatch(ctx, client.Metadata(m.c, one.info.Resource), meta.ListOptions{}, m.log) {
		if err != nil {
			m.log.LogAttrs(ctx, slog.LevelError, "resource cannot be watched", slog.Any("resource", one.info.Resource), slog.Any("error", err))
			return
		}
		switch change.Type {
		case client.Added, client.Modified:
			m.tell(m.graph.Observe(one.info.Resource, one.info.Kind, change.Object.Metadata()))
		case client.Deleted:
			m.tell(m.graph.Gone(change.Object.UID))
		case client.Bookmark:
			if !synced {
				synced = true
				close(one.synced)
			}
			continue
		}
		if declares && synced {
			select {
			case m.poke <- struct{}{}:
			default:
			}
		}
	}
}
