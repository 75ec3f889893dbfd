package names

import (
	"fmt"
	"strings"
)

// NonEmpty is the text for an empty string where there must be something.
const NonEmpty = "must be non-empty"

// tooLong adds the problem that s has more than limit bytes. The text says
// characters, which is what Kubernetes says of names.
func tooLong(problems []string, s string, limit int) []string {
	if len(s) > limit {
		problems = append(problems, fmt.Sprintf("must be no more than %d characters", limit))
	}
	return problems
}

// tooManyBytes is tooLong where Kubernetes says bytes: of labels.
func tooManyBytes(problems []string, s string, limit int) []string {
	if len(s) > limit {
		problems = append(problems, fmt.Sprintf("must be no more than %d bytes", limit))
	}
	return problems
}

// mustMatch words what a form is, with examples and the regular expression.
func mustMatch(text, form string, examples ...string) string {
	var b strings.Builder
	b.WriteString(text)
	b.WriteString(" (e.g. ")
	for i, e := range examples {
		if i > 0 {
			b.WriteString(" or ")
		}
		b.WriteString("'" + e + "', ")
	}
	b.WriteString("regex used for validation is '" + form + "')")
	return b.String()
}

// between words a range that includes its ends.
func between(low, high int64) string {
	return fmt.Sprintf("must be between %d and %d, inclusive", low, high)
}
