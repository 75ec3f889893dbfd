package bootstraptoken

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

const (
	infoName     = "cluster-info"
	infoKey      = "kubeconfig"
	signaturesOf = "jws-kubeconfig-" // and the token's id
)

// Signer signs cluster-info with the tokens there are.
type Signer struct {
	loop    *controller.Controller[client.Key]
	c       client.Client
	secrets *client.Cache[corev1.Secret]
	infos   *client.Cache[corev1.ConfigMap]
	now     func() time.Time
}

// NewSigner returns the controller. It starts nothing; call Run, and run the
// caches.
func NewSigner(caches *client.Caches, opts workload.Options) *Signer {
	opts = opts.WithDefaults()
	s := &Signer{c: caches.Client(), secrets: tokens(caches), now: opts.Now}
	s.infos = client.CacheOf(caches, client.CacheOptions[corev1.ConfigMap]{Namespace: meta.NamespacePublic, FieldSelector: "metadata.name=" + infoName})
	s.loop = controller.New("bootstrap-signer-controller", s.reconcile, opts.Loop())
	only := []client.Key{{Namespace: meta.NamespacePublic, Name: infoName}}
	controller.Watch(s.loop, s.infos, func(*corev1.ConfigMap) []client.Key { return only })
	controller.Watch(s.loop, s.secrets, func(*corev1.Secret) []client.Key { return only })
	return s
}

// Run works until ctx ends.
func (s *Signer) Run(ctx context.Context) error { return s.loop.Run(ctx) }

func (s *Signer) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	info, ok := s.infos.GetKey(key)
	if !ok || info.DeletionTimestamp != nil || info.Data[infoKey] == "" {
		return controller.Result{}, nil
	}
	next := codec.DeepCopy(info)
	maps.DeleteFunc(next.Data, func(key, _ string) bool { return strings.HasPrefix(key, signaturesOf) })
	for secret := range s.secrets.All() {
		id, secretKey := string(secret.Data["token-id"]), secret.Data["token-secret"]
		end, ends := endOf(secret)
		if id == "" || len(secretKey) == 0 || secret.Name != "bootstrap-token-"+id || secret.DeletionTimestamp != nil ||
			string(secret.Data["usage-bootstrap-signing"]) != "true" || ends && !s.now().Before(end) {
			continue
		}
		signature, err := sign(info.Data[infoKey], id, secretKey)
		if err != nil {
			return controller.Result{}, err
		}
		next.Data[signaturesOf+id] = signature
	}
	if maps.Equal(next.Data, info.Data) {
		return controller.Result{}, nil
	}
	err := client.Of[corev1.ConfigMap](s.c).Update(ctx, next)
	if meta.IsNotFound(err) {
		return controller.Result{}, nil
	}
	return controller.Result{}, err
}

// sign returns a JWS of content without the content, which stands beside it. The
// keys are shorter than JOSE libraries accept by now, so it is put together here.
func sign(content, id string, key []byte) (string, error) {
	header, err := json.Marshal(struct {
		Algorithm string `json:"alg"`
		Key       string `json:"kid"`
	}{"HS256", id})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(encode(header) + "." + encode([]byte(content))))
	return encode(header) + ".." + encode(mac.Sum(nil)), nil
}
