package kubelet

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// What names of images are made of: a host that may be left out, components of a
// path, a tag and a digest.
var (
	imageHost = `(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[(?:[a-fA-F0-9:]+)\]`
	imagePart = `[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`
	imageTag  = `[0-9A-Za-z_][0-9A-Za-z_.-]{0,127}`
	imageHash = `[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}`
	imageName = regexp.MustCompile(`^(?:(?:` + imageHost + `)(?::[0-9]+)?/)?` + imagePart + `(?:/` + imagePart + `)*(?::` + imageTag + `)?(?:@` + imageHash + `)?$`)
	onlyHash  = regexp.MustCompile(`^[a-f0-9]{64}$`)
)

const longestImagePath = 255

// checkImageName says why no image can have that name: no registry needs to be
// asked then.
func checkImageName(name string) error {
	if onlyHash.MatchString(name) {
		return fmt.Errorf("invalid repository name (%s), cannot specify 64-byte hexadecimal strings", name)
	}
	host, path := "", name
	if first, rest, ok := strings.Cut(name, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost" || strings.ToLower(first) != first) {
		host, path = first, rest
	}
	if i := strings.IndexAny(path, ":@"); i >= 0 {
		path = path[:i]
	}
	if strings.ToLower(path) != path {
		return fmt.Errorf("invalid reference format: repository name (%s) must be lowercase", path)
	}
	if !imageName.MatchString(name) {
		return errors.New("invalid reference format")
	}
	if len(host)+1+len(path) > longestImagePath {
		return fmt.Errorf("repository name must not be more than %d characters", longestImagePath)
	}
	return nil
}
