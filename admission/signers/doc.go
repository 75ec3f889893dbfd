// Package signers holds certificates to who may give them: approving a request
// takes the verb approve on its signer, issuing the certificate the verb sign, and
// publishing a signer's trust anchors the verb attest. Signers are named
// domain/name; rights to domain/* are rights to all of the domain. And nobody is
// made a master by a certificate of the API server's own signer.
package signers
