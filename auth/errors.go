package auth

import (
	"errors"
	"slices"
	"strings"
)

// Errors are what several said of the same request. As a text it is in the form
// that clients are shown: one alone stands as it is, several are in brackets, and what
// was said the same way is said once.
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

// AsError returns the list with lists in it made flat, or nil if there are no
// errors.
func (e Errors) AsError() error {
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
