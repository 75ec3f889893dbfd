package server

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// warnings collects the texts of Warning headers of one answer.
type warnings struct {
	texts []string
}

// Limits of all Warning headers together, and of each once that is passed: some
// proxies refuse answers with large headers.
const (
	maxWarnings       = 4 << 10
	maxWarningShorted = 256
)

// add takes a text that was not there before.
func (w *warnings) add(text string) {
	if text != "" && !slices.Contains(w.texts, text) {
		w.texts = append(w.texts, text)
	}
}

// into writes the headers.
func (w *warnings) into(h http.Header) {
	if len(w.texts) == 0 {
		return
	}
	total := 0
	for _, text := range w.texts {
		total += len(text)
	}
	shorten := total > maxWarnings
	total = 0
	for _, text := range w.texts {
		if shorten && len(text) > maxWarningShorted {
			end := maxWarningShorted
			for !utf8.RuneStart(text[end]) {
				end--
			}
			text = text[:end]
		}
		if total += len(text); total > maxWarnings {
			return
		}
		h.Add("Warning", `299 - "`+quotedWarning(text)+`"`)
	}
}

// quotedWarning makes text fit for a quoted string of a header.
func quotedWarning(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(strings.ToValidUTF8(text, "\uFFFD")))
}
