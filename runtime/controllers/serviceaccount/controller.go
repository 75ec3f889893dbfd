package serviceaccount

import (
	"context"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Name is that of the ServiceAccount that every namespace has.
const Name = "default"

// Controller makes the ServiceAccounts of a server's namespaces.
type Controller struct {
	loop       *controller.Controller[client.Key]
	c          client.Client
	namespaces *client.Cache[corev1.Namespace]
	accounts   *client.Cache[corev1.ServiceAccount]
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	c := &Controller{
		c: caches.Client(), namespaces: client.CacheOf[corev1.Namespace](caches), accounts: client.CacheOf[corev1.ServiceAccount](caches),
	}
	c.loop = controller.New("serviceaccount-controller", c.reconcile, opts.WithDefaults().Loop())
	controller.Watch(c.loop, c.namespaces, controller.Self[corev1.Namespace])
	controller.WatchChanges(c.loop, c.accounts, func(a *corev1.ServiceAccount) []client.Key {
		if a.Name != Name {
			return nil
		}
		return []client.Key{{Name: a.Namespace}}
	}, func(_, _ *corev1.ServiceAccount) bool { return false }) // only that it is there counts
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	ns, ok := c.namespaces.GetKey(key)
	if !ok || ns.DeletionTimestamp != nil || ns.Status.Phase == corev1.NamespaceTerminating {
		return controller.Result{}, nil
	}
	if _, ok := c.accounts.Get(ns.Name, Name); ok {
		return controller.Result{}, nil
	}
	err := client.Of[corev1.ServiceAccount](c.c).Create(ctx, &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Name: Name, Namespace: ns.Name}})
	if meta.IsAlreadyExists(err) || meta.IsNotFound(err) {
		return controller.Result{}, nil
	}
	return controller.Result{}, workload.IgnoreTerminating(err)
}
