package server

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	autoscalingv1 "github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// checkInclude refuses what includeObject does not take.
func checkInclude(value string) error {
	switch value {
	case "", meta.IncludeNone, meta.IncludeMetadata, meta.IncludeObject:
		return nil
	}
	return meta.BadRequest(fmt.Sprintf("Unable to convert to Table as requested: includeObject: Invalid value: %q: must be 'Metadata', 'Object', 'None', or empty", value))
}

// tables makes Tables for one request.
type tables struct {
	resource *scheme.Resource // whose columns they have
	version  string           // of meta.k8s.io
	include  string
	list     bool // of a list: not of one object, nor of the events of a watch
	now      time.Time
}

func (c *call) tables(as *accepted) *tables {
	return &tables{resource: c.columnsOf(), version: as.as.Version, include: c.query().Get("includeObject"), now: c.server.opts.Now()}
}

// columnsOf is the resource whose columns the answer of the call has: for
// subresources of another kind, that of the kind.
func (c *call) columnsOf() *scheme.Resource {
	if c.sub.Kind.Kind == "" || c.sub.Kind.Kind == c.resource.Kind {
		return c.resource
	}
	if c.sub.Kind.Kind == "Scale" {
		return scaleTable
	}
	return nil
}

// scaleTable has the columns of Scales, whatever is scaled.
var scaleTable = &scheme.Resource{
	Columns: []meta.TableColumnDefinition{
		{Name: "Name", Type: "string", Description: scheme.NameHelp},
		{Name: "Desired", Type: "integer", Description: "replicas is the desired number of instances for the scaled object."},
		{Name: "Available", Type: "integer", Description: "replicas is the actual number of observed instances of the scaled object."},
		{Name: "Age", Type: "string", Description: scheme.AgeHelp},
	},
	Cells: func(obj meta.Object) []any {
		scale, ok := obj.(*autoscalingv1.Scale)
		if !ok {
			scale = &autoscalingv1.Scale{ObjectMeta: *obj.Metadata()}
		}
		return []any{scale.Name, int64(scale.Spec.Replicas), int64(scale.Status.Replicas), scheme.Age(scale.CreationTimestamp)}
	},
}

// answerTable answers with items as the rows of a Table, which is that of a list or of
// one object.
func (c *call) answerTable(code int, items []registry.Item, listMeta meta.ListMeta, as *accepted, list bool) error {
	t := c.tables(as)
	t.list = list
	items, err := t.inOrder(items)
	if err != nil {
		return err
	}
	table := t.empty(listMeta, true)
	for _, item := range items {
		row, err := t.itemRow(item)
		if err != nil {
			return err
		}
		table.Rows = append(table.Rows, row)
	}
	return c.respond(code, table, as)
}

// inOrder returns the items in the order of their rows.
func (t *tables) inOrder(items []registry.Item) ([]registry.Item, error) {
	if t.resource == nil || t.resource.RowOrder == nil {
		return items, nil
	}
	objects := make(map[registry.Item]meta.Object, len(items))
	for _, item := range items {
		obj, err := item.Object()
		if err != nil {
			return nil, err
		}
		objects[item] = obj
	}
	return slices.SortedStableFunc(slices.Values(items), func(a, b registry.Item) int {
		return t.resource.RowOrder(objects[a], objects[b])
	}), nil
}

func (t *tables) empty(listMeta meta.ListMeta, columns bool) *meta.Table {
	table := &meta.Table{
		TypeMeta: meta.TypeMeta{Kind: "Table", APIVersion: "meta.k8s.io/" + t.version},
		ListMeta: listMeta, Rows: []meta.TableRow{},
	}
	if columns {
		table.ColumnDefinitions = t.columns()
	}
	return table
}

// plainColumns are those of kinds that declare none.
var plainColumns = []meta.TableColumnDefinition{
	{Name: "Name", Type: "string", Format: "name", Description: scheme.NameHelp},
	{Name: "Created At", Type: "date", Description: scheme.AgeHelp},
}

func (t *tables) columns() []meta.TableColumnDefinition {
	if t.resource == nil || t.resource.Cells == nil {
		return plainColumns
	}
	return t.resource.Columns
}

// itemRow is the row of a stored object.
func (t *tables) itemRow(item registry.Item) (meta.TableRow, error) {
	obj, err := item.Object()
	if err != nil {
		return meta.TableRow{}, err
	}
	row := t.cells(obj)
	switch t.include {
	case meta.IncludeNone:
	case meta.IncludeObject:
		row.Object.Raw, err = item.Bytes(registry.Form{Media: registry.JSON})
	default:
		if t.version == "v1" && !t.hides(obj) {
			row.Object.Raw, err = item.Bytes(registry.Form{Media: registry.JSON, MetadataOnly: true})
		} else {
			row.Object.Raw, err = codec.MarshalJSON(t.partial(obj))
		}
	}
	return row, err
}

