package serviceaccount

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Paths at which an issuer's configuration and keys are published.
const (
	ConfigurationPath = "/.well-known/openid-configuration"
	KeysPath          = "/openid/v1/jwks"
)

// Discovery returns the handlers of [ConfigurationPath] and [KeysPath], by which
// others check tokens that are meant for them. keysURL is where they find the
// keys; "" is KeysPath below the issuer, or, if the issuer is no URL of its own
// that anybody could ask, below server ("https://host:port").
func Discovery(issuer, keysURL, server string, keys []PublicKey) (map[string]http.Handler, error) {
	if keysURL == "" {
		base := server
		if strings.HasPrefix(issuer, "https://") && issuer != DefaultIssuer {
			base = strings.TrimSuffix(issuer, "/")
		}
		keysURL = base + KeysPath
	}
	var algorithms []string
	var set jose.JSONWebKeySet
	for _, k := range keys {
		if !slices.Contains(algorithms, string(k.Algorithm)) {
			algorithms = append(algorithms, string(k.Algorithm))
		}
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.Key, KeyID: k.ID, Algorithm: string(k.Algorithm), Use: "sig"})
	}
	slices.Sort(algorithms)
	configuration, err := json.Marshal(struct {
		Issuer        string   `json:"issuer"`
		KeysURL       string   `json:"jwks_uri"`
		ResponseTypes []string `json:"response_types_supported"`
		SubjectTypes  []string `json:"subject_types_supported"`
		Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	}{issuer, keysURL, []string{"id_token"}, []string{"public"}, algorithms})
	if err != nil {
		return nil, fmt.Errorf("openid configuration: %w", err)
	}
	published, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("openid keys: %w", err)
	}
	return map[string]http.Handler{
		ConfigurationPath: document("application/json", configuration),
		KeysPath:          document("application/jwk-set+json", published),
	}, nil
}

func document(contentType string, data []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "public, max-age=3600")
		h.Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data) // who has gone need not be told
	})
}
