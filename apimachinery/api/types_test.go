package api_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// The golden test: testdata/types says what the types of Kubernetes v1.37 are,
// one file a version; the types in the source must be that, field by field.
// The types are read as source, because tags on unexported, embedded and blank
// fields and the comments count as well.

// A factType is one type as testdata has it.
type factType struct {
	Name       string
	Kind       string // struct, string, int64 or map
	Underlying string // of a map
	MapType    string // of a struct that is merged as one
	Fields     []factField
	GVK        []struct{ Group, Version, Kind string }
}

type factField struct {
	Name          string
	JSON          *string // nil: inlined
	OmitEmpty     bool
	Type          string
	Proto         string
	Required      bool
	PatchStrategy string
	PatchMergeKey string
	ListType      string
	ListMapKeys   []string
	MapType       string
	Enum          []string
	Format        string
}

// Facts call some types otherwise than this module does.
var ourNames = map[string]string{
	"types.UID":            "meta/v1.UID",
	"types.NodeName":       "meta/v1.NodeName",
	"runtime.RawExtension": "meta/v1.RawExtension",
	"meta/v1.Verbs":        "[]string",
	"interface {}":         "any",
	"[]uint8":              "[]byte",
}

// Types whose fields are this module's own affair: they are written by methods,
// which TestValuesOnTheWire holds to the wire format.
var ownFields = map[string]bool{
	"meta/v1.Time": true, "meta/v1.MicroTime": true, "meta/v1.Duration": true, "meta/v1.FieldsV1": true,
	"api/resource.Quantity": true, "api/resource.Format": true,
	"util/intstr.IntOrString": true,
	"apiextensions/v1.JSON":   true,
}

// Types whose kinds of lists the facts leave out, and OpenAPI documents show.
var listsInDocuments = map[string]bool{"EphemeralContainerCommon": true}

// forEachFile calls f for each file of testdata with the package that holds its
// types. version is as in facts: core/v1.
func forEachFile(t *testing.T, f func(t *testing.T, version string, facts []factType, src *source)) {
	files, err := filepath.Glob("testdata/types/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var facts []factType
		require.NoError(t, json.Unmarshal(data, &facts), file)
		require.NotEmpty(t, facts, file)
		base := strings.TrimSuffix(filepath.Base(file), ".json")
		cut := strings.LastIndexByte(base, '_')
		version := base[:cut] + "/" + base[cut+1:]
		t.Run(version, func(t *testing.T) { f(t, version, facts, sourceOf(t, version)) })
	}
}

func TestTypesMatchTheFacts(t *testing.T) {
	types, fields := 0, 0
	forEachFile(t, func(t *testing.T, version string, facts []factType, src *source) {
		for _, want := range facts {
			types++
			got, ok := src.types[want.Name]
			if !assert.True(t, ok, "type %s is missing", want.Name) || ownFields[version+"."+want.Name] {
				continue
			}
			switch want.Kind {
			case "struct":
				fields += len(want.Fields)
				checkStruct(t, want, got)
			case "map":
				assert.Equal(t, want.Underlying, got.underlying, want.Name)
			default:
				assert.Equal(t, want.Kind, got.underlying, want.Name)
			}
		}
	})
	// A test that reads nothing passes: this one must have read the whole API.
	assert.Greater(t, types, 1000)
	assert.Greater(t, fields, 3000)
}

func checkStruct(t *testing.T, want factType, got *sourceType) {
	if !assert.True(t, got.isStruct, "%s is no struct", want.Name) {
		return
	}
	assert.Equal(t, want.MapType, got.mapType, "mapType of %s", want.Name)
	var wantNames, gotNames []string
	for _, f := range want.Fields {
		wantNames = append(wantNames, f.Name)
	}
	for _, f := range got.fields {
		gotNames = append(gotNames, f.name)
	}
	// The order counts too: it is the order in which fields are written.
	if !assert.Equal(t, wantNames, gotNames, "fields of %s", want.Name) {
		return
	}
	for i, w := range want.Fields {
		g, name := got.fields[i], want.Name+"."+w.Name
		assert.Equal(t, ourType(w.Type), g.typ, "type of %s", name)
		tags := map[string]string{}
		for key, value := range g.tags {
			if key != "default" { // defaults are not among these facts
				tags[key] = value
			}
		}
		if listsInDocuments[want.Name] {
			delete(tags, "listType")
			delete(tags, "listMapKey")
		}
		wantTags := w.tags()
		if w.JSON == nil && !g.embedded {
			wantTags["json"] = ",union" // the value is one of several forms
		}
		assert.Equal(t, wantTags, tags, "tags of %s", name)
		switch w.Name {
		case "TypeMeta", "ObjectMeta", "ListMeta":
			// Without that the type would not be a meta.Object.
			assert.True(t, g.embedded, "%s is not embedded", name)
		}
		checkFormat(t, name, w, g)
	}
}

// tags returns the tags that the field should have.
func (f factField) tags() map[string]string {
	tags := map[string]string{"json": ",inline"}
	if f.JSON != nil {
		tags["json"] = *f.JSON
		if f.OmitEmpty {
			tags["json"] += ",omitempty"
		}
	}
	required := ""
	if f.Required {
		required = "true"
	}
	for key, value := range map[string]string{
		"protobuf": f.Proto, "required": required,
		"patchStrategy": f.PatchStrategy, "patchMergeKey": f.PatchMergeKey,
		"listType": f.ListType, "listMapKey": strings.Join(f.ListMapKeys, ","), "mapType": f.MapType,
	} {
		if value != "" {
			tags[key] = value
		}
	}
	if f.Enum != nil { // may hold the empty string alone
		tags["enum"] = strings.Join(f.Enum, "|")
	}
	return tags
}

