package registry_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage"
)

func startImpatient(t *testing.T) *fixture {
	return start(t, widgetGroups(), registry.Options{FreshnessTimeout: 50 * time.Millisecond})
}

func TestGetWithResourceVersion(t *testing.T) {
	f := startImpatient(t)
	was := f.create(named("a"))
	for _, c := range []struct {
		version string
		code    int32
		message string
	}{
		{"", 0, ""}, {"0", 0, ""}, {was.ResourceVersion, 0, ""},
		{"abc", 500, `resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax`},
		{"-1", 500, `resourceVersion: Invalid value: "-1": strconv.ParseUint: parsing "-1": invalid syntax`},
		{"99999999999999", 504, `Timeout: Too large resource version: 99999999999999, current: ` + was.ResourceVersion},
	} {
		_, err := f.reg.Get(f.ctx, f.widget("a"), meta.GetOptions{ResourceVersion: c.version})
		if c.code == 0 {
			require.NoError(t, err)
			continue
		}
		refused(t, err, c.code, c.message)
	}
}

// five makes a registry with widgets a to e, of which every other one is odd.
func five(t *testing.T) *fixture {
	f := startImpatient(t)
	for i, name := range []string{"a", "b", "c", "d", "e"} {
		w := named(name)
		w.Labels = map[string]string{"odd": []string{"yes", "no"}[i%2]}
		w.Spec.Color = []string{"red", "blue"}[i%2]
		f.create(w)
	}
	return f
}

func TestListPages(t *testing.T) {
	f := five(t)
	page, err := f.reg.List(f.ctx, f.widget(""), meta.ListOptions{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, itemNames(t, page))
	require.Equal(t, int64(3), *page.RemainingItemCount)

	// What happens meanwhile is not in the pages that follow.
	f.create(named("bb"))
	_, err = f.reg.Delete(f.ctx, f.widget("d"), meta.DeleteOptions{})
	require.NoError(t, err)
	next, err := f.reg.List(f.ctx, f.widget(""), meta.ListOptions{Limit: 2, Continue: page.Continue})
	require.NoError(t, err)
	require.Equal(t, []string{"c", "d"}, itemNames(t, next))
	require.Equal(t, page.ResourceVersion, next.ResourceVersion)
	last, err := f.reg.List(f.ctx, f.widget(""), meta.ListOptions{Limit: 2, Continue: next.Continue})
	require.NoError(t, err)
	require.Equal(t, []string{"e"}, itemNames(t, last))
	require.Empty(t, last.Continue)
	require.Nil(t, last.RemainingItemCount)
}

func TestListPagesOfASelection(t *testing.T) {
	f := five(t)
	page, err := f.reg.List(f.ctx, f.widget(""), meta.ListOptions{Limit: 2, LabelSelector: "odd=yes"})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "c"}, itemNames(t, page))
	require.Nil(t, page.RemainingItemCount)
	require.NotEmpty(t, page.Continue)
	page, err = f.reg.List(f.ctx, f.widget(""), meta.ListOptions{Limit: 3, LabelSelector: "odd=yes"})
	require.NoError(t, err)
	require.Empty(t, page.Continue)
}

func TestExpiredPage(t *testing.T) {
	f := five(t)
	page, err := f.reg.List(f.ctx, f.widget(""), meta.ListOptions{Limit: 2})
	require.NoError(t, err)
	token := page.Continue
	// Many other pages push the kept state out, and the store forgets it too.
	for i := range 40 {
		f.create(named(fmt.Sprintf("f%02d", i)))
		_, err := f.reg.List(f.ctx, f.widget(""), meta.ListOptions{Limit: 1})
		require.NoError(t, err)
	}
	restarted := startOn(t, f.store, widgetGroups(), registry.Options{})
	rev, err := f.store.Revision(f.ctx)
	require.NoError(t, err)
	require.NoError(t, f.store.Compact(f.ctx, rev))
	_, err = restarted.reg.List(f.ctx, restarted.widget(""), meta.ListOptions{Limit: 2, Continue: token})
	s := status(t, err)
	require.Equal(t, int32(410), s.Code)
	require.Equal(t, meta.StatusReasonExpired, s.Reason)
	require.True(t, strings.HasPrefix(s.Message, "The provided continue parameter is too old to display a consistent list result."))
	require.NotEmpty(t, s.Continue)
	rest, err := restarted.reg.List(f.ctx, restarted.widget(""), meta.ListOptions{Limit: 2, Continue: s.Continue})
	require.NoError(t, err)
	require.Equal(t, []string{"c", "d"}, itemNames(t, rest))
}

