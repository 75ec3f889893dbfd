package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Media types that the client speaks.
const (
	mediaJSON     = codec.JSON
	mediaProtobuf = codec.Protobuf
)

// accept returns the media types to read v from, preferred first.
func (r *Remote) accept(v any) string {
	as := ""
	switch v.(type) {
	case *meta.PartialObjectMetadata:
		as = ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
	case *meta.PartialObjectMetadataList:
		as = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
	case *meta.Table:
		return mediaJSON + ";as=Table;g=meta.k8s.io;v=v1"
	}
	if r.config.PreferJSON || !hasProto(v) {
		return mediaJSON + as
	}
	return mediaProtobuf + as + "," + mediaJSON + as
}

// hasProto reports whether what v points to has a protobuf form.
func hasProto(v any) bool {
	plan, err := codec.PlanFor(reflect.TypeOf(v).Elem())
	return err == nil && plan.HasProto()
}

// encode returns obj as a body. Its kind and version are those of at's resource
// if it does not say them itself.
func (r *Remote) encode(at Target, obj meta.Object) (body []byte, contentType string, err error) {
	if obj.TypeMetadata().Kind == "" || obj.TypeMetadata().APIVersion == "" {
		gvk, ok := r.scheme.Kind(obj)
		if !ok {
			// Some kinds are only those of a subresource, such as the requests for tokens.
			gvk, ok = r.kindOfSubresource(at)
		}
		if !ok {
			return nil, "", fmt.Errorf("write %s: the object names no kind, and its type %T is of none", at.Resource, obj)
		}
		// The caller's object may be read elsewhere meanwhile.
		copied := reflect.New(reflect.TypeOf(obj).Elem())
		copied.Elem().Set(reflect.ValueOf(obj).Elem())
		obj = copied.Interface().(meta.Object)
		obj.TypeMetadata().SetGroupVersionKind(gvk)
	}
	_, jsonOnly := r.jsonOnly.Load(at.Resource.GroupVersion())
	if r.config.PreferJSON || jsonOnly || !hasProto(obj) {
		body, err = codec.MarshalJSON(obj)
		contentType = mediaJSON
	} else {
		body, err = codec.MarshalEnvelope(obj)
		contentType = mediaProtobuf
	}
	if err != nil {
		return nil, "", fmt.Errorf("write %s: %w", at.Resource, err)
	}
	return body, contentType, nil
}

// kindOfSubresource returns the kind that is written to a subresource.
func (r *Remote) kindOfSubresource(at Target) (meta.GroupVersionKind, bool) {
	res, ok := r.scheme.Resource(at.Resource)
	if !ok || at.Subresource == "" {
		return meta.GroupVersionKind{}, false
	}
	sub, ok := res.Subresource(at.Subresource)
	return sub.Kind, ok && sub.Kind.Kind != ""
}

// decode reads the answer into what into points to, replacing it as a whole.
// Some writes are answered with a Status in place of an object: then into stays
// as it is.
func (a *answer) decode(into any) error {
	fresh := newOf(into)
	err := decodeBody(a.contentType, a.body, fresh)
	if errors.Is(err, errIsStatus) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: answer: %w", a.what, err)
	}
	reflect.ValueOf(into).Elem().Set(reflect.ValueOf(fresh).Elem())
	return nil
}

// errIsStatus is what decodeBody answers a Status with where it is to read
// something else.
var errIsStatus = errors.New("is a Status")

// decodeBody reads a body of a content type into the zero value that into
// points to.
func decodeBody(contentType string, body []byte, into any) error {
	_, wantsStatus := into.(*meta.Status)
	switch media, _ := codec.ParseMediaType(contentType); media {
	case mediaProtobuf:
		return decodeEnvelope(body, into, wantsStatus)
	case mediaJSON, "":
		// A first look saves reading every object twice.
		if !wantsStatus && bytes.Contains(body[:min(len(body), 64)], []byte(`"Status"`)) {
			var tm meta.TypeMeta
			if _, err := codec.UnmarshalJSON(body, &tm, codec.DecodeOptions{}); err == nil && tm.Kind == "Status" && tm.APIVersion == "v1" {
				return errIsStatus
			}
		}
		_, err := codec.UnmarshalJSON(body, into, codec.DecodeOptions{})
		return err
	default:
		return fmt.Errorf("content type %q is not one that was asked for", contentType)
	}
}

