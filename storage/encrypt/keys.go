package encrypt

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"

	"golang.org/x/crypto/nacl/secretbox"
)

var (
	errShort   = errors.New("the value is too short")
	errForged  = errors.New("the value does not fit the key: it is another key, or the value was changed or moved")
	errAway    = errors.New("the plug-in does not answer")
	errReading = errors.New("this provider is for reading old data only")
)

// random returns n bytes; crypto/rand does not fail.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// gcm is AES in Galois/counter mode: a nonce of 12 bytes, then the sealed text.
type gcm struct{ aead cipher.AEAD }

func newGCM(secret []byte) (*gcm, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &gcm{aead}, err
}

func (g *gcm) encrypt(_ context.Context, key string, plain []byte) ([]byte, error) {
	return g.seal(nil, key, plain), nil
}

func (g *gcm) seal(dst []byte, key string, plain []byte) []byte {
	nonce := random(g.aead.NonceSize())
	out := make([]byte, 0, len(dst)+len(nonce)+len(plain)+g.aead.Overhead())
	return g.aead.Seal(append(append(out, dst...), nonce...), nonce, plain, []byte(key))
}

func (g *gcm) decrypt(_ context.Context, key string, sealed []byte) ([]byte, bool, error) {
	n := g.aead.NonceSize()
	if len(sealed) < n+g.aead.Overhead() {
		return nil, false, errShort
	}
	plain, err := g.aead.Open(nil, sealed[:n], sealed[n:], []byte(key))
	if err != nil {
		return nil, false, errForged
	}
	return plain, false, nil
}

// cbc is AES in cipher block chaining mode: a block to begin with, then text
// that is filled up to whole blocks with the number of what was added. It
// authenticates nothing, so it only reads.
type cbc struct{ block cipher.Block }

func newCBC(secret []byte) (*cbc, error) {
	block, err := aes.NewCipher(secret)
	return &cbc{block}, err
}

func (*cbc) encrypt(context.Context, string, []byte) ([]byte, error) { return nil, errReading }

func (c *cbc) decrypt(_ context.Context, _ string, sealed []byte) ([]byte, bool, error) {
	if len(sealed) < 2*aes.BlockSize || len(sealed)%aes.BlockSize != 0 {
		return nil, false, errShort
	}
	plain := make([]byte, len(sealed)-aes.BlockSize)
	cipher.NewCBCDecrypter(c.block, sealed[:aes.BlockSize]).CryptBlocks(plain, sealed[aes.BlockSize:])
	fill := int(plain[len(plain)-1])
	if fill == 0 || fill > aes.BlockSize {
		return nil, false, errForged
	}
	for _, b := range plain[len(plain)-fill:] {
		if int(b) != fill {
			return nil, false, errForged
		}
	}
	return plain[:len(plain)-fill], true, nil // whoever writes it again gets a better one
}

// box is XSalsa20 and Poly1305: a nonce of 24 bytes, then the sealed text. It
// does not authenticate the key of the store.
type box struct{ secret [32]byte }

const boxNonce = 24

func newBox(secret []byte) (*box, error) {
	if len(secret) != 32 {
		return nil, errors.New("the secret must have 32 bytes")
	}
	return &box{[32]byte(secret)}, nil
}

func (b *box) encrypt(_ context.Context, _ string, plain []byte) ([]byte, error) {
	nonce := [boxNonce]byte(random(boxNonce))
	return secretbox.Seal(nonce[:], plain, &nonce, &b.secret), nil
}

func (b *box) decrypt(_ context.Context, _ string, sealed []byte) ([]byte, bool, error) {
	if len(sealed) < boxNonce+secretbox.Overhead {
		return nil, false, errShort
	}
	nonce := [boxNonce]byte(sealed)
	plain, ok := secretbox.Open(nil, sealed[boxNonce:], &nonce, &b.secret)
	if !ok {
		return nil, false, errForged
	}
	return plain, false, nil
}

// seeded encrypts every value with a key of its own, derived from a seed and 32
// random bytes, which stand before what gcm makes. So the seed can be used for
// any number of values.
type seeded struct{ seed []byte }

const (
	seedSize    = 32
	infoSize    = 32
	derivedSize = 32
)

func (s seeded) key(info []byte) (*gcm, error) {
	secret, err := hkdf.Expand(sha256.New, s.seed, string(info), derivedSize)
	if err != nil {
		return nil, err
	}
	return newGCM(secret)
}

func (s seeded) encrypt(_ context.Context, key string, plain []byte) ([]byte, error) {
	info := random(infoSize)
	g, err := s.key(info)
	if err != nil {
		return nil, err
	}
	return g.seal(info, key, plain), nil
}

func (s seeded) decrypt(ctx context.Context, key string, sealed []byte) ([]byte, bool, error) {
	if len(sealed) < infoSize {
		return nil, false, errShort
	}
	g, err := s.key(sealed[:infoSize])
	if err != nil {
		return nil, false, err
	}
	return g.decrypt(ctx, key, sealed[infoSize:])
}
