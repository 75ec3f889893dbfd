package authn

import (
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kubenucleus/nucleus/auth"
)

// ErrInvalidToken is returned when a request has a bearer token that nobody
// knows.
var ErrInvalidToken = errors.New("invalid bearer token")

// webSocketToken is the subprotocol in which a browser, which cannot set
// headers on a WebSocket, sends its token.
const webSocketToken = "base64url.bearer.authorization.k8s.io."

// BearerToken returns the token that a request carries, if it has one.
func BearerToken(r *http.Request) (token string, ok bool) {
	// What follows a second space is ignored, and a tab does not separate: both
	// are what Kubernetes does.
	parts := strings.SplitN(strings.TrimSpace(r.Header.Get("Authorization")), " ", 3)
	if len(parts) >= 2 && strings.EqualFold(parts[0], "bearer") && parts[1] != "" {
		return parts[1], true
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return "", false
	}
	for _, header := range r.Header.Values("Sec-WebSocket-Protocol") {
		for protocol := range strings.SplitSeq(header, ",") {
			encoded, found := strings.CutPrefix(strings.TrimSpace(protocol), webSocketToken)
			if !found {
				continue
			}
			raw, err := base64.RawURLEncoding.DecodeString(encoded)
			if err == nil && len(raw) > 0 && utf8.Valid(raw) {
				return string(raw), true
			}
		}
	}
	return "", false
}

// DropBearerToken takes out of the headers of a request what [BearerToken] finds
// there, so that nobody to whom the request is passed on learns it.
func DropBearerToken(h http.Header) {
	h.Del("Authorization")
	const key = "Sec-Websocket-Protocol"
	values := h.Values(key)
	if !slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, webSocketToken) }) {
		return
	}
	var kept []string
	for _, value := range values {
		for protocol := range strings.SplitSeq(value, ",") {
			if protocol = strings.TrimSpace(protocol); protocol != "" && !strings.HasPrefix(protocol, webSocketToken) {
				kept = append(kept, protocol)
			}
		}
	}
	h.Del(key)
	if len(kept) > 0 {
		h.Set(key, strings.Join(kept, ", "))
	}
}

// Token makes an Authenticator of bearer tokens from a function that knows
// some of them. A token that it does not know is [ErrInvalidToken].
func Token(lookup func(r *http.Request, token string) (*auth.User, bool, error)) Authenticator {
	return Func(func(r *http.Request) (*auth.User, bool, error) {
		token, ok := BearerToken(r)
		if !ok {
			return nil, false, nil
		}
		user, ok, err := lookup(r, token)
		if !ok && err == nil {
			err = ErrInvalidToken
		}
		return user, ok, err
	})
}
