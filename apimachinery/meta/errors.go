package meta

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// StatusError is an error that the API answers with as it stands: a Status
// object. It is immutable once made; its Status must only be read.
type StatusError struct {
	// Status is the whole answer, with kind and apiVersion set.
	Status Status
}

// Error returns the status' message.
func (e *StatusError) Error() string { return e.Status.Message }

// NewStatusError makes the error for a failure of that HTTP code. A nil details is
// left out of the answer, as is an empty reason.
func NewStatusError(code int, reason StatusReason, message string, details *StatusDetails) *StatusError {
	return &StatusError{Status: Status{
		TypeMeta: TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   StatusFailure, Code: int32(code), Reason: reason, Message: message, Details: details,
	}}
}

func about(r GroupResource, name string) *StatusDetails {
	return &StatusDetails{Group: r.Group, Kind: r.Resource, Name: name}
}

// NotFound says that resource has no object of that name (404).
func NotFound(resource GroupResource, name string) *StatusError {
	return NewStatusError(http.StatusNotFound, StatusReasonNotFound,
		fmt.Sprintf("%s %q not found", resource, name), about(resource, name))
}

// AlreadyExists says that the name is taken (409).
func AlreadyExists(resource GroupResource, name string) *StatusError {
	return NewStatusError(http.StatusConflict, StatusReasonAlreadyExists,
		fmt.Sprintf("%s %q already exists", resource, name), about(resource, name))
}

// GenerateNameConflict says that a generated name was taken and that the client
// may try again after so many seconds (409).
func GenerateNameConflict(resource GroupResource, name string, retryAfterSeconds int) *StatusError {
	details := about(resource, name)
	details.RetryAfterSeconds = int32(retryAfterSeconds)
	return NewStatusError(http.StatusConflict, StatusReasonAlreadyExists,
		fmt.Sprintf("%s %q already exists, the server was not able to generate a unique name for the object", resource, name), details)
}

// ErrModified is what [Conflict] carries when the resourceVersion that a writer
// gave is not the object's any more.
var ErrModified = errors.New("the object has been modified; please apply your changes to the latest version and try again")

// Conflict says that the object's state does not allow the operation, such as
// an update of an outdated copy (409). Use [ErrModified] for that case.
func Conflict(resource GroupResource, name string, err error) *StatusError {
	return NewStatusError(http.StatusConflict, StatusReasonConflict,
		fmt.Sprintf("Operation cannot be fulfilled on %s %q: %v", resource, name, err), about(resource, name))
}

// ApplyConflict says that an apply would change fields that others own (409).
// Causes name each field and its owner.
func ApplyConflict(causes []StatusCause, message string) *StatusError {
	return NewStatusError(http.StatusConflict, StatusReasonConflict, message, &StatusDetails{Causes: causes})
}

// Unauthorized says that the request has no valid credentials (401). An empty
// message becomes "not authorized".
func Unauthorized(message string) *StatusError {
	if message == "" {
		message = "not authorized"
	}
	return NewStatusError(http.StatusUnauthorized, StatusReasonUnauthorized, message, nil)
}

// Forbidden says that whoever asks may not do this, or that admission refuses
// it (403). Resource and name may be empty.
func Forbidden(resource GroupResource, name string, err error) *StatusError {
	var message string
	switch {
	case resource == GroupResource{}:
		message = fmt.Sprintf("forbidden: %v", err)
	case name == "":
		message = fmt.Sprintf("%s is forbidden: %v", resource, err)
	default:
		message = fmt.Sprintf("%s %q is forbidden: %v", resource, name, err)
	}
	return NewStatusError(http.StatusForbidden, StatusReasonForbidden, message, about(resource, name))
}

// BadRequest says that the request itself makes no sense (400).
func BadRequest(message string) *StatusError {
	return NewStatusError(http.StatusBadRequest, StatusReasonBadRequest, message, nil)
}

