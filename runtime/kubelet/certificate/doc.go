// Package certificate gets a node its certificates and keeps them fresh: it makes
// a key, asks the API server to have a certificate for it signed
// (CertificateSigningRequest), keeps both in a file, and does it all again long
// before the certificate ends.
//
//	m, err := certificate.New(certificate.ClientOptions(dir, "node-1", func() (client.Client, error) { return bootstrap, nil }))
//	...
//	go m.Run(ctx)
//	err = m.WaitReady(ctx)
//	transport := certificate.NewTransport(tlsConfig, m) // shows the newest one
//
// [ClientOptions] asks for what a kubelet shows the API server, [ServingOptions] for
// what it shows its callers; [SelfSigned] makes one of the latter without asking
// anybody. Somebody has to approve and sign: see the controllers of that name.
//
// # Promises
//
// The private key never leaves the machine; its file is its owner's alone. A
// certificate that is good is never replaced by one that is not, and a program that
// is started again goes on with the one that it has.
package certificate
