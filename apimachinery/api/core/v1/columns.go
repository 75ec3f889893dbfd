package corev1

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
)

// FormatLabels returns labels as printed: k=v, sorted, with commas between.
func FormatLabels(labels map[string]string) string { return cells.Or(pairs(labels), cells.None) }

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

func decimal(n int32) string { return strconv.Itoa(int(n)) }

// dataColumnHelp describes the column of a ConfigMap that counts its keys.
const dataColumnHelp = "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. " +
	"Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, " +
	"this is enforced during validation process."
