package corev1

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

const (
	none    = "<none>"
	unset   = "<unset>"
	unknown = "<unknown>"
)

// orNone returns the text, or what is printed where there is none.
func orNone(s string) string { return or(s, none) }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// FormatLabels returns labels as printed: k=v, sorted, with commas between.
func FormatLabels(labels map[string]string) string { return orNone(pairs(labels)) }

// pairs writes labels as a selector.
func pairs(labels map[string]string) string {
	all := make([]string, 0, len(labels))
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, k+"="+labels[k])
	}
	return strings.Join(all, ",")
}

// FormatContainers returns the names and the images of containers as printed.
func FormatContainers(containers []Container) (names, images string) {
	n, i := make([]string, len(containers)), make([]string, len(containers))
	for k := range containers {
		n[k], i[k] = containers[k].Name, containers[k].Image
	}
	return strings.Join(n, ","), strings.Join(i, ",")
}

// since returns how long ago t is, as tables print it.
func since(t meta.Time) string {
	if t.IsZero() {
		return unknown
	}
	return shortDuration(time.Since(t.Time))
}

// shortDuration prints a duration in two or three characters, or a few more
// while the second unit still tells something: 5m, 5m30s, 3h, 3h20m, 5d, 5d4h, 2y, 2y40d.
func shortDuration(d time.Duration) string {
	seconds := int(d.Seconds())
	minutes, hours, days := seconds/60, seconds/3600, seconds/86400
	two := func(n int, unit string, rest int, small string) string {
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

// firstFew joins the first items of a list and says how many more there are.
func firstFew(items []string, most int, empty string) string {
	switch {
	case len(items) == 0:
		return empty
	case len(items) > most:
		return fmt.Sprintf("%s + %d more...", strings.Join(items[:most], ","), len(items)-most)
	}
	return strings.Join(items, ",")
}

func decimal(n int32) string { return strconv.Itoa(int(n)) }

// dataColumnHelp describes the column of a ConfigMap that counts its keys.
const dataColumnHelp = "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. " +
	"Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, " +
	"this is enforced during validation process."
