package apply

import (
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Combine merges config, an object with some of its fields, into obj as Apply
// does, but for nobody: no conflicts, and managedFields stay as they are. Lists
// and maps that merge as one may not be in config, since it would be a matter of luck
// what they held before. obj is of the version that resource declares, and only read.
func (m *Manager) Combine(obj meta.Object, config map[string]any, resource *scheme.Resource) (meta.Object, error) {
	tree := make(map[string]any, len(config)+2)
	for k, v := range config {
		tree[k] = v
	}
	tree["apiVersion"], tree["kind"] = resource.GroupVersion.String(), resource.Kind
	wanted, err := m.types.of(resource.Type).FromUnstructured(tree)
	if err != nil {
		return nil, fmt.Errorf("failed to convert patch object to typed object: %w", untitled(err))
	}
	fields, err := wanted.ToFieldSet()
	if err != nil {
		return nil, fmt.Errorf("failed to convert patch object to typed object: %w", untitled(err))
	}
	var atomic []string
	fields.Leaves().Iterate(func(p fieldpath.Path) {
		if at, isWhole := wholeAt(tree, p); isWhole {
			atomic = append(atomic, at)
		}
	})
	if len(atomic) > 0 {
		return nil, errors.New("invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: " + strings.Join(atomic, ", "))
	}
	stored, err := m.typedObject(obj, resource)
	if err != nil {
		return nil, fmt.Errorf("failed to convert original object to typed object: %w", untitled(err))
	}
	merged, err := stored.Merge(wanted)
	if err != nil {
		return nil, fmt.Errorf("failed to merge patch: %w", untitled(err))
	}
	result := resource.New()
	if err := m.objectFrom(merged, result); err != nil {
		return nil, err
	}
	result.Metadata().ManagedFields = obj.Metadata().ManagedFields
	return result, nil
}

// untitled says a single problem without the heading that lists of them have.
func untitled(err error) error {
	if all, ok := errors.AsType[typed.ValidationErrors](err); ok && len(all) == 1 {
		return errors.New(all[0].Error())
	}
	return err
}

// wholeAt says whether what is at a path merges as one: a list or a map that no
// path leads into. at is the path with list items by number.
func wholeAt(tree any, p fieldpath.Path) (at string, isWhole bool) {
	for _, step := range p {
		switch {
		case step.FieldName != nil:
			m, ok := tree.(map[string]any)
			if !ok {
				return "", false
			}
			tree, at = m[*step.FieldName], at+"."+*step.FieldName
		case step.Key != nil:
			list, ok := tree.([]any)
			if !ok {
				return "", false
			}
			i := keyed(list, step)
			if i < 0 {
				return "", false
			}
			tree, at = list[i], fmt.Sprintf("%s[%d]", at, i)
		default:
			return "", false // an item of a set, which merges one by one
		}
	}
	switch v := tree.(type) {
	case []any:
		return at, true
	case map[string]any:
		return at, len(v) > 0
	}
	return "", false
}

// keyed returns where in a list the item with such keys is, or -1.
func keyed(list []any, step fieldpath.PathElement) int {
	for i, item := range list {
		m, ok := item.(map[string]any)
		if !ok {
			continue
		}
		same := true
		for _, k := range *step.Key {
			have, ok := m[k.Name]
			same = same && (!ok || fmt.Sprint(have) == fmt.Sprint(k.Value.Unstructured()))
		}
		if same {
			return i
		}
	}
	return -1
}
