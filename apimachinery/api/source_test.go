package api_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A source is what one package says of its types.
type source struct {
	types     map[string]*sourceType
	constants map[string][]string // values by the name of their type
}

type sourceType struct {
	doc        string
	isStruct   bool
	underlying string // of a type that is no struct, as the facts write types
	mapType    string // of the blank field that marks a struct merged as one
	fields     []sourceField
}

type sourceField struct {
	name, typ, doc string
	embedded       bool
	tags           map[string]string
}

func (t *sourceType) embeds(name string) bool {
	for _, f := range t.fields {
		if f.name == name && f.embedded {
			return true
		}
	}
	return false
}

var sources sync.Map // version -> *source: parsing core/v1 once is enough

// sourceOf reads the package that holds a version, which is named as in facts.
func sourceOf(t *testing.T, version string) *source {
	if s, ok := sources.Load(version); ok {
		return s.(*source)
	}
	dir := folderOf(version)
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	s := &source{types: map[string]*sourceType{}, constants: map[string][]string{}}
	set := token.NewFileSet()
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		parsed, err := parser.ParseFile(set, file, data, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		names := importNames(parsed)
		for _, decl := range parsed.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					doc := spec.Doc
					if doc == nil {
						doc = gen.Doc
					}
					s.types[spec.Name.Name] = readType(t, spec, doc.Text(), version, names)
				case *ast.ValueSpec:
					if typ, ok := spec.Type.(*ast.Ident); ok && gen.Tok == token.CONST {
						for _, v := range spec.Values {
							if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
								value, err := strconv.Unquote(lit.Value)
								require.NoError(t, err)
								s.constants[typ.Name] = append(s.constants[typ.Name], value)
							}
						}
					}
				}
			}
		}
	}
	require.NotEmpty(t, s.types, dir)
	sources.Store(version, s)
	return s
}

// folderOf returns where the types of a version are.
func folderOf(version string) string {
	switch version {
	case "meta/v1":
		return "../meta"
	case "util/intstr":
		return "../intstr"
	case "api/resource":
		return "../quantity"
	}
	group, v, _ := strings.Cut(version, "/")
	return filepath.Join(strings.ReplaceAll(group, "_", ""), v)
}

// importNames returns the versions that a file imports, by the name it uses.
func importNames(f *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		_, rest, ours := strings.Cut(path, "/nucleus/apimachinery/")
		if !ours {
			names[path] = path
			continue
		}
		if version, ok := strings.CutPrefix(rest, "api/"); ok {
			names[strings.ReplaceAll(version, "/", "")] = version
		}
	}
	names["meta"], names["intstr"], names["quantity"] = "meta/v1", "util/intstr", "api/resource"
	return names
}

func readType(t *testing.T, spec *ast.TypeSpec, doc, version string, names map[string]string) *sourceType {
	typ := &sourceType{doc: doc}
	st, ok := spec.Type.(*ast.StructType)
	if !ok {
		typ.underlying = factName(spec.Type, version, names)
		return typ
	}
	typ.isStruct = true
	for _, f := range st.Fields.List {
		tags := map[string]string{}
		if f.Tag != nil {
			tag, err := strconv.Unquote(f.Tag.Value)
			require.NoError(t, err)
			tags = readTags(t, tag)
		}
		field := sourceField{typ: factName(f.Type, version, names), doc: f.Doc.Text(), tags: tags}
		if len(f.Names) == 0 {
			field.embedded = true
			field.name = field.typ[strings.LastIndexAny(field.typ, "./*")+1:]
			typ.fields = append(typ.fields, field)
		}
		for _, name := range f.Names {
			if name.Name == "_" {
				typ.mapType = tags["mapType"]
				continue
			}
			field.name = name.Name
			typ.fields = append(typ.fields, field)
		}
	}
	return typ
}

var tagPattern = regexp.MustCompile(`^([A-Za-z]+):"([^"]*)"(?: |$)`)

// readTags reads every key of a tag. What reflect would not find is an error,
// since it would be silently without effect.
func readTags(t *testing.T, tag string) map[string]string {
	tags := map[string]string{}
	for tag != "" {
		m := tagPattern.FindStringSubmatch(tag)
		require.NotNil(t, m, "malformed tag: %s", tag)
		require.NotContains(t, tags, m[1], "tag key comes twice: %s", tag)
		tags[m[1]] = m[2]
		tag = tag[len(m[0]):]
	}
	return tags
}

// factName writes a type as facts do, every named one with its version.
func factName(e ast.Expr, version string, names map[string]string) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return "*" + factName(e.X, version, names)
	case *ast.ArrayType:
		return "[]" + factName(e.Elt, version, names)
	case *ast.MapType:
		return "map[" + factName(e.Key, version, names) + "]" + factName(e.Value, version, names)
	case *ast.SelectorExpr:
		pkg := e.X.(*ast.Ident).Name
		if v, ok := names[pkg]; ok {
			pkg = v
		}
		return pkg + "." + e.Sel.Name
	case *ast.Ident:
		if types.Universe.Lookup(e.Name) != nil {
			return e.Name
		}
		return version + "." + e.Name
	}
	return types.ExprString(e)
}