func decodeEnvelope(body []byte, into any, wantsStatus bool) error {
	tm, raw, inner, err := codec.UnmarshalEnvelope(body)
	switch {
	case err != nil:
		return err
	case tm.Kind == "Status" && !wantsStatus:
		return errIsStatus
	case inner == mediaJSON:
		_, err = codec.UnmarshalJSON(raw, into, codec.DecodeOptions{})
	default:
		err = codec.UnmarshalProto(raw, into)
	}
	if err != nil {
		return err
	}
	if typed, ok := into.(scheme.Typed); ok {
		*typed.TypeMetadata() = tm
	}
	return nil
}

// failureLimit bounds what is read of a failure that is no Status.
const failureLimit = 1 << 20

// readFailure reads and closes a response that is not a success, and returns
// it as an error: the server's own Status if there is one, else one made from
// the code, as Kubernetes' clients do.
func readFailure(response *http.Response, request request) error {
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, failureLimit))
	if err != nil {
		// The code alone does not tell a name that is taken from an object that has
		// changed: whoever decides by that must not take one for the other.
		return fmt.Errorf("%s: the answer, of code %d, was cut off: %w", request.what, response.StatusCode, err)
	}
	var status meta.Status
	err = decodeBody(response.Header.Get("Content-Type"), body, &status)
	if err == nil && status.Kind == "Status" && status.Status != meta.StatusSuccess {
		if status.Code == 0 {
			status.Code = int32(response.StatusCode)
		}
		return &meta.StatusError{Status: status}
	}
	return unexplained(response, request, body)
}

// unexplained makes an error of a response that nobody explains. Its body may
// come from a proxy in between, so it is told only to some length.
func unexplained(response *http.Response, request request, body []byte) error {
	text := strings.TrimSpace(string(body[:min(len(body), 2048)]))
	reason, message := meta.StatusReasonUnknown, fmt.Sprintf("the server responded with the status code %d but did not return more information", response.StatusCode)
	if what, ok := unexplainedCodes[response.StatusCode]; ok {
		reason, message = what.reason, what.message
	} else if response.StatusCode >= 500 {
		reason = meta.StatusReasonInternalError
		message = fmt.Sprintf("an error on the server (%q) has prevented the request from succeeding", text)
	}
	details := &meta.StatusDetails{Causes: []meta.StatusCause{{Type: meta.CauseTypeUnexpectedServerResponse, Message: text}}}
	if wait, ok := retryAfter(response); ok {
		details.RetryAfterSeconds = int32(wait.Seconds())
	}
	return meta.NewStatusError(response.StatusCode, reason, message+" ("+request.what+")", details)
}

var unexplainedCodes = map[int]struct {
	reason  meta.StatusReason
	message string
}{
	http.StatusBadRequest:            {meta.StatusReasonBadRequest, "the server rejected our request for an unknown reason"},
	http.StatusUnauthorized:          {meta.StatusReasonUnauthorized, "the server has asked for the client to provide credentials"},
	http.StatusForbidden:             {meta.StatusReasonForbidden, "the server does not allow access to the requested resource"},
	http.StatusNotFound:              {meta.StatusReasonNotFound, "the server could not find the requested resource"},
	http.StatusMethodNotAllowed:      {meta.StatusReasonMethodNotAllowed, "the server does not allow this method on the requested resource"},
	http.StatusNotAcceptable:         {meta.StatusReasonNotAcceptable, "the server was unable to respond with a content type that the client supports"},
	http.StatusConflict:              {meta.StatusReasonConflict, "the server reported a conflict"},
	http.StatusGone:                  {meta.StatusReasonGone, "the server says that this is gone"},
	http.StatusRequestEntityTooLarge: {meta.StatusReasonRequestEntityTooLarge, "the body is too large for the server"},
	http.StatusUnsupportedMediaType:  {meta.StatusReasonUnsupportedMediaType, "the body of the request was in an unknown format - accepted media types include JSON"},
	http.StatusUnprocessableEntity:   {meta.StatusReasonInvalid, "the server rejected our request due to an error in our request"},
	http.StatusTooManyRequests:       {meta.StatusReasonTooManyRequests, "the server has received too many requests and has asked us to try again later"},
	http.StatusServiceUnavailable:    {meta.StatusReasonServiceUnavailable, "the server is currently unable to handle the request"},
	http.StatusGatewayTimeout:        {meta.StatusReasonTimeout, "the server was unable to return a response in the time allotted, but may still be processing the request"},
}
