package batchv1

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// cronField is one of the five fields of a schedule: its bounds, and the names
// that stand for numbers.
type cronField struct {
	low, high int
	names     map[string]int
}

func numbered(first int, names ...string) map[string]int {
	m := make(map[string]int, len(names))
	for i, n := range names {
		m[n] = first + i
	}
	return m
}

func cronFields() [5]cronField {
	return [5]cronField{
		{0, 59, nil},
		{0, 23, nil},
		{1, 31, nil},
		{1, 12, numbered(1, "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")},
		{0, 6, numbered(0, "sun", "mon", "tue", "wed", "thu", "fri", "sat")},
	}
}

// checkSchedule says what is wrong with a schedule, in the words that users of
// CronJobs know.
func checkSchedule(text string) error {
	if text == "" {
		return errors.New("empty spec string")
	}
	if strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ=") {
		zone, rest, _ := strings.Cut(text[strings.Index(text, "=")+1:], " ")
		if _, err := time.LoadLocation(zone); err != nil {
			return fmt.Errorf("provided bad location %s: %v", zone, err)
		}
		text = strings.TrimSpace(rest)
	}
	if strings.HasPrefix(text, "@") {
		return checkDescriptor(text)
	}
	fields := strings.Fields(text)
	if len(fields) != 5 {
		return fmt.Errorf("expected exactly 5 fields, found %d: %v", len(fields), fields)
	}
	for i, field := range cronFields() {
		for item := range strings.SplitSeq(fields[i], ",") {
			if err := field.check(item); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkDescriptor(text string) error {
	switch text {
	case "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly":
		return nil
	}
	const every = "@every "
	if strings.HasPrefix(text, every) {
		if _, err := time.ParseDuration(text[len(every):]); err != nil {
			return fmt.Errorf("failed to parse duration %s: %s", text, err)
		}
		return nil
	}
	return fmt.Errorf("unrecognized descriptor: %s", text)
}

// check looks at one item: number | number "-" number | "*" | "?", each with
// a step behind "/", if any.
func (f cronField) check(item string) error {
	parts := strings.Split(item, "/")
	ends := strings.Split(parts[0], "-")
	start, end := f.low, f.high
	single := len(ends) == 1
	if ends[0] != "*" && ends[0] != "?" {
		var err error
		if start, err = f.number(ends[0]); err != nil {
			return err
		}
		switch len(ends) {
		case 1:
			end = start
		case 2:
			if end, err = f.number(ends[1]); err != nil {
				return err
			}
		default:
			return fmt.Errorf("too many hyphens: %s", item)
		}
	}
	step := 1
	switch len(parts) {
	case 1:
	case 2:
		n, err := natural(parts[1])
		if err != nil {
			return err
		}
		step = n
		if single {
			end = f.high // "N/step" means "N-max/step"
		}
	default:
		return fmt.Errorf("too many slashes: %s", item)
	}
	switch {
	case start < f.low:
		return fmt.Errorf("beginning of range (%d) below minimum (%d): %s", start, f.low, item)
	case end > f.high:
		return fmt.Errorf("end of range (%d) above maximum (%d): %s", end, f.high, item)
	case start > end:
		return fmt.Errorf("beginning of range (%d) beyond end of range (%d): %s", start, end, item)
	case step == 0:
		return fmt.Errorf("step of range should be a positive number: %s", item)
	}
	return nil
}

func (f cronField) number(text string) (int, error) {
	if n, ok := f.names[strings.ToLower(text)]; ok {
		return n, nil
	}
	return natural(text)
}

func natural(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("failed to parse int from %s: %s", text, err)
	}
	if n < 0 {
		return 0, fmt.Errorf("negative number (%d) not allowed: %s", n, text)
	}
	return n, nil
}
