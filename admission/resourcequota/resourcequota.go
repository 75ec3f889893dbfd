package resourcequota

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quota"
)

// Charge stores the status of a quota that has been changed. The quota has the
// resource version that it was read with; if it has changed since, Charge
// returns a conflict (meta.IsConflict) and stores nothing.
type Charge func(ctx context.Context, quota *corev1.ResourceQuota) error

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader admission.Reader
	charge Charge

	mu    sync.Mutex
	locks map[string]*namespaceLock
}

// New returns the rule. It knows quotas from reader and charges them with charge.
func New(reader admission.Reader, charge Charge) *Plugin {
	return &Plugin{On: admission.On{admission.Create, admission.Update}, reader: reader, charge: charge, locks: map[string]*namespaceLock{}}
}

var quotas = meta.GroupVersionResource{Version: "v1", Resource: "resourcequotas"}

// counts reports whether a request may use more quota than was used before it:
// what is made does and, where an object says how much it uses, what is changed.
func counts(r *admission.Request) bool {
	switch r.Resource.GroupResource() {
	case meta.GroupResource{Resource: "pods"}:
		return r.Operation == admission.Create && r.Subresource == "" || r.Operation == admission.Update && r.Subresource == "resize"
	case meta.GroupResource{Resource: "services"}, meta.GroupResource{Resource: "persistentvolumeclaims"}:
		return true
	}
	return r.Operation == admission.Create
}

// attempts is how often a charge is tried when others charge the same quota
// from another server.
const attempts = 8

// Validate implements admission.Validator. It is the last thing before the
// store, as what it charges is not given back if something else refuses.
func (p *Plugin) Validate(ctx context.Context, r *admission.Request) error {
	if r.Namespace == "" || r.Object == nil || r.Resource.GroupResource() == (meta.GroupResource{Resource: "namespaces"}) {
		return nil
	}
	if r.Subresource != "" && !(r.Subresource == "resize" && r.Resource.Resource == "pods") {
		return nil
	}
	if !counts(r) {
		return nil
	}
	e := quota.Of(r.Resource.GroupResource())
	// Most namespaces have no quota, and need no lock.
	if all, err := p.quotas(ctx, r.Namespace); err != nil || len(all) == 0 {
		return err
	}
	// One at a time in each namespace: two requests that both fit the quota as
	// it was must not both pass.
	unlock := p.lock(r.Namespace)
	defer unlock()
	for attempt := 1; ; attempt++ {
		all, err := p.quotas(ctx, r.Namespace)
		if err != nil {
			return err
		}
		charged, err := check(r, e, time.Now(), all)
		if err != nil || r.DryRun {
			return err
		}
		err = p.store(ctx, charged)
		if err == nil || !meta.IsConflict(err) || attempt == attempts {
			return err
		}
	}
}

// store charges the quotas. If it cannot charge one of them, those before it
// stay charged too high until the controller counts anew, which is on the safe side.
func (p *Plugin) store(ctx context.Context, charged []*corev1.ResourceQuota) error {
	for _, quota := range charged {
		if err := p.charge(ctx, quota); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plugin) quotas(ctx context.Context, namespace string) ([]*corev1.ResourceQuota, error) {
	list, err := p.reader.List(ctx, quotas, namespace)
	if err != nil {
		return nil, err
	}
	var all []*corev1.ResourceQuota
	for _, obj := range list {
		if q, ok := obj.(*corev1.ResourceQuota); ok {
			all = append(all, q)
		}
	}
	slices.SortFunc(all, func(a, b *corev1.ResourceQuota) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// check returns copies of the quotas that the request counts towards, charged,
// or the refusal.
func check(r *admission.Request, e quota.Evaluator, now time.Time, all []*corev1.ResourceQuota) ([]*corev1.ResourceQuota, error) {
	var concerned []*corev1.ResourceQuota
	for _, limit := range all {
		matching := e.Matching(limit.Status.Hard)
		if len(matching) == 0 {
			continue
		}
		in, err := quota.InScope(limit, e, r.Object)
		if err != nil {
			return nil, fmt.Errorf("error matching scopes of quota %s, err: %w", limit.Name, err)
		}
		if !in {
			continue
		}
		if err := e.Said(matching, r.Object); err != nil {
			return nil, r.Forbidden(fmt.Errorf("failed quota: %s: %w", limit.Name, err))
		}
		if !counted(limit, matching) {
			return nil, r.Forbidden(fmt.Errorf("status unknown for quota: %s, resources: %s", limit.Name, listNames(matching)))
		}
		concerned = append(concerned, limit)
	}
	if len(concerned) == 0 {
		return nil, nil
	}
	delta := e.Usage(r.Object, now)
	if negative := negativeNames(delta); len(negative) > 0 {
		return nil, r.Forbidden(fmt.Errorf("quota usage is negative for resource(s): %s", listNames(negative)))
	}
	if r.Operation == admission.Update && r.OldObject != nil && r.OldObject.Metadata().ResourceVersion != "" {
		delta = increase(delta, e.Usage(r.OldObject, now))
	}
	delta = withoutZeros(delta)
	if len(delta) == 0 {
		return nil, nil
	}
	var charged []*corev1.ResourceQuota
	for _, limit := range concerned {
		requested := only(delta, limit.Status.Hard)
		if len(requested) == 0 {
			continue
		}
		used := quota.Sum(limit.Status.Used, requested)
		if over := exceeded(used, requested, limit.Status.Hard); len(over) > 0 {
			return nil, r.Forbidden(fmt.Errorf("exceeded quota: %s, requested: %s, used: %s, limited: %s",
				limit.Name, listAmounts(requested, over), listAmounts(limit.Status.Used, over), listAmounts(limit.Status.Hard, over)))
		}
		c := codec.DeepCopy(limit)
		c.Status.Used = used
		charged = append(charged, c)
	}
	return charged, nil
}

// counted reports whether the quota's controller has counted the resources.
func counted(quota *corev1.ResourceQuota, names []corev1.ResourceName) bool {
	for _, name := range names {
		if _, ok := quota.Status.Used[name]; !ok {
			return false
		}
	}
	return true
}

type namespaceLock struct {
	sync.Mutex
	users int
}

// lock locks a namespace and returns how to unlock it. Locks that nobody uses
// are forgotten.
func (p *Plugin) lock(namespace string) (unlock func()) {
	p.mu.Lock()
	l := p.locks[namespace]
	if l == nil {
		l = &namespaceLock{}
		p.locks[namespace] = l
	}
	l.users++
	p.mu.Unlock()
	l.Lock()
	return func() {
		l.Unlock()
		p.mu.Lock()
		defer p.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(p.locks, namespace)
		}
	}
}