// Gone says that something was there and never will be again (410).
func Gone(message string) *StatusError {
	return NewStatusError(http.StatusGone, StatusReasonGone, message, nil)
}

// ResourceExpired says that a resource version or continue token is too old to
// be served; the client must list anew (410).
func ResourceExpired(message string) *StatusError {
	return NewStatusError(http.StatusGone, StatusReasonExpired, message, nil)
}

// Invalid says that the object breaks rules of its kind (422), one cause each.
// The message lists the causes in order as "field: message", in brackets when
// there are several; repeated ones are listed once. Validation makes these
// through validate.Errors.Status.
func Invalid(kind GroupKind, name string, causes []StatusCause) *StatusError {
	var message strings.Builder
	fmt.Fprintf(&message, "%s %q is invalid", kind, name)
	lines := make([]string, 0, len(causes))
	seen := make(map[string]bool, len(causes))
	for _, c := range causes {
		line := c.Message
		if c.Field != "" {
			line = c.Field + ": " + line
		}
		if !seen[line] {
			seen[line] = true
			lines = append(lines, line)
		}
	}
	switch len(lines) {
	case 0:
	case 1:
		message.WriteString(": " + lines[0])
	default:
		message.WriteString(": [" + strings.Join(lines, ", ") + "]")
	}
	return NewStatusError(http.StatusUnprocessableEntity, StatusReasonInvalid, message.String(),
		&StatusDetails{Group: kind.Group, Kind: kind.Kind, Name: name, Causes: causes})
}

// MethodNotSupported says that the resource does not have that verb (405).
func MethodNotSupported(resource GroupResource, verb string) *StatusError {
	return NewStatusError(http.StatusMethodNotAllowed, StatusReasonMethodNotAllowed,
		fmt.Sprintf("%s is not supported on resources of kind %q", verb, resource),
		&StatusDetails{Group: resource.Group, Kind: resource.Resource})
}

// NoSuchMethod is the 405 of a path that exists, for a method that it does not
// take.
func NoSuchMethod() *StatusError {
	return NewStatusError(http.StatusMethodNotAllowed, StatusReasonMethodNotAllowed,
		"the server does not allow this method on the requested resource", &StatusDetails{})
}

// NoSuchResource is the 404 of a known group for a version or resource that it
// does not have.
func NoSuchResource() *StatusError {
	return NewStatusError(http.StatusNotFound, StatusReasonNotFound,
		"the server could not find the requested resource", &StatusDetails{})
}

// NotAcceptable says that the answer exists in none of the media types that the
// client accepts (406).
func NotAcceptable(accepted []string) *StatusError {
	return NewStatusError(http.StatusNotAcceptable, StatusReasonNotAcceptable,
		"only the following media types are accepted: "+strings.Join(accepted, ", "), nil)
}

// UnsupportedMediaType says that the body is in a format that the server does
// not read here (415).
func UnsupportedMediaType(accepted []string) *StatusError {
	return NewStatusError(http.StatusUnsupportedMediaType, StatusReasonUnsupportedMediaType,
		"the body of the request was in an unknown format - accepted media types include: "+strings.Join(accepted, ", "), nil)
}

// RequestEntityTooLarge says that the body is over a limit (413); message says
// which, such as "limit is 3145728".
func RequestEntityTooLarge(message string) *StatusError {
	return NewStatusError(http.StatusRequestEntityTooLarge, StatusReasonRequestEntityTooLarge,
		"Request entity too large: "+message, nil)
}

// TooManyRequests asks the client to come back after so many seconds (429).
func TooManyRequests(message string, retryAfterSeconds int) *StatusError {
	return NewStatusError(http.StatusTooManyRequests, StatusReasonTooManyRequests, message,
		&StatusDetails{RetryAfterSeconds: int32(retryAfterSeconds)})
}