// objectRow is the row of an object that was just written.
func (t *tables) objectRow(obj meta.Object) (meta.TableRow, error) {
	row := t.cells(obj)
	var err error
	switch t.include {
	case meta.IncludeNone:
	case meta.IncludeObject:
		row.Object.Raw, err = codec.MarshalJSON(obj)
	default:
		row.Object.Raw, err = codec.MarshalJSON(t.partial(obj))
	}
	return row, err
}

// cells is the row of an object, as of now, without the object.
func (t *tables) cells(obj meta.Object) meta.TableRow {
	row := t.shape(obj)
	for i, cell := range row.Cells {
		switch cell := cell.(type) {
		case scheme.Age:
			row.Cells[i] = humanAge(cell, t.now)
		case scheme.Ago:
			row.Cells[i] = strings.Replace(cell.Text, "%s", humanAge(scheme.Age(cell.At), t.now), 1)
		}
	}
	return row
}

// shape is cells before the time is known.
func (t *tables) shape(obj meta.Object) meta.TableRow {
	m := obj.Metadata()
	if t.resource == nil || t.resource.Cells == nil {
		created := any(nil)
		if !m.CreationTimestamp.IsZero() {
			created = m.CreationTimestamp.UTC().Format(time.RFC3339)
		}
		return meta.TableRow{Cells: []any{m.Name, created}}
	}
	row := meta.TableRow{}
	if t.list && t.resource.ListCells != nil {
		row.Cells = t.resource.ListCells(obj)
	} else {
		row.Cells = t.resource.Cells(obj)
	}
	if t.resource.RowConditions != nil {
		row.Conditions = t.resource.RowConditions(obj)
	}
	return row
}

// hides says that an object has annotations that rows are without.
func (t *tables) hides(obj meta.Object) bool {
	if t.resource == nil {
		return false
	}
	has := func(key string) bool { _, ok := obj.Metadata().Annotations[key]; return ok }
	return slices.ContainsFunc(t.resource.VersionAnnotations, has)
}

// partial is the metadata of an object in its row.
func (t *tables) partial(obj meta.Object) *meta.PartialObjectMetadata {
	p := partialOf(obj, t.version)
	if t.hides(obj) {
		p.Annotations = maps.Clone(p.Annotations)
		for _, key := range t.resource.VersionAnnotations {
			delete(p.Annotations, key)
		}
	}
	return p
}

// partialOf is an object's metadata as an object of its own.
func partialOf(obj meta.Object, version string) *meta.PartialObjectMetadata {
	return &meta.PartialObjectMetadata{
		TypeMeta:   meta.TypeMeta{Kind: "PartialObjectMetadata", APIVersion: "meta.k8s.io/" + version},
		ObjectMeta: *obj.Metadata(),
	}
}

// misshapen is the refusal to turn one object into a list of metadata, or a list
// into the metadata of one. It comes last, when there is an answer: a write has
// been made then.
func (c *call) misshapen(as *accepted, list bool) error {
	if !as.partial() || list == (as.as.Kind == "PartialObjectMetadataList") {
		return nil
	}
	kind := c.resource.GroupVersionKind()
	if c.sub.Kind.Kind != "" {
		kind = c.sub.Kind
		kind.Group = cmp.Or(kind.Group, c.resource.Group)
	}
	is := "is not a list"
	if list {
		kind.Kind, is = c.resource.ListKind, "is a list"
	}
	return meta.NewStatusError(http.StatusNotAcceptable, meta.StatusReasonNotAcceptable,
		fmt.Sprintf("you requested %s, but the requested object %s (*%s.%s)", as.as.Kind, is, registry.InternalPackage(kind), kind.Kind), nil)
}

// answer answers with an object that was just written, in the agreed form.
// What is no object with metadata, such as a Status, stays what it is.
func (c *call) answer(code int, typed scheme.Typed, as *accepted) error {
	obj, ok := typed.(meta.Object)
	if !ok {
		return c.respond(code, typed, as)
	}
	if err := c.misshapen(as, false); err != nil {
		return err
	}
	switch {
	case as.table():
		t := c.tables(as)
		table := t.empty(meta.ListMeta{ResourceVersion: obj.Metadata().ResourceVersion}, true)
		row, err := t.objectRow(obj)
		if err != nil {
			return err
		}
		table.Rows = append(table.Rows, row)
		return c.respond(code, table, as)
	case as.partial():
		return c.respond(code, partialOf(obj, as.as.Version), as)
	default:
		return c.respond(code, typed, as)
	}
}
