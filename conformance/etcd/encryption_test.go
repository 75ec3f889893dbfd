package etcd

import (
	"bytes"
	"context"
	"crypto/aes"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	k8scorev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apiserver/pkg/storage/value"
	aestransformer "k8s.io/apiserver/pkg/storage/value/encrypt/aes"
	"k8s.io/apiserver/pkg/storage/value/encrypt/envelope/kmsv2"
	"k8s.io/apiserver/pkg/storage/value/encrypt/secretbox"
	"k8s.io/client-go/kubernetes/scheme"
	kmsapi "k8s.io/kms/apis/v2"
	kmsservice "k8s.io/kms/pkg/service"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/storage/embedded"
	"github.com/kubenucleus/nucleus/storage/encrypt"
)

// reversing is a KMS plug-in that turns bytes round: to be the same thing
// behind a socket and for Kubernetes' own code.
type reversing struct {
	kmsapi.UnimplementedKeyManagementServiceServer
}

func reversed(b []byte) []byte {
	out := make([]byte, len(b))
	for i := range b {
		out[len(b)-1-i] = b[i]
	}
	return out
}

func (reversing) Status(context.Context, *kmsapi.StatusRequest) (*kmsapi.StatusResponse, error) {
	return &kmsapi.StatusResponse{Version: "v2", Healthz: "ok", KeyId: "round"}, nil
}

func (reversing) Encrypt(_ context.Context, r *kmsapi.EncryptRequest) (*kmsapi.EncryptResponse, error) {
	return &kmsapi.EncryptResponse{Ciphertext: reversed(r.Plaintext), KeyId: "round", Annotations: map[string][]byte{"a.example.com": []byte("1")}}, nil
}

func (reversing) Decrypt(_ context.Context, r *kmsapi.DecryptRequest) (*kmsapi.DecryptResponse, error) {
	return &kmsapi.DecryptResponse{Plaintext: reversed(r.Ciphertext)}, nil
}

// direct is the same for Kubernetes' code.
type direct struct{ reversing }

func (direct) Decrypt(_ context.Context, _ string, r *kmsservice.DecryptRequest) ([]byte, error) {
	return reversed(r.Ciphertext), nil
}

func (direct) Encrypt(_ context.Context, _ string, data []byte) (*kmsservice.EncryptResponse, error) {
	return &kmsservice.EncryptResponse{Ciphertext: reversed(data), KeyID: "round", Annotations: map[string][]byte{"a.example.com": []byte("1")}}, nil
}

func (direct) Status(context.Context) (*kmsservice.StatusResponse, error) {
	return &kmsservice.StatusResponse{Version: "v2", Healthz: "ok", KeyID: "round"}, nil
}

// TestEncryptionAsKubernetes reads with Kubernetes' code what we encrypt, and
// the other way round, with every provider.
func TestEncryptionAsKubernetes(t *testing.T) {
	secret := bytes.Repeat([]byte("s"), 32)
	block, err := aes.NewCipher(secret)
	require.NoError(t, err)
	gcm, err := aestransformer.NewGCMTransformer(block)
	require.NoError(t, err)

	socket := filepath.Join(t.TempDir(), "kms.sock")
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	server := grpc.NewServer()
	kmsapi.RegisterKeyManagementServiceServer(server, reversing{})
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() { server.Stop(); require.NoError(t, <-ended) })
	seeded, object, cacheKey, err := kmsv2.GenerateTransformer(t.Context(), "uid", direct{}, true)
	require.NoError(t, err)
	state := kmsv2.State{
		Transformer: seeded, EncryptedObjectKeyID: object.KeyID, EncryptedObjectEncryptedDEKSource: object.EncryptedDEKSource,
		EncryptedObjectAnnotations: object.Annotations, EncryptedObjectEncryptedDEKSourceType: object.EncryptedDEKSourceType,
		CacheKey: cacheKey, ExpirationTimestamp: time.Now().Add(time.Hour),
	}
	kms := kmsv2.NewEnvelopeTransformer(direct{}, "ref", func() (kmsv2.State, error) { return state, nil }, "id")

	keys := "keys: [{name: one, secret: " + base64.StdEncoding.EncodeToString(secret) + "}]"
	for _, c := range []struct {
		prefix, provider string
		theirs           value.Transformer
		readOnly         bool
	}{
		{"k8s:enc:aesgcm:v1:one:", "aesgcm: {" + keys + "}", gcm, false},
		{"k8s:enc:aescbc:v1:one:", "aescbc: {" + keys + "}", aestransformer.NewCBCTransformer(block), true},
		{"k8s:enc:secretbox:v1:one:", "secretbox: {" + keys + "}", secretbox.NewSecretboxTransformer([32]byte(secret)), false},
		{"k8s:enc:kms:v2:ref:", "kms: {apiVersion: v2, name: ref, endpoint: 'unix://" + socket + "'}", kms, false},
	} {
		t.Run(c.prefix, func(t *testing.T) {
			ctx := t.Context()
			providers := "[{" + c.provider + "}]"
			if c.readOnly {
				providers = "[{identity: {}}, {" + c.provider + "}]"
			}
			file := filepath.Join(t.TempDir(), "encryption.yaml")
			require.NoError(t, os.WriteFile(file, []byte("kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources:\n"+
				"- {resources: [secrets], providers: "+providers+"}\n"), 0o600))
			e, err := encrypt.Open(ctx, encrypt.Options{File: file})
			require.NoError(t, err)
			defer e.Close()
			given, err := embedded.Open(ctx, embedded.Options{})
			require.NoError(t, err)
			defer given.Close()
			ours := e.Store(encrypt.Resource{Name: "secrets"}, given)
			for _, size := range []int{0, 1, 15, 16, 17, 5000} {
				key := fmt.Sprint("/registry/secrets/default/", size)
				plain := bytes.Repeat([]byte("p"), size)
				sealed, err := c.theirs.TransformToStorage(ctx, plain, value.DefaultContext(key))
				require.NoError(t, err)
				rev, err := given.Create(ctx, key, append([]byte(c.prefix), sealed...), 0)
				require.NoError(t, err)
				kv, _, err := ours.Get(ctx, key)
				require.NoError(t, err)
				require.True(t, bytes.Equal(plain, kv.Value), "what Kubernetes encrypted: %q", kv.Value)
				require.Equal(t, c.readOnly, kv.Stale)
				if c.readOnly {
					continue
				}
				_, err = ours.Update(ctx, key, rev, plain, 0)
				require.NoError(t, err)
				raw, _, err := given.Get(ctx, key)
				require.NoError(t, err)
				mine, ok := bytes.CutPrefix(raw.Value, []byte(c.prefix))
				require.True(t, ok)
				got, stale, err := c.theirs.TransformFromStorage(ctx, mine, value.DefaultContext(key))
				require.NoError(t, err)
				require.False(t, stale)
				require.True(t, bytes.Equal(plain, got))
			}
		})
	}
}

