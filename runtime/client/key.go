package client

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Key names one object of a resource. Namespace is empty for cluster-scoped
// ones.
type Key struct {
	Namespace string
	Name      string
}

// KeyOf returns the key of obj.
func KeyOf(obj meta.Object) Key {
	m := obj.Metadata()
	return Key{Namespace: m.Namespace, Name: m.Name}
}

// String returns "namespace/name", or the name alone.
func (k Key) String() string {
	if k.Namespace == "" {
		return k.Name
	}
	return k.Namespace + "/" + k.Name
}

// Compare orders keys by namespace, then name.
func (k Key) Compare(o Key) int {
	if c := strings.Compare(k.Namespace, o.Namespace); c != 0 {
		return c
	}
	return strings.Compare(k.Name, o.Name)
}

// CompareVersions orders two resource versions of one resource: negative if a
// is older than b. The empty version is older than any other. An error says
// that one of them is not a number, which no conforming server sends.
func CompareVersions(a, b string) (int, error) {
	x, err := parseVersion(a)
	if err != nil {
		return 0, err
	}
	y, err := parseVersion(b)
	if err != nil {
		return 0, err
	}
	return cmp.Compare(x, y), nil
}

func parseVersion(s string) (uint64, error) {
	if s == "" {
		return 0, nil
	}
	v, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("resource version %q is not a number", s)
	}
	return v, nil
}
