package names

import "strings"

// MaxLabelPart is the greatest length in bytes of a label's value, and of its
// key without the prefix.
const MaxLabelPart = 63

const (
	qualifiedForm = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
	qualifiedText = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
	valueText     = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', " +
		"and must start and end with an alphanumeric character"
)

// QualifiedName is the rule for keys of labels and annotations and for
// finalizers: "name" or "prefix.example.com/name".
func QualifiedName(s string) []string {
	prefix, name, prefixed := strings.Cut(s, "/")
	var problems []string
	switch {
	case !prefixed:
		name = s
	case strings.Contains(name, "/"):
		return []string{"a valid label key " + mustMatch(qualifiedText, qualifiedForm, "MyName", "my.name", "123-abc") +
			" with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"}
	case prefix == "":
		problems = append(problems, "prefix part "+NonEmpty)
	default:
		// Only here Kubernetes counts bytes and not characters.
		for _, p := range tooManyBytes(nil, prefix, MaxDNSSubdomain) {
			problems = append(problems, "prefix part "+p)
		}
		if !isDNSSubdomain(prefix) {
			problems = append(problems, "prefix part "+mustMatch(subdomainText, subdomainForm, "example.com"))
		}
	}
	if name == "" {
		problems = append(problems, "name part "+NonEmpty)
	} else if len(name) > MaxLabelPart {
		problems = append(problems, "name part "+tooManyBytes(nil, name, MaxLabelPart)[0])
	}
	if name == "" || !isLabelWord(name) {
		problems = append(problems, "name part "+mustMatch(qualifiedText, qualifiedForm, "MyName", "my.name", "123-abc"))
	}
	return problems
}

// LabelValue is the rule for the value of a label.
func LabelValue(s string) []string {
	problems := tooManyBytes(nil, s, MaxLabelPart)
	if s != "" && !isLabelWord(s) {
		problems = append(problems, mustMatch(valueText, "("+qualifiedForm+")?", "MyValue", "my_value", "12345"))
	}
	return problems
}

// isLabelWord says whether s, which is not empty, begins and ends with a letter
// or digit and has only those and -_. between.
func isLabelWord(s string) bool {
	if !isAlphanumeric(s[0]) || !isAlphanumeric(s[len(s)-1]) {
		return false
	}
	for i := 1; i < len(s)-1; i++ {
		if c := s[i]; !isAlphanumeric(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// DomainPrefixedPath is the rule for "example.com/path", such as the name of a
// controller that manages an object.
func DomainPrefixedPath(s string) []string {
	host, path, ok := strings.Cut(s, "/")
	if !ok || host == "" || path == "" {
		return []string{`must be a domain-prefixed path (such as "acme.io/foo")`}
	}
	problems := DNSSubdomain(host)
	for i := 0; i < len(path); i++ {
		if c := path[i]; !isAlphanumeric(c) && !strings.ContainsRune(`/-._~%!$&'()*+,;=:`, rune(c)) {
			return append(problems, mustMatch("Invalid path", `[A-Za-z0-9/\-._~%!$&'()*+,;=:]+`))
		}
	}
	return problems
}
