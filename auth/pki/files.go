package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
)

// files are the kept pairs of one directory; "" keeps nothing.
type files struct{ dir string }

func (f files) path(name string) string { return filepath.Join(f.dir, name) }

// load returns the pair of that name, or nil if there is none.
func (f files) load(name string) (*Pair, error) {
	if f.dir == "" {
		return nil, nil
	}
	certPEM, certErr := os.ReadFile(f.path(name + ".crt"))
	keyPEM, keyErr := os.ReadFile(f.path(name + ".key"))
	switch {
	case errors.Is(certErr, fs.ErrNotExist):
		// A key without a certificate is what a crash in save leaves behind.
		return nil, nil
	case certErr != nil:
		return nil, certErr
	case keyErr != nil:
		return nil, keyErr
	}
	pair := &Pair{CertificatePEM: certPEM, KeyPEM: keyPEM}
	block, _ := pem.Decode(certPEM)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("%s: no PEM certificate", f.path(name+".crt"))
	}
	var err error
	if pair.Certificate, err = x509.ParseCertificate(block.Bytes); err != nil {
		return nil, fmt.Errorf("%s: %w", f.path(name+".crt"), err)
	}
	if block, _ = pem.Decode(keyPEM); block == nil || block.Type != "EC PRIVATE KEY" {
		return nil, fmt.Errorf("%s: no PEM key of type EC PRIVATE KEY", f.path(name+".key"))
	}
	if pair.Key, err = x509.ParseECPrivateKey(block.Bytes); err != nil {
		return nil, fmt.Errorf("%s: %w", f.path(name+".key"), err)
	}
	if !pair.Key.PublicKey.Equal(pair.Certificate.PublicKey) {
		return nil, fmt.Errorf("%s: not the key of %s", f.path(name+".key"), f.path(name+".crt"))
	}
	return pair, nil
}

// save keeps the pair. When a crash comes between the removal of the old
// certificate and the last rename, the pair is missing and made anew.
func (f files) save(name string, pair *Pair) error {
	if f.dir == "" {
		return nil
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	if err := os.Remove(f.path(name + ".crt")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := WriteFile(f.path(name+".key"), pair.KeyPEM, 0o600); err != nil {
		return err
	}
	return WriteFile(f.path(name+".crt"), pair.CertificatePEM, 0o644)
}

// WriteFile writes beside path and renames, so that no reader sees half a file.
func WriteFile(path string, data []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails after the rename
	_, err = tmp.Write(data)
	return errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close(), os.Rename(tmp.Name(), path))
}

// sign makes a key and a certificate for it, signed by parent, or by itself if
// parent is nil.
func sign(template *x509.Certificate, parent *Pair) (*Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	// 127 random bits: unique without a counter to keep.
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return nil, err
	}
	signer, signerKey := template, key
	if parent != nil {
		signer, signerKey = parent.Certificate, parent.Key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, &key.PublicKey, signerKey)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return &Pair{
		Certificate: certificate, CertificatePEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Key: key, KeyPEM: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}),
	}, nil
}
