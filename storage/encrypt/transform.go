package encrypt

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/kubenucleus/nucleus/storage"
)

// Prefix is what every encrypted value begins with.
const Prefix = storage.SealedPrefix

// transformer encrypts and decrypts with one key. key is that of the store,
// which is authenticated together with the value.
type transformer interface {
	encrypt(ctx context.Context, key string, plain []byte) ([]byte, error)
	// decrypt says too whether encrypt would use something else by now.
	decrypt(ctx context.Context, key string, sealed []byte) (plain []byte, stale bool, err error)
}

// link is one key of a chain, and what its values begin with: nothing, for the
// provider that does not encrypt.
type link struct {
	prefix string
	transformer
}

// chain is the keys for a resource, in order. The first writes.
type chain []link

// ErrNoKey is returned for values that none of the keys is for.
var ErrNoKey = errors.New("no key of the configuration is for this value")

func (c chain) encrypt(ctx context.Context, key string, plain []byte) ([]byte, error) {
	sealed, err := c[0].transformer.encrypt(ctx, key, plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.TrimSuffix(c[0].prefix, ":"), err)
	}
	if c[0].prefix == "" {
		return sealed, nil
	}
	return append([]byte(c[0].prefix), sealed...), nil
}

func (c chain) decrypt(ctx context.Context, key string, stored []byte) (plain []byte, stale bool, err error) {
	encrypted := strings.HasPrefix(string(stored[:min(len(stored), len(Prefix))]), Prefix)
	var errs []error
	for i, l := range c {
		if (l.prefix == "") == encrypted || len(stored) < len(l.prefix) || string(stored[:len(l.prefix)]) != l.prefix {
			continue
		}
		plain, stale, err := l.transformer.decrypt(ctx, key, stored[len(l.prefix):])
		if err == nil {
			return plain, stale || i > 0, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", strings.TrimSuffix(l.prefix, ":"), err))
	}
	if len(errs) == 0 {
		return nil, false, ErrNoKey
	}
	return nil, false, errors.Join(errs...)
}

// away tells errors that are not the value's fault: the plug-in does not answer.
// They may be over soon, so the value must not be taken for one that cannot be
// decrypted.
func away(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.ResourceExhausted, codes.Aborted:
		return true
	}
	return false
}

// plaintext is the provider that does nothing.
type plaintext struct{}

func (plaintext) encrypt(_ context.Context, _ string, plain []byte) ([]byte, error) {
	return plain, nil
}

func (plaintext) decrypt(_ context.Context, _ string, sealed []byte) ([]byte, bool, error) {
	return sealed, false, nil
}

// linksOf are the keys of a provider. The configuration has been checked.
func linksOf(p *Provider, plugins map[string]*plugin) ([]link, error) {
	switch {
	case p.Identity != nil:
		return []link{{transformer: plaintext{}}}, nil
	case p.AESGCM != nil:
		return keyLinks("aesgcm", p.AESGCM, func(secret []byte) (transformer, error) { return newGCM(secret) })
	case p.AESCBC != nil:
		return keyLinks("aescbc", p.AESCBC, func(secret []byte) (transformer, error) { return newCBC(secret) })
	case p.Secretbox != nil:
		return keyLinks("secretbox", p.Secretbox, func(secret []byte) (transformer, error) { return newBox(secret) })
	case p.KMS != nil:
		return []link{{prefix: Prefix + "kms:v2:" + p.KMS.Name + ":", transformer: plugins[p.KMS.Name]}}, nil
	}
	return nil, errors.New("no provider")
}

func keyLinks(kind string, keys *Keys, make func(secret []byte) (transformer, error)) (links []link, err error) {
	for _, k := range keys.Keys {
		secret, err := base64.StdEncoding.DecodeString(k.Secret)
		if err != nil {
			return nil, fmt.Errorf("key %s: the secret is not base64", k.Name)
		}
		t, err := make(secret)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", k.Name, err)
		}
		links = append(links, link{Prefix + kind + ":v1:" + k.Name + ":", t})
	}
	return links, nil
}
