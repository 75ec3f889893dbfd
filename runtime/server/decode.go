package server

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	autoscalingv1 "github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// maxBody is the largest request body.
const maxBody = 3 << 20

// body reads the request's body.
func (c *call) body() ([]byte, error) {
	if c.r.Body == nil || c.r.ContentLength == 0 {
		return nil, nil
	}
	if c.r.ContentLength > maxBody {
		return nil, tooLarge()
	}
	if n := c.r.ContentLength; n > 0 {
		data := make([]byte, n)
		if _, err := io.ReadFull(c.r.Body, data); err != nil {
			return nil, meta.BadRequest("the body of the request could not be read: " + err.Error())
		}
		return data, nil
	}
	data, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, meta.BadRequest("the body of the request could not be read: " + err.Error())
	case len(data) > maxBody:
		return nil, tooLarge()
	}
	return data, nil
}

func tooLarge() error {
	return meta.RequestEntityTooLarge(fmt.Sprintf("limit is %d", maxBody))
}

// wanted is what a body is to be: a kind, and the scheme to know others by.
type wanted struct {
	kind   meta.GroupVersionKind
	empty  func() meta.Object
	scheme *scheme.Scheme
	// unreadable says why an object that was decoded is none; nil: never.
	unreadable func(obj meta.Object) error
}

// bodyKind is the kind of the bodies that the call's path takes.
func (c *call) bodyKind() (wanted, error) {
	s := c.server.reg.Scheme()
	if c.sub.Name == "" {
		return wanted{c.resource.GroupVersionKind(), c.resource.New, s, c.resource.Unreadable}, nil
	}
	kind := c.sub.Kind
	if kind.Version == "" {
		kind.Group, kind.Version = c.resource.Group, c.resource.Version
	}
	if kind == c.resource.GroupVersionKind() {
		return wanted{kind, c.resource.New, s, c.resource.Unreadable}, nil
	}
	if empty := subresourceKinds[kind]; empty != nil {
		return wanted{kind: kind, empty: empty, scheme: s}, nil
	}
	if _, ok := s.New(kind); !ok {
		return wanted{}, fmt.Errorf("%s is declared for %s/%s, but no type of it", kind, c.resource.Name, c.sub.Name)
	}
	return wanted{kind: kind, scheme: s, empty: func() meta.Object {
		typed, _ := s.New(kind)
		obj, _ := typed.(meta.Object)
		return obj
	}}, nil
}

// subresourceKinds are the bodies of subresources that any group may have: a
// scheme knows them only if it has their own group.
var subresourceKinds = map[meta.GroupVersionKind]func() meta.Object{
	{Group: "autoscaling", Version: "v1", Kind: "Scale"}:                  func() meta.Object { return new(autoscalingv1.Scale) },
	{Group: "authentication.k8s.io", Version: "v1", Kind: "TokenRequest"}: func() meta.Object { return new(authenticationv1.TokenRequest) },
	eviction: func() meta.Object { return new(policyv1.Eviction) },
}

// eviction is a kind whose earlier version, which is served nowhere, is still taken.
var eviction = meta.GroupVersionKind{Group: "policy", Version: "v1", Kind: "Eviction"}

// takes says that a body of the kind found is one of the kind wanted.
func (w wanted) takes(found meta.GroupVersionKind) bool {
	if w.kind == eviction && found.Version == "v1beta1" {
		found.Version = eviction.Version
	}
	return found == w.kind
}

