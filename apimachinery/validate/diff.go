package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/pmezard/go-difflib/difflib"
)

// Diff shows how two values differ, as a unified diff of their JSON with Go's
// names of fields, one space of indentation and three lines around each
// change. Messages about updates that may change little end in it.
// Where there are several ways to show the same difference it is the one of Python's
// difflib, as in Kubernetes.
func Diff(old, new any) string {
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{A: indented(old), B: indented(new), Context: 3})
	if err != nil { // a buffer takes everything
		return err.Error()
	}
	return text
}

func indented(v any) []string {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	var out bytes.Buffer
	if err := json.Indent(&out, appendValue(nil, rv, goNames, 0), "", " "); err != nil {
		return []string{fmt.Sprintf("%+v\n", v)}
	}
	return difflib.SplitLines(out.String())
}
