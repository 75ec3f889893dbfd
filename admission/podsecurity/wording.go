package podsecurity

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// names collects what a message names, once each, in the order found.
type names []string

func (n *names) add(name string) {
	if !slices.Contains(*n, name) {
		*n = append(*n, name)
	}
}

func quoted(list []string) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = `"` + s + `"`
	}
	return strings.Join(parts, ", ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// counted is `container "a"` or `containers "a", "b"`.
func counted(what string, list []string) string {
	return plural(len(list), what, what+"s") + " " + quoted(list)
}

// set collects values that a message shows sorted.
type set map[string]bool

func (s set) add(v string) { s[v] = true }

func (s set) sorted() []string { return slices.Sorted(maps.Keys(s)) }

// setters says who set something: the Pod, containers, or both.
func setters(pod bool, containers []string) string {
	var who []string
	if pod {
		who = append(who, "pod")
	}
	if len(containers) > 0 {
		who = append(who, counted("container", containers))
	}
	return strings.Join(who, " and ")
}

func decimal(n int32) string { return strconv.Itoa(int(n)) }
