package server

import (
	"net/http"

	"github.com/kubenucleus/nucleus/apimachinery/fields"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// negotiate chooses the form of the answer, or returns the 406.
func (c *call) negotiate() (*accepted, error) {
	of := orTable
	if c.resource.Virtual && !c.resource.Can(meta.VerbGet) {
		of = orMetadata // the answer to a question has no columns
	}
	as := negotiate(c.r, c.media, of)
	if as == nil {
		return nil, meta.NotAcceptable(c.server.media.names())
	}
	if as.table() {
		if err := checkInclude(c.query().Get("includeObject")); err != nil {
			return nil, err
		}
	}
	return as, nil
}

// get answers a GET of one object or of a part of it.
func (s *Server) get(c *call) error {
	as, err := c.negotiate()
	if err != nil {
		return err
	}
	item, err := s.reg.Get(c.r.Context(), c.request(), getOptions(c.query()))
	if err != nil {
		return err
	}
	if err := c.misshapen(as, false); err != nil {
		return err
	}
	if as.table() {
		return c.answerTable(http.StatusOK, []registry.Item{item}, meta.ListMeta{ResourceVersion: item.ResourceVersion()}, as, false)
	}
	if as.form == registry.JSON && !as.yaml && !as.pretty && (!as.partial() || as.as.Version == "v1") {
		return c.assemble(http.StatusOK, as, func(dst []byte) ([]byte, error) { return item.AppendJSON(dst, as.partial()) })
	}
	data, err := c.itemBytes(item, as)
	if err != nil {
		return err
	}
	c.write(http.StatusOK, as.name, data)
	return nil
}

// itemBytes is the whole body of an answer that is one stored object.
func (c *call) itemBytes(item registry.Item, as *accepted) ([]byte, error) {
	if as.partial() && as.as.Version != "v1" {
		obj, err := item.Object()
		if err != nil {
			return nil, err
		}
		return encode(partialOf(obj, as.as.Version), as)
	}
	var room registry.Room
	e, err := item.Encoded(registry.Form{Media: as.form, MetadataOnly: as.partial()}, false, &room)
	if err != nil {
		return nil, err
	}
	data := e.AppendTo(make([]byte, 0, e.Len()+1))
	if as.form != registry.JSON {
		return data, nil
	}
	return finishJSON(data, as)
}

// list answers a GET of a collection.
func (s *Server) list(c *call) error {
	as, err := c.negotiate()
	if err != nil {
		return err
	}
	opts, err := listOptions(c.query())
	if err != nil {
		return err
	}
	list, err := s.reg.List(c.r.Context(), c.request(), opts)
	if err != nil {
		return err
	}
	return c.answerList(list, as)
}

// watchOptions are the options of a watch. A name in the path is the same as a
// selector for it.
func (c *call) watchOptions() (meta.ListOptions, error) {
	opts, err := listOptions(c.query())
	if err != nil {
		return opts, err
	}
	opts.Watch = true
	if !c.info.Watch || len(c.info.Parts) < 2 {
		return opts, nil
	}
	name := c.info.Parts[1]
	if opts.FieldSelector == "" {
		opts.FieldSelector = fields.Equal(meta.ObjectNameField, name).String()
		return opts, nil
	}
	selector, err := fields.Parse(opts.FieldSelector)
	if err != nil {
		return opts, meta.BadRequest(err.Error())
	}
	if have, ok := selector.ExactValue(meta.ObjectNameField); !ok || have != name {
		return opts, meta.BadRequest("fieldSelector metadata.name doesn't match requested name")
	}
	return opts, nil
}
