package job

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// interval is all indexes from first to last.
type interval struct{ first, last int }

// indexes is a set of completion indexes: intervals in ascending order that
// neither overlap nor touch. A Job may have 100,000 of them, nearly all in a
// row.
type indexes []interval

// parseIndexes reads the form of status.completedIndexes, such as "1,3-5,7".
// Indexes from limit on are left out.
func parseIndexes(text string, limit int) (indexes, error) {
	var set indexes
	if text == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, "-")
		first, err := strconv.Atoi(from)
		if err != nil {
			return nil, fmt.Errorf("indexes %q: %w", text, err)
		}
		last := first
		if isRange {
			if last, err = strconv.Atoi(to); err != nil {
				return nil, fmt.Errorf("indexes %q: %w", text, err)
			}
		}
		if first < 0 || last < first {
			return nil, fmt.Errorf("indexes %q: %q is no interval", text, part)
		}
		if first >= limit {
			continue
		}
		set = set.with(interval{first, min(last, limit-1)})
	}
	return set, nil
}

// String returns the form of status.completedIndexes.
func (s indexes) String() string {
	var b strings.Builder
	for i, in := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(in.first))
		if in.last > in.first {
			if in.last == in.first+1 {
				b.WriteByte(',')
			} else {
				b.WriteByte('-')
			}
			b.WriteString(strconv.Itoa(in.last))
		}
	}
	return b.String()
}

// count returns how many indexes there are.
func (s indexes) count() int {
	n := 0
	for _, in := range s {
		n += in.last - in.first + 1
	}
	return n
}

// has reports whether an index is in the set.
func (s indexes) has(index int) bool {
	i := s.search(index)
	return i < len(s) && s[i].first <= index
}

// search returns the position of the first interval that ends at index or
// after it.
func (s indexes) search(index int) int {
	i, _ := slices.BinarySearchFunc(s, index, func(in interval, index int) int { return in.last - index })
	return i
}

// with returns the set with an interval more. The set itself stays as it is.
func (s indexes) with(in interval) indexes {
	next := make(indexes, 0, len(s)+1)
	for i, have := range s {
		switch {
		case have.last < in.first-1:
			next = append(next, have)
		case have.first > in.last+1:
			return append(append(next, in), s[i:]...)
		default:
			in.first, in.last = min(in.first, have.first), max(in.last, have.last)
		}
	}
	return append(next, in)
}

// union returns the set with many indexes more.
func (s indexes) union(more []int) indexes {
	if len(more) == 0 {
		return s
	}
	all := slices.Clone(s)
	for _, index := range more {
		all = append(all, interval{index, index})
	}
	slices.SortFunc(all, func(a, b interval) int { return a.first - b.first })
	merged := all[:1]
	for _, in := range all[1:] {
		if last := &merged[len(merged)-1]; in.first <= last.last+1 {
			last.last = max(last.last, in.last)
		} else {
			merged = append(merged, in)
		}
	}
	return merged
}

// common returns how many indexes are in both sets.
func (s indexes) common(o indexes) int {
	n := 0
	for i, j := 0, 0; i < len(s) && j < len(o); {
		if overlap := min(s[i].last, o[j].last) - max(s[i].first, o[j].first) + 1; overlap > 0 {
			n += overlap
		}
		if s[i].last < o[j].last {
			i++
		} else {
			j++
		}
	}
	return n
}

// noIndex is the index of a Pod that has none.
const noIndex = -1

// indexOf returns the completion index of a Pod.
func indexOf(pod *corev1.Pod) int {
	index, err := strconv.Atoi(pod.Annotations[batchv1.JobCompletionIndexAnnotation])
	if err != nil || index < 0 {
		return noIndex
	}
	return index
}
