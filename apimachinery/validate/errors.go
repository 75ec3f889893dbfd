package validate

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Error is one thing that is wrong with one field.
type Error struct {
	Type  meta.CauseType
	Field string // as Path.String gives it
	// BadValue is the value of the field. Some types of errors do not show it.
	BadValue any
	Detail   string // what is wrong with it, or ""

	declared bool
}

// titles are what the messages of each type begin with.
var titles = map[meta.CauseType]string{
	meta.CauseTypeFieldValueNotFound:     "Not found",
	meta.CauseTypeFieldValueRequired:     "Required value",
	meta.CauseTypeFieldValueDuplicate:    "Duplicate value",
	meta.CauseTypeFieldValueInvalid:      "Invalid value",
	meta.CauseTypeFieldValueNotSupported: "Unsupported value",
	meta.CauseTypeForbidden:              "Forbidden",
	meta.CauseTypeTooLong:                "Too long",
	meta.CauseTypeTooMany:                "Too many",
	meta.CauseTypeInternal:               "Internal error",
	meta.CauseTypeTypeInvalid:            "Invalid value",
}

// Error returns the field and what is wrong with it.
func (e *Error) Error() string { return e.Field + ": " + e.Message() }

// Message returns what is wrong, without the field: the message of a cause.
func (e *Error) Message() string {
	title, ok := titles[e.Type]
	if !ok {
		title = string(e.Type)
	}
	switch e.Type {
	case meta.CauseTypeFieldValueRequired, meta.CauseTypeForbidden, meta.CauseTypeTooLong, meta.CauseTypeInternal:
	default:
		if _, omitted := e.BadValue.(omitted); !omitted {
			title += ": " + shown(e.BadValue)
		}
	}
	if e.Detail != "" {
		title += ": " + e.Detail
	}
	return title
}

// Required says that a field must have a value. Detail may be empty.
func Required(p Path, detail string) Errors {
	return Errors{{meta.CauseTypeFieldValueRequired, p.String(), "", detail, false}}
}

// Invalid says that a field's value breaks a rule: it is malformed or out of
// range.
func Invalid(p Path, value any, detail string) Errors {
	return Errors{{meta.CauseTypeFieldValueInvalid, p.String(), value, detail, false}}
}

// Invalidf is [Invalid] with a formatted detail.
func Invalidf(p Path, value any, format string, args ...any) Errors {
	return Invalid(p, value, fmt.Sprintf(format, args...))
}

// NotSupported says that a field's value is none of those known, which are
// listed in the order given.
func NotSupported[T ~string](p Path, value any, known ...T) Errors {
	detail := ""
	if len(known) > 0 {
		quoted := make([]string, len(known))
		for i, k := range known {
			quoted[i] = strconv.Quote(string(k))
		}
		detail = "supported values: " + strings.Join(quoted, ", ")
	}
	return Errors{{meta.CauseTypeFieldValueNotSupported, p.String(), value, detail, false}}
}

// Duplicate says that a value that must be unique is there a second time; p
// leads to the second.
func Duplicate(p Path, value any) Errors {
	return Errors{{meta.CauseTypeFieldValueDuplicate, p.String(), value, "", false}}
}

// Forbidden says that a field may not be set, or not like that, for a reason
// that lies outside of its value.
func Forbidden(p Path, detail string) Errors {
	return Errors{{meta.CauseTypeForbidden, p.String(), "", detail, false}}
}

// NotFound says that a field refers to something that is not there.
func NotFound(p Path, value any) Errors {
	return Errors{{meta.CauseTypeFieldValueNotFound, p.String(), value, "", false}}
}

// TooLong says that a field has more than that many bytes.
func TooLong(p Path, limit int) Errors {
	return Errors{{meta.CauseTypeTooLong, p.String(), "", fmt.Sprintf("may not be more than %d bytes", limit), false}}
}

// TooManyChars says that a field has more than that many characters.
func TooManyChars(p Path, limit int) Errors {
	return Errors{{meta.CauseTypeTooLong, p.String(), "", fmt.Sprintf("may not be more than %d characters", limit), false}}
}

