package cel

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/kubenucleus/nucleus/apimachinery/names"
)

var formatType = cel.ObjectType("kubernetes.NamedFormat")

// A namedFormat is a rule for text.
type namedFormat struct {
	name  string
	check func(string) []string
}

// asPrefix is a rule for the beginning of a name: it may end in a dash, which
// what is generated follows.
func asPrefix(rule func(string) []string) func(string) []string {
	return func(s string) []string {
		if len(s) > 1 && strings.HasSuffix(s, "-") {
			s = s[:len(s)-1] + "a"
		}
		return rule(s)
	}
}

var uuidForm = regexp.MustCompile(`^(?i)[0-9A-F]{8}-?[0-9A-F]{4}-?[0-9A-F]{4}-?[0-9A-F]{4}-?[0-9A-F]{12}$`)

func saying(problem string, ok func(string) bool) func(string) []string {
	return func(s string) []string {
		if ok(s) {
			return nil
		}
		return []string{problem}
	}
}

func namedFormats() []namedFormat {
	return []namedFormat{
		{"dns1123Label", names.DNSLabel},
		{"dns1123Subdomain", names.DNSSubdomain},
		{"dns1035Label", names.DNS1035Label},
		{"qualifiedName", names.QualifiedName},
		{"dns1123LabelPrefix", asPrefix(names.DNSLabel)},
		{"dns1123SubdomainPrefix", asPrefix(names.DNSSubdomain)},
		{"dns1035LabelPrefix", asPrefix(names.DNS1035Label)},
		{"labelValue", names.LabelValue},
		{"uri", func(s string) []string {
			if _, err := url.ParseRequestURI(s); err != nil {
				return []string{err.Error()}
			}
			return nil
		}},
		{"uuid", saying("does not match the UUID format", uuidForm.MatchString)},
		{"byte", saying("invalid base64", func(s string) bool {
			_, err := base64.StdEncoding.DecodeString(s)
			return err == nil
		})},
		{"date", saying("invalid date", func(s string) bool {
			_, err := time.Parse(time.DateOnly, s)
			return err == nil
		})},
		{"datetime", saying("invalid datetime", func(s string) bool {
			_, err := time.Parse(time.RFC3339Nano, s)
			return err == nil
		})},
	}
}

// formatLibrary has format, a set of rules for names and other text.

func formatLibrary() library {
	known := map[string]ref.Val{}
	var opts []cel.EnvOption
	var costs []costRule
	for _, f := range namedFormats() {
		v := &opaque[namedFormat]{formatType, f, func(a, b namedFormat) bool { return a.name == b.name }}
		known[f.name] = v
		id := "format_" + f.name
		opts = append(opts, cel.Function("format."+f.name, over(id, nil, formatType, cel.FunctionBinding(func(...ref.Val) ref.Val { return v }))))
		costs = append(costs, plain(id)...)
	}
	costs = append(costs, plain("format_named")...)
	costs = append(costs, scan("format_validate", 1))
	return library{name: "kubernetes.format", costs: costs, options: append(opts,
		cel.Function("format.named", over("format_named", takes(cel.StringType), cel.OptionalType(formatType), unary(func(name string) ref.Val {
			if f, ok := known[name]; ok {
				return types.OptionalOf(f)
			}
			return types.OptionalNone
		}))),
		cel.Function("validate", on("format_validate", takes(formatType, cel.StringType), cel.OptionalType(cel.ListType(cel.StringType)),
			binary(func(f namedFormat, text string) ref.Val {
				if problems := f.check(text); len(problems) > 0 {
					return types.OptionalOf(toText(problems))
				}
				return types.OptionalNone
			}))),
	)}
}