// InternalError reports a fault of the server itself (500).
func InternalError(err error) *StatusError {
	return NewStatusError(http.StatusInternalServerError, StatusReasonInternalError,
		fmt.Sprintf("Internal error occurred: %v", err),
		&StatusDetails{Causes: []StatusCause{{Message: err.Error()}}})
}

// ServerTimeout says that the operation could not be done in time and may be
// tried again after so many seconds (500).
func ServerTimeout(resource GroupResource, operation string, retryAfterSeconds int) *StatusError {
	details := &StatusDetails{Group: resource.Group, Kind: resource.Resource, Name: operation, RetryAfterSeconds: int32(retryAfterSeconds)}
	return NewStatusError(http.StatusInternalServerError, StatusReasonServerTimeout,
		fmt.Sprintf("The %s operation against %s could not be completed at this time, please try again.", operation, resource), details)
}

// Timeout says that the request ran out of time (504).
func Timeout(message string, retryAfterSeconds int) *StatusError {
	return NewStatusError(http.StatusGatewayTimeout, StatusReasonTimeout, "Timeout: "+message,
		&StatusDetails{RetryAfterSeconds: int32(retryAfterSeconds)})
}

// TooLargeResourceVersion says that a client asked for a state that the server
// has not reached within the time it waits (504).
func TooLargeResourceVersion(asked, current uint64, retryAfterSeconds int) *StatusError {
	err := Timeout(fmt.Sprintf("Too large resource version: %d, current: %d", asked, current), retryAfterSeconds)
	err.Status.Details.Causes = []StatusCause{{Type: CauseTypeResourceVersionTooLarge, Message: "Too large resource version"}}
	return err
}

// ServiceUnavailable says that the server cannot do this for now (503).
func ServiceUnavailable(message string) *StatusError {
	return NewStatusError(http.StatusServiceUnavailable, StatusReasonServiceUnavailable, message, nil)
}

// Plain is an answer of 500 without a reason, which is what Kubernetes makes of
// errors that it has no status for.
func Plain(err error) *StatusError {
	return NewStatusError(http.StatusInternalServerError, StatusReasonUnknown, err.Error(), nil)
}

// AsStatus returns the Status to answer err with: its own if there is a
// [StatusError] among its causes, else that of [Plain]. Nil gives nil.
func AsStatus(err error) *Status {
	if err == nil {
		return nil
	}
	if own, ok := errors.AsType[*StatusError](err); ok {
		return &own.Status
	}
	return &Plain(err).Status
}

// ReasonOf returns the reason of the [StatusError] in err, or "" if there is none.
func ReasonOf(err error) StatusReason {
	if own, ok := errors.AsType[*StatusError](err); ok {
		return own.Status.Reason
	}
	return StatusReasonUnknown
}

// has matches by reason, or by code for answers that came without one (from a
// proxy, say).
func has(err error, reason StatusReason, code int) bool {
	own, ok := errors.AsType[*StatusError](err)
	if !ok {
		return false
	}
	if own.Status.Reason == StatusReasonUnknown && code != 0 {
		return int(own.Status.Code) == code
	}
	return own.Status.Reason == reason
}

// IsNotFound reports whether err says that something does not exist.
func IsNotFound(err error) bool { return has(err, StatusReasonNotFound, http.StatusNotFound) }

// IsAlreadyExists reports whether err says that a name is taken.
func IsAlreadyExists(err error) bool { return has(err, StatusReasonAlreadyExists, 0) }

// IsConflict reports whether err says that the object changed meanwhile, or
// that an apply would take others' fields.
func IsConflict(err error) bool { return has(err, StatusReasonConflict, http.StatusConflict) }

// IsInvalid reports whether err says that the object breaks rules of its kind.
func IsInvalid(err error) bool {
	return has(err, StatusReasonInvalid, http.StatusUnprocessableEntity)
}

// IsGone reports whether err says that something is gone for good.
func IsGone(err error) bool { return has(err, StatusReasonGone, http.StatusGone) }

