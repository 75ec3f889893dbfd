package controlplane

import (
	"context"
	"iter"
	"log/slog"

	"github.com/kubenucleus/nucleus/apimachinery/fields"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// ClientFor returns a client that works in this process in the name of a part of the
// cluster. Its user is not asked for credentials, but may do only what the user may
// across the network, too. agent is the name that managedFields has of what it
// writes, such as "kubelet"; "" leaves that to the user's name.
func (c *ControlPlane) ClientFor(user *auth.User, agent string) client.Client {
	return &guardedClient{inner: c.registry.Client(user), user: user, agent: agent, authorizer: c.rights.authorizer, log: c.opts.Logger}
}

// guardedClient asks the authorizer before every call.
type guardedClient struct {
	inner      client.Client
	user       *auth.User
	agent      string
	authorizer authz.Authorizer
	log        *slog.Logger
}

var (
	_ client.Client     = (*guardedClient)(nil)
	_ client.Source     = (*guardedClient)(nil)
	_ client.Discoverer = (*guardedClient)(nil)
)

// may returns the answer of the API, 403, to who may not do this.
func (g *guardedClient) may(ctx context.Context, verb string, at client.Target, selection meta.ListOptions) error {
	r := &authz.Request{
		User: g.user, Verb: verb, ResourceRequest: true,
		Group: at.Resource.Group, Version: at.Resource.Version, Resource: at.Resource.Resource, Subresource: at.Subresource,
		Namespace: at.Namespace, Name: at.Name, FieldSelector: selection.FieldSelector, LabelSelector: selection.LabelSelector,
	}
	if res, ok := g.inner.Scheme().Resource(at.Resource); ok && res.Name == "namespaces" && res.Group == "" {
		r.Namespace = at.Name // as the paths of namespaces are read
	}
	// Who lists or watches one object by its name asks about that object.
	if r.Name == "" && selection.FieldSelector != "" {
		if selector, err := fields.Parse(selection.FieldSelector); err == nil {
			if name, ok := selector.ExactValue(meta.ObjectNameField); ok {
				r.Name = name
			}
		}
	}
	decision, reason, err := g.authorizer.Authorize(ctx, r)
	if decision == authz.Allow {
		return nil
	}
	if err != nil && reason == "" {
		reason = err.Error()
	}
	refusal := authz.Forbidden(r, reason)
	// Roles are made so that parts never hear this. Nodes do now and then: what they
	// may read of goes with the Pods that use it.
	level := slog.LevelWarn
	if _, ok := auth.NodeOf(g.user); ok {
		level = slog.LevelDebug
	}
	g.log.Log(ctx, level, "A part of the cluster was refused", "error", refusal)
	return refusal
}

func (g *guardedClient) Scheme() *scheme.Scheme { return g.inner.Scheme() }

func (g *guardedClient) Get(ctx context.Context, at client.Target, into meta.Object, opts meta.GetOptions) error {
	if err := g.may(ctx, meta.VerbGet, at, meta.ListOptions{}); err != nil {
		return err
	}
	return g.inner.Get(ctx, at, into, opts)
}

func (g *guardedClient) List(ctx context.Context, at client.Target, into meta.ListObject, opts meta.ListOptions) error {
	if err := g.may(ctx, meta.VerbList, at, opts); err != nil {
		return err
	}
	return g.inner.List(ctx, at, into, opts)
}

// ListShared implements client.Source.
func (g *guardedClient) ListShared(ctx context.Context, at client.Target, opts meta.ListOptions) (string, iter.Seq2[meta.Object, error], error) {
	if err := g.may(ctx, meta.VerbList, at, opts); err != nil {
		return "", nil, err
	}
	return g.inner.(client.Source).ListShared(ctx, at, opts)
}

// Discover implements client.Discoverer: what there is everybody may know.
func (g *guardedClient) Discover(ctx context.Context) ([]client.ResourceInfo, error) {
	return g.inner.(client.Discoverer).Discover(ctx)
}

func (g *guardedClient) Watch(ctx context.Context, at client.Target, opts meta.ListOptions) iter.Seq2[client.Event, error] {
	return func(yield func(client.Event, error) bool) {
		if err := g.may(ctx, meta.VerbWatch, at, opts); err != nil {
			yield(client.Event{}, err)
			return
		}
		g.inner.Watch(ctx, at, opts)(yield)
	}
}

func (g *guardedClient) Create(ctx context.Context, at client.Target, obj meta.Object, opts meta.CreateOptions) error {
	if err := g.may(ctx, meta.VerbCreate, at, meta.ListOptions{}); err != nil {
		return err
	}
	g.sign(&opts.FieldManager)
	return g.inner.Create(ctx, at, obj, opts)
}

func (g *guardedClient) Update(ctx context.Context, at client.Target, obj meta.Object, opts meta.UpdateOptions) error {
	if err := g.may(ctx, meta.VerbUpdate, at, meta.ListOptions{}); err != nil {
		return err
	}
	g.sign(&opts.FieldManager)
	return g.inner.Update(ctx, at, obj, opts)
}

func (g *guardedClient) Patch(ctx context.Context, at client.Target, patch client.Patch, into meta.Object, opts meta.PatchOptions) error {
	if err := g.may(ctx, meta.VerbPatch, at, meta.ListOptions{}); err != nil {
		return err
	}
	if patch.Type != client.ApplyPatch { // who applies has to say so
		g.sign(&opts.FieldManager)
	}
	return g.inner.Patch(ctx, at, patch, into, opts)
}

func (g *guardedClient) Delete(ctx context.Context, at client.Target, opts meta.DeleteOptions) error {
	if err := g.may(ctx, meta.VerbDelete, at, meta.ListOptions{}); err != nil {
		return err
	}
	return g.inner.Delete(ctx, at, opts)
}

func (g *guardedClient) DeleteCollection(ctx context.Context, at client.Target, opts meta.DeleteOptions, list meta.ListOptions) error {
	if err := g.may(ctx, meta.VerbDeleteCollection, at, list); err != nil {
		return err
	}
	return g.inner.DeleteCollection(ctx, at, opts, list)
}

func (g *guardedClient) sign(manager *string) {
	if *manager == "" {
		*manager = g.agent
	}
}
