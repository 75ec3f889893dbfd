package cells

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// What is printed where there is nothing to print.
const (
	None    = "<none>"
	Unset   = "<unset>"
	Unknown = "<unknown>"
)

// Or returns s, or otherwise if it is empty.
func Or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// OrUnset returns what s points to, or <unset>.
func OrUnset[T ~string](s *T) string {
	if s == nil {
		return Unset
	}
	return string(*s)
}

// Selector prints a label selector.
func Selector(s *meta.LabelSelector) string {
	parsed, err := labels.FromLabelSelector(s)
	if err != nil {
		return "<error>"
	}
	return Or(parsed.String(), None)
}

// SelectorText is a label selector in the form that the selector parameter of a
// list has; "" if it is none.
func SelectorText(s *meta.LabelSelector) string {
	parsed, err := labels.FromLabelSelector(s)
	if err != nil {
		return ""
	}
	return parsed.String()
}

// Duration prints a duration in two or three characters, or a few more while
// the second unit still tells something: 5m30s, 3h20m, 5d4h, 2y40d.
func Duration(d time.Duration) string {
	seconds := int64(d / time.Second)
	minutes, hours, days := seconds/60, seconds/3600, seconds/86400
	two := func(n int64, unit string, rest int64, small string) string {
		if rest == 0 {
			return fmt.Sprintf("%d%s", n, unit)
		}
		return fmt.Sprintf("%d%s%d%s", n, unit, rest, small)
	}
	switch {
	case seconds < -1:
		return "<invalid>"
	case seconds < 0:
		return "0s"
	case seconds < 120:
		return fmt.Sprintf("%ds", seconds)
	case minutes < 10:
		return two(minutes, "m", seconds%60, "s")
	case minutes < 180:
		return fmt.Sprintf("%dm", minutes)
	case hours < 8:
		return two(hours, "h", minutes%60, "m")
	case hours < 48:
		return fmt.Sprintf("%dh", hours)
	case days < 8:
		return two(days, "d", hours%24, "h")
	case days < 2*365:
		return fmt.Sprintf("%dd", days)
	case days < 8*365:
		return two(days/365, "y", days%365, "d")
	}
	return fmt.Sprintf("%dy", days/365)
}

// FirstFew joins the first items of a list and says how many more there are.
func FirstFew(items []string, most int, empty string) string {
	switch {
	case len(items) == 0:
		return empty
	case len(items) > most:
		return fmt.Sprintf("%s + %d more...", strings.Join(items[:most], ","), len(items)-most)
	}
	return strings.Join(items, ",")
}

// CreatedAt prints when an object was created.
func CreatedAt(m *meta.ObjectMeta) string { return m.CreationTimestamp.UTC().Format(time.RFC3339) }

// Bool prints a choice that may have been left open.
func Bool(b *bool) string {
	switch {
	case b == nil:
		return Unset
	case *b:
		return "True"
	}
	return "False"
}

// ClaimState prints where a claim for devices is in its life.
func ClaimState(deleted, allocated, reserved bool) string {
	var states []string
	if deleted {
		states = append(states, "deleted")
	}
	switch {
	case allocated && reserved:
		states = append(states, "allocated", "reserved")
	case allocated:
		states = append(states, "allocated")
	case !deleted:
		states = append(states, "pending")
	}
	return strings.Join(states, ",")
}

// ParamRef prints which parameters a policy is bound with.
func ParamRef(namespace, name string, selector *meta.LabelSelector) string {
	switch {
	case namespace != "":
		return namespace + "/" + name
	case name != "":
		return "*/" + name
	case selector != nil:
		return PrintedSelector(selector)
	}
	return Unset
}

// PrintedSelector prints a selector as Go prints the struct, which is what
// Kubernetes shows where nobody wrote a shorter form.
func PrintedSelector(s *meta.LabelSelector) string {
	var b strings.Builder
	b.WriteString("&LabelSelector{MatchLabels:map[string]string{")
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		fmt.Fprintf(&b, "%s: %s,", key, s.MatchLabels[key])
	}
	b.WriteString("},MatchExpressions:[]LabelSelectorRequirement{")
	for _, e := range s.MatchExpressions {
		fmt.Fprintf(&b, "LabelSelectorRequirement{Key:%s,Operator:%s,Values:%v,},", e.Key, e.Operator, e.Values)
	}
	return b.String() + "},}"
}
