package client

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Mapper finds resources by kind and by name, among those that the server has.
// It asks the server when it does not know the answer, but at most every few
// seconds, and remembers.
//
// All methods are safe for concurrent use.
type Mapper struct {
	c Client

	ask sync.Mutex // held while the server is asked

	mu    sync.Mutex
	all   []ResourceInfo
	asked time.Time
	err   error // of the last time the server was asked
}

// A kind that does not exist is asked for again and again by those who wait for
// it; the server need not be asked each time.
const mapperRefresh = 5 * time.Second

// NewMapper returns a mapper of c's server. It asks nothing yet.
func NewMapper(c Client) *Mapper { return &Mapper{c: c} }

// A NoMatchError says that the server has no such kind or resource, as far as
// could be seen.
type NoMatchError struct {
	What string
	// Partial is why not all of the API could be searched, or nil.
	Partial error
}

// Error implements error.
func (e *NoMatchError) Error() string {
	if e.Partial != nil {
		return fmt.Sprintf("no match for %s (not all of the API could be searched: %v)", e.What, e.Partial)
	}
	return "no match for " + e.What
}

// Unwrap returns Partial.
func (e *NoMatchError) Unwrap() error { return e.Partial }

// ForKind returns the resource whose objects are of a kind. A version of "" is
// the one that the server prefers.
func (m *Mapper) ForKind(ctx context.Context, kind meta.GroupVersionKind) (ResourceInfo, error) {
	return m.find(ctx, "kind "+kind.String(), func(r *ResourceInfo) bool {
		return r.Kind.GroupKind() == kind.GroupKind() && (r.Kind.Version == kind.Version || kind.Version == "" && r.Preferred)
	})
}

// ForResource returns what the server tells about a resource. A version of ""
// is the one that the server prefers.
func (m *Mapper) ForResource(ctx context.Context, resource meta.GroupVersionResource) (ResourceInfo, error) {
	return m.find(ctx, "resource "+resource.String(), func(r *ResourceInfo) bool {
		return r.Resource.GroupResource() == resource.GroupResource() && (r.Resource.Version == resource.Version || resource.Version == "" && r.Preferred)
	})
}

// ForName returns the resource that a person means by "pods", "pod", "po",
// "deployments.apps" or "deployments.v1.apps". Where several groups have such a
// resource it is the first that discovery lists.
func (m *Mapper) ForName(ctx context.Context, name string) (ResourceInfo, error) {
	name = strings.ToLower(name)
	short, group, dotted := strings.Cut(name, ".")
	version, versionGroup, twoDots := strings.Cut(group, ".")
	return m.find(ctx, "resource "+name, func(r *ResourceInfo) bool {
		switch {
		case !dotted:
			return r.Preferred && r.matches(name)
		case r.Resource.Group == group:
			return r.Preferred && r.matches(short)
		}
		return twoDots && r.Resource.Group == versionGroup && r.Resource.Version == version && r.matches(short)
	})
}

// All returns every resource, after asking the server if that was not done yet
// or is more than maxAge ago. If parts of the API cannot be reached it returns
// what is known together with an error.
func (m *Mapper) All(ctx context.Context, maxAge time.Duration) ([]ResourceInfo, error) {
	return m.refresh(ctx, maxAge)
}

func (m *Mapper) find(ctx context.Context, what string, match func(*ResourceInfo) bool) (ResourceInfo, error) {
	m.mu.Lock()
	all, err := m.all, m.err
	m.mu.Unlock()
	if r := first(all, match); r != nil {
		return *r, nil
	}
	all, err = m.refresh(ctx, mapperRefresh)
	if r := first(all, match); r != nil {
		return *r, nil
	}
	if len(all) == 0 && err != nil {
		return ResourceInfo{}, err
	}
	return ResourceInfo{}, &NoMatchError{What: what, Partial: err}
}

func first(all []ResourceInfo, match func(*ResourceInfo) bool) *ResourceInfo {
	for i := range all {
		if match(&all[i]) {
			return &all[i]
		}
	}
	return nil
}

func (m *Mapper) refresh(ctx context.Context, maxAge time.Duration) ([]ResourceInfo, error) {
	m.ask.Lock()
	defer m.ask.Unlock()
	m.mu.Lock()
	if !m.asked.IsZero() && time.Since(m.asked) < maxAge {
		defer m.mu.Unlock()
		return m.all, m.err
	}
	m.mu.Unlock()

	found, err := Discover(ctx, m.c)
	m.mu.Lock()
	defer m.mu.Unlock()
	if ctx.Err() != nil && len(found) == 0 {
		return m.all, err // this says nothing about the server
	}
	if err != nil && len(found) < len(m.all) {
		found = keepKnown(found, m.all)
	}
	m.all, m.err, m.asked = found, err, time.Now()
	return m.all, m.err
}

// keepKnown adds to found what was known before: a part of the API that does
// not answer now has not gone.
func keepKnown(found, known []ResourceInfo) []ResourceInfo {
	have := map[meta.GroupVersionResource]bool{}
	for _, r := range found {
		have[r.Resource] = true
	}
	for _, r := range known {
		if !have[r.Resource] {
			found = append(found, r)
		}
	}
	return found
}
