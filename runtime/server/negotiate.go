package server

import (
	"cmp"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// mediaType is one of the encodings that bodies come and go in.
type mediaType struct {
	name   string // as in Content-Type
	stream bool   // usable for watches
	form   registry.Media
	yaml   bool // JSON in another dress
}

var (
	mediaJSON     = &mediaType{name: codec.JSON, stream: true, form: registry.JSON}
	mediaYAML     = &mediaType{name: codec.YAML, form: registry.JSON, yaml: true}
	mediaProtobuf = &mediaType{name: codec.Protobuf, stream: true, form: registry.Protobuf}
	mediaCBOR     = &mediaType{name: codec.CBOR, stream: true, form: registry.CBOR}
)

// mediaSet is what a server, or one resource of it, can read and write.
type mediaSet []*mediaType

func (s mediaSet) names() []string {
	names := make([]string, 0, len(s))
	for _, m := range s {
		names = append(names, m.name)
	}
	return names
}

func (s mediaSet) streamNames() []string {
	var names []string
	for _, m := range s {
		if m.stream {
			names = append(names, m.name+";stream=watch")
		}
	}
	return names
}

func (s mediaSet) byName(name string) *mediaType {
	for _, m := range s {
		if m.name == name {
			return m
		}
	}
	return nil
}

// accepted is what was agreed on for an answer.
type accepted struct {
	*mediaType
	// as is the kind that the object is to be turned into: Table,
	// PartialObjectMetadata or PartialObjectMetadataList of meta.k8s.io; or
	// empty.
	as meta.GroupVersionKind
	// pretty asks for indentation.
	pretty bool
}

func (a *accepted) table() bool { return a.as.Kind == "Table" }

func (a *accepted) partial() bool { return strings.HasPrefix(a.as.Kind, "PartialObjectMetadata") }

// transforms are the kinds that answers can be turned into. Tables hold values
// of any type, for which there is no protobuf.
var (
	metadataKinds = []meta.GroupVersionKind{
		{Group: "meta.k8s.io", Version: "v1", Kind: "PartialObjectMetadata"},
		{Group: "meta.k8s.io", Version: "v1", Kind: "PartialObjectMetadataList"},
		{Group: "meta.k8s.io", Version: "v1beta1", Kind: "PartialObjectMetadata"},
		{Group: "meta.k8s.io", Version: "v1beta1", Kind: "PartialObjectMetadataList"},
	}
	tableKinds = []meta.GroupVersionKind{
		{Group: "meta.k8s.io", Version: "v1", Kind: "Table"},
		{Group: "meta.k8s.io", Version: "v1beta1", Kind: "Table"},
	}
)

// shapes are the other kinds that an answer can be turned into.
type shapes int

const (
	asItIs shapes = iota // not an object
	orMetadata
	orTable // or metadata
)

// offers is the set as package codec negotiates it.
func (s mediaSet) offers(of shapes) []codec.Offer {
	offers := make([]codec.Offer, len(s))
	for i, m := range s {
		offers[i].MediaType = m.name
		if m.stream {
			offers[i].Streams = []string{"watch"}
		}
		switch {
		case of == asItIs:
		case of == orTable && m.form != registry.Protobuf:
			offers[i].As = slices.Concat(metadataKinds, tableKinds)
		default:
			offers[i].As = metadataKinds
		}
	}
	return offers
}

// negotiate chooses the form of an answer by the Accept header. It returns nil
// if nothing fits.
func negotiate(r *http.Request, s mediaSet, of shapes) *accepted {
	header := r.Header.Get("Accept")
	switch header {
	case "", "*/*", mediaJSON.name: // most requests
		return &accepted{mediaType: s[0], pretty: prettyRequest(r)}
	}
	m, ok := codec.Negotiate(header, s.offers(of)...)
	if !ok {
		return nil
	}
	return &accepted{mediaType: s.byName(m.Type), as: m.As, pretty: m.Pretty || prettyRequest(r)}
}

// routeAccepts is the first check of the Accept header, by media type alone
// and before any parameter counts: Kubernetes routes by it, so a request that
// fails it is answered in other words than one that fails negotiation.
func routeAccepts(r *http.Request, produces []string) bool {
	return namesOneOf(cmp.Or(r.Header.Get("Accept"), "*/*"), produces)
}

// routeConsumes is the same check for the Content-Type of routes that name the
// types they take.
func routeConsumes(r *http.Request, consumes []string) bool {
	return namesOneOf(cmp.Or(r.Header.Get("Content-Type"), "application/octet-stream"), consumes)
}

// namesOneOf says whether a header's list of media types has one of types, or
// the one that stands for all.
func namesOneOf(header string, types []string) bool {
	for clause := range strings.SplitSeq(header, ",") {
		name, _, _ := strings.Cut(clause, ";")
		if name = strings.TrimSpace(name); name == "*/*" || slices.Contains(types, name) {
			return true
		}
	}
	return false
}

// requestMedia is the encoding of the body, by its Content-Type.
func requestMedia(r *http.Request, offers mediaSet) (*mediaType, error) {
	header := r.Header.Get("Content-Type")
	if header == "" || header == mediaJSON.name {
		return mediaJSON, nil
	}
	if name, _, err := mime.ParseMediaType(header); err == nil {
		if m := offers.byName(name); m != nil {
			return m, nil
		}
	}
	return nil, meta.UnsupportedMediaType(offers.names())
}

// prettyRequest reports whether JSON is to be indented: when the query asks
// for it, and for tools that show the answer to people.
func prettyRequest(r *http.Request) bool {
	if strings.Contains(r.URL.RawQuery, "pretty") {
		switch r.URL.Query().Get("pretty") {
		case "":
		case "1", "t", "T", "true", "TRUE", "True":
			return true
		default:
			return false
		}
	}
	agent := r.UserAgent()
	return strings.HasPrefix(agent, "curl") || strings.HasPrefix(agent, "Wget") || strings.HasPrefix(agent, "Mozilla/5.0")
}
