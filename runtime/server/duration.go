package server

import (
	"strconv"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// scale is one row of the table by which ages are written: up to a limit, in
// whole units, with the next smaller unit beside it where it still tells
// something.
var scales = []struct {
	below     time.Duration
	unit, sub time.Duration // sub 0: the unit alone
	u, s      string
}{
	{2 * time.Minute, time.Second, 0, "s", ""},
	{10 * time.Minute, time.Minute, time.Second, "m", "s"},
	{3 * time.Hour, time.Minute, 0, "m", ""},
	{8 * time.Hour, time.Hour, time.Minute, "h", "m"},
	{2 * day, time.Hour, 0, "h", ""},
	{8 * day, day, time.Hour, "d", "h"},
	{2 * year, day, 0, "d", ""},
	{8 * year, year, day, "y", "d"},
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// humanDuration writes d as kubectl shows ages: "3m10s", "5d1h", "2y".
func humanDuration(d time.Duration) string {
	switch {
	case d <= -2*time.Second:
		return "<invalid>"
	case d < 0:
		return "0s" // clocks differ a little
	}
	for _, s := range scales {
		if d >= s.below {
			continue
		}
		text := strconv.Itoa(int(d/s.unit)) + s.u
		if s.sub != 0 {
			if rest := int(d % s.unit / s.sub); rest != 0 {
				text += strconv.Itoa(rest) + s.s
			}
		}
		return text
	}
	return strconv.Itoa(int(d/year)) + "y"
}

// humanAge writes the time since a.
func humanAge(a scheme.Age, now time.Time) string {
	if a.Time.IsZero() {
		return "<unknown>"
	}
	return humanDuration(now.Sub(a.Time))
}