// TooMany says that a list or map has n items, which is more than the limit.
func TooMany(p Path, n, limit int) Errors {
	detail := fmt.Sprintf("must have at most %d items", limit)
	if limit == 1 {
		detail = "must have at most 1 item"
	}
	return Errors{{meta.CauseTypeTooMany, p.String(), n, detail, false}}
}

// TypeInvalid says that a field has the wrong type in JSON.
func TypeInvalid(p Path, value any, detail string) Errors {
	return Errors{{meta.CauseTypeTypeInvalid, p.String(), value, detail, false}}
}

// Internal says that a field could not be checked.
func Internal(p Path, err error) Errors {
	return Errors{{meta.CauseTypeInternal, p.String(), nil, err.Error(), false}}
}

// Errors is everything that is wrong with an object, in the order found. It is
// not an error itself: see [Errors.Err] and [Errors.Status].
type Errors []*Error

// Err joins the errors into one, or returns nil if there are none.
func (e Errors) Err() error {
	if len(e) == 0 {
		return nil
	}
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return errors.Join(all...)
}

// String lists the errors as messages do: bare if there is one, in brackets if
// there are several.
func (e Errors) String() string {
	switch len(e) {
	case 0:
		return ""
	case 1:
		return e[0].Error()
	}
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return "[" + strings.Join(lines, ", ") + "]"
}

// Declared marks errors as those of what a type declares of its fields, such as
// that one is required. Kubernetes finds such faults after all others: in a
// [Errors.Status] they come last, whatever the order of the checks.
func Declared(errs Errors) Errors {
	for _, e := range errs {
		e.declared = true
	}
	return errs
}

// MoveDeclared puts errors that [Declared] marked at the fields that rename says,
// for versions that have those fields elsewhere; nil leaves them where they are.
func (e Errors) MoveDeclared(rename func(field string) string) Errors {
	if rename == nil {
		return e
	}
	for _, one := range e {
		if one.declared {
			one.Field = rename(one.Field)
		}
	}
	return e
}

// ordered returns the errors as clients see them.
func (e Errors) ordered() Errors {
	is := func(e *Error) bool { return e.declared }
	if !slices.ContainsFunc(e, is) {
		return e
	}
	last := slices.DeleteFunc(slices.Clone(e), func(e *Error) bool { return !is(e) })
	return append(slices.DeleteFunc(slices.Clone(e), is), last...)
}

// Status returns the answer to a request with that object: 422, one cause for
// each error. It returns nil if there are no errors.
func (e Errors) Status(kind meta.GroupKind, name string) *meta.StatusError {
	if len(e) == 0 {
		return nil
	}
	causes := make([]meta.StatusCause, len(e))
	for i, one := range e.ordered() {
		causes[i] = meta.StatusCause{Type: one.Type, Message: one.Message(), Field: one.Field}
	}
	return meta.Invalid(kind, name, causes)
}

// Explain returns the errors with detail added to each. The receiver stays as
// it is.
func (e Errors) Explain(detail string) Errors {
	out := make(Errors, len(e))
	for i, one := range e {
		c := *one
		if c.Detail != "" {
			c.Detail += ": "
		}
		c.Detail += detail
		out[i] = &c
	}
	return out
}

// Distinct returns the errors without those that say of a field what one before
// says: some rules are part of others, and some report at a list and not at its
// items. The receiver stays as it is.
func (e Errors) Distinct() Errors {
	if len(e) < 2 {
		return e
	}
	seen := make(map[string]bool, len(e))
	out := make(Errors, 0, len(e))
	for _, one := range e {
		text := one.Error()
		if !seen[text] {
			out = append(out, one)
		}
		seen[text] = true
	}
	return out
}

// Without returns the errors of e that are not in old, by field and message:
// what an update may be blamed for, when the stored object was bad already.
func (e Errors) Without(old Errors) Errors {
	if len(e) == 0 || len(old) == 0 {
		return e
	}
	known := make(map[string]bool, len(old))
	for _, o := range old {
		known[o.Error()] = true
	}
	var out Errors
	for _, one := range e {
		if !known[one.Error()] {
			out = append(out, one)
		}
	}
	return out
}
