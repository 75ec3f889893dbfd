package coordinationv1

import (
	"cmp"
	"strconv"
	"strings"
)

// NotSemantic is what is said of what [ParseVersion] cannot read.
const NotSemantic = "must be a valid semantic version"

// SemanticVersion is a version by three numbers and what comes before its
// release.
type SemanticVersion struct {
	Major, Minor, Patch int
	Prerelease          string
}

// ParseVersion reads a version as candidates for a lease give them: 1.37.0,
// with or without v before and pre-release and build behind.
func ParseVersion(s string) (v SemanticVersion, ok bool) {
	s, _, _ = strings.Cut(strings.TrimPrefix(s, "v"), "+")
	s, v.Prerelease, _ = strings.Cut(s, "-")
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return SemanticVersion{}, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || len(part) > 1 && part[0] == '0' {
			return SemanticVersion{}, false
		}
		*[]*int{&v.Major, &v.Minor, &v.Patch}[i] = int(n)
	}
	return v, true
}

// Less reports whether v comes before o. Pre-releases come before their release
// and are in the order of their text.
func (v SemanticVersion) Less(o SemanticVersion) bool {
	if c := cmp.Or(cmp.Compare(v.Major, o.Major), cmp.Compare(v.Minor, o.Minor), cmp.Compare(v.Patch, o.Patch)); c != 0 {
		return c < 0
	}
	switch {
	case v.Prerelease == o.Prerelease:
		return false
	case v.Prerelease == "":
		return false
	case o.Prerelease == "":
		return true
	}
	return v.Prerelease < o.Prerelease
}
