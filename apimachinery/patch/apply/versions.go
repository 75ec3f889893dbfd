package apply

import (
	"fmt"
	"slices"
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
	tree, _ := v.AsValue().Unstructured().(map[string]any)
	text, _ := tree["apiVersion"].(string)
	if own := c.resource.GroupVersion.String(); string(version) == own && (text == own || text == "") {
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
	if now, err := meta.ParseGroupVersion(text); err == nil && text != "" {
		if r, ok := c.m.scheme.Resource(now.WithResource(c.resource.Name)); ok {
			from = r
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
	set := fieldpath.NewSet()
	insert := func(paths []string) {
		for _, path := range paths {
			var p fieldpath.Path
			for name := range strings.SplitSeq(path, ".") {
				p = append(p, fieldpath.FieldNameElement(name))
			}
			set.Insert(p)
		}
	}
	switch {
	case subresource == "":
		insert(ownResets(resource))
	case subresource == subresourceStatus && resource.Status != nil:
		for _, f := range resource.Type.JSONFields() {
			switch f.Name {
			case "status", "metadata", "apiVersion", "kind":
			default:
				set.Insert(fieldpath.MakePathOrDie(f.Name))
			}
		}
		insert(resource.Status.Resets)
	default:
		if sub, ok := resource.Subresource(subresource); ok {
			insert(sub.Resets)
		}
	}
	if set.Empty() {
		return nil
	}
	return set
}

// ownResets are those of writes through the resource itself.
func ownResets(resource *scheme.Resource) []string {
	switch {
	case resource.Status == nil:
		return resource.Resets
	case len(resource.Resets) == 0:
		return statusOnly
	}
	return slices.Concat(statusOnly, resource.Resets)
}

// skipOf says the same for the comparison of typed objects. ok is false for
// rules that it does not know.
func skipOf(resource *scheme.Resource, subresource string) (s skip, ok bool) {
	resets := []string(nil)
	switch {
	case subresource == "":
		resets = ownResets(resource)
	case subresource == subresourceStatus && resource.Status != nil:
		s.only, resets = subresourceStatus, resource.Status.Resets
	default:
		if sub, ok := resource.Subresource(subresource); ok {
			resets = sub.Resets
		}
	}
	for _, path := range resets {
		parent, name, nested := strings.Cut(path, ".")
		switch {
		case !nested:
			s.root = append(s.root, parent)
		case parent == "metadata" && !strings.Contains(name, "."):
			s.metadata = append(s.metadata, name)
		default:
			return s, false
		}
	}
	return s, true
}

const subresourceStatus = "status"

var statusOnly = []string{subresourceStatus}
