package batchv1

import (
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
)

func TestFirstSharedIndex(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
		ok   bool
	}{
		{"", "", 0, false},
		{"0", "", 0, false},
		{"0", "0", 0, true},
		{"1,3-5,7", "0,2,6,8-9", 0, false},
		{"1,3-5,7", "4-9", 4, true},
		{"3-5", "1-3", 3, true},
		{"x,2", "2,y-z", 2, true},
	} {
		if got, ok := firstShared(c.a, c.b); got != c.want || ok != c.ok {
			t.Errorf("%q and %q: %d, %t, want %d, %t", c.a, c.b, got, ok, c.want, c.ok)
		}
	}
}

func TestTimeZones(t *testing.T) {
	for zone, want := range map[string]string{
		"UTC":           "",
		"Europe/Berlin": "",
		"../x":          `spec.timeZone: Invalid value: "../x": unknown time zone ../x`,
		"Mars/Base":     `spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base`,
		"Local":         `spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones`,
	} {
		errs := timeZone(rules.Spec.Child("timeZone"), zone)
		switch {
		case want == "" && len(errs) > 0, want != "" && (len(errs) != 1 || errs[0].Error() != want):
			t.Errorf("%q: %v, want %q", zone, errs, want)
		}
	}
}
