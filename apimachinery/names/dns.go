package names

import "strings"

// Longest names by rule, in bytes.
const (
	MaxDNSLabel     = 63
	MaxDNSSubdomain = 253
)

const (
	labelForm     = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
	subdomainForm = labelForm + `(\.` + labelForm + ")*"

	underscoredLabelForm     = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
	underscoredSubdomainForm = underscoredLabelForm + `(\.` + underscoredLabelForm + ")*"
)

const (
	labelText = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " +
		"and must start and end with an alphanumeric character"
	subdomainText = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
		"and must start and end with an alphanumeric character"
	underscoredText = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', " +
		"and must start and end with an alphanumeric character"
	caselessText = "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', " +
		"and must start and end with an alphanumeric character"
	wildcardText = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, " +
		"which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
	label1035Text = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', " +
		"start with an alphabetic character, and end with an alphanumeric character"
)

// DNSLabel is the rule for a DNS label (RFC 1123): the names of namespaces,
// containers and volumes.
func DNSLabel(s string) []string {
	problems := tooLong(nil, s, MaxDNSLabel)
	if isDNSLabel(s) {
		return problems
	}
	if isDNSSubdomain(s) {
		return append(problems, "must not contain dots")
	}
	return append(problems, mustMatch(labelText, labelForm, "my-name", "123-abc"))
}

// DNSSubdomain is the rule for labels joined by dots (RFC 1123): the names of
// most objects.
func DNSSubdomain(s string) []string {
	problems := tooLong(nil, s, MaxDNSSubdomain)
	if !isDNSSubdomain(s) {
		problems = append(problems, mustMatch(subdomainText, subdomainForm, "example.com"))
	}
	return problems
}

// DNSSubdomainWithUnderscore is [DNSSubdomain] that takes underscores too, one of
// them at the beginning of a label, as DNS search paths have them.
func DNSSubdomainWithUnderscore(s string) []string {
	problems := tooLong(nil, s, MaxDNSSubdomain)
	plain := strings.ReplaceAll("."+s, "._", ".")[1:]
	if !isSubdomainOf(plain, func(c byte) bool { return isLower(c) || isDigit(c) }, func(c byte) bool { return c == '-' || c == '_' }) {
		problems = append(problems, mustMatch(underscoredText, underscoredSubdomainForm, "example.com"))
	}
	return problems
}

// DNSSubdomainCaseless is [DNSSubdomain] that takes capitals too, as the names
// of CSI drivers may have them.
func DNSSubdomainCaseless(s string) []string {
	problems := tooLong(nil, s, MaxDNSSubdomain)
	if !isSubdomainOf(s, isAlphanumeric, func(c byte) bool { return c == '-' }) {
		problems = append(problems, mustMatch(caselessText, subdomainForm, "Example.com"))
	}
	return problems
}

// WildcardDNSSubdomain is the rule for a subdomain behind "*.".
func WildcardDNSSubdomain(s string) []string {
	problems := tooLong(nil, s, MaxDNSSubdomain)
	if rest, ok := strings.CutPrefix(s, "*."); !ok || !isDNSSubdomain(rest) {
		problems = append(problems, mustMatch(wildcardText, `\*\.`+subdomainForm, "*.example.com"))
	}
	return problems
}

// DNS1035Label is the rule for a DNS label that begins with a letter (RFC
// 1035), which the names of Services must.
func DNS1035Label(s string) []string {
	problems := tooLong(nil, s, MaxDNSLabel)
	if !isDNSLabel(s) || !isLower(s[0]) {
		problems = append(problems, mustMatch(label1035Text, "[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123"))
	}
	return problems
}

// FullyQualified is the rule for a DNS name of at least three labels, as
// signers and scheduling gates have them.
func FullyQualified(s string) []string { return domainOf(s, 3, "three") }

// FullyQualifiedDomain is the rule for a DNS name of at least two labels; one
// dot at its end is fine.
func FullyQualifiedDomain(s string) []string { return domainOf(strings.TrimSuffix(s, "."), 2, "two") }

func domainOf(s string, segments int, word string) []string {
	if problems := DNSSubdomain(s); len(problems) > 0 {
		return problems
	}
	if strings.Count(s, ".")+1 < segments {
		return []string{"should be a domain with at least " + word + " segments separated by dots"}
	}
	return nil
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlphanumeric(c byte) bool { return isLower(c) || 'A' <= c && c <= 'Z' || isDigit(c) }

// isDNSLabel says whether s has the form of a label, of whatever length.
func isDNSLabel(s string) bool {
	if s == "" || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isLower(c) && !isDigit(c) && c != '-' {
			return false
		}
	}
	return true
}

func isDNSSubdomain(s string) bool {
	for {
		i := strings.IndexByte(s, '.')
		if i < 0 {
			return isDNSLabel(s)
		}
		if !isDNSLabel(s[:i]) {
			return false
		}
		s = s[i+1:]
	}
}

// isSubdomainOf says whether s is labels joined by dots, where outer characters
// may stand anywhere in a label and inner ones not at its ends.
func isSubdomainOf(s string, outer, inner func(byte) bool) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || !outer(label[0]) || !outer(label[len(label)-1]) {
			return false
		}
		for i := 0; i < len(label); i++ {
			if !outer(label[i]) && !inner(label[i]) {
				return false
			}
		}
	}
	return true
}
