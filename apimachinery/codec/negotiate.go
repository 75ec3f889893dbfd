package codec

import (
	"slices"
	"strings"

	"github.com/munnerz/goautoneg"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// The media types that Kubernetes speaks.
const (
	JSON     = "application/json"
	YAML     = "application/yaml"
	Protobuf = "application/vnd.kubernetes.protobuf"
	CBOR     = "application/cbor"
	CBORSeq  = "application/cbor-seq" // a watch of CBOR objects
)

// An Offer is a media type that a server can answer with.
type Offer struct {
	MediaType string
	// As are the kinds that objects can be turned into in this media type, such as
	// Table in meta.k8s.io/v1.
	As []meta.GroupVersionKind
	// Streams are the values of the "stream" parameter that are understood.
	Streams []string
}

// Media is what a client and a server agreed upon.
type Media struct {
	// Type is the MediaType of the Offer taken.
	Type string
	// As is the kind that the client wants objects turned into, or empty.
	As meta.GroupVersionKind
	// Stream is the client's "stream" parameter.
	Stream string
	// Pretty is set if the client asks for indented text.
	Pretty bool
}

// ContentType returns the value of the Content-Type header: the media type, and
// for a stream of protobuf the parameter that says so.
func (m Media) ContentType() string {
	if m.Stream != "" && m.Type == Protobuf {
		return m.Type + ";stream=" + m.Stream
	}
	return m.Type
}

// Negotiate picks the offer that suits an Accept header best: by the client's
// order of preference, then the server's. An empty header takes the first offer;
// "*/*" matches every one, "application/*" none, as in Kubernetes. Media types
// match by case. ok is false if no offer suits (406).
func Negotiate(accept string, offers ...Offer) (m Media, ok bool) {
	if len(offers) == 0 {
		return Media{}, false
	}
	if strings.TrimSpace(accept) == "" {
		return Media{Type: offers[0].MediaType}, true
	}
	for _, clause := range goautoneg.ParseAccept(accept) {
		for _, offer := range offers {
			if clause.Type == "*" && clause.SubType == "*" || clause.Type+"/"+clause.SubType == offer.MediaType {
				if m, ok := offer.take(clause.Params); ok {
					return m, true
				}
			}
		}
	}
	return Media{}, false
}

// take returns what the offer gives for the parameters of a media range; those
// that are not known are passed over.
func (o Offer) take(params map[string]string) (Media, bool) {
	m := Media{
		Type:   o.MediaType,
		As:     meta.GroupVersionKind{Group: params["g"], Version: params["v"], Kind: params["as"]},
		Stream: params["stream"],
		Pretty: params["pretty"] == "1",
	}
	if m.As.Kind == "" {
		m.As = meta.GroupVersionKind{}
	} else if !slices.Contains(o.As, m.As) {
		return Media{}, false
	}
	if m.Stream != "" && !slices.Contains(o.Streams, m.Stream) {
		return Media{}, false
	}
	return m, true
}

// ParseMediaType splits a Content-Type header into the media type and its
// parameters. Only the part before the first semicolon tells the format.
func ParseMediaType(contentType string) (mediaType string, params map[string]string) {
	mediaType, rest, _ := strings.Cut(contentType, ";")
	for part := range strings.SplitSeq(rest, ";") {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		if params == nil {
			params = map[string]string{}
		}
		params[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return strings.TrimSpace(mediaType), params
}
