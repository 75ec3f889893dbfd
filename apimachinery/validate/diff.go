package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Diff shows how two values differ, as a unified diff of their JSON with Go's
// names of fields, one space of indentation and three lines around each
// change. Messages about updates that may change little end in it.
func Diff(old, new any) string {
	return unified(indented(old), indented(new))
}

func indented(v any) []string {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	var out bytes.Buffer
	if err := json.Indent(&out, appendValue(nil, rv, goNames, 0), "", " "); err != nil {
		return []string{fmt.Sprintf("%+v", v)}
	}
	return strings.Split(out.String(), "\n")
}

// edit is one line of the way from a to b: kept, taken out or put in.
type edit struct {
	op   byte // ' ', '-', '+'
	line string
}

const diffContext = 3

func unified(a, b []string) string {
	edits := shortestEdits(a, b)
	var out strings.Builder
	for i := 0; i < len(edits); {
		if edits[i].op == ' ' {
			i++
			continue
		}
		// A hunk runs from this change until there are more equal lines than
		// two contexts hold.
		start := max(0, i-diffContext)
		end, equal := i, 0
		for j := i; j < len(edits) && equal <= 2*diffContext; j++ {
			if edits[j].op == ' ' {
				equal++
			} else {
				equal, end = 0, j+1
			}
		}
		stop := min(len(edits), end+diffContext)
		writeHunk(&out, edits, start, stop)
		i = stop
	}
	return out.String()
}

func writeHunk(out *strings.Builder, edits []edit, start, stop int) {
	lineA, lineB := 1, 1
	for _, e := range edits[:start] {
		if e.op != '+' {
			lineA++
		}
		if e.op != '-' {
			lineB++
		}
	}
	var nA, nB int
	for _, e := range edits[start:stop] {
		if e.op != '+' {
			nA++
		}
		if e.op != '-' {
			nB++
		}
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(lineA, nA), span(lineB, nB))
	for _, e := range edits[start:stop] {
		out.WriteByte(e.op)
		out.WriteString(e.line)
		out.WriteByte('\n')
	}
}

func span(line, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", line-1)
	case 1:
		return fmt.Sprint(line)
	}
	return fmt.Sprintf("%d,%d", line, n)
}

// maxDiffWork bounds the table of the exact comparison. Beyond it, everything
// between the first and the last difference is shown as replaced.
const maxDiffWork = 1 << 22

// shortestEdits finds the fewest edits that turn a into b: the longest common
// subsequence of what lies between their common start and end.
func shortestEdits(a, b []string) []edit {
	edits := make([]edit, 0, len(a)+len(b))
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		edits = append(edits, edit{' ', a[head]})
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	x, y := a[head:len(a)-tail], b[head:len(b)-tail]
	i, j := 0, 0
	if len(x)*len(y) <= maxDiffWork {
		common := lengths(x, y)
		at := func(i, j int) int32 { return common[i*(len(y)+1)+j] }
		for i < len(x) && j < len(y) {
			switch {
			case x[i] == y[j]:
				edits = append(edits, edit{' ', x[i]})
				i++
				j++
			case at(i+1, j) >= at(i, j+1):
				edits = append(edits, edit{'-', x[i]})
				i++
			default:
				edits = append(edits, edit{'+', y[j]})
				j++
			}
		}
	}
	for ; i < len(x); i++ {
		edits = append(edits, edit{'-', x[i]})
	}
	for ; j < len(y); j++ {
		edits = append(edits, edit{'+', y[j]})
	}
	for _, line := range a[len(a)-tail:] {
		edits = append(edits, edit{' ', line})
	}
	return edits
}

// lengths returns, for each pair of suffixes of x and y, the length of their
// longest common subsequence.
func lengths(x, y []string) []int32 {
	width := len(y) + 1
	table := make([]int32, (len(x)+1)*width)
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			switch {
			case x[i] == y[j]:
				table[i*width+j] = table[(i+1)*width+j+1] + 1
			default:
				table[i*width+j] = max(table[(i+1)*width+j], table[i*width+j+1])
			}
		}
	}
	return table
}