// checkFormat holds the Go type against the format that OpenAPI documents give
// the field, which follows from the type.
func checkFormat(t *testing.T, name string, want factField, got sourceField) {
	formats := map[string]string{"int32": "int32", "int64": "int64", "float64": "double", "[]byte": "byte"}
	if want.Format != "" {
		assert.Equal(t, want.Format, formats[strings.TrimPrefix(got.typ, "*")], "format of %s", name)
	}
}

// ourType returns a type of the facts as the source calls it.
func ourType(s string) string {
	prefix := s[:strings.LastIndexAny(s, "*]")+1]
	if to, ok := ourNames[s]; ok {
		return to
	}
	if to, ok := ourNames[s[len(prefix):]]; ok {
		return prefix + to
	}
	if rest := strings.TrimPrefix(s, "map[string]"); rest != s {
		return "map[string]" + ourType(rest)
	}
	return s
}

// A kind is what a client asks for by apiVersion and kind: each needs a type of
// its name that says what it is. Not every version serves its every kind, so
// what is declared as a resource is another test's matter.
func TestEveryKindExists(t *testing.T) {
	kinds := 0
	forEachFile(t, func(t *testing.T, version string, facts []factType, src *source) {
		for _, fact := range facts {
			for _, gvk := range fact.GVK {
				kinds++
				assert.True(t, strings.HasSuffix(version, "/"+gvk.Version), "%s is a kind of %s", gvk.Kind, gvk.Version)
				got, ok := src.types[gvk.Kind]
				if assert.True(t, ok, "no type for kind %s", gvk.Kind) && gvk.Kind != "WatchEvent" { // an envelope, no object
					assert.True(t, got.embeds("TypeMeta"), "%s has no TypeMeta", gvk.Kind)
				}
			}
		}
	})
	assert.Greater(t, kinds, 200)
}

// Whoever compares a field with one of its values should find a constant.
func TestEveryEnumValueHasAConstant(t *testing.T) {
	checked := 0
	forEachFile(t, func(t *testing.T, _ string, facts []factType, _ *source) {
		for _, fact := range facts {
			for _, f := range fact.Fields {
				if f.Enum == nil {
					continue
				}
				version, typ, ok := strings.Cut(strings.TrimLeft(f.Type, "*[]"), ".")
				require.True(t, ok, "%s.%s has an enum but the type %s", fact.Name, f.Name, f.Type)
				checked++
				assert.Subset(t, sourceOf(t, version).constants[typ], f.Enum, "constants of %s.%s", version, typ)
			}
		}
	})
	assert.Greater(t, checked, 100)
}

// kubectl explain shows these comments: there must be one for every type and
// field, and none may be the beginning of a sentence.
func TestEverythingIsDocumented(t *testing.T) {
	forEachFile(t, func(t *testing.T, version string, facts []factType, src *source) {
		for _, fact := range facts {
			got, ok := src.types[fact.Name]
			if !ok || ownFields[version+"."+fact.Name] {
				continue
			}
			if assert.NotEmpty(t, got.doc, "%s has no comment", fact.Name) {
				assert.Equal(t, fact.Name, strings.Fields(got.doc)[0], "the comment of %s begins otherwise", fact.Name)
				checkSentence(t, fact.Name, got.doc)
			}
			for _, f := range got.fields {
				if f.name == "TypeMeta" || f.tags["json"] == ",union" {
					continue // says itself what it is; is no field to a user
				}
				name := fact.Name + "." + f.name
				if assert.NotEmpty(t, f.doc, "%s has no comment", name) {
					checkSentence(t, name, f.doc)
				}
			}
		}
	})
}

func checkSentence(t *testing.T, name, doc string) {
	doc = strings.TrimSpace(doc)
	assert.True(t, strings.HasSuffix(doc, "."), "the comment of %s does not end: %s", name, doc)
	assert.NotContains(t, doc, "TODO", name)
}

// The types whose fields are their own affair must still read and write the
// numbers that the facts give.
func TestValuesOnTheWire(t *testing.T) {
	q, err := quantity.Parse("1500m")
	require.NoError(t, err)
	at := meta.Time{}
	require.NoError(t, at.ParseJSON([]byte(`"2026-01-02T03:04:05Z"`)))
	micro := meta.MicroTime{}
	require.NoError(t, micro.ParseJSON([]byte(`"2026-01-02T03:04:05.000006Z"`)))
	for name, c := range map[string]struct {
		value interface{ AppendProto([]byte) []byte }
		want  string
	}{
		"number":   {intstr.IntOrString{Type: intstr.Int, IntVal: 8}, "\x08\x00\x10\x08\x1a\x00"},
		"text":     {intstr.IntOrString{Type: intstr.String, StrVal: "25%"}, "\x08\x01\x10\x00\x1a\x0325%"},
		"quantity": {q, "\x0a\x051500m"},
		"time":     {at, "\x08\xa5\xeb\xdc\xca\x06\x10\x00"},
		"micro":    {micro, "\x08\xa5\xeb\xdc\xca\x06\x10\xf0\x2e"},
		"fields":   {meta.FieldsV1{Raw: []byte(`{}`)}, "\x0a\x02{}"},
		"raw":      {meta.RawExtension{Raw: []byte(`{}`)}, "\x0a\x02{}"},
	} {
		assert.Equal(t, c.want, string(c.value.AppendProto(nil)), name)
	}
}