// TestAESCBCIsRotatedAway opens an etcd whose Secrets Kubernetes has encrypted with
// aescbc, and no longer has that key once all were written again.
func TestAESCBCIsRotatedAway(t *testing.T) {
	c := newCluster(t, t.TempDir(), 1)
	direct, err := clientv3.New(clientv3.Config{Endpoints: c.endpoints()})
	require.NoError(t, err)
	defer direct.Close()
	old, fresh := bytes.Repeat([]byte("o"), 32), bytes.Repeat([]byte("n"), 32)
	block, err := aes.NewCipher(old)
	require.NoError(t, err)
	cbc := aestransformer.NewCBCTransformer(block)
	serializer := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)
	const n = 5
	key := func(i int) string { return fmt.Sprint("/registry/secrets/default/s", i) }
	for i := range n {
		var plain bytes.Buffer
		secret := typed(&k8scorev1.Secret{ObjectMeta: about(fmt.Sprint("s", i), "default"), Data: map[string][]byte{"x": []byte("y")}, Type: "Opaque"}, "v1", "Secret")
		require.NoError(t, serializer.Encode(secret, &plain))
		sealed, err := cbc.TransformToStorage(t.Context(), plain.Bytes(), value.DefaultContext(key(i)))
		require.NoError(t, err)
		_, err = direct.Put(t.Context(), key(i), "k8s:enc:aescbc:v1:old:"+string(sealed))
		require.NoError(t, err)
	}

	file := filepath.Join(t.TempDir(), "encryption.yaml")
	provider := func(kind, name string, secret []byte) string {
		return "\n  - " + kind + ": {keys: [{name: " + name + ", secret: " + base64.StdEncoding.EncodeToString(secret) + "}]}"
	}
	server := func(providers ...string) client.Resource[corev1.Secret] {
		text := "kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources:\n- resources: [secrets]\n  providers:" + strings.Join(providers, "")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		_, clients := startServerWith(t, c.endpoints(), []string{"--encryption-provider-config=" + file})
		return client.Of[corev1.Secret](clients[0]).In("default")
	}
	both := server(provider("aesgcm", "new", fresh), provider("aescbc", "old", old))
	list, err := both.List(t.Context())
	require.NoError(t, err)
	require.Len(t, list.Items, n)
	for i := range list.Items {
		require.Equal(t, "y", string(list.Items[i].Data["x"]))
		// The same once more: it is written, since that changes what is stored.
		require.NoError(t, both.Update(t.Context(), &list.Items[i]))
		found, err := direct.Get(t.Context(), key(i))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(found.Kvs[0].Value), "k8s:enc:aesgcm:v1:new:"), "%.40q", found.Kvs[0].Value)
	}

	block, err = aes.NewCipher(fresh)
	require.NoError(t, err)
	gcm, err := aestransformer.NewGCMTransformer(block)
	require.NoError(t, err)
	found, err := direct.Get(t.Context(), key(0))
	require.NoError(t, err)
	_, stale, err := gcm.TransformFromStorage(t.Context(), []byte(strings.TrimPrefix(string(found.Kvs[0].Value), "k8s:enc:aesgcm:v1:new:")), value.DefaultContext(key(0)))
	require.NoError(t, err, "Kubernetes reads it")
	require.False(t, stale)

	list, err = server(provider("aesgcm", "new", fresh)).List(t.Context())
	require.NoError(t, err)
	require.Len(t, list.Items, n)
	require.Equal(t, "y", string(list.Items[n-1].Data["x"]))
}
