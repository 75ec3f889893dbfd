package cronjob

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Schedule says at which times something is to happen.
type Schedule interface {
	// Next returns the first time after t, in t's zone; the zero time if there
	// is none in the next years.
	Next(t time.Time) time.Time
}

// every is a schedule of equal distances.
type every time.Duration

// Next implements [Schedule].
func (e every) Next(t time.Time) time.Time {
	return t.Add(time.Duration(e) - time.Duration(t.Nanosecond()))
}

// fields are the times that are wanted, each as a set of bits.
type fields struct {
	minute, hour, day, month, weekday uint64
	// anyDay and anyWeekday say that the field was "*" or "?". If neither was, a
	// day needs to be in one of the two only.
	anyDay, anyWeekday bool
}

// bounds are the values that a field may have.
type bounds struct {
	name     string
	min, max int
	names    []string // of min, min+1 and so on
}

var (
	minutes  = bounds{"minute", 0, 59, nil}
	hours    = bounds{"hour", 0, 23, nil}
	days     = bounds{"day of month", 1, 31, nil}
	months   = bounds{"month", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}}
	weekdays = bounds{"day of week", 0, 6, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}
)

var named = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
	"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

// Parse reads a schedule: minute, hour, day of month, month and day of week,
// each "*", a value, a range "1-5", a step "*/15" or "10-50/20", or a list of
// those; @yearly, @monthly, @weekly, @daily, @hourly; or "@every 1h30m".
func Parse(text string) (Schedule, error) {
	text = strings.TrimSpace(text)
	if distance, ok := strings.CutPrefix(text, "@every "); ok {
		d, err := time.ParseDuration(strings.TrimSpace(distance))
		if err != nil {
			return nil, fmt.Errorf("schedule %q: %w", text, err)
		}
		return every(max(d, time.Second).Truncate(time.Second)), nil
	}
	if full, ok := named[text]; ok {
		text = full
	} else if strings.HasPrefix(text, "@") {
		return nil, fmt.Errorf("schedule %q: no such name", text)
	}
	parts := strings.Fields(text)
	if len(parts) != 5 {
		return nil, fmt.Errorf("schedule %q: expected exactly 5 fields, found %d", text, len(parts))
	}
	var f fields
	for i, field := range []struct {
		bounds bounds
		set    *uint64
		any    *bool
	}{{minutes, &f.minute, nil}, {hours, &f.hour, nil}, {days, &f.day, &f.anyDay}, {months, &f.month, nil}, {weekdays, &f.weekday, &f.anyWeekday}} {
		set, any, err := field.bounds.parse(parts[i])
		if err != nil {
			return nil, fmt.Errorf("schedule %q: %w", text, err)
		}
		*field.set = set
		if field.any != nil {
			*field.any = any
		}
	}
	return &f, nil
}

// parse reads one field. Any says that it leaves the choice to others.
func (b *bounds) parse(text string) (set uint64, any bool, err error) {
	for part := range strings.SplitSeq(text, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		step := 1
		if stepped {
			if step, err = strconv.Atoi(stepText); err != nil || step <= 0 {
				return 0, false, fmt.Errorf("%s: step %q is not a positive number", b.name, stepText)
			}
		}
		first, last := b.min, b.max
		if span == "*" || span == "?" {
			any = any || step == 1
		} else {
			from, to, ranged := strings.Cut(span, "-")
			if first, err = b.value(from); err != nil {
				return 0, false, err
			}
			switch {
			case ranged:
				if last, err = b.value(to); err != nil {
					return 0, false, err
				}
			case !stepped: // "5/10" is 5, 15, 25 and so on
				last = first
			}
		}
		if first > last {
			return 0, false, fmt.Errorf("%s: beginning of range (%d) beyond end of range (%d)", b.name, first, last)
		}
		step = min(step, b.max+1) // so that the sum below cannot overflow
		for v := first; v <= last; v += step {
			set |= 1 << v
		}
	}
	return set, any, nil
}

func (b *bounds) value(text string) (int, error) {
	for i, name := range b.names {
		if strings.EqualFold(text, name) {
			return b.min + i, nil
		}
	}
	v, err := strconv.Atoi(text)
	if err != nil || text[0] == '+' || text[0] == '-' {
		return 0, fmt.Errorf("%s: %q is not a number", b.name, text)
	}
	if v < b.min || v > b.max {
		return 0, fmt.Errorf("%s: %d is not between %d and %d", b.name, v, b.min, b.max)
	}
	return v, nil
}

// horizon is how many years Next looks ahead: February 29 may be eight years
// away.
const horizon = 9

// Next implements [Schedule]. An hour that a change of clocks leaves out has no
// times; one that comes twice has them twice.
func (f *fields) Next(t time.Time) time.Time {
	zone := t.Location()
	t = t.Add(time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
	limit := t.Year() + horizon
	for t.Year() <= limit {
		switch {
		case f.month&(1<<t.Month()) == 0:
			t = midnight(t.Year(), t.Month()+1, 1, zone)
		case !f.onDay(t):
			t = midnight(t.Year(), t.Month(), t.Day()+1, zone)
		case f.hour&(1<<t.Hour()) == 0:
			t = nextHour(t)
		case f.minute&(1<<t.Minute()) == 0:
			t = t.Add(time.Minute)
		default:
			return t
		}
	}
	return time.Time{}
}

// midnight returns the first moment of a day. Where a change of clocks leaves
// midnight out, that is later than midnight.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if t.Hour() == 23 {
		return t.Add(time.Hour) // of two answers time.Date gave the one before
	}
	return t
}

// nextHour returns the first moment of the hour after t, in real time.
func nextHour(t time.Time) time.Time {
	return t.Add(time.Hour - time.Duration(t.Minute())*time.Minute)
}

func (f *fields) onDay(t time.Time) bool {
	day, weekday := f.day&(1<<t.Day()) != 0, f.weekday&(1<<t.Weekday()) != 0
	if f.anyDay || f.anyWeekday {
		return day && weekday
	}
	return day || weekday
}

// latest returns the last time of a schedule that is after earliest and not
// after now, and how many there are, roughly. The zero time is none.
func latest(s Schedule, earliest, now time.Time) (last time.Time, missed int) {
	first := s.Next(earliest)
	if first.IsZero() || first.After(now) {
		return time.Time{}, 0
	}
	second := s.Next(first)
	if second.IsZero() || second.After(now) {
		return first, 1
	}
	distance := max(second.Sub(first), time.Second)
	missed = int(now.Sub(first)/distance) + 1
	// Nobody may have looked for months: search from the end, ever farther back.
	for back := 2 * distance; ; back *= 2 {
		from := now.Add(-back)
		if from.Before(earliest) || back <= 0 {
			from = earliest
		}
		for t := s.Next(from); !t.IsZero() && !t.After(now); t = s.Next(t) {
			last = t
		}
		if !last.IsZero() || from.Equal(earliest) {
			return last, missed
		}
	}
}
