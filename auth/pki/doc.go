// Package pki makes the certificates of a control plane that has no other
// certificate authority: an authority of its own, serving certificates, and
// client certificates whose subject is the user.
//
//	p, err := pki.Open(pki.Options{Dir: "data/pki", Hosts: []string{"localhost", "127.0.0.1"}})
//	tls := &tls.Config{GetCertificate: p.ServingCertificate}
//	admin, err := p.Client("admin", "kubernetes-admin", auth.GroupMasters)
//
// Everything is kept in one directory, whose keys only its owner can read, and
// is found again at the next start. Certificates that have expired, or soon
// will, are made anew, a serving certificate also when it lacks a host; clients
// keep trusting it as long as the authority stays. The names of the files are
// those of kubeadm: ca.crt, ca.key, apiserver.crt, apiserver.key, and for a client
// NAME.crt, NAME.key.
//
// What is not here: revocation, and signing for others (that is the
// certificates API).
package pki