// decode reads a body as the wanted kind. What is strictly wrong with it is
// refused, warned about or passed over as validation says.
func (c *call) decode(body []byte, media *mediaType, want wanted, validation string) (meta.Object, error) {
	obj := want.empty()
	if obj == nil {
		return nil, fmt.Errorf("%s is not an object", want.kind)
	}
	found, problems, err := decodeInto(body, media, want, obj, validation != meta.FieldValidationIgnore)
	if err != nil {
		return nil, err
	}
	if want.unreadable != nil {
		if err := want.unreadable(obj); err != nil {
			return nil, want.cannotBe(found, err.Error())
		}
	}
	if len(problems) > 0 && validation == meta.FieldValidationStrict {
		texts := make([]string, len(problems))
		for i, p := range problems {
			texts[i] = p.String()
		}
		return nil, want.cannotBe(found, "strict decoding error: "+strings.Join(texts, ", "))
	}
	for _, p := range problems {
		for _, text := range p.Warnings() {
			c.warnings.add(text)
		}
	}
	obj.TypeMetadata().SetGroupVersionKind(want.kind)
	return obj, nil
}

// decodeInto fills obj. Errors are what to answer.
func decodeInto(body []byte, media *mediaType, want wanted, obj meta.Object, strict bool) (found meta.GroupVersionKind, problems []codec.Problem, err error) {
	switch {
	case media.form == registry.Protobuf:
		return decodeProto(body, want, obj)
	case media.form == registry.CBOR:
		problems, err = codec.UnmarshalCBOR(body, obj, codec.DecodeOptions{Strict: strict})
		if err != nil {
			return found, nil, want.unrecognized(err, body)
		}
	default:
		data := body
		if media.yaml {
			if data, problems, err = codec.YAMLToJSON(body, strict); err != nil {
				return found, nil, want.unrecognized(err, body)
			}
		}
		more, decodeErr := codec.UnmarshalJSON(data, obj, codec.DecodeOptions{Strict: strict})
		problems = append(problems, more...)
		if decodeErr != nil {
			// Something is wrong. What to call it depends on whether the kind
			// can be found out, by a reader that is slower and more lenient.
			return found, nil, want.explain(data, body, decodeErr)
		}
	}
	gv, err := meta.ParseGroupVersion(obj.TypeMetadata().APIVersion)
	if err != nil {
		return found, nil, want.unrecognized(err, body)
	}
	found = want.withDefaults(gv.WithKind(obj.TypeMetadata().Kind))
	if !want.takes(found) {
		return found, nil, want.mismatch(found)
	}
	return found, problems, nil
}

func decodeProto(body []byte, want wanted, obj meta.Object) (meta.GroupVersionKind, []codec.Problem, error) {
	typeMeta, raw, err := openEnvelope(body)
	if err != nil {
		return meta.GroupVersionKind{}, nil, want.unrecognized(err, body)
	}
	found := want.withDefaults(typeMeta.GroupVersionKind())
	if !want.takes(found) {
		return found, nil, want.mismatch(found)
	}
	if err := codec.UnmarshalProto(raw, obj); err != nil {
		return found, nil, want.cannotBe(found, err.Error())
	}
	return found, nil, nil
}

// openEnvelope takes a protobuf body apart, in which there has to be something.
func openEnvelope(body []byte) (meta.TypeMeta, []byte, error) {
	switch len(body) {
	case 0:
		return meta.TypeMeta{}, nil, errors.New("empty data")
	case len(codec.EnvelopePrefix):
		if string(body) == codec.EnvelopePrefix {
			return meta.TypeMeta{}, nil, errors.New("empty body")
		}
	}
	typeMeta, raw, _, err := codec.UnmarshalEnvelope(body)
	return typeMeta, raw, err
}

// withDefaults fills in what a body left out about its kind.
func (w wanted) withDefaults(kind meta.GroupVersionKind) meta.GroupVersionKind {
	if kind.Kind == "" {
		kind.Kind = w.kind.Kind
	}
	if kind.Version == "" && (kind.Group == "" || kind.Group == w.kind.Group) {
		kind.Group, kind.Version = w.kind.Group, w.kind.Version
	}
	return kind
}

// explain words the error of a JSON body that did not decode.
func (w wanted) explain(data, original []byte, decodeErr error) error {
	kind, err := registry.ReadTypeMeta(data)
	if err != nil {
		return w.unrecognized(err, original)
	}
	gv, err := meta.ParseGroupVersion(kind.APIVersion)
	if err != nil {
		return w.unrecognized(err, original)
	}
	found := w.withDefaults(gv.WithKind(kind.Kind))
	if found != w.kind {
		return w.mismatch(found)
	}
	return w.cannotBe(found, decodeErr.Error())
}

