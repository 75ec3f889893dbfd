package bootstraptoken

import (
	"context"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// tokens is the cache of token Secrets.
func tokens(caches *client.Caches) *client.Cache[corev1.Secret] {
	return client.CacheOf(caches, client.CacheOptions[corev1.Secret]{
		Namespace: meta.NamespaceSystem, FieldSelector: "type=" + string(corev1.SecretTypeBootstrapToken),
	})
}

// Cleaner deletes tokens whose time is over.
type Cleaner struct {
	loop    *controller.Controller[client.Key]
	c       client.Client
	secrets *client.Cache[corev1.Secret]
	now     func() time.Time
}

// NewCleaner returns the controller. It starts nothing; call Run, and run the
// caches.
func NewCleaner(caches *client.Caches, opts workload.Options) *Cleaner {
	opts = opts.WithDefaults()
	c := &Cleaner{c: caches.Client(), secrets: tokens(caches), now: opts.Now}
	c.loop = controller.New("token-cleaner-controller", c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.secrets, controller.Self[corev1.Secret])
	return c
}

// Run works until ctx ends.
func (c *Cleaner) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func (c *Cleaner) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	secret, ok := c.secrets.GetKey(key)
	if !ok || secret.DeletionTimestamp != nil {
		return controller.Result{}, nil
	}
	end, ends := endOf(secret)
	if !ends {
		return controller.Result{}, nil
	}
	if left := end.Sub(c.now()); left > 0 {
		return controller.Result{After: left}, nil
	}
	err := client.Of[corev1.Secret](c.c).In(secret.Namespace).Delete(ctx, secret.Name, meta.DeleteOptions{
		Preconditions: &meta.Preconditions{UID: &secret.UID, ResourceVersion: &secret.ResourceVersion},
	})
	if meta.IsNotFound(err) {
		return controller.Result{}, nil
	}
	return controller.Result{}, err
}

// endOf returns when a token's time is over, if ever. A time that cannot be read
// is over: nobody can use such a token.
func endOf(secret *corev1.Secret) (time.Time, bool) {
	text := string(secret.Data["expiration"])
	if text == "" {
		return time.Time{}, false
	}
	end, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, true
	}
	return end, true
}