func TestListSelectors(t *testing.T) {
	f := five(t)
	other := named("c")
	other.Namespace = "m"
	_, err := f.reg.Create(f.ctx, f.at(widgetsV1, "", "m", ""), other, meta.CreateOptions{})
	require.NoError(t, err)
	all := func() *registry.Request { return f.at(widgetsV1, "", "", "") }
	for _, c := range []struct {
		q             *registry.Request
		label, fields string
		want          []string
	}{
		{f.widget(""), "", "", []string{"a", "b", "c", "d", "e"}},
		{all(), "", "", []string{"c", "a", "b", "c", "d", "e"}},
		{f.widget(""), "odd=no", "", []string{"b", "d"}},
		{f.widget(""), "", "metadata.name=c", []string{"c"}},
		{f.widget(""), "", "metadata.name!=c", []string{"a", "b", "d", "e"}},
		{f.widget(""), "", "metadata.name=c,metadata.namespace=n", []string{"c"}},
		{f.widget(""), "", "metadata.namespace=m", []string{}},
		{all(), "", "metadata.namespace=m", []string{"c"}},
		{all(), "", "metadata.name=c", []string{"c", "c"}},
		{f.widget(""), "", "metadata.name=a,metadata.name=b", []string{}},
		{f.widget(""), "", "spec.color=blue", []string{"b", "d"}},
		{f.widget(""), "odd=yes", "spec.color!=red", []string{}},
		{f.widget(""), "x in ()", "", []string{}},
		{f.at(widgetsV1, "", "n", "d"), "", "", []string{"d"}},
	} {
		l, err := f.reg.List(f.ctx, c.q, meta.ListOptions{LabelSelector: c.label, FieldSelector: c.fields})
		require.NoError(t, err)
		require.Equal(t, c.want, itemNames(t, l), "%s %s %s", c.q.Namespace, c.label, c.fields)
	}
}

func TestListRefuses(t *testing.T) {
	f := five(t)
	yes := true
	for _, c := range []struct {
		o       meta.ListOptions
		code    int32
		message string
	}{
		{meta.ListOptions{LabelSelector: "a in x"}, 400, `unable to parse requirement: found 'x' expected: '('`},
		{meta.ListOptions{FieldSelector: "spec.size=3"}, 400, `field label not supported: spec.size`},
		{meta.ListOptions{ResourceVersion: "x"}, 400, `invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax`},
		{meta.ListOptions{ResourceVersion: "99999999", ResourceVersionMatch: "Exact"}, 504, ""},
		{meta.ListOptions{ResourceVersion: "99999999"}, 504, ""},
		{meta.ListOptions{ResourceVersion: "5", ResourceVersionMatch: "Sometimes"}, 422,
			`ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Sometimes": supported values: "Exact", "NotOlderThan", ""`},
		{meta.ListOptions{ResourceVersionMatch: "Exact"}, 422,
			`ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided`},
		{meta.ListOptions{ResourceVersion: "0", ResourceVersionMatch: "Exact"}, 422,
			`ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`},
		{meta.ListOptions{SendInitialEvents: &yes}, 422, `ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list`},
		{meta.ListOptions{Continue: "%"}, 400, ""},
		{meta.ListOptions{Continue: "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NSwic3RhcnQiOiJhIn0", ResourceVersion: "5"}, 400,
			"specifying resource version is not allowed when using continue"},
	} {
		_, err := f.reg.List(f.ctx, f.widget(""), c.o)
		s := status(t, err)
		require.Equal(t, c.code, s.Code, "%+v: %s", c.o, s.Message)
		if c.message != "" {
			require.Equal(t, c.message, s.Message)
		}
	}
	_, err := f.reg.List(f.ctx, f.at(widgetsAlpha, "", "n", ""), meta.ListOptions{FieldSelector: "spec.paint=red"})
	refused(t, err, 400, `"spec.paint" is not a known field selector: only "metadata.name", "metadata.namespace"`)
}

