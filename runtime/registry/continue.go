package registry

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
)

// A continue token says where the next page of a list begins and as of which
// revision. Clients must not look inside; it is what Kubernetes has all the
// same, so that a list begun at one server goes on at another.
type continueToken struct {
	APIVersion string `json:"v"`
	// Revision of the whole list; -1 goes on with whatever there is now.
	Revision int64 `json:"rv"`
	// Start is the first key of the page, without the resource's prefix.
	Start string `json:"start"`
}

const tokenVersion = "meta.k8s.io/v1"

func (t continueToken) encode() string {
	t.APIVersion = tokenVersion
	data, err := json.Marshal(t)
	if err != nil {
		return "" // two strings and a number always encode
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// readToken reads a token. Errors are worded for the client.
func readToken(text string) (continueToken, error) {
	var t continueToken
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return t, fmt.Errorf("continue key is not valid: %w", err)
	}
	if err := json.Unmarshal(data, &t); err != nil {
		return t, fmt.Errorf("continue key is not valid: %w", err)
	}
	if t.APIVersion != tokenVersion {
		return t, errors.New("continue key is not valid: server does not recognize this encoded version \"" + t.APIVersion + "\"")
	}
	if t.Revision == 0 {
		return t, errors.New("continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)")
	}
	if t.Start == "" {
		return t, errors.New("continue key is not valid: encoded start key empty (version meta.k8s.io/v1)")
	}
	if strings.Contains("/"+t.Start+"/", "/../") || strings.HasPrefix(t.Start, "/") {
		return t, fmt.Errorf("continue key is not valid: %s", t.Start)
	}
	return t, nil
}

// after returns the key after which the page begins. The start of a token is
// that key with a zero byte, the least that sorts behind it.
func (t continueToken) after(prefix string) string {
	return prefix + strings.TrimSuffix(t.Start, "\x00")
}

// nextPage makes the token for the page after key.
func nextPage(revision storage.Revision, prefix, key string) string {
	return continueToken{Revision: int64(revision), Start: strings.TrimPrefix(key, prefix) + "\x00"}.encode()
}

// expiredToken is the 410 for a token whose revision is no longer kept. It
// carries a token to go on with, at the price of consistency.
func expiredToken(prefix, after string) error {
	err := meta.ResourceExpired("The provided continue parameter is too old to display a consistent list result. " +
		"You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder " +
		"of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
		"deleted between the time the first chunk was returned and now may show up in the list.")
	status := err.Status
	status.Continue = nextPage(-1, prefix, after)
	return &meta.StatusError{Status: status}
}
