package encrypt

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	kmsapi "k8s.io/kms/apis/v2"
)

const (
	// pollWell and pollIll are how often a plug-in is asked how it is.
	pollWell = time.Minute
	pollIll  = 10 * time.Second
	// seedLife is how long a seed encrypts after the plug-in last said that the
	// key which encrypted it is still the current one.
	seedLife = 3 * time.Minute
	// maxSeeds bounds how many decrypted seeds are kept: there is one a server
	// start and key.
	maxSeeds = 4096
)

// plugin is a KMS plug-in, and the seeds that it has decrypted.
type plugin struct {
	name    string
	timeout time.Duration
	conn    *grpc.ClientConn
	api     kmsapi.KeyManagementServiceClient
	log     *slog.Logger
	now     func() time.Time

	current atomic.Pointer[writing]
	ill     atomic.Pointer[error] // what was wrong at the last look

	lookMu sync.Mutex // one look at a time

	mu    sync.Mutex
	seeds map[[sha256.Size]byte]transformer // by what is stored of them
}

// writing is what new values are encrypted with.
type writing struct {
	seeded
	envelope // without data
	until    time.Time
}

func newPlugin(k *KMS, log *slog.Logger) (*plugin, error) {
	timeout, err := k.timeout()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(k.Endpoint)
	if err != nil {
		return nil, err
	}
	path := u.Path
	if abstract, ok := strings.CutPrefix(path, "/@"); ok {
		path = "@" + abstract // a socket without a file
	}
	dial := func(ctx context.Context, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	conn, err := grpc.NewClient("passthrough:///kms", grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithContextDialer(dial))
	if err != nil {
		return nil, err
	}
	return &plugin{
		name: k.Name, timeout: timeout, conn: conn, api: kmsapi.NewKeyManagementServiceClient(conn),
		log: log, now: time.Now, seeds: make(map[[sha256.Size]byte]transformer),
	}, nil
}

// look asks the plug-in how it is, and sees to it that the seed is one of its
// current key.
func (p *plugin) look(ctx context.Context) error {
	p.lookMu.Lock()
	defer p.lookMu.Unlock()
	err := p.lookOnce(ctx)
	if err != nil {
		err = fmt.Errorf("KMS plug-in %s: %w", p.name, err)
	}
	p.ill.Store(&err)
	return err
}

func (p *plugin) lookOnce(ctx context.Context) error {
	begun := p.now()
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	status, err := p.api.Status(ctx, &kmsapi.StatusRequest{})
	switch {
	case err != nil:
		return fmt.Errorf("status: %w", err)
	case status.Healthz != "ok":
		return fmt.Errorf("status: healthz is %q", status.Healthz)
	case status.Version != "v2" && status.Version != "v2beta1":
		return fmt.Errorf("status: version is %q, want v2", status.Version)
	case status.KeyId == "" || len(status.KeyId) > maxKeyID:
		return fmt.Errorf("status: key id of %d bytes: must have 1 to %d", len(status.KeyId), maxKeyID)
	}
	have := p.current.Load()
	if have != nil && have.keyID == status.KeyId {
		next := *have
		next.until = begun.Add(seedLife)
		p.current.Store(&next)
		return nil
	}
	next := writing{seeded: seeded{random(seedSize)}, until: begun.Add(seedLife)}
	answer, err := p.api.Encrypt(ctx, &kmsapi.EncryptRequest{Plaintext: next.seed, Uid: uuid.NewString()})
	if err != nil {
		return fmt.Errorf("encrypt a seed: %w", err)
	}
	next.envelope = envelope{data: []byte{0}, keyID: answer.KeyId, source: answer.Ciphertext, annotations: answer.Annotations, kind: sourceSeed}
	if err := next.envelope.check(); err != nil {
		return fmt.Errorf("encrypt a seed: %w", err)
	}
	if answer.KeyId != status.KeyId { // it is changing just now: the next look decides
		return fmt.Errorf("encrypt a seed: the key is %q, but status says %q", answer.KeyId, status.KeyId)
	}
	p.keep(next.envelope.identity(), next.seeded)
	p.current.Store(&next)
	return nil
}

// run looks again and again until ctx ends.
func (p *plugin) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		if err := p.look(ctx); err != nil {
			if ctx.Err() == nil {
				p.log.Warn("encryption at rest", "error", err)
			}
			timer.Reset(pollIll)
			continue
		}
		timer.Reset(pollWell)
	}
}

// health is what the last look has found.
func (p *plugin) health() error {
	if ill := p.ill.Load(); ill != nil {
		return *ill
	}
	return fmt.Errorf("KMS plug-in %s: not asked yet", p.name)
}

func (p *plugin) encrypt(ctx context.Context, key string, plain []byte) ([]byte, error) {
	w := p.current.Load()
	if w == nil || p.now().After(w.until) {
		if err := p.look(ctx); err != nil {
			return nil, err
		}
		w = p.current.Load()
	}
	e := w.envelope
	var err error
	if e.data, err = w.seeded.encrypt(ctx, key, plain); err != nil {
		return nil, err
	}
	return e.encode(), nil
}

func (p *plugin) decrypt(ctx context.Context, key string, sealed []byte) ([]byte, bool, error) {
	e, err := decodeEnvelope(sealed)
	if err != nil {
		return nil, false, err
	}
	t, err := p.opened(ctx, e)
	if err != nil {
		return nil, false, err
	}
	plain, _, err := t.decrypt(ctx, key, e.data)
	w := p.current.Load()
	return plain, w == nil || w.keyID != e.keyID || e.kind != sourceSeed, err
}

// identity is what a seed is known by.
func (e *envelope) identity() [sha256.Size]byte {
	named := *e
	named.data = nil
	return sha256.Sum256(named.encode())
}

// opened returns the seed of an envelope, which the plug-in decrypts once.
func (p *plugin) opened(ctx context.Context, e *envelope) (transformer, error) {
	id := e.identity()
	p.mu.Lock()
	t := p.seeds[id]
	p.mu.Unlock()
	if t != nil {
		return t, nil
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	answer, err := p.api.Decrypt(ctx, &kmsapi.DecryptRequest{
		Ciphertext: e.source, KeyId: e.keyID, Annotations: e.annotations, Uid: uuid.NewString(),
	})
	if err != nil {
		if away(err) {
			err = fmt.Errorf("%w: %w", errAway, err)
		}
		return nil, fmt.Errorf("KMS plug-in %s: decrypt a seed: %w", p.name, err)
	}
	if e.kind == sourceSeed {
		if len(answer.Plaintext) < seedSize {
			return nil, errors.New("the decrypted seed is too short")
		}
		t = seeded{answer.Plaintext}
	} else if t, err = newGCM(answer.Plaintext); err != nil {
		return nil, fmt.Errorf("the decrypted key: %w", err)
	}
	p.keep(id, t)
	return t, nil
}

func (p *plugin) keep(id [sha256.Size]byte, t transformer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.seeds) >= maxSeeds {
		clear(p.seeds)
	}
	p.seeds[id] = t
}

func (p *plugin) close() error { return p.conn.Close() }
