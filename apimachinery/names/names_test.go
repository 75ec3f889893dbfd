package names_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/names"
)

const (
	label     = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
	subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
	label1035 = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
	qualified = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
	value     = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
	configKey = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
	cIdent    = "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')"
	envVar    = "a valid environment variable name must consist only of printable ASCII characters other than '='"
	wildcard  = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
	caseless  = "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'Example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
	ip        = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
	cidr      = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
)

// TestRules has the texts as they were recorded from an API server.
func TestRules(t *testing.T) {
	long := strings.Repeat("a", 254)
	for _, c := range []struct {
		name string
		rule func(string) []string
		in   string
		want []string
	}{
		{"DNSLabel", names.DNSLabel, "my-name-1", nil},
		{"DNSLabel", names.DNSLabel, "Bad.Name", []string{label}},
		{"DNSLabel", names.DNSLabel, "a.b", []string{"must not contain dots"}},
		{"DNSLabel", names.DNSLabel, "", []string{label}},
		{"DNSLabel", names.DNSLabel, long[:64], []string{"must be no more than 63 characters"}},
		{"DNSSubdomain", names.DNSSubdomain, "a.b-c.1", nil},
		{"DNSSubdomain", names.DNSSubdomain, "Bad Name", []string{subdomain}},
		{"DNSSubdomain", names.DNSSubdomain, "a..b", []string{subdomain}},
		{"DNSSubdomain", names.DNSSubdomain, "trail.", []string{subdomain}},
		{"DNSSubdomain", names.DNSSubdomain, long, []string{"must be no more than 253 characters"}},
		{"DNSSubdomainWithUnderscore", names.DNSSubdomainWithUnderscore, "__a", []string{"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')"}},
		{"DNSSubdomainWithUnderscore", names.DNSSubdomainWithUnderscore, "_a._b", nil},
		{"DNSSubdomainWithUnderscore", names.DNSSubdomainWithUnderscore, "a_b.c", nil},
		{"DNSSubdomainCaseless", names.DNSSubdomainCaseless, "Example.com", nil},
		{"DNSSubdomainCaseless", names.DNSSubdomainCaseless, "Bad_", []string{caseless}},
		{"WildcardDNSSubdomain", names.WildcardDNSSubdomain, "*.example.com", nil},
		{"WildcardDNSSubdomain", names.WildcardDNSSubdomain, "a.*.com", []string{wildcard}},
		{"DNS1035Label", names.DNS1035Label, "abc", nil},
		{"DNS1035Label", names.DNS1035Label, "1abc", []string{label1035}},
		{"DNS1035Label", names.DNS1035Label, "", []string{label1035}},
		{"FullyQualified", names.FullyQualified, "a.b.c", nil},
		{"FullyQualified", names.FullyQualified, "a.b", []string{"should be a domain with at least three segments separated by dots"}},
		{"FullyQualifiedDomain", names.FullyQualifiedDomain, "a.b.", nil},
		{"QualifiedName", names.QualifiedName, "example.com/My_Name", nil},
		{"QualifiedName", names.QualifiedName, "bad key", []string{"name part " + qualified}},
		{"QualifiedName", names.QualifiedName, "", []string{"name part must be non-empty", "name part " + qualified}},
		{"QualifiedName", names.QualifiedName, "a/b/c", []string{"a valid label key " + qualified + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"}},
		{"QualifiedName", names.QualifiedName, "/a", []string{"prefix part must be non-empty"}},
		{"QualifiedName", names.QualifiedName, "Bad/a", []string{"prefix part " + subdomain}},
		{"QualifiedName", names.QualifiedName, long[:64], []string{"name part must be no more than 63 bytes"}},
		{"LabelValue", names.LabelValue, "", nil},
		{"LabelValue", names.LabelValue, "My_Value.1", nil},
		{"LabelValue", names.LabelValue, "!", []string{value}},
		{"LabelValue", names.LabelValue, long[:64], []string{"must be no more than 63 bytes"}},
		{"DomainPrefixedPath", names.DomainPrefixedPath, "acme.io/foo", nil},
		{"DomainPrefixedPath", names.DomainPrefixedPath, "noslash", []string{`must be a domain-prefixed path (such as "acme.io/foo")`}},
		{"PathSegment", names.PathSegment, "system:node", nil},
		{"PathSegment", names.PathSegment, "a/b", []string{"may not contain '/'"}},
		{"PathSegment", names.PathSegment, "%", []string{"may not contain '%'"}},
		{"PathSegment", names.PathSegment, "..", []string{"may not be '..'"}},
		{"ConfigMapKey", names.ConfigMapKey, "key.name", nil},
		{"ConfigMapKey", names.ConfigMapKey, "a/b", []string{configKey}},
		{"ConfigMapKey", names.ConfigMapKey, "", []string{configKey}},
		{"ConfigMapKey", names.ConfigMapKey, "..", []string{"must not be '..'"}},
		{"ConfigMapKey", names.ConfigMapKey, "..a", []string{"must not start with '..'"}},
		{"ConfigMapKey", names.ConfigMapKey, long, []string{"must be no more than 253 characters"}},
		{"EnvVarName", names.EnvVarName, "a.b-c d", nil},
		{"EnvVarName", names.EnvVarName, "a=b", []string{envVar}},
		{"EnvVarName", names.EnvVarName, "é", []string{envVar}},
		{"CIdentifier", names.CIdentifier, "_a1", nil},
		{"CIdentifier", names.CIdentifier, "bad key", []string{cIdent}},
		{"HTTPHeaderName", names.HTTPHeaderName, "a b", []string{"a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"}},
		{"Percent", names.Percent, "25%", nil},
		{"Percent", names.Percent, "x", []string{"a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"}},
		{"NoDotDot", names.NoDotDot, "../x", []string{"must not contain '..'"}},
		{"NoDotDot", names.NoDotDot, "a..b/c", nil},
		{"RelativePath", names.RelativePath, "/a/..", []string{"must be a relative path", "must not contain '..'"}},
		{"PortName", names.PortName, "http-1", nil},
		{"PortName", names.PortName, "UPPER", []string{"must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)", "must contain at least one letter (a-z)"}},
		{"PortName", names.PortName, "waytoolongforaport", []string{"must be no more than 15 characters"}},
		{"PortName", names.PortName, "a--b", []string{"must not contain consecutive hyphens"}},
		{"PortName", names.PortName, "-a", []string{"must not begin or end with a hyphen"}},
		{"IP", names.IP, "10.0.0.1", nil},
		{"IP", names.IP, "fd00::1", nil},
		{"IP", names.IP, "ns.example", []string{ip}},
		{"IP", names.IP, "1.2.3.04", []string{"must not have leading 0s"}},
		{"IP", names.IP, "::ffff:1.2.3.4", []string{"must not be an IPv4-mapped IPv6 address"}},
		{"IP", names.IP, "fe80::1%eth0", []string{ip}},
		{"CanonicalIP", names.CanonicalIP, "2001:db8::0:1", []string{`must be in canonical form ("2001:db8::1")`}},
		{"CIDR", names.CIDR, "10.0.0.0/8", nil},
		{"CIDR", names.CIDR, "10.0.0.0", []string{cidr}},
		{"CIDR", names.CIDR, "10.0.0.0/33", []string{cidr}},
		{"CIDR", names.CIDR, "198.51.100.1/28", []string{"must not have bits set beyond the prefix length"}},
		{"CIDR", names.CIDR, "010.0.0.0/8", []string{"must not have leading 0s in IP or prefix length"}},
		{"CIDR", names.CIDR, "10.0.0.0/08", []string{"must not have leading 0s in IP or prefix length"}},
		{"InterfaceCIDR", names.InterfaceCIDR, "198.51.100.1/28", nil},
		{"CanonicalCIDR", names.CanonicalCIDR, "2001:DB8::/64", []string{`must be in canonical form ("2001:db8::/64")`}},
		{"ConditionReason", names.ConditionReason, "MinimumReplicas", nil},
		{"ConditionReason", names.ConditionReason, "1", []string{"a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')"}},
	} {
		require.Equal(t, c.want, c.rule(c.in), "%s(%q)", c.name, c.in)
	}
	require.Equal(t, []string{"must be between 1 and 65535, inclusive"}, names.Port(0))
	require.Empty(t, names.Port(65535))
	require.Equal(t, []string{"must be between 0 and 2147483647, inclusive"}, names.UserID(-1))
}

// FuzzRules holds the rules against the regular expressions that their texts
// name.
func FuzzRules(f *testing.F) {
	whole := func(form string) *regexp.Regexp { return regexp.MustCompile("^(?:" + form + ")$") }
	const sub = `[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`
	rules := []struct {
		name string
		rule func(string) []string
		form *regexp.Regexp
		max  int
	}{
		{"DNSLabel", names.DNSLabel, whole(`[a-z0-9]([-a-z0-9]*[a-z0-9])?`), 63},
		{"DNSSubdomain", names.DNSSubdomain, whole(sub), 253},
		{"DNSSubdomainWithUnderscore", names.DNSSubdomainWithUnderscore, whole(strings.ReplaceAll(strings.ReplaceAll(sub, "[-", "[-_"), "[a-z0-9](", "_?[a-z0-9](")), 253},
		{"DNSSubdomainCaseless", names.DNSSubdomainCaseless, whole("(?i)" + sub), 253},
		{"WildcardDNSSubdomain", names.WildcardDNSSubdomain, whole(`\*\.` + sub), 253},
		{"DNS1035Label", names.DNS1035Label, whole(`[a-z]([-a-z0-9]*[a-z0-9])?`), 63},
		{"LabelValue", names.LabelValue, whole(`(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?`), 63},
		{"CIdentifier", names.CIdentifier, whole(`[A-Za-z_][A-Za-z0-9_]*`), 1 << 30},
		{"HTTPHeaderName", names.HTTPHeaderName, whole(`[-A-Za-z0-9]+`), 1 << 30},
		{"Percent", names.Percent, whole(`[0-9]+%`), 1 << 30},
		{"ConditionReason", names.ConditionReason, whole(`[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?`), 1024},
	}
	for _, seed := range []string{"", "a", "-", "a.b", "a-", "A_b", "*.a", "1%", "é", "a\n", "a:", strings.Repeat("a", 64)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsRune(s, '\u017f') || strings.ContainsRune(s, '\u212a') {
			return // (?i) folds these into ASCII; the rule does not
		}
		for _, r := range rules {
			want := r.form.MatchString(s) && !strings.HasSuffix(s, "\n") && len(s) <= r.max
			if got := len(r.rule(s)) == 0; got != want {
				t.Fatalf("%s(%q) is %v, want %v: %v", r.name, s, got, want, r.rule(s))
			}
		}
		names.IP(s)
		names.CIDR(s)
		names.CanonicalCIDR(s)
		names.QualifiedName(s)
		names.DomainPrefixedPath(s)
	})
}

func TestGenerate(t *testing.T) {
	var g names.Generator = names.Random{}
	name := g.Generate("web-")
	require.Regexp(t, `^web-[bcdfghjklmnpqrstvwxz2456789]{5}$`, name)
	require.Len(t, g.Generate(strings.Repeat("a", 200)), 63)
	seen := map[string]bool{}
	for range 1000 {
		seen[names.Suffix(5)] = true
	}
	require.Greater(t, len(seen), 990, "suffixes repeat")
}

func ExampleDNSLabel() {
	fmt.Println(names.DNSLabel("web"))
	fmt.Println(names.DNSLabel("web.example"))
	// Output:
	// []
	// [must not contain dots]
}

func BenchmarkQualifiedName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if names.QualifiedName("app.kubernetes.io/managed-by") != nil {
			b.Fatal("refused")
		}
	}
}
