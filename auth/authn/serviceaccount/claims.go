package serviceaccount

import (
	"encoding/json"
	"errors"

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

// legacyIssuer is the iss of tokens in Secrets.
const legacyIssuer = "kubernetes/serviceaccount"

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
