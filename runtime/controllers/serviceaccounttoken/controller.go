package serviceaccounttoken

import (
	"bytes"
	"context"
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Issue returns a token without an end for an account and the Secret that will
// hold it.
type Issue func(account *corev1.ServiceAccount, secret string) (token string, err error)

// Options tunes a [Controller].
type Options struct {
	workload.Options
	// Issue makes the tokens. Without it the controller does nothing.
	Issue Issue
	// RootCA is what goes with a token: the certificates, in PEM, by which the API
	// server is known.
	RootCA []byte
}

// Controller fills the Secrets of a server.
type Controller struct {
	loop     *controller.Controller[client.Key]
	c        client.Client
	secrets  *client.Cache[corev1.Secret]
	accounts *client.Cache[corev1.ServiceAccount]
	opts     Options
}

const accountIndex = "serviceaccount"

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts Options) *Controller {
	c := &Controller{c: caches.Client(), opts: opts}
	if opts.Issue == nil {
		return c
	}
	c.accounts = client.CacheOf[corev1.ServiceAccount](caches)
	c.secrets = client.CacheOf(caches, client.CacheOptions[corev1.Secret]{
		FieldSelector: "type=" + string(corev1.SecretTypeServiceAccountToken),
		Indexers: map[string]func(*corev1.Secret) []string{accountIndex: func(s *corev1.Secret) []string {
			return []string{s.Namespace + "/" + s.Annotations[corev1.ServiceAccountNameKey]}
		}},
	})
	c.loop = controller.New("serviceaccount-token-controller", c.reconcile, opts.WithDefaults().Loop())
	controller.Watch(c.loop, c.secrets, controller.Self[corev1.Secret])
	controller.Watch(c.loop, c.accounts, func(a *corev1.ServiceAccount) []client.Key {
		var keys []client.Key
		for _, s := range c.secrets.ByIndex(accountIndex, a.Namespace+"/"+a.Name) {
			keys = append(keys, client.KeyOf(s))
		}
		return keys
	})
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
	secret, ok := c.secrets.GetKey(key)
	if !ok || secret.DeletionTimestamp != nil || secret.Type != corev1.SecretTypeServiceAccountToken {
		return controller.Result{}, nil
	}
	name := secret.Annotations[corev1.ServiceAccountNameKey]
	account, ok := c.accounts.Get(key.Namespace, name)
	if !ok {
		// The cache may be behind: what is deleted is not made again by itself.
		var err error
		if account, err = client.Of[corev1.ServiceAccount](c.c).In(key.Namespace).Get(ctx, name); meta.IsNotFound(err) {
			account = nil
		} else if err != nil {
			return controller.Result{}, err
		}
	}
	if uid := meta.UID(secret.Annotations[corev1.ServiceAccountUIDKey]); account == nil || uid != "" && uid != account.UID {
		return controller.Result{}, c.remove(ctx, secret)
	}
	next := codec.DeepCopy(secret)
	changed, err := c.fill(next, account)
	if err != nil || !changed {
		return controller.Result{}, err
	}
	err = client.Of[corev1.Secret](c.c).Update(ctx, next)
	if meta.IsNotFound(err) {
		return controller.Result{}, nil
	}
	return controller.Result{}, err
}

func (c *Controller) remove(ctx context.Context, secret *corev1.Secret) error {
	return client.IgnoreNotFound(client.Of[corev1.Secret](c.c).In(secret.Namespace).Delete(ctx, secret.Name, meta.DeleteOptions{
		Preconditions: &meta.Preconditions{UID: &secret.UID, ResourceVersion: &secret.ResourceVersion},
	}))
}

// fill puts in what the Secret lacks.
func (c *Controller) fill(secret *corev1.Secret, account *corev1.ServiceAccount) (changed bool, err error) {
	if secret.Annotations == nil {
		secret.Annotations = map[string]string{}
	}
	if secret.Data == nil {
		secret.Data = map[string][]byte{}
	}
	if have := secret.Annotations[corev1.ServiceAccountUIDKey]; have != string(account.UID) {
		secret.Annotations[corev1.ServiceAccountUIDKey], changed = string(account.UID), true
	}
	set := func(key string, value []byte) {
		if len(value) > 0 && !bytes.Equal(secret.Data[key], value) {
			secret.Data[key], changed = value, true
		}
	}
	set(corev1.ServiceAccountRootCAKey, c.opts.RootCA)
	set(corev1.ServiceAccountNamespaceKey, []byte(secret.Namespace))
	if len(secret.Data[corev1.ServiceAccountTokenKey]) > 0 {
		return changed, nil
	}
	token, err := c.opts.Issue(account, secret.Name)
	if err != nil {
		return false, fmt.Errorf("token of service account %s/%s: %w", account.Namespace, account.Name, err)
	}
	secret.Data[corev1.ServiceAccountTokenKey] = []byte(token)
	return true, nil
}
