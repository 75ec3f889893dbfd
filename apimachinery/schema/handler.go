package schema

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	openapi_v2 "github.com/google/gnostic-models/openapiv2"
	openapi_v3 "github.com/google/gnostic-models/openapiv3"
	"google.golang.org/protobuf/proto"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Handler answers /openapi/v2, /openapi/v3 and /openapi/v3/... It is safe for
// concurrent use. Documents are made when they are first asked for.
type Handler struct {
	scheme   *scheme.Scheme
	info     Info
	comments *comments
	v2       document
	v3       map[string]*versionDocument // by path below /openapi/v3/
	index    document
	since    time.Time

	identity sync.Once
	seed     []byte // of fingerprints
}

type versionDocument struct {
	version scheme.Version
	gv      meta.GroupVersion
	document
}

// NewHandler returns the description of everything in s.
func NewHandler(s *scheme.Scheme, info Info) *Handler {
	h := &Handler{scheme: s, info: info, comments: newComments(s), v3: map[string]*versionDocument{}, since: time.Now()}
	h.v2.etag, h.index.etag = h.fingerprint("v2"), h.fingerprint("v3")
	h.v2.make = func() (any, error) { return documentV2(s, h.comments, info) }
	h.v2.protobuf = protobufV2
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			d := &versionDocument{version: v, gv: meta.GroupVersion{Group: g.Name, Version: v.Name}}
			d.make = func() (any, error) { return documentV3(s, h.comments, d.version, d.gv, info) }
			d.protobuf = protobufV3
			d.etag = h.fingerprint(pathOf(d.gv))
			h.v3[pathOf(d.gv)] = d
		}
	}
	for _, r := range rootDocuments(s) {
		d := &versionDocument{}
		d.make = func() (any, error) { return rootV3(s, h.comments, r, info) }
		d.protobuf = protobufV3
		d.etag = h.fingerprint(r.name)
		h.v3[r.name] = d
	}
	h.index.make = h.indexV3
	return h
}

// fingerprint returns what changes whenever a document may: documents follow
// from the program and the declarations, so that to know whether one has
// changed it need not be made.
func (h *Handler) fingerprint(name string) string {
	h.identity.Do(func() {
		sum := sha512.New()
		if build, ok := debug.ReadBuildInfo(); ok {
			fmt.Fprint(sum, build)
		}
		fmt.Fprint(sum, h.info)
		for _, g := range h.scheme.Groups() {
			for _, v := range g.Versions {
				fmt.Fprint(sum, g.Name, v.Name, v.Source, v.MoreSources)
				for _, r := range v.Resources {
					fmt.Fprint(sum, r.Name, r.Kind, r.Namespaced, r.Verbs, r.Subresources, r.Options)
				}
			}
		}
		h.seed = sum.Sum(nil)
	})
	sum := sha512.Sum512(append(slices.Clone(h.seed), name...))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func pathOf(gv meta.GroupVersion) string {
	if gv.Group == "" {
		return "api/" + gv.Version
	}
	return "apis/" + gv.String()
}

// Media types of the protobuf forms, as clients ask for them. Answers name them
// with a dot for the @, which no media type may hold.
const (
	protobufTypeV2 = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
	protobufTypeV3 = "application/com.github.proto-openapi.spec.v3@v1.0+protobuf"
)

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == "/openapi/v2":
		h.serve(w, r, &h.v2, protobufTypeV2)
	case path == "/openapi/v3":
		h.serve(w, r, &h.index, "")
	default:
		rest, ok := strings.CutPrefix(path, "/openapi/v3/")
		d := h.v3[rest]
		if !ok || d == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		h.serve(w, r, &d.document, protobufTypeV3)
	}
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request, d *document, protobufType string) {
	etag := d.etag
	text, err := d.json()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	// The two media types differ from each other, so caches must keep both.
	w.Header().Set("Vary", "Accept")
	if hash := r.URL.Query().Get("hash"); hash != "" && d.protobuf != nil && strings.HasPrefix(r.URL.Path, "/openapi/v3/") {
		if hash != etag {
			// An outdated address: send the client to the current one (KEP-2896).
			target := *r.URL
			query := target.Query()
			query.Set("hash", etag)
			target.RawQuery = query.Encode()
			http.Redirect(w, r, target.String(), http.StatusMovedPermanently)
			return
		}
		// What an address with a hash leads to never changes.
		w.Header().Set("Cache-Control", "public, immutable")
		w.Header().Set("Expires", time.Now().AddDate(1, 0, 0).UTC().Format(http.TimeFormat))
	}
	body, media := text, "application/json"
	if d == &h.index {
		media = "text/plain; charset=utf-8" // as Kubernetes says of it, though it is JSON
	}
	if protobufType != "" && wantsProtobuf(r.Header.Get("Accept"), protobufType) {
		if body, err = d.proto(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		media = strings.ReplaceAll(protobufType, "@", ".")
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Etag", strconv.Quote(etag))
	http.ServeContent(w, r, "", h.since, bytes.NewReader(body))
}

// wantsProtobuf reports whether the first type of an Accept header that is
// served is the protobuf form. Clients may ask for it by either name.
func wantsProtobuf(accept, protobufType string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		media, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch media {
		case protobufType, strings.ReplaceAll(protobufType, "@", "."):
			return true
		case "application/json", "*/*", "application/*":
			return false
		}
	}
	return false
}

// indexV3 lists the documents of v3 with addresses that change when they do.
func (h *Handler) indexV3() (any, error) {
	type entry struct {
		ServerRelativeURL string `json:"serverRelativeURL"`
	}
	paths := map[string]entry{}
	for path, d := range h.v3 {
		paths[path] = entry{"/openapi/v3/" + path + "?hash=" + d.etag}
	}
	return map[string]any{"paths": paths}, nil
}

// document is one description, made once.
type document struct {
	etag     string
	make     func() (any, error)
	protobuf func(json []byte) ([]byte, error)

	once   sync.Once
	text   []byte
	err    error
	binary func() ([]byte, error)
}

func (d *document) json() ([]byte, error) {
	d.once.Do(func() {
		v, err := d.make()
		if err == nil {
			d.text, err = json.Marshal(v)
		}
		if err != nil {
			d.err = fmt.Errorf("openapi: %w", err)
			return
		}
		if d.protobuf != nil {
			d.binary = sync.OnceValues(func() ([]byte, error) { return d.protobuf(d.text) })
		}
	})
	return d.text, d.err
}

func (d *document) proto() ([]byte, error) { return d.binary() }

func protobufV2(text []byte) ([]byte, error) {
	doc, err := openapi_v2.ParseDocument(text)
	if err != nil {
		return nil, fmt.Errorf("openapi v2: %w", err)
	}
	return proto.Marshal(doc)
}

func protobufV3(text []byte) ([]byte, error) {
	doc, err := openapi_v3.ParseDocument(text)
	if err != nil {
		return nil, fmt.Errorf("openapi v3: %w", err)
	}
	return proto.Marshal(doc)
}
