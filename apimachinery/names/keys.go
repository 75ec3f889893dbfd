package names

import "strings"

// PathSegment is the rule for the names that only have to fit into a URL:
// roles, bindings, and other objects with free names.
func PathSegment(s string) []string {
	switch s {
	case ".", "..":
		return []string{"may not be '" + s + "'"}
	}
	var problems []string
	for _, c := range []string{"/", "%"} {
		if strings.Contains(s, c) {
			problems = append(problems, "may not contain '"+c+"'")
		}
	}
	return problems
}

// ConfigMapKey is the rule for keys of ConfigMaps and Secrets, which become
// names of files.
func ConfigMapKey(s string) []string {
	problems := tooLong(nil, s, MaxDNSSubdomain)
	if s == "" || !all(s, func(c byte) bool { return isAlphanumeric(c) || c == '-' || c == '_' || c == '.' }) {
		problems = append(problems, mustMatch("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
			"[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name"))
	}
	return upwards(problems, s)
}

// EnvVarName is the rule for the name of an environment variable.
func EnvVarName(s string) []string {
	var problems []string
	if s == "" {
		problems = append(problems, "environment variable name "+NonEmpty)
	}
	if !all(s, func(c byte) bool { return ' ' <= c && c <= '~' && c != '=' }) {
		problems = append(problems, "a valid environment variable name must consist only of printable ASCII characters other than '='")
	}
	return problems
}

// EnvVarPrefix is the rule for what is put before the names of environment
// variables that come from a ConfigMap or Secret.
func EnvVarPrefix(s string) []string {
	if s == "" {
		return nil
	}
	return EnvVarName(s)
}

// CIdentifier is the rule for an identifier as C has them.
func CIdentifier(s string) []string {
	if s == "" || isDigit(s[0]) || !all(s, func(c byte) bool { return isAlphanumeric(c) || c == '_' }) {
		return []string{mustMatch("a valid C identifier must start with alphabetic character or '_', "+
			"followed by a string of alphanumeric characters or '_'", "[A-Za-z_][A-Za-z0-9_]*", "my_name", "MY_NAME", "MyName")}
	}
	return nil
}

// HTTPHeaderName is the rule for the name of an HTTP header.
func HTTPHeaderName(s string) []string {
	if s == "" || !all(s, func(c byte) bool { return isAlphanumeric(c) || c == '-' }) {
		return []string{mustMatch("a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", "X-Header-Name")}
	}
	return nil
}

// Percent is the rule for a percentage: "25%".
func Percent(s string) []string {
	digits, ok := strings.CutSuffix(s, "%")
	if !ok || digits == "" || !all(digits, isDigit) {
		return []string{mustMatch("a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%", "93%")}
	}
	return nil
}

// RelativePath is the rule for a path that stays below where it starts: not
// absolute, and without "..".
func RelativePath(s string) []string {
	var problems []string
	if strings.HasPrefix(s, "/") {
		problems = append(problems, "must be a relative path")
	}
	return append(problems, NoDotDot(s)...)
}

// NoDotDot is the rule for a path that has no ".." among its parts.
func NoDotDot(s string) []string {
	for part := range strings.SplitSeq(s, "/") {
		if part == ".." {
			return []string{"must not contain '..'"}
		}
	}
	return nil
}

// upwards adds the problem that a file of that name would lead out of its folder.
func upwards(problems []string, s string) []string {
	switch {
	case s == ".":
		return append(problems, "must not be '.'")
	case s == "..":
		return append(problems, "must not be '..'")
	case strings.HasPrefix(s, ".."):
		return append(problems, "must not start with '..'")
	}
	return problems
}

func all(s string, ok func(byte) bool) bool {
	for i := 0; i < len(s); i++ {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

// ConditionReason is the rule for the reason of a condition: a word in CamelCase.
func ConditionReason(s string) []string {
	problems := tooLong(nil, s, 1024)
	inside := func(c byte) bool { return isAlphanumeric(c) || c == '_' || c == ',' || c == ':' }
	if s == "" || isDigit(s[0]) || !isAlphanumeric(s[0]) || !all(s, inside) || !isAlphanumeric(s[len(s)-1]) && s[len(s)-1] != '_' {
		problems = append(problems, mustMatch("a condition reason must start with alphabetic character, "+
			"optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
			"[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?", "my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB"))
	}
	return problems
}
