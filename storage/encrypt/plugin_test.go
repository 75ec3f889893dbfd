package encrypt

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	kmsapi "k8s.io/kms/apis/v2"
)

// referencePlugin is a KMS plug-in with keys of its own, in memory.
type referencePlugin struct {
	kmsapi.UnimplementedKeyManagementServiceServer
	endpoint string

	mu       sync.Mutex
	key      string // the current one
	forgot   map[string]bool
	healthz  string
	decrypts int
	encrypts int
}

// startPlugin serves a plug-in on a socket until the test ends.
func startPlugin(t testing.TB, key string) *referencePlugin {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "kms.sock")
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	p := &referencePlugin{endpoint: "unix://" + socket, key: key, healthz: "ok", forgot: map[string]bool{}}
	server := grpc.NewServer()
	kmsapi.RegisterKeyManagementServiceServer(server, p)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		require.NoError(t, <-ended)
	})
	return p
}

func (p *referencePlugin) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *referencePlugin) gcm(id string) (*gcm, error) {
	if p.forgot[id] {
		return nil, status.Errorf(codes.NotFound, "no key %s", id)
	}
	secret := sha256.Sum256([]byte(id))
	return newGCM(secret[:])
}

func (p *referencePlugin) Status(context.Context, *kmsapi.StatusRequest) (*kmsapi.StatusResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &kmsapi.StatusResponse{Version: "v2", Healthz: p.healthz, KeyId: p.key}, nil
}

func (p *referencePlugin) Encrypt(_ context.Context, r *kmsapi.EncryptRequest) (*kmsapi.EncryptResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.encrypts++
	g, err := p.gcm(p.key)
	if err != nil {
		return nil, err
	}
	return &kmsapi.EncryptResponse{
		Ciphertext: g.seal(nil, "seed", r.Plaintext), KeyId: p.key, Annotations: map[string][]byte{"made.example.com": []byte("here")},
	}, nil
}

func (p *referencePlugin) Decrypt(_ context.Context, r *kmsapi.DecryptRequest) (*kmsapi.DecryptResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decrypts++
	if string(r.Annotations["made.example.com"]) != "here" {
		return nil, status.Error(codes.InvalidArgument, "the annotations are missing")
	}
	g, err := p.gcm(r.KeyId)
	if err != nil {
		return nil, err
	}
	plain, _, err := g.decrypt(context.Background(), "seed", r.Ciphertext)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, fmt.Sprint(err))
	}
	return &kmsapi.DecryptResponse{Plaintext: plain}, nil
}