func TestListOfThePast(t *testing.T) {
	f := startImpatient(t)
	first := f.create(named("a"))
	f.create(named("b"))
	l, err := f.reg.List(f.ctx, f.widget(""), meta.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, itemNames(t, l), "now the cache has both")
	l, err = f.reg.List(f.ctx, f.widget(""), meta.ListOptions{ResourceVersion: first.ResourceVersion, ResourceVersionMatch: meta.ResourceVersionMatchExact})
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, itemNames(t, l))
	require.Equal(t, first.ResourceVersion, l.ResourceVersion)
	l, err = f.reg.List(f.ctx, f.widget(""), meta.ListOptions{ResourceVersion: first.ResourceVersion, ResourceVersionMatch: meta.ResourceVersionMatchNotOlderThan})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, itemNames(t, l))
	l, err = f.reg.List(f.ctx, f.widget(""), meta.ListOptions{ResourceVersion: first.ResourceVersion, Limit: 5})
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, itemNames(t, l), "limit and a resource version alone mean that very version")
	l, err = f.reg.List(f.ctx, f.widget(""), meta.ListOptions{ResourceVersion: "0", Limit: 1})
	require.NoError(t, err)
	require.Len(t, itemNames(t, l), 2, "resourceVersion 0 ignores the limit")
}

func TestWatchSelections(t *testing.T) {
	f := startWidgets(t)
	rv := f.create(named("start")).ResourceVersion
	w := named("a")
	w.Labels = map[string]string{"in": "yes"}
	f.create(w)
	for _, labels := range []string{`{"in":"no"}`, `{"in":"yes"}`} {
		_, err := f.patch(f.widget("a"), client.MergePatch, `{"metadata":{"labels":`+labels+`}}`)
		require.NoError(t, err)
	}
	_, err := f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"ADDED a", "MODIFIED a", "MODIFIED a", "DELETED a"}, f.watchNext(f.widget(""), meta.ListOptions{ResourceVersion: rv}, 4))
	require.Equal(t, []string{"ADDED a", "DELETED a", "ADDED a", "DELETED a"}, f.watchNext(f.widget(""), meta.ListOptions{ResourceVersion: rv, LabelSelector: "in=yes"}, 4))
	require.Equal(t, []string{"ADDED start"}, f.watchNext(f.widget(""), meta.ListOptions{}, 1))
	require.Equal(t, []string{"ADDED start"}, f.watchNext(f.widget(""), meta.ListOptions{ResourceVersion: "0"}, 1))
	require.Equal(t, []string{"ADDED start"}, f.watchNext(f.widget("start"), meta.ListOptions{}, 1))
}

