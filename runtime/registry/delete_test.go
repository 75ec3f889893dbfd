package registry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func TestDeleteAnswers(t *testing.T) {
	f := startWidgets(t)
	was := f.create(named("a"))
	got, err := f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{})
	require.NoError(t, err)
	require.True(t, got.Gone)
	require.Nil(t, got.Object)
	require.Equal(t, meta.StatusSuccess, got.Status.Status)
	require.Equal(t, &meta.StatusDetails{Name: "a", Group: widgetGroup, Kind: "widgets", UID: was.UID}, got.Status.Details)
	_, err = f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{})
	refused(t, err, 404, `widgets.example.com "a" not found`)

	g := f.at(globalsV1, "", "", "g")
	_, _, err = f.reg.Update(f.ctx, g, named("g"), meta.UpdateOptions{})
	require.NoError(t, err)
	got, err = f.reg.Delete(f.ctx, g, meta.DeleteOptions{})
	require.NoError(t, err)
	require.Equal(t, "g", got.Object.Metadata().Name)
	require.Nil(t, got.Status)
}

func TestDeletePreconditions(t *testing.T) {
	f := startWidgets(t)
	was := f.create(named("a"))
	wrongUID, wrongVersion, uid := meta.UID("wrong"), "1", was.UID
	_, err := f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &wrongUID}})
	refused(t, err, 409, `Operation cannot be fulfilled on Widget.example.com "a": the UID in the precondition (wrong) does not match the UID in record (`+
		string(uid)+`). The object might have been deleted and then recreated`)
	_, err = f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{Preconditions: &meta.Preconditions{ResourceVersion: &wrongVersion}})
	refused(t, err, 409, `Operation cannot be fulfilled on Widget.example.com "a": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (`+
		was.ResourceVersion+`). The object might have been modified`)
	_, err = f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{DryRun: []string{meta.DryRunAll}, Preconditions: &meta.Preconditions{UID: &uid}})
	require.NoError(t, err)
	require.Equal(t, was, f.get("a"), "a dry run deletes nothing")
}

func TestFinalizersHold(t *testing.T) {
	f := startWidgets(t)
	w := named("a")
	w.Finalizers = []string{"example.com/one", "example.com/two"}
	f.create(w)
	got, err := f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{})
	require.NoError(t, err)
	require.False(t, got.Gone)
	m := got.Object.Metadata()
	require.NotNil(t, m.DeletionTimestamp)
	require.Equal(t, int64(0), *m.DeletionGracePeriodSeconds)
	require.Equal(t, int64(2), m.Generation)
	version := m.ResourceVersion

	got, err = f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{})
	require.NoError(t, err)
	require.Equal(t, version, got.Object.Metadata().ResourceVersion, "deleting again changes nothing")

	_, err = f.reg.Create(f.ctx, f.widget(""), named("a"), meta.CreateOptions{})
	refused(t, err, 409, `object is being deleted: widgets.example.com "a" already exists`)
	_, err = f.patch(f.widget("a"), client.MergePatch, `{"metadata":{"finalizers":["example.com/one","example.com/three"]}}`)
	require.Contains(t, status(t, err).Message, `no new finalizers can be added if the object is being deleted`)
	obj, err := f.patch(f.widget("a"), client.MergePatch, `{"metadata":{"deletionTimestamp":null}}`)
	require.NoError(t, err)
	require.NotNil(t, obj.Metadata().DeletionTimestamp, "a deletion cannot be taken back")

	_, err = f.patch(f.widget("a"), client.MergePatch, `{"metadata":{"finalizers":["example.com/two"]}}`)
	require.NoError(t, err)
	require.Equal(t, []string{"example.com/two"}, f.get("a").Finalizers)
	obj, err = f.patch(f.widget("a"), client.MergePatch, `{"metadata":{"finalizers":null}}`)
	require.NoError(t, err)
	require.Empty(t, obj.Metadata().Finalizers)
	_, err = f.reg.Get(f.ctx, f.widget("a"), meta.GetOptions{})
	require.True(t, meta.IsNotFound(err), "taking the last finalizer away removes the object")
}

