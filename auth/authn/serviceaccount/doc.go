// Package serviceaccount issues and checks the tokens of service accounts.
//
//	key, err := serviceaccount.LoadOrMakeKey("data/pki/sa.key")
//	issuer, err := serviceaccount.NewIssuer(key, serviceaccount.IssuerOptions{})
//	tokens, err := serviceaccount.New(reader, serviceaccount.Options{Keys: ..., Issuers: ...})
//
// An [Issuer] signs JSON web tokens with the claims that Kubernetes has in them:
// for whom (aud), how long (exp), whose (sub), and under "kubernetes.io" the
// account and the object that the token lives and dies with. An [Authenticator]
// knows them again by the public keys, and looks whether account and object are
// still there: a token of a deleted Pod is void, and one of the same name later
// does not revive it.
//
// Tokens that older clients keep in Secrets have no end and another issuer; they
// are good as long as their Secret holds them. [Discovery] publishes the keys, so
// that others can check tokens that are meant for them.
package serviceaccount
