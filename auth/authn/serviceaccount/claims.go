package serviceaccount

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// claims are the content of a token. Times are seconds since 1970.
type claims struct {
	Audience  audiences   `json:"aud,omitempty"`
	Expires   int64       `json:"exp,omitempty"`
	IssuedAt  int64       `json:"iat,omitempty"`
	Issuer    string      `json:"iss"`
	ID        string      `json:"jti,omitempty"`
	Bound     *boundTo    `json:"kubernetes.io,omitempty"`
	NotBefore int64       `json:"nbf,omitempty"`
	Subject   string      `json:"sub"`
	legacy    legacyParts // of tokens in Secrets
}

// boundTo is what a token lives and dies with.
type boundTo struct {
	Namespace string `json:"namespace"`
	Node      *ref   `json:"node,omitempty"`
	Pod       *ref   `json:"pod,omitempty"`
	Secret    *ref   `json:"secret,omitempty"`
	Account   ref    `json:"serviceaccount"`
	WarnAfter int64  `json:"warnafter,omitempty"`
}

type ref struct {
	Name string   `json:"name"`
	UID  meta.UID `json:"uid,omitempty"`
}

// legacyParts are the claims of a token that lies in a Secret.
type legacyParts struct {
	Account    string   `json:"kubernetes.io/serviceaccount/service-account.name,omitempty"`
	AccountUID meta.UID `json:"kubernetes.io/serviceaccount/service-account.uid,omitempty"`
	Secret     string   `json:"kubernetes.io/serviceaccount/secret.name,omitempty"`
	Namespace  string   `json:"kubernetes.io/serviceaccount/namespace,omitempty"`
}

// audiences is a list that may be written as one text.
type audiences []string

// UnmarshalJSON reads a text or a list of them.
func (a *audiences) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audiences{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

const (
	// legacyIssuer is the iss of tokens in Secrets.
	legacyIssuer = "kubernetes/serviceaccount"
	// userPrefix begins the user name of a service account.
	userPrefix = "system:serviceaccount:"
	// groupAll is the group of all service accounts, and with a colon and a
	// namespace that of those in it.
	groupAll = "system:serviceaccounts"
)

// UserName returns the user name of a service account.
func UserName(namespace, name string) string { return userPrefix + namespace + ":" + name }

// SplitUserName takes a user name apart; ok is false if it is not that of a
// service account.
func SplitUserName(user string) (namespace, name string, ok bool) {
	rest, ok := strings.CutPrefix(user, userPrefix)
	if !ok {
		return "", "", false
	}
	namespace, name, ok = strings.Cut(rest, ":")
	if !ok || namespace == "" || name == "" || strings.Contains(name, ":") {
		return "", "", false
	}
	return namespace, name, true
}

// Groups returns the groups of the service accounts in a namespace.
func Groups(namespace string) []string { return []string{groupAll, groupAll + ":" + namespace} }

// parseClaims reads the payload of a token, which nobody has checked yet.
func parseClaims(payload []byte) (*claims, error) {
	c := &claims{}
	if err := json.Unmarshal(payload, c); err != nil {
		return nil, errors.New("service account token claims could not be read")
	}
	if c.Issuer == legacyIssuer {
		if err := json.Unmarshal(payload, &c.legacy); err != nil {
			return nil, errors.New("service account token claims could not be read")
		}
	}
	return c, nil
}
