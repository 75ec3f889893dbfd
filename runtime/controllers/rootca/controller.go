package rootca

import (
	"context"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Name is that of the ConfigMap, and Key where in it the certificates are.
const (
	Name = "kube-root-ca.crt"
	Key  = "ca.crt"
)

const (
	descriptionAnnotation = "kubernetes.io/description"
	description           = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or " +
		"kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
)

// Options tunes a [Controller].
type Options struct {
	workload.Options
	// CA is the certificates, in PEM. Without them there is nothing to publish:
	// the controller then does nothing.
	CA []byte
}

// Controller keeps the ConfigMap in the namespaces of a server.
type Controller struct {
	loop       *controller.Controller[client.Key]
	c          client.Client
	namespaces *client.Cache[corev1.Namespace]
	maps       *client.Cache[corev1.ConfigMap]
	ca         string
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts Options) *Controller {
	c := &Controller{c: caches.Client(), ca: string(opts.CA)}
	if c.ca == "" {
		return c
	}
	c.namespaces = client.CacheOf[corev1.Namespace](caches)
	c.maps = client.CacheOf(caches, client.CacheOptions[corev1.ConfigMap]{FieldSelector: "metadata.name=" + Name})
	c.loop = controller.New("root-ca-certificate-publisher-controller", c.reconcile, opts.WithDefaults().Loop())
	controller.Watch(c.loop, c.namespaces, controller.Self[corev1.Namespace])
	controller.Watch(c.loop, c.maps, func(m *corev1.ConfigMap) []client.Key { return []client.Key{{Name: m.Namespace}} })
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error {
	if c.loop == nil {
		<-ctx.Done()
		return nil
	}
	return c.loop.Run(ctx)
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	ns, ok := c.namespaces.GetKey(key)
	if !ok || ns.DeletionTimestamp != nil || ns.Status.Phase == corev1.NamespaceTerminating {
		return controller.Result{}, nil
	}
	maps := client.Of[corev1.ConfigMap](c.c).In(ns.Name)
	have, ok := c.maps.Get(ns.Name, Name)
	if !ok {
		err := maps.Create(ctx, c.wanted(&corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: Name, Namespace: ns.Name}}))
		if meta.IsAlreadyExists(err) || meta.IsNotFound(err) {
			return controller.Result{}, nil
		}
		return controller.Result{}, workload.IgnoreTerminating(err)
	}
	next := c.wanted(codec.DeepCopy(have))
	if codec.Equal(next, have) {
		return controller.Result{}, nil
	}
	err := maps.Update(ctx, next)
	if meta.IsNotFound(err) {
		return controller.Result{}, nil
	}
	return controller.Result{}, err
}

// wanted makes m what it should be and returns it. Nothing else may be in it,
// as Pods mount all of it.
func (c *Controller) wanted(m *corev1.ConfigMap) *corev1.ConfigMap {
	m.Data, m.BinaryData = map[string]string{Key: c.ca}, nil
	if m.Annotations == nil {
		m.Annotations = map[string]string{}
	}
	m.Annotations[descriptionAnnotation] = description
	return m
}
