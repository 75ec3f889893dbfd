package quota

import (
	"maps"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// Sum adds b to a copy of a.
func Sum(a, b corev1.ResourceList) corev1.ResourceList {
	total := corev1.ResourceList{}
	maps.Copy(total, a)
	for name, q := range b {
		have := total[name]
		have.Add(q)
		total[name] = have
	}
	return total
}
