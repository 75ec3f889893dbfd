package schema

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// comments finds what the source says about types and their fields. Sources
// are parsed when the first type of their package is asked for.
type comments struct {
	mu      sync.Mutex
	sources map[string][]string          // by package path
	parsed  map[string]map[string]string // by package path: "Type" or "Type.Field" -> text
}

func newComments(s *scheme.Scheme) *comments {
	c := &comments{sources: map[string][]string{}, parsed: map[string]map[string]string{}}
	for _, file := range meta.Sources() {
		c.add("meta", file)
	}
	c.add("quantity", quantity.Source())
	c.add("intstr", intstr.Source())
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			for _, path := range packagesOf(v) {
				c.add(path, v.Source)
			}
			for _, source := range v.MoreSources {
				c.add(packageName(source), source)
			}
		}
	}
	return c
}

// packagesOf returns the packages that the version's own types are in.
func packagesOf(v scheme.Version) []string {
	seen := map[string]bool{}
	var paths []string
	note := func(t reflect.Type) {
		if path := t.PkgPath(); !seen[path] && !strings.HasSuffix(path, "/apimachinery/meta") {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	for _, r := range v.Resources {
		note(reflect.TypeOf(r.New()).Elem())
	}
	for _, k := range v.Kinds {
		note(k.Type)
	}
	return paths
}

// packageName returns the name in the file's package clause. A further source
// is known by it alone: its path is nowhere in it.
func packageName(source string) string {
	parsed, err := parser.ParseFile(token.NewFileSet(), "types.go", source, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return parsed.Name.Name
}

func (c *comments) add(path, source string) { c.sources[path] = append(c.sources[path], source) }

// of returns the comment of a type, or with a field name of the field.
func (c *comments) of(t reflect.Type, field string) string {
	path, name := t.PkgPath(), t.Name()
	if field != "" {
		name += "." + field
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	texts, ok := c.parsed[path]
	if !ok {
		texts = map[string]string{}
		name, _, _ := strings.Cut(t.String(), ".")
		for _, source := range slices.Concat(c.sources[path], c.sources[name]) {
			// A source that does not parse cannot have been compiled; what is
			// described without comments is still described.
			_ = parseComments(source, texts)
		}
		c.parsed[path] = texts
	}
	return texts[name]
}

// parseComments adds what a Go file says about its types to texts.
func parseComments(file string, texts map[string]string) error {
	parsed, err := parser.ParseFile(token.NewFileSet(), "types.go", file, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("comments: %w", err)
	}
	for _, d := range parsed.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.TYPE {
			continue
		}
		for _, s := range decl.Specs {
			spec := s.(*ast.TypeSpec)
			doc := spec.Doc
			if doc == nil && len(decl.Specs) == 1 {
				doc = decl.Doc
			}
			texts[spec.Name.Name] = flow(doc)
			fieldComments(spec, texts)
		}
	}
	return nil
}

func fieldComments(spec *ast.TypeSpec, texts map[string]string) {
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range body.Fields.List {
		text := flow(f.Doc)
		if text == "" {
			text = flow(f.Comment)
		}
		for _, n := range f.Names {
			texts[spec.Name.Name+"."+n.Name] = text
		}
		if len(f.Names) == 0 {
			texts[spec.Name.Name+"."+embeddedName(f.Type)] = text
		}
	}
}

func embeddedName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return embeddedName(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// flow makes paragraphs of a comment's lines, as a reader of JSON wants them.
func flow(g *ast.CommentGroup) string {
	if g == nil {
		return ""
	}
	paragraphs := strings.Split(strings.TrimSpace(g.Text()), "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}
