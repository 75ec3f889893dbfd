package serviceaccount

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"

	"github.com/kubenucleus/nucleus/auth/pki"
)

// PublicKey is a key that tokens are checked with.
type PublicKey struct {
	ID        string // names the key in tokens
	Algorithm jose.SignatureAlgorithm
	Key       crypto.PublicKey
}

// PrivateKey is a key that tokens are signed with.
type PrivateKey struct {
	PublicKey
	Signer crypto.Signer
}

// algorithms are all that a token may be signed with.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.ES384, jose.ES512}

// publicKey describes key. Its ID is the hash of its standard form, as Kubernetes
// names keys, so that servers with the same key agree.
func publicKey(key crypto.PublicKey) (PublicKey, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return PublicKey{}, err
	}
	sum := sha256.Sum256(der)
	p := PublicKey{ID: base64.RawURLEncoding.EncodeToString(sum[:]), Key: key}
	switch k := key.(type) {
	case *rsa.PublicKey:
		p.Algorithm = jose.RS256
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			p.Algorithm = jose.ES256
		case elliptic.P384():
			p.Algorithm = jose.ES384
		case elliptic.P521():
			p.Algorithm = jose.ES512
		default:
			return PublicKey{}, errors.New("an elliptic curve key must be on P-256, P-384 or P-521")
		}
	default:
		return PublicKey{}, fmt.Errorf("a %T signs no tokens; use RSA or ECDSA", key)
	}
	return p, nil
}

func privateKey(signer crypto.Signer) (*PrivateKey, error) {
	public, err := publicKey(signer.Public())
	if err != nil {
		return nil, err
	}
	return &PrivateKey{PublicKey: public, Signer: signer}, nil
}

// LoadOrMakeKey reads the private key in a PEM file, or makes one (on the curve
// P-256: tokens are short then, and signing costs little) and keeps it there. "" keeps
// it nowhere.
func LoadOrMakeKey(path string) (*PrivateKey, error) {
	if path != "" {
		key, err := LoadPrivateKey(path)
		if !errors.Is(err, fs.ErrNotExist) {
			return key, err
		}
	}
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := privateKey(made)
	if err != nil || path == "" {
		return key, err
	}
	der, err := x509.MarshalECPrivateKey(made)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return key, pki.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

// LoadPrivateKey reads the first private key in a PEM file.
func LoadPrivateKey(path string) (*PrivateKey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		signer, err := parsePrivate(block)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if signer == nil {
			continue // parameters of a curve, mostly
		}
		key, err := privateKey(signer)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return key, nil
	}
	return nil, fmt.Errorf("%s: holds no private key in PEM form", path)
}

// parsePrivate returns the key of a block, or nil if it is of another kind.
func parsePrivate(block *pem.Block) (crypto.Signer, error) {
	switch block.Type {
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PRIVATE KEY":
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, err
		}
		signer, ok := key.(crypto.Signer)
		if !ok {
			return nil, fmt.Errorf("a %T signs nothing", key)
		}
		return signer, nil
	}
	return nil, nil
}

// LoadPublicKeys reads all keys of a PEM file: public keys, certificates, and
// the public parts of private keys.
func LoadPublicKeys(path string) ([]PublicKey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	keys, err := ParsePublicKeys(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// ParsePublicKeys reads all keys of a PEM text; none is an error.
func ParsePublicKeys(data []byte) ([]PublicKey, error) {
	var keys []PublicKey
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		found, err := parsePublic(block)
		if err != nil {
			return nil, err
		}
		if found == nil {
			continue
		}
		key, err := publicKey(found)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("holds no key in PEM form")
	}
	return keys, nil
}

func parsePublic(block *pem.Block) (crypto.PublicKey, error) {
	switch block.Type {
	case "PUBLIC KEY":
		return x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		return certificate.PublicKey, nil
	}
	signer, err := parsePrivate(block)
	if err != nil || signer == nil {
		return nil, err
	}
	return signer.Public(), nil
}
