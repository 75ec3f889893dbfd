// Package authn finds out who a request is from.
//
// An [Authenticator] looks at one kind of credential. A [Union] of them is one
// again, and what a server is given is usually
//
//	authn.OrAnonymous(authn.Authenticated(authn.Union{
//		clientcert.New(pool, clientcert.Options{}),
//		authn.Bearer(authn.TokenUnion{tokens, accounts}, audiences), // of a file, of service accounts
//	}))
//
// which reads: a client certificate or a token says who it is, everyone who is
// known is in the group system:authenticated, and a request without
// credentials is from system:anonymous. A request whose credentials are wrong
// is refused, it does not become anonymous.
//
// Authenticators are safe for concurrent use and do not change the request.
package authn
