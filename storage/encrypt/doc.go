// Package encrypt encrypts stored values, as Kubernetes does: the same
// configuration files, and the same bytes, so that either reads what the other
// wrote.
//
//	e, err := encrypt.Open(ctx, encrypt.Options{File: "encryption.yaml"})
//	if err != nil { ... }
//	defer e.Close()
//	go e.Run(ctx) // follows the file and the KMS plug-ins
//	secrets := e.Store(encrypt.Resource{Name: "secrets"}, store)
//
// [Encryption.Store] is a [storage.Store] around another, for one resource. It
// encrypts what is written with the first key of the first provider that the
// configuration has for the resource, and decrypts what is read with whichever
// it was that encrypted it. The key of the store is authenticated together with
// the value, so that a value cannot be moved to another key.
//
// # Providers
//
// aesgcm, secretbox and kms (v2) encrypt; identity does nothing. aescbc is read
// only: whoever can change what is stored can find out what it says, so it is
// there for data of old only. With kms the keys are those of a plug-in behind a
// unix socket: values are encrypted with keys derived from a seed, which is
// stored beside each value, encrypted by the plug-in.
//
// # Rotation
//
// Put a new key first, then write every object again. A value that was not
// encrypted with the first key, or a KMS key that is not the current one, is
// marked by [storage.KV].Stale, by which package registry knows to write an
// update that changes nothing.
//
// # What cannot be decrypted
//
// A value for which no key fits is handed on as it is stored: it begins with
// [Prefix], and package registry refuses to decode it. So reads of that object
// and lists with it fail and say which key it is, the rest goes on, and nothing
// is deleted.
package encrypt
