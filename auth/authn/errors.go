package authn

import (
	"errors"
	"slices"
	"strings"
)

// Errors are what several authenticators said of the same request. As a text it
// is the form that clients see in a TokenReview: one alone stands as it is,
// several are in brackets, and what several said the same way is said once.
type Errors []error

// Error lists the texts.
func (e Errors) Error() string {
	var texts []string
	for _, err := range e {
		if text := err.Error(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if len(texts) == 1 {
		return texts[0]
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// Unwrap returns the errors.
func (e Errors) Unwrap() []error { return e }

// asError flattens nested lists; it is nil if there are no errors.
func (e Errors) asError() error {
	var flat Errors
	for _, err := range e {
		if inner, ok := errors.AsType[Errors](err); ok {
			flat = append(flat, inner...)
			continue
		}
		flat = append(flat, err)
	}
	if len(flat) == 0 {
		return nil
	}
	return flat
}

// NotAuthenticated is what a TokenReview says of a token that was refused for
// err, or that nobody knows if err is nil: what a request with it is told in the log.
func NotAuthenticated(err error) error {
	all := Errors{ErrInvalidToken}
	if err != nil {
		all = append(all, err)
	}
	return all.asError()
}