// IsResourceExpired reports whether err says that a resource version or
// continue token is too old: list anew.
func IsResourceExpired(err error) bool { return has(err, StatusReasonExpired, 0) }

// IsBadRequest reports whether err says that the request made no sense.
func IsBadRequest(err error) bool { return has(err, StatusReasonBadRequest, http.StatusBadRequest) }

// IsUnauthorized reports whether err says that valid credentials are missing.
func IsUnauthorized(err error) bool {
	return has(err, StatusReasonUnauthorized, http.StatusUnauthorized)
}

// IsForbidden reports whether err says that this is not allowed.
func IsForbidden(err error) bool { return has(err, StatusReasonForbidden, http.StatusForbidden) }

// IsMethodNotSupported reports whether err says that a resource lacks the verb.
func IsMethodNotSupported(err error) bool {
	return has(err, StatusReasonMethodNotAllowed, http.StatusMethodNotAllowed)
}

// IsNotAcceptable reports whether err says that no accepted media type fits.
func IsNotAcceptable(err error) bool {
	return has(err, StatusReasonNotAcceptable, http.StatusNotAcceptable)
}

// IsUnsupportedMediaType reports whether err says that the body's format is not read.
func IsUnsupportedMediaType(err error) bool {
	return has(err, StatusReasonUnsupportedMediaType, http.StatusUnsupportedMediaType)
}

// IsRequestEntityTooLarge reports whether err says that the body is too large.
func IsRequestEntityTooLarge(err error) bool {
	return has(err, StatusReasonRequestEntityTooLarge, http.StatusRequestEntityTooLarge)
}

// IsTooManyRequests reports whether err asks to come back later.
func IsTooManyRequests(err error) bool {
	return has(err, StatusReasonTooManyRequests, http.StatusTooManyRequests)
}

// IsInternalError reports whether err is a fault of the server.
func IsInternalError(err error) bool {
	return has(err, StatusReasonInternalError, http.StatusInternalServerError)
}

// IsServerTimeout reports whether err says that an operation took the server too long.
func IsServerTimeout(err error) bool { return has(err, StatusReasonServerTimeout, 0) }

// IsTimeout reports whether err says that the request ran out of time.
func IsTimeout(err error) bool { return has(err, StatusReasonTimeout, http.StatusGatewayTimeout) }

// IsServiceUnavailable reports whether err says that the server cannot do this for now.
func IsServiceUnavailable(err error) bool {
	return has(err, StatusReasonServiceUnavailable, http.StatusServiceUnavailable)
}

// IsTooLargeResourceVersion reports whether err says that the server has not
// reached the resource version that was asked for.
func IsTooLargeResourceVersion(err error) bool {
	return HasCause(err, CauseTypeResourceVersionTooLarge)
}

// HasCause reports whether err is a StatusError with a cause of that type.
func HasCause(err error, cause CauseType) bool {
	own, ok := errors.AsType[*StatusError](err)
	if !ok || own.Status.Details == nil {
		return false
	}
	for _, c := range own.Status.Details.Causes {
		if c.Type == cause {
			return true
		}
	}
	return false
}

// RetryAfter returns how many seconds the server asks the client to wait
// before it tries again, and whether it asks for that at all.
func RetryAfter(err error) (seconds int, ok bool) {
	own, ok := errors.AsType[*StatusError](err)
	if !ok || own.Status.Details == nil {
		return 0, false
	}
	switch own.Status.Reason {
	case StatusReasonServerTimeout: // may be tried at once
		return int(own.Status.Details.RetryAfterSeconds), true
	}
	seconds = int(own.Status.Details.RetryAfterSeconds)
	return seconds, seconds > 0
}

// Unprocessable is the 422 of a request that can be read but not carried out,
// such as a patch that does not fit. It tells the client nothing more.
func Unprocessable() *StatusError {
	return NewStatusError(http.StatusUnprocessableEntity, StatusReasonInvalid,
		"the server rejected our request due to an error in our request", &StatusDetails{})
}
