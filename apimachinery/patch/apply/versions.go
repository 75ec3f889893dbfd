package apply

import (
	"fmt"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// converter takes objects to other versions of their resource: entries of the
// account are in the version that their owner speaks.
type converter struct {
	m        *Manager
	resource *scheme.Resource
}

// errNoVersion marks a version that is no longer served; its entries are dropped.
type errNoVersion struct{ version fieldpath.APIVersion }

func (e errNoVersion) Error() string { return fmt.Sprintf("version %q is not served", e.version) }

// Convert implements merge.Converter.
func (c converter) Convert(v *typed.TypedValue, version fieldpath.APIVersion) (*typed.TypedValue, error) {
	if string(version) == c.resource.GroupVersion.String() {
		return v, nil
	}
	gv, err := meta.ParseGroupVersion(string(version))
	if err != nil {
		return nil, errNoVersion{version}
	}
	target, ok := c.m.scheme.Resource(gv.WithResource(c.resource.Name))
	if !ok {
		return nil, errNoVersion{version}
	}
	// The value is in whatever version it was converted to last.
	from := c.resource
	if tree, ok := v.AsValue().Unstructured().(map[string]any); ok {
		text, _ := tree["apiVersion"].(string)
		if now, err := meta.ParseGroupVersion(text); err == nil && text != "" {
			if r, ok := c.m.scheme.Resource(now.WithResource(c.resource.Name)); ok {
				from = r
			}
		}
	}
	if from == target {
		return v, nil
	}
	obj := from.New()
	if err := c.m.objectFrom(v, obj); err != nil {
		return nil, err
	}
	converted, err := c.m.scheme.Convert(obj, gv)
	if err != nil {
		return nil, err
	}
	return c.m.typedObject(converted, target)
}

// IsMissingVersionError implements merge.Converter.
func (c converter) IsMissingVersionError(err error) bool {
	_, ok := err.(errNoVersion)
	return ok
}

// updater returns the merge rules for writes to a resource through one of its paths.
func (m *Manager) updater(resource *scheme.Resource, subresource string) *merge.Updater {
	b := merge.UpdaterBuilder{Converter: converter{m, resource}}
	if reset := resetFields(resource, subresource); reset != nil {
		b.IgnoreFilter = map[fieldpath.APIVersion]fieldpath.Filter{}
		for _, r := range m.scheme.Versions(resource.GroupResource()) {
			b.IgnoreFilter[fieldpath.APIVersion(r.GroupVersion.String())] = fieldpath.NewExcludeSetFilter(reset)
		}
	}
	return b.BuildUpdater()
}

// resetFields are the fields that writes through a path do not change whatever
// they say, and that nobody comes to own by them.
func resetFields(resource *scheme.Resource, subresource string) *fieldpath.Set {
	switch {
	case resource.Status == nil:
		return nil
	case subresource == "":
		return fieldpath.NewSet(fieldpath.MakePathOrDie("status"))
	case subresource == subresourceStatus:
		set := fieldpath.NewSet()
		for _, f := range resource.Type.JSONFields() {
			switch f.Name {
			case "status", "metadata", "apiVersion", "kind":
			default:
				set.Insert(fieldpath.MakePathOrDie(f.Name))
			}
		}
		for _, path := range resource.Status.Resets {
			var p fieldpath.Path
			for name := range strings.SplitSeq(path, ".") {
				p = append(p, fieldpath.FieldNameElement(name))
			}
			set.Insert(p)
		}
		return set
	}
	return nil
}

// skipOf says the same for the comparison of typed objects. ok is false for
// rules that it does not know.
func skipOf(resource *scheme.Resource, subresource string) (s skip, ok bool) {
	switch {
	case resource.Status == nil:
	case subresource == "":
		s.root = statusOnly
	case subresource == subresourceStatus:
		s.only = "status"
		for _, path := range resource.Status.Resets {
			parent, name, nested := strings.Cut(path, ".")
			if parent == "spec" && !nested {
				continue
			}
			if parent != "metadata" || !nested || strings.Contains(name, ".") {
				return s, false
			}
			s.metadata = append(s.metadata, name)
		}
	}
	return s, true
}

const subresourceStatus = "status"

var statusOnly = []string{subresourceStatus}
