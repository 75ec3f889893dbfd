package cel

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var semverType = cel.ObjectType("kubernetes.Semver")

// semverLibrary has semantic versions, as semver.org defines them.

// A version is MAJOR.MINOR.PATCH with what is before it; what is built into
// it does not count in order.
type version struct {
	numbers [3]uint64
	pre     []string
}

func parseVersion(text string) (version, error) {
	var v version
	if text == "" {
		return v, errors.New("Version string empty")
	}
	core, build, built := strings.Cut(text, "+")
	core, pre, early := strings.Cut(core, "-")
	numbers := strings.Split(core, ".")
	if len(numbers) != 3 {
		return v, errors.New("No Major.Minor.Patch elements found")
	}
	for i, n := range numbers {
		if !isNumber(n) {
			return v, fmt.Errorf("Invalid character(s) found in %s number %q", []string{"major", "minor", "patch"}[i], n)
		}
		if len(n) > 1 && n[0] == '0' {
			return v, fmt.Errorf("%s number must not contain leading zeroes %q", []string{"Major", "Minor", "Patch"}[i], n)
		}
		parsed, err := strconv.ParseUint(n, 10, 64)
		if err != nil {
			return v, err
		}
		v.numbers[i] = parsed
	}
	if early {
		v.pre = strings.Split(pre, ".")
		for _, p := range v.pre {
			if err := checkIdentifier(p, "Prerelease"); err != nil {
				return v, err
			}
			if isNumber(p) && len(p) > 1 && p[0] == '0' {
				return v, fmt.Errorf("Numeric PreRelease version must not contain leading zeroes %q", p)
			}
		}
	}
	if built {
		for b := range strings.SplitSeq(build, ".") {
			if err := checkIdentifier(b, "Build meta data"); err != nil {
				return v, err
			}
		}
	}
	return v, nil
}

func checkIdentifier(s, what string) error {
	if s == "" {
		return errors.New(what + " is empty")
	}
	if strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
		return fmt.Errorf("Invalid character(s) found in %s %q", strings.ToLower(what), s)
	}
	return nil
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// normalized makes a version of what people write: "v1", "01.02".
func normalized(text string) string {
	text = strings.TrimPrefix(text, "v")
	core := text
	rest := ""
	if i := strings.IndexAny(text, "-+"); i >= 0 {
		core, rest = text[:i], text[i:]
	}
	parts := strings.SplitN(core, ".", 3)
	for i, p := range parts {
		if len(p) > 1 {
			if p = strings.TrimLeft(p, "0"); p == "" || p[0] < '0' || p[0] > '9' {
				p = "0" + p
			}
			parts[i] = p
		}
	}
	if rest != "" && len(parts) < 3 {
		// What is early or built needs all three numbers.
		return strings.Join(parts, ".") + rest
	}
	for len(parts) < 3 {
		parts = append(parts, "0")
	}
	return strings.Join(parts, ".") + rest
}

func (v version) compare(o version) int {
	for i := range v.numbers {
		if c := cmp.Compare(v.numbers[i], o.numbers[i]); c != 0 {
			return c
		}
	}
	switch {
	case len(v.pre) == 0 && len(o.pre) == 0:
		return 0
	case len(v.pre) == 0:
		return 1
	case len(o.pre) == 0:
		return -1
	}
	for i := range min(len(v.pre), len(o.pre)) {
		if c := compareIdentifiers(v.pre[i], o.pre[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(v.pre), len(o.pre))
}

// compareIdentifiers puts numbers, by value, before text.
func compareIdentifiers(a, b string) int {
	switch x, y := isNumber(a), isNumber(b); {
	case x && y:
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	case x:
		return -1
	case y:
		return 1
	}
	return strings.Compare(a, b)
}

func semver(text string) ref.Val {
	v, err := parseVersion(text)
	if err != nil {
		return types.WrapErr(err)
	}
	return &opaque[version]{semverType, v, func(a, b version) bool { return a.compare(b) == 0 }}
}

func isSemver(text string) bool {
	_, err := parseVersion(text)
	return err == nil
}

func semverLibrary() library {
	maybe := func(text string, loose bool) string {
		if loose {
			return normalized(text)
		}
		return text
	}
	two := takes(semverType, semverType)
	number := func(name string, i int) cel.EnvOption {
		return cel.Function(name, on("semver_"+name, takes(semverType), cel.IntType, unary(func(v version) ref.Val { return types.Int(v.numbers[i]) })))
	}
	return library{name: "kubernetes.semver", costs: append(plain("semver_major", "semver_minor", "semver_patch", "semver_is_greater_than", "semver_is_less_than", "semver_compare_to"),
		scan("string_to_semver", 0), scan("string_bool_to_semver", 0), scan("is_semver_string", 0), scan("is_semver_string_bool", 0)), options: []cel.EnvOption{
		cel.Function("semver",
			over("string_to_semver", takes(cel.StringType), semverType, unary(semver)),
			over("string_bool_to_semver", takes(cel.StringType, cel.BoolType), semverType,
				binary(func(text string, loose bool) ref.Val { return semver(maybe(text, loose)) })),
		),
		cel.Function("isSemver",
			over("is_semver_string", takes(cel.StringType), cel.BoolType, yes(isSemver)),
			over("is_semver_string_bool", takes(cel.StringType, cel.BoolType), cel.BoolType,
				binary(func(text string, loose bool) ref.Val { return types.Bool(isSemver(maybe(text, loose))) })),
		),
		number("major", 0), number("minor", 1), number("patch", 2),
		cel.Function("isGreaterThan", on("semver_is_greater_than", two, cel.BoolType, binary(func(a, b version) ref.Val { return types.Bool(a.compare(b) > 0) }))),
		cel.Function("isLessThan", on("semver_is_less_than", two, cel.BoolType, binary(func(a, b version) ref.Val { return types.Bool(a.compare(b) < 0) }))),
		cel.Function("compareTo", on("semver_compare_to", two, cel.IntType, binary(func(a, b version) ref.Val { return types.Int(a.compare(b)) }))),
	}}
}
