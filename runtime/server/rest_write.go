package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// create answers a POST.
func (s *Server) create(c *call) error {
	as, err := c.negotiate()
	if err != nil {
		return err
	}
	media, err := requestMedia(c.r, c.media)
	if err != nil {
		return err
	}
	body, err := c.body()
	if err != nil {
		return err
	}
	opts, err := createOptions(c.query())
	if err != nil {
		return err
	}
	want, err := c.bodyKind()
	if err != nil {
		return err
	}
	obj, err := c.decode(body, media, want, opts.FieldValidation)
	if err != nil {
		return err
	}
	created, err := s.reg.Create(c.r.Context(), c.request(), obj, opts)
	if err != nil {
		return err
	}
	code := http.StatusCreated
	if status, ok := created.(*meta.Status); ok && status.Code != 0 {
		code = int(status.Code) // a failure that is an answer, such as that of an eviction
	}
	return c.answer(code, created, as)
}

// update answers a PUT.
func (s *Server) update(c *call) error {
	as, err := c.negotiate()
	if err != nil {
		return err
	}
	body, err := c.body()
	if err != nil {
		return err
	}
	opts, err := updateOptions(c.query())
	if err != nil {
		return err
	}
	media, err := requestMedia(c.r, c.media)
	if err != nil {
		return err
	}
	want, err := c.bodyKind()
	if err != nil {
		return err
	}
	obj, err := c.decode(body, media, want, opts.FieldValidation)
	if err != nil {
		return err
	}
	if err := c.checkName(obj); err != nil {
		return err
	}
	updated, created, err := s.reg.Update(c.r.Context(), c.changeRequest(), obj, opts)
	if err != nil {
		return err
	}
	return c.answer(codeOf(created), updated, as)
}

// patch answers a PATCH.
func (s *Server) patch(c *call) error {
	contentType, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";")
	if types := patchTypes(c.resource); !slices.Contains(types, contentType) {
		return meta.UnsupportedMediaType(types)
	}
	as, err := c.negotiate()
	if err != nil {
		return err
	}
	body, err := c.body()
	if err != nil {
		return err
	}
	change := client.Patch{Type: client.PatchType(contentType), Data: body}
	opts, err := patchOptions(c.query(), change.Type == client.ApplyPatch)
	if err != nil {
		return err
	}
	patched, created, err := s.reg.Patch(c.r.Context(), c.changeRequest(), change, opts)
	if err != nil {
		return err
	}
	return c.answer(codeOf(created), patched, as)
}

// changeRequest is the request of a PUT or PATCH. Either may create the object,
// which the user must be allowed too.
func (c *call) changeRequest() *registry.Request {
	q := c.request()
	q.MayCreate = func(context.Context) error {
		a := c.attributes()
		a.Verb = meta.VerbCreate
		return c.authorize(a)
	}
	return q
}

func codeOf(created bool) int {
	if created {
		return http.StatusCreated
	}
	return http.StatusOK
}

// checkName refuses a body that names another object than the path.
func (c *call) checkName(obj meta.Object) error {
	m, name := obj.Metadata(), c.info.Name
	switch {
	case m.Name == "":
		return meta.BadRequest(fmt.Sprintf("the name of the object (%s based on URL) was undeterminable: name must be provided", name))
	case m.Name != name:
		return meta.BadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", m.Name, name))
	case c.resource.Namespaced && m.Namespace != "" && m.Namespace != c.info.Namespace:
		return meta.BadRequest("the namespace of the provided object does not match the namespace sent on the request")
	}
	return nil
}

// delete answers a DELETE of one object.
func (s *Server) delete(c *call) error {
	as, err := c.negotiate()
	if err != nil {
		return err
	}
	opts, err := c.deleteOptions()
	if err != nil {
		return err
	}
	deleted, err := s.reg.Delete(c.r.Context(), c.request(), opts)
	if err != nil {
		return err
	}
	code := http.StatusOK
	if !deleted.Gone && opts.OrphanDependents != nil && !*opts.OrphanDependents {
		code = http.StatusAccepted // cascading was asked for, and is not over
	}
	if deleted.Status != nil {
		return c.respond(code, deleted.Status, as)
	}
	return c.answer(code, deleted.Object, as)
}

// deleteCollection answers a DELETE of what selectors pick.
func (s *Server) deleteCollection(c *call) error {
	as, err := c.negotiate()
	if err != nil {
		return err
	}
	selection, err := listOptions(c.query())
	if err != nil {
		return err
	}
	opts, err := c.deleteOptions()
	if err != nil {
		return err
	}
	deleted, err := s.reg.DeleteCollection(c.r.Context(), c.request(), opts, selection)
	if err != nil {
		return err
	}
	return c.answerList(deleted, as)
}
