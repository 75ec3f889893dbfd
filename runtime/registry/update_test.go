package registry_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func (f *fixture) update(w *Widget) (*Widget, error) {
	obj, _, err := f.reg.Update(f.ctx, f.widget(w.Name), codec.DeepCopy(w), meta.UpdateOptions{})
	if err != nil {
		return nil, err
	}
	return obj.(*Widget), nil
}

func TestUpdateKeepsWhatTheServerSet(t *testing.T) {
	f := startWidgets(t)
	was := f.create(named("a"))
	change := named("a")
	change.Spec.Color = "red"
	change.Status.Ready = 7
	change.CreationTimestamp = meta.Unix(1)
	change.Generation = 40
	got, err := f.update(change)
	require.NoError(t, err)
	require.Equal(t, was.UID, got.UID)
	require.Equal(t, was.CreationTimestamp, got.CreationTimestamp)
	require.Equal(t, int64(2), got.Generation)
	require.Zero(t, got.Status.Ready)
	require.NotEqual(t, was.ResourceVersion, got.ResourceVersion)
	require.Equal(t, got, f.get("a"))
}

func TestUpdateThatChangesNothingWritesNothing(t *testing.T) {
	f := startWidgets(t)
	was := f.create(named("a"))
	before, err := f.store.Revision(f.ctx)
	require.NoError(t, err)
	got, err := f.update(was)
	require.NoError(t, err)
	require.Equal(t, was, got)
	got, err = f.update(named("a"))
	require.NoError(t, err)
	require.Equal(t, was, got)
	after, err := f.store.Revision(f.ctx)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestUpdateRefuses(t *testing.T) {
	f := startWidgets(t)
	was := f.create(named("a"))
	changed := codec.DeepCopy(was)
	changed.Spec.Size = 9
	_, err := f.update(changed)
	require.NoError(t, err)

	_, err = f.update(was)
	refused(t, err, 409, `Operation cannot be fulfilled on widgets.example.com "a": the object has been modified; please apply your changes to the latest version and try again`)
	_, err = f.update(named("none"))
	refused(t, err, 404, `widgets.example.com "none" not found`)
	stranger := named("a")
	stranger.UID = "other"
	_, err = f.update(stranger)
	require.Contains(t, status(t, err).Message, "StorageError: invalid object, Code: 4, Key: /registry/widgets/n/a, ResourceVersion: 0, "+
		"AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: "+string(was.UID))
	bad := named("a")
	bad.ResourceVersion = "abc"
	_, err = f.update(bad)
	refused(t, err, 500, `strconv.ParseUint: parsing "abc": invalid syntax`)
	_, _, err = f.reg.Update(f.ctx, f.widget("a"), named("b"), meta.UpdateOptions{})
	refused(t, err, 400, "the name of the object (b) does not match the name on the URL (a)")
	_, _, err = f.reg.Update(f.ctx, f.widget("a"), named(""), meta.UpdateOptions{})
	refused(t, err, 400, "the name of the object (a based on URL) was undeterminable: name must be provided")
	negative := named("a")
	negative.Spec.Size = -2
	_, err = f.update(negative)
	require.True(t, meta.IsInvalid(err))
}

func TestUpdateThatCreates(t *testing.T) {
	f := startWidgets(t)
	q := f.at(globalsV1, "", "", "g")
	stale := named("g")
	stale.ResourceVersion = "5"
	obj, created, err := f.reg.Update(f.ctx, q, stale, meta.UpdateOptions{})
	require.NoError(t, err)
	require.True(t, created)
	require.NotEqual(t, "5", obj.Metadata().ResourceVersion)
	require.Empty(t, obj.Metadata().Namespace)
	_, _, err = f.reg.Update(f.ctx, q, named("g"), meta.UpdateOptions{})
	refused(t, err, 422, `globals.example.com "g" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`)
}

func TestStatusAndSpecAreApart(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	w := named("a")
	w.Spec.Size = 99
	w.Status.Ready = 2
	obj, _, err := f.reg.Update(f.ctx, f.at(widgetsV1, "status", "n", "a"), w, meta.UpdateOptions{})
	require.NoError(t, err)
	got := obj.(*Widget)
	require.Equal(t, int32(2), got.Status.Ready)
	require.Equal(t, int32(3), got.Spec.Size)
	require.Equal(t, int64(1), got.Generation)
}

func TestScale(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	q := f.at(widgetsV1, "scale", "n", "a")
	item, err := f.reg.Get(f.ctx, q, meta.GetOptions{})
	require.NoError(t, err)
	obj, err := item.Object()
	require.NoError(t, err)
	require.Equal(t, "Scale", obj.TypeMetadata().Kind)
	got, err := f.patch(q, client.MergePatch, `{"spec":{"replicas":5}}`)
	require.NoError(t, err)
	require.Equal(t, "autoscaling/v1", got.TypeMetadata().APIVersion)
	require.Equal(t, int32(5), f.get("a").Spec.Size)
	require.Equal(t, int64(2), f.get("a").Generation)
	_, err = f.patch(q, client.MergePatch, `{"spec":{"replicas":-1}}`)
	refused(t, err, 422, `Scale.autoscaling "a" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0`)
	_, err = f.patch(q, client.MergePatch, `{"metadata":{"resourceVersion":"1"},"spec":{"replicas":1}}`)
	require.True(t, meta.IsConflict(err))
}

func TestPatches(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  client.PatchType
		patch string
		want  []WidgetPart
	}{
		{"json", client.JSONPatch, `[{"op":"add","path":"/spec/parts/-","value":{"name":"b"}}]`, []WidgetPart{{Name: "a", Value: "1"}, {Name: "b"}}},
		{"merge", client.MergePatch, `{"spec":{"parts":[{"name":"b"}]}}`, []WidgetPart{{Name: "b"}}},
		{"strategic", client.StrategicPatch, `{"spec":{"parts":[{"name":"a","value":"2"}]}}`, []WidgetPart{{Name: "a", Value: "2"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := startWidgets(t)
			w := named("a")
			w.Spec.Parts = []WidgetPart{{Name: "a", Value: "1"}}
			f.create(w)
			got, err := f.patch(f.widget("a"), c.kind, c.patch)
			require.NoError(t, err)
			require.Equal(t, c.want, got.(*Widget).Spec.Parts)
		})
	}
}

func TestPatchRefuses(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	_, err := f.patch(f.widget("a"), client.ApplyPatch, `{}`)
	refused(t, err, 415, "the body of the request was in an unknown format - accepted media types include: "+
		"application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json")
	_, err = f.patch(f.widget("none"), client.MergePatch, `{}`)
	require.True(t, meta.IsNotFound(err))
	_, err = f.patch(f.widget("a"), client.JSONPatch, `nope`)
	refused(t, err, 400, "invalid JSON patch")
	_, err = f.patch(f.widget("a"), client.MergePatch, `{"metadata":{"resourceVersion":"1"}}`)
	require.True(t, meta.IsConflict(err))
	_, err = f.patch(f.widget("a"), client.MergePatch, `{"metadata":{"name":"b"}}`)
	refused(t, err, 400, "the name of the object (b) does not match the name on the URL (a)")
	_, err = f.patch(f.widget("a"), client.StrategicPatch, `{"spec":{"size":"three"}}`)
	refused(t, err, 422, ` "" is invalid: patch: Invalid value: "map[spec:map[size:three]]": unrecognized type: int32`)

	f.warnings = nil
	_, err = f.patch(f.widget("a"), client.MergePatch, `{"spec":{"nope":1}}`)
	require.NoError(t, err)
	require.Equal(t, []string{`unknown field "spec.nope"`}, f.warnings)
	_, _, err = f.reg.Patch(f.ctx, f.widget("a"), client.Patch{Type: client.MergePatch, Data: []byte(`{"spec":{"nope":1}}`)},
		meta.PatchOptions{FieldValidation: meta.FieldValidationStrict})
	require.Contains(t, status(t, err).Message, `strict decoding error: unknown field "spec.nope"`)
}

// Writers that do not insist on a resource version must all get through, and
// none of their changes may be lost.
func TestConcurrentPatchesLoseNothing(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	const writers, each = 8, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				kind, patch := client.MergePatch, fmt.Sprintf(`{"spec":{"tags":{"k%d-%d":"v"}}}`, w, i)
				if i%2 == 1 {
					kind = client.StrategicPatch
				}
				if _, err := f.patch(f.widget("a"), kind, patch); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.Len(t, f.get("a").Spec.Tags, writers*each)
}

// Conditional updates serialize a counter.
func TestConcurrentUpdatesCount(t *testing.T) {
	f := startWidgets(t)
	w := named("a")
	w.Spec.Tags = map[string]string{"n": "0"}
	f.create(w)
	const writers, each = 6, 20
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for done := 0; done < each; {
				cur := codec.DeepCopy(f.get("a"))
				n, _ := strconv.Atoi(cur.Spec.Tags["n"])
				cur.Spec.Tags["n"] = strconv.Itoa(n + 1)
				_, err := f.update(cur)
				switch {
				case err == nil:
					done++
				case !meta.IsConflict(err):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, strconv.Itoa(writers*each), f.get("a").Spec.Tags["n"])
}

func TestWritesEndWithTheirContext(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	_, _, err := f.reg.Update(ctx, f.widget("a"), named("a"), meta.UpdateOptions{})
	require.ErrorIs(t, err, context.Canceled)
}