func TestWatchList(t *testing.T) {
	f := startWidgets(t)
	f.create(named("b"))
	f.create(named("a"))
	yes := true
	o := meta.ListOptions{SendInitialEvents: &yes, AllowWatchBookmarks: true, ResourceVersionMatch: meta.ResourceVersionMatchNotOlderThan}
	ctx, cancel := context.WithTimeout(f.ctx, waiting)
	defer cancel()
	events, err := f.reg.Watch(ctx, f.widget(""), o)
	require.NoError(t, err)
	var seen []string
	for ev, err := range events {
		require.NoError(t, err)
		seen = append(seen, string(ev.Type)+" "+ev.Item.Name())
		if ev.Type == client.Bookmark {
			obj, err := ev.Item.Object()
			require.NoError(t, err)
			require.Equal(t, map[string]string{"k8s.io/initial-events-end": "true"}, obj.Metadata().Annotations)
			require.NotEmpty(t, ev.Item.ResourceVersion())
			data, err := ev.Item.Bytes(registry.Form{Media: registry.JSON})
			require.NoError(t, err)
			require.Contains(t, string(data), `"kind":"Widget","apiVersion":"example.com/v1"`)
			break
		}
	}
	require.Equal(t, []string{"ADDED a", "ADDED b", "BOOKMARK "}, seen)

	_, err = f.reg.Watch(ctx, f.widget(""), meta.ListOptions{SendInitialEvents: &yes})
	refused(t, err, 422, `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`)
	_, err = f.reg.Watch(ctx, f.widget(""), meta.ListOptions{ResourceVersion: "abc"})
	refused(t, err, 500, `resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax`)
}

func TestWatchBookmarks(t *testing.T) {
	f := start(t, widgetGroups(), registry.Options{BookmarkInterval: 20 * time.Millisecond})
	rv := f.create(named("a")).ResourceVersion
	require.Equal(t, []string{"BOOKMARK ", "BOOKMARK "}, f.watchNext(f.widget(""), meta.ListOptions{ResourceVersion: rv, AllowWatchBookmarks: true}, 2))
}

func TestWatchTooOld(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	f.create(named("b"))
	rev, err := f.store.Revision(f.ctx)
	require.NoError(t, err)
	require.NoError(t, f.store.Compact(f.ctx, rev))
	again := startOn(t, f.store, widgetGroups(), registry.Options{})
	events, err := again.reg.Watch(f.ctx, again.widget(""), meta.ListOptions{ResourceVersion: "1"})
	require.NoError(t, err)
	var last error
	for _, err := range events {
		last = err
	}
	s := status(t, last)
	require.Equal(t, int32(410), s.Code)
	require.Equal(t, meta.StatusReasonExpired, s.Reason)
	require.Equal(t, fmt.Sprintf("too old resource version: 1 (%d)", rev), s.Message)
}

// A watch that has begun ends without an error when the registry does.
func TestWatchEndsWithRun(t *testing.T) {
	f := startWidgets(t)
	w := f.create(named("a"))
	events, err := f.reg.Watch(f.ctx, f.widget(""), meta.ListOptions{ResourceVersion: w.ResourceVersion})
	require.NoError(t, err)
	f.create(named("b"))
	seen := 0
	for _, err := range events {
		require.NoError(t, err)
		seen++
		f.stop()
	}
	require.Equal(t, 1, seen)
}

// Readers see what was written before, whoever wrote it.
func TestReadsFollowWrites(t *testing.T) {
	f := startWidgets(t)
	other := startOn(t, f.store, widgetGroups(), registry.Options{})
	for i := range 50 {
		name := fmt.Sprintf("w%d", i)
		f.create(named(name))
		require.Equal(t, name, other.get(name).Name)
		l, err := other.reg.List(f.ctx, other.widget(""), meta.ListOptions{})
		require.NoError(t, err)
		require.Len(t, itemNames(t, l), i+1)
	}
}

func TestDamagedObjectIsNamed(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	_, err := f.store.Update(f.ctx, "/registry/widgets/n/a", storage.Revision(0), []byte("rubbish"), 0)
	require.NoError(t, err)
	item, err := f.reg.Get(f.ctx, f.widget("a"), meta.GetOptions{})
	require.NoError(t, err)
	_, err = item.Bytes(registry.Form{Media: registry.JSON})
	require.ErrorContains(t, err, "/registry/widgets/n/a")
}
