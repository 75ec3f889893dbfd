package meta_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var (
	configmaps  = meta.GroupResource{Resource: "configmaps"}
	deployments = meta.GroupResource{Group: "apps", Resource: "deployments"}
)

func TestStatuses(t *testing.T) {
	for _, c := range []struct {
		err     *meta.StatusError
		code    int32
		reason  meta.StatusReason
		message string
		details *meta.StatusDetails
	}{
		// Recorded from an API server.
		{meta.NotFound(configmaps, "a"), 404, "NotFound", `configmaps "a" not found`, &meta.StatusDetails{Kind: "configmaps", Name: "a"}},
		{meta.NotFound(deployments, "none"), 404, "NotFound", `deployments.apps "none" not found`, &meta.StatusDetails{Group: "apps", Kind: "deployments", Name: "none"}},
		{meta.AlreadyExists(configmaps, "a"), 409, "AlreadyExists", `configmaps "a" already exists`, &meta.StatusDetails{Kind: "configmaps", Name: "a"}},
		{meta.GenerateNameConflict(configmaps, "fixed", 1), 409, "AlreadyExists", `configmaps "fixed" already exists, the server was not able to generate a unique name for the object`, &meta.StatusDetails{Kind: "configmaps", Name: "fixed", RetryAfterSeconds: 1}},
		{meta.Conflict(configmaps, "a", meta.ErrModified), 409, "Conflict", `Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again`, &meta.StatusDetails{Kind: "configmaps", Name: "a"}},
		{meta.Unauthorized("Unauthorized"), 401, "Unauthorized", "Unauthorized", nil},
		{meta.Forbidden(meta.GroupResource{Resource: "pods"}, "p", errors.New("no PriorityClass with name x was found")), 403, "Forbidden", `pods "p" is forbidden: no PriorityClass with name x was found`, &meta.StatusDetails{Kind: "pods", Name: "p"}},
		{meta.BadRequest("name must be provided"), 400, "BadRequest", "name must be provided", nil},
		{meta.NoSuchMethod(), 405, "MethodNotAllowed", "the server does not allow this method on the requested resource", &meta.StatusDetails{}},
		{meta.NoSuchResource(), 404, "NotFound", "the server could not find the requested resource", &meta.StatusDetails{}},
		{meta.Unprocessable(), 422, "Invalid", "the server rejected our request due to an error in our request", &meta.StatusDetails{}},
		{meta.TooManyRequests("storage is (re)initializing", 1), 429, "TooManyRequests", "storage is (re)initializing", &meta.StatusDetails{RetryAfterSeconds: 1}},
		{meta.NotAcceptable([]string{"application/json", "application/yaml"}), 406, "NotAcceptable", "only the following media types are accepted: application/json, application/yaml", nil},
		{meta.UnsupportedMediaType([]string{"application/json-patch+json", "application/merge-patch+json"}), 415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json", nil},
		{meta.InternalError(errors.New("failed calling webhook")), 500, "InternalError", "Internal error occurred: failed calling webhook", &meta.StatusDetails{Causes: []meta.StatusCause{{Message: "failed calling webhook"}}}},
		{meta.TooLargeResourceVersion(99, 10, 1), 504, "Timeout", "Timeout: Too large resource version: 99, current: 10", &meta.StatusDetails{RetryAfterSeconds: 1, Causes: []meta.StatusCause{{Type: "ResourceVersionTooLarge", Message: "Too large resource version"}}}},
		{meta.ApplyConflict([]meta.StatusCause{{Type: "FieldManagerConflict", Message: `conflict with "m1"`, Field: ".rules"}}, `Apply failed with 1 conflict: conflict with "m1": .rules`), 409, "Conflict", `Apply failed with 1 conflict: conflict with "m1": .rules`, &meta.StatusDetails{Causes: []meta.StatusCause{{Type: "FieldManagerConflict", Message: `conflict with "m1"`, Field: ".rules"}}}},
		// Known of Kubernetes.
		{meta.RequestEntityTooLarge("limit is 3145728"), 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728", nil},
		{meta.ResourceExpired("The provided continue parameter is too old"), 410, "Expired", "The provided continue parameter is too old", nil},
		{meta.Forbidden(configmaps, "", errors.New("no")), 403, "Forbidden", "configmaps is forbidden: no", &meta.StatusDetails{Kind: "configmaps"}},
		{meta.Forbidden(meta.GroupResource{}, "", errors.New("no")), 403, "Forbidden", "forbidden: no", &meta.StatusDetails{}},
		{meta.MethodNotSupported(configmaps, "update"), 405, "MethodNotAllowed", `update is not supported on resources of kind "configmaps"`, &meta.StatusDetails{Kind: "configmaps"}},
		{meta.Plain(errors.New("target.name: Required value")), 500, "", "target.name: Required value", nil},
	} {
		require.Equal(t, meta.Status{
			TypeMeta: meta.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure",
			Code: c.code, Reason: c.reason, Message: c.message, Details: c.details,
		}, c.err.Status)
		require.EqualError(t, c.err, c.message)
	}
}

func TestInvalid(t *testing.T) {
	one := meta.StatusCause{Type: meta.CauseTypeFieldValueRequired, Field: "spec.containers", Message: "Required value"}
	two := meta.StatusCause{Type: meta.CauseTypeFieldValueInvalid, Field: "spec.x", Message: `Invalid value: 1: odd`}
	pod := meta.GroupKind{Kind: "Pod"}
	require.EqualError(t, meta.Invalid(pod, "x", []meta.StatusCause{one}), `Pod "x" is invalid: spec.containers: Required value`)
	err := meta.Invalid(meta.GroupKind{Group: "apps", Kind: "Deployment"}, "x", []meta.StatusCause{one, two, one})
	require.EqualError(t, err, `Deployment.apps "x" is invalid: [spec.containers: Required value, spec.x: Invalid value: 1: odd]`)
	require.Equal(t, &meta.StatusDetails{Group: "apps", Kind: "Deployment", Name: "x", Causes: []meta.StatusCause{one, two, one}}, err.Status.Details)
	require.EqualError(t, meta.Invalid(meta.GroupKind{}, "", []meta.StatusCause{one}), ` "" is invalid: spec.containers: Required value`)
	require.EqualError(t, meta.Invalid(meta.GroupKind{Group: "authorization.k8s.io"}, "", nil), `.authorization.k8s.io "" is invalid`)
}

func TestPredicates(t *testing.T) {
	wrapped := fmt.Errorf("get: %w", meta.NotFound(configmaps, "a"))
	require.True(t, meta.IsNotFound(wrapped))
	require.False(t, meta.IsConflict(wrapped))
	require.Equal(t, meta.StatusReasonNotFound, meta.ReasonOf(wrapped))
	require.Equal(t, int32(404), meta.AsStatus(wrapped).Code)
	require.Equal(t, int32(500), meta.AsStatus(errors.New("x")).Code)
	require.Nil(t, meta.AsStatus(nil))
	require.False(t, meta.IsNotFound(nil))
	require.False(t, meta.IsNotFound(errors.New("not found")))

	fromProxy := meta.NewStatusError(404, "", "page not found", nil)
	require.True(t, meta.IsNotFound(fromProxy), "a code without a reason counts")
	require.False(t, meta.IsAlreadyExists(meta.Conflict(configmaps, "a", meta.ErrModified)))
	require.False(t, meta.IsConflict(meta.AlreadyExists(configmaps, "a")), "both are 409; the reason decides")
	require.False(t, meta.IsGone(meta.ResourceExpired("x")))
	require.True(t, meta.IsResourceExpired(meta.ResourceExpired("x")))
	require.True(t, meta.IsTooLargeResourceVersion(meta.TooLargeResourceVersion(2, 1, 1)))

	seconds, ok := meta.RetryAfter(meta.TooManyRequests("later", 3))
	require.True(t, ok)
	require.Equal(t, 3, seconds)
	seconds, ok = meta.RetryAfter(meta.ServerTimeout(configmaps, "create", 0))
	require.True(t, ok, "a server timeout may be tried again at once")
	require.Zero(t, seconds)
	_, ok = meta.RetryAfter(wrapped)
	require.False(t, ok)
}

func TestConditions(t *testing.T) {
	var list []meta.Condition
	at := meta.Unix(100)
	require.True(t, meta.SetCondition(&list, meta.Condition{Type: "Ready", Status: meta.ConditionFalse, Reason: "Waiting", LastTransitionTime: at}))
	require.False(t, meta.SetCondition(&list, meta.Condition{Type: "Ready", Status: meta.ConditionFalse, Reason: "Waiting"}), "nothing new")
	require.True(t, meta.SetCondition(&list, meta.Condition{Type: "Ready", Status: meta.ConditionFalse, Reason: "Still"}))
	require.Equal(t, at, list[0].LastTransitionTime, "the status did not change")
	require.True(t, meta.SetCondition(&list, meta.Condition{Type: "Ready", Status: meta.ConditionTrue, Reason: "Up"}))
	require.True(t, list[0].LastTransitionTime.After(at.Time))
	require.True(t, meta.ConditionIs(list, "Ready", meta.ConditionTrue))
	require.True(t, meta.ConditionIs(list, "Other", meta.ConditionUnknown))
	require.True(t, meta.SetCondition(&list, meta.Condition{Type: "Other", Status: meta.ConditionTrue}))
	require.True(t, meta.RemoveCondition(&list, "Ready"))
	require.False(t, meta.RemoveCondition(&list, "Ready"))
	require.Len(t, list, 1)
	require.Nil(t, meta.FindCondition(list, "Ready"))
}

func ExampleIsNotFound() {
	err := fmt.Errorf("load settings: %w", meta.NotFound(meta.GroupResource{Resource: "configmaps"}, "settings"))
	fmt.Println(err)
	fmt.Println(meta.IsNotFound(err))
	// Output:
	// load settings: configmaps "settings" not found
	// true
}
