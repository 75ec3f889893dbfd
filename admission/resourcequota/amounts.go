package resourcequota

import (
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// increase is by how much now is above before; what became less counts as zero,
// for freeing is the controller's business.
func increase(now, before corev1.ResourceList) corev1.ResourceList {
	more := corev1.ResourceList{}
	for name, q := range now {
		q.Sub(before[name])
		if q.Sign() > 0 {
			more[name] = q
		}
	}
	return more
}

func withoutZeros(list corev1.ResourceList) corev1.ResourceList {
	out := corev1.ResourceList{}
	for name, q := range list {
		if q.Sign() != 0 {
			out[name] = q
		}
	}
	return out
}

// only is the part of list that the other has a limit for.
func only(list, limited corev1.ResourceList) corev1.ResourceList {
	out := corev1.ResourceList{}
	for name, q := range list {
		if _, ok := limited[name]; ok {
			out[name] = q
		}
	}
	return out
}

func negativeNames(list corev1.ResourceList) []corev1.ResourceName {
	var names []corev1.ResourceName
	for name, q := range list {
		if q.Sign() < 0 {
			names = append(names, name)
		}
	}
	return names
}

// exceeded names what is requested and would be used above its limit.
func exceeded(used, requested, hard corev1.ResourceList) []corev1.ResourceName {
	var over []corev1.ResourceName
	for name := range requested {
		if hard[name].Less(used[name]) {
			over = append(over, name)
		}
	}
	return over
}

func listNames(names []corev1.ResourceName) string {
	var texts []string
	for _, name := range names {
		texts = append(texts, string(name))
	}
	slices.Sort(texts)
	return strings.Join(texts, ",")
}

func listAmounts(list corev1.ResourceList, names []corev1.ResourceName) string {
	var texts []string
	for _, name := range slices.Sorted(slices.Values(names)) {
		if q, ok := list[name]; ok {
			texts = append(texts, string(name)+"="+q.String())
		}
	}
	return strings.Join(texts, ",")
}