// mismatch is the answer to a body of another kind.
func (w wanted) mismatch(found meta.GroupVersionKind) error {
	if err := registry.ConvertibleTo(w.scheme, found, w.kind); err != nil {
		return w.cannotBe(found, err.Error())
	}
	return w.otherVersion(found)
}

func (w wanted) otherVersion(found meta.GroupVersionKind) error {
	return meta.BadRequest(fmt.Sprintf("the API version in the data (%s) does not match the expected API version (%s)", found.GroupVersion(), w.kind.GroupVersion()))
}

func (w wanted) cannotBe(found meta.GroupVersionKind, why string) error {
	return meta.BadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: %s", found.Kind, found.Version, w.kind.Kind, why))
}

func (w wanted) unrecognized(err error, body []byte) error {
	return meta.BadRequest(fmt.Sprintf("the object provided is unrecognized (must be of type %s): %v (%s)", w.kind.Kind, err, beginning(body)))
}

// beginning shows the first bytes of a body: as text if it seems to be JSON.
func beginning(body []byte) string {
	const most = 30
	if len(body) == 0 {
		return "<empty>"
	}
	rest := ""
	text := body[0] == '{'
	if len(body) > most {
		body, rest = body[:most], " ..."
	}
	if text {
		return string(body) + rest
	}
	return hex.EncodeToString(body) + rest
}

// deleteOptions reads the options of a DELETE: from its body if there is one,
// and then from nothing else, or from its query.
func (c *call) deleteOptions() (meta.DeleteOptions, error) {
	body, err := c.body()
	if err != nil {
		return meta.DeleteOptions{}, err
	}
	var o meta.DeleteOptions
	if len(body) == 0 {
		if o, err = deleteQuery(c.query()); err != nil {
			return o, err
		}
		return o, registry.CheckDelete(&o)
	}
	media, err := requestMedia(c.r, c.server.media)
	if err != nil {
		return o, err
	}
	if o, err = decodeDeleteOptions(body, media); err != nil {
		return o, meta.BadRequest(err.Error())
	}
	return o, registry.CheckDelete(&o)
}

func decodeDeleteOptions(body []byte, media *mediaType) (o meta.DeleteOptions, err error) {
	switch {
	case media.form == registry.Protobuf:
		typeMeta, raw, err := openEnvelope(body)
		if err == nil {
			err = areDeleteOptions(typeMeta)
		}
		if err != nil {
			return o, err
		}
		return o, codec.UnmarshalProto(raw, &o)
	case media.form == registry.CBOR:
		if _, err = codec.UnmarshalCBOR(body, &o, codec.DecodeOptions{}); err != nil {
			return o, err
		}
	default:
		data := body
		if media.yaml {
			if data, _, err = codec.YAMLToJSON(body, false); err != nil {
				return o, err
			}
		}
		typeMeta, err := registry.ReadTypeMeta(data) // which takes the names in any case
		if err == nil {
			err = areDeleteOptions(typeMeta)
		}
		if err == nil {
			_, err = codec.UnmarshalJSON(data, &o, codec.DecodeOptions{})
		}
		return o, err
	}
	return o, areDeleteOptions(o.TypeMeta)
}

// areDeleteOptions refuses the body of a DELETE that says that it is of another
// kind. Options there are in every group and version.
func areDeleteOptions(t meta.TypeMeta) error {
	if _, err := meta.ParseGroupVersion(t.APIVersion); err != nil {
		return err
	}
	switch t.Kind {
	case "", "DeleteOptions":
		return nil
	case "Status", "CreateOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions":
		return fmt.Errorf("converting (v1.%s) to (v1.DeleteOptions): unknown conversion", t.Kind)
	}
	return registry.Unregistered(t.Kind, cmp.Or(t.APIVersion, "meta.k8s.io/v1"))
}
