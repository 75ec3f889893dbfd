package registry_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// lastWriter is a field manager that notes the last writer as the owner of
// everything, and merges an apply by taking the size.
type lastWriter struct{}

func (lastWriter) entry(m *meta.ObjectMeta, op meta.ManagedFieldsOperationType, r *scheme.Resource, sub, manager string, now meta.Time) {
	m.ManagedFields = []meta.ManagedFieldsEntry{{
		Manager: manager, Operation: op, APIVersion: r.GroupVersion.String(), Subresource: sub, Time: &now,
		FieldsType: "FieldsV1", FieldsV1: &meta.FieldsV1{Raw: []byte(`{"f:spec":{}}`)},
	}}
}

func (l lastWriter) Update(_, changed meta.Object, r *scheme.Resource, sub, manager string, now meta.Time) (meta.Object, error) {
	l.entry(changed.Metadata(), meta.ManagedFieldsOperationUpdate, r, sub, manager, now)
	return changed, nil
}

func (l lastWriter) Apply(live meta.Object, patch []byte, r *scheme.Resource, sub, manager string, force bool, now meta.Time) (meta.Object, error) {
	var config Widget
	if err := json.Unmarshal(patch, &config); err != nil {
		return nil, err
	}
	if live == nil {
		live = named(config.Name)
	}
	w := codec.Copy(live).(*Widget)
	if w.Spec.Color == "owned" && !force {
		return nil, meta.ApplyConflict(nil, "Apply failed")
	}
	w.ResourceVersion = config.ResourceVersion
	w.Spec.Size = config.Spec.Size
	l.entry(&w.ObjectMeta, meta.ManagedFieldsOperationApply, r, sub, manager, now)
	return w, nil
}

func TestFieldManager(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	f := start(t, widgetGroups(), registry.Options{FieldManager: lastWriter{}, Now: func() time.Time { return now }})
	created := f.create(named("a"))
	require.Equal(t, "test", created.ManagedFields[0].Manager, "the user agent up to the slash")
	require.Equal(t, "example.com/v1", created.ManagedFields[0].APIVersion)

	now = now.Add(time.Hour)
	same, err := f.update(named("a"))
	require.NoError(t, err)
	require.Equal(t, created, same, "a later time alone is no change")

	changed := named("a")
	changed.Spec.Size = 8
	got, err := f.update(changed)
	require.NoError(t, err)
	require.True(t, got.ManagedFields[0].Time.Equal(&meta.Time{Time: now}))

	obj, err := f.patch(f.at(widgetsV1, "scale", "n", "a"), client.MergePatch, `{"spec":{"replicas":2}}`)
	require.NoError(t, err)
	require.Empty(t, obj.Metadata().ManagedFields)
	require.Equal(t, "scale", f.get("a").ManagedFields[0].Subresource)
}

func TestApply(t *testing.T) {
	f := start(t, widgetGroups(), registry.Options{FieldManager: lastWriter{}})
	apply := func(name, config string, force bool) (*Widget, bool, error) {
		obj, created, err := f.reg.Patch(f.ctx, f.widget(name), client.Patch{Type: client.ApplyPatch, Data: []byte(config)},
			meta.PatchOptions{FieldManager: "me", Force: &force})
		if err != nil {
			return nil, created, err
		}
		return obj.(*Widget), created, nil
	}
	got, created, err := apply("a", "metadata:\n  name: a\n  resourceVersion: \"5\"\nspec:\n  size: 4\n", false)
	require.NoError(t, err)
	require.True(t, created, "apply creates what is not there, whatever version it names")
	require.Equal(t, int32(4), got.Spec.Size)
	require.Equal(t, "grey", got.Spec.Color, "what is created by apply is defaulted too")
	require.Equal(t, meta.ManagedFieldsOperationApply, got.ManagedFields[0].Operation)
	got, created, err = apply("a", `{"metadata":{"name":"a"},"spec":{"size":5}}`, false)
	require.NoError(t, err)
	require.False(t, created)
	require.Equal(t, int32(5), got.Spec.Size)
	require.Equal(t, int64(2), got.Generation)

	_, _, err = apply("a", `{"metadata":{"name":"a","resourceVersion":"1"},"spec":{"size":6}}`, true)
	refused(t, err, 409, `Operation cannot be fulfilled on widgets.example.com "a": the object has been modified; please apply your changes to the latest version and try again`)
	_, _, err = apply("b", `{"metadata":{"name":"b","uid":"x"}}`, false)
	refused(t, err, 409, `Operation cannot be fulfilled on widgets.example.com "b": uid mismatch: the provided object specified uid x, and no existing object was found`)
	_, _, err = apply("a", "\t- nonsense", false)
	require.True(t, meta.IsBadRequest(err))
	_, err = f.patch(f.widget("a"), client.MergePatch, `{"spec":{"color":"owned"}}`)
	require.NoError(t, err)
	_, _, err = apply("a", `{"metadata":{"name":"a"},"spec":{"size":7}}`, false)
	refused(t, err, 409, "Apply failed")
	_, _, err = apply("a", `{"metadata":{"name":"a"},"spec":{"size":7}}`, true)
	require.NoError(t, err)
	_, err = f.patch(f.at(widgetsV1, "status", "n", "none"), client.ApplyPatch, `{"metadata":{"name":"none"}}`)
	require.True(t, meta.IsNotFound(err), "a part is never created")
}
