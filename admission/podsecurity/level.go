package podsecurity

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// Level is how safe Pods have to be.
type Level string

// The levels, from the least safe on.
const (
	Privileged Level = "privileged"
	Baseline   Level = "baseline"
	Restricted Level = "restricted"
)

func (l Level) rank() int {
	switch l {
	case Baseline:
		return 1
	case Restricted:
		return 2
	}
	return 0
}

// latest is more than every version that there is.
const latest = 1 << 30

// Standard is a level as one version of Kubernetes defined it.
type Standard struct {
	Level Level
	minor int // of version 1; latest
}

// Latest returns the newest definition of a level.
func Latest(l Level) Standard { return Standard{l, latest} }

// String names the standard as messages do: "restricted:latest".
func (s Standard) String() string {
	if s.minor == latest {
		return string(s.Level) + ":latest"
	}
	return string(s.Level) + ":v1." + strconv.Itoa(s.minor)
}

const labelPrefix = "pod-security.kubernetes.io/"

// Policy is what a namespace asks for.
type Policy struct{ Enforce, Audit, Warn Standard }

var versionForm = regexp.MustCompile(`^v1\.(0|[1-9][0-9]*)$`)

// PolicyOf reads the labels of a namespace. What cannot be read is restricted, and
// an error on the field that the path leads to.
func PolicyOf(labels map[string]string, at validate.Path) (Policy, validate.Errors) {
	var errs validate.Errors
	read := func(mode string, warns bool) Standard {
		s := Latest(Privileged)
		key := labelPrefix + mode
		if text, ok := labels[key]; ok {
			switch level := Level(text); level {
			case Privileged, Baseline, Restricted:
				s.Level = level
			default:
				errs = append(errs, validate.Invalid(at.Key(key), text, "must be one of privileged, baseline, restricted")...)
				// A mistake must not open what was meant to be closed, nor flood with warnings.
				if s.Level = Restricted; warns {
					s.Level = Privileged
				}
			}
		}
		key += "-version"
		if text, ok := labels[key]; ok && text != "latest" {
			if minor, err := strconv.Atoi(strings.TrimPrefix(text, "v1.")); versionForm.MatchString(text) && err == nil {
				s.minor = min(minor, latest-1)
			} else {
				errs = append(errs, validate.Invalid(at.Key(key), text, `must be "latest" or "v1.x"`)...)
			}
		}
		return s
	}
	return Policy{Enforce: read("enforce", false), Audit: read("audit", true), Warn: read("warn", true)}, errs
}