func TestPropagation(t *testing.T) {
	orphan, foreground, background := meta.DeletePropagationOrphan, meta.DeletePropagationForeground, meta.DeletePropagationBackground
	yes, no := true, false
	for _, c := range []struct {
		name string
		opts []meta.DeleteOptions // one after another
		want []string             // finalizers; nil is gone
	}{
		{"default", []meta.DeleteOptions{{}}, nil},
		{"orphan", []meta.DeleteOptions{{PropagationPolicy: &orphan}}, []string{"orphan"}},
		{"foreground", []meta.DeleteOptions{{PropagationPolicy: &foreground}}, []string{"foregroundDeletion"}},
		{"background", []meta.DeleteOptions{{PropagationPolicy: &background}}, nil},
		{"orphanDependents", []meta.DeleteOptions{{OrphanDependents: &yes}}, []string{"orphan"}},
		{"orphanDependents=false", []meta.DeleteOptions{{OrphanDependents: &no}}, nil},
		{"what was said first stands", []meta.DeleteOptions{{PropagationPolicy: &foreground}, {}}, []string{"foregroundDeletion"}},
		{"swapped", []meta.DeleteOptions{{PropagationPolicy: &foreground}, {PropagationPolicy: &orphan}}, []string{"orphan"}},
		{"background after all", []meta.DeleteOptions{{PropagationPolicy: &foreground}, {PropagationPolicy: &background}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := startWidgets(t)
			f.create(named("a"))
			for _, o := range c.opts {
				_, err := f.reg.Delete(f.ctx, f.widget("a"), o)
				require.NoError(t, err)
			}
			item, err := f.reg.Get(f.ctx, f.widget("a"), meta.GetOptions{})
			if c.want == nil {
				require.True(t, meta.IsNotFound(err))
				return
			}
			require.NoError(t, err)
			obj, err := item.Object()
			require.NoError(t, err)
			require.Equal(t, c.want, obj.Metadata().Finalizers)
		})
	}
}

func TestGracefulDeletion(t *testing.T) {
	f := startWidgets(t)
	q := func(name string) *registry.Request { return f.at(timersV1, "", "n", name) }
	remove := func(name string, grace ...int64) registry.Deleted {
		t.Helper()
		o := meta.DeleteOptions{}
		if len(grace) > 0 {
			o.GracePeriodSeconds = &grace[0]
		}
		got, err := f.reg.Delete(f.ctx, q(name), o)
		require.NoError(t, err)
		return got
	}
	create := func(name string, size int32, color string) string {
		t.Helper()
		w := named(name)
		w.Spec.Size, w.Spec.Color = size, color
		obj, err := f.reg.Create(f.ctx, q(""), w, meta.CreateOptions{})
		require.NoError(t, err)
		return obj.(*Widget).ResourceVersion
	}
	create("slow", 30, "")
	got := remove("slow")
	require.False(t, got.Gone)
	m := got.Object.Metadata()
	require.Equal(t, int64(30), *m.DeletionGracePeriodSeconds)
	require.Equal(t, int64(2), m.Generation)
	at := *m.DeletionTimestamp

	require.Equal(t, m.ResourceVersion, remove("slow", 60).Object.Metadata().ResourceVersion, "grace is never prolonged")
	m = remove("slow", 10).Object.Metadata()
	require.Equal(t, int64(10), *m.DeletionGracePeriodSeconds)
	require.Equal(t, at.Add(-20*time.Second), m.DeletionTimestamp.Time)
	require.Equal(t, int64(2), m.Generation)
	got = remove("slow", 0)
	require.True(t, got.Gone)
	require.Equal(t, int64(0), *got.Object.Metadata().DeletionGracePeriodSeconds)

	create("red", 30, "red")
	require.True(t, remove("red").Gone)

	rv := create("now", 30, "")
	require.True(t, remove("now", 0).Gone)
	require.Equal(t, []string{"MODIFIED now", "DELETED now"}, f.watchNext(q(""), meta.ListOptions{ResourceVersion: rv}, 2), "watchers see the last state first")
}

func TestDeleteCollection(t *testing.T) {
	f := startWidgets(t)
	for _, name := range []string{"a", "b", "c", "d"} {
		w := named(name)
		if name != "b" {
			w.Labels = map[string]string{"go": "yes"}
		}
		f.create(w)
	}
	got, err := f.reg.DeleteCollection(f.ctx, f.widget(""), meta.DeleteOptions{}, meta.ListOptions{LabelSelector: "go=yes", Limit: 2})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "c"}, itemNames(t, got))
	left, err := f.reg.List(f.ctx, f.widget(""), meta.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"b", "d"}, itemNames(t, left))
	got, err = f.reg.DeleteCollection(f.ctx, f.at(widgetsV1, "", "other", ""), meta.DeleteOptions{}, meta.ListOptions{})
	require.NoError(t, err)
	require.Empty(t, itemNames(t, got))
}

// Who deletes a Job without saying what becomes of its Pods is told that they stay, but
// not who deletes what cannot be read.
func TestDeletingJobsWarns(t *testing.T) {
	f := startAPI(t, registry.Options{})
	jobs := f.at(meta.GroupVersionResource{Group: "batch", Version: "v1", Resource: "jobs"}, "", "default", "j")
	yes, background := true, meta.DeletePropagationBackground
	for _, c := range []struct {
		opts meta.DeleteOptions
		told int
	}{
		{meta.DeleteOptions{}, 1},
		{meta.DeleteOptions{PropagationPolicy: &background}, 0},
		{meta.DeleteOptions{OrphanDependents: &yes}, 0},
		{meta.DeleteOptions{IgnoreStoreReadErrorWithClusterBreakingPotential: &yes}, 0},
	} {
		f.warnings = nil
		_, err := f.reg.Delete(f.ctx, jobs, c.opts)
		require.True(t, meta.IsNotFound(err), "%v", err)
		require.Len(t, f.warnings, c.told, "%+v: %q", c.opts, f.warnings)
	}
}
