package apply

import (
	"flag"
	"fmt"
	"maps"
	"math/rand"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// distinct takes items away until no list whose items have names has one twice.
func distinct(sh *shape, value any) any {
	switch value := value.(type) {
	case map[string]any:
		for i := range sh.fields {
			if inner, ok := value[sh.fields[i].name]; ok {
				value[sh.fields[i].name] = distinct(sh.fields[i].shape, inner)
			}
		}
		if sh.kind == codec.Map {
			for k, inner := range value {
				value[k] = distinct(sh.elem, inner)
			}
		}
	case []any:
		if sh.kind != codec.List {
			return value
		}
		a := newDirect()
		defer a.release()
		var names []string
		var out []any
		for _, item := range value {
			if sh.merge != whole {
				text, ok := a.itemText(sh, item)
				if !ok || slices.Contains(names, text) {
					continue
				}
				names = append(names, text)
			}
			out = append(out, distinct(sh.elem, item))
		}
		return out
	}
	return value
}

// part keeps some of what a tree has, with items of lists that keep their names.
func (f *filler) part(sh *shape, value any, chance int) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for _, k := range slices.Sorted(maps.Keys(value)) {
			inner := sh
			if sh.kind == codec.Map {
				inner = sh.elem
			} else if g := sh.field(&node{kind: 'f', text: k}); g == nil || g.whole || g.shape.merge == whole {
				inner = nil
			} else {
				inner = g.shape
			}
			switch {
			case f.Intn(chance) == 0:
			case inner == nil || inner.merge == whole:
				out[k] = value[k]
			default:
				out[k] = f.part(inner, value[k], chance)
			}
		}
		return out
	case []any:
		var out []any
		for _, item := range value {
			if tree, ok := item.(map[string]any); !ok {
				out = append(out, item)
			} else if f.Intn(chance) > 0 {
				kept := f.part(sh.elem, item, chance).(map[string]any)
				for _, key := range sh.keys {
					if v, ok := tree[key.name]; ok {
						kept[key.name] = v
					}
				}
				out = append(out, kept)
			}
		}
		if len(out) == 0 {
			return value
		}
		return out
	}
	return value
}

// Whatever appliers add and leave out, and whoever else owns what: it has to come
// to what a merge comes to.
func TestDirectEqualsMerge(t *testing.T) {
	s := testScheme(t)
	m := NewManager(s)
	quick, slow, refused := 0, 0, 0
	for _, r := range resources(s) {
		sh := m.shapes.of(r.Type)
		if sh == nil {
			continue
		}
		for seed := range int64(*directSeeds) {
			f := &filler{Rand: rand.New(rand.NewSource(seed + *directFirst))}
			obj := r.New()
			f.fill(reflect.ValueOf(obj).Elem())
			full, err := codec.ToMap(obj)
			require.NoError(t, err)
			delete(full, "status")
			full["metadata"] = map[string]any{"name": "x", "labels": map[string]any{"a": "1", "b": "2", "c": "3"}, "finalizers": []any{"f/1", "f/2", "f/3"}}
			full = distinct(sh, full).(map[string]any)
			var live meta.Object
			for step := range 12 {
				if live != nil && f.Intn(5) == 0 {
					changed := codec.Copy(live).(meta.Object)
					f.change(reflect.ValueOf(changed).Elem(), 30)
					changed.Metadata().Name, changed.Metadata().ManagedFields = "x", live.Metadata().ManagedFields
					changed, err = m.Update(live, reread(t, r, changed), r, "", "updater", meta.Unix(int64(step+1)))
					require.NoError(t, err)
					live = reread(t, r, changed)
				}
				patch := f.part(sh, full, 2+f.Intn(6)).(map[string]any)
				if f.Intn(2) == 0 {
					f.vary(patch)
				}
				patch["apiVersion"], patch["kind"] = r.GroupVersion.String(), r.Kind
				metadata, _ := patch["metadata"].(map[string]any)
				if metadata == nil {
					metadata = map[string]any{}
				}
				metadata["name"], patch["metadata"] = "x", metadata
				text, err := codec.MarshalJSON(patch)
				require.NoError(t, err)
				manager, force := fmt.Sprintf("m%d", f.Intn(3)), f.Intn(3) > 0
				w := write{m: m, resource: r, now: meta.Unix(int64(10 + step))}
				wide := w
				wide.wide = true
				if live != nil {
					config, err := w.readPatch(text)
					require.NoError(t, err)
					before, err := codec.MarshalJSON(live)
					require.NoError(t, err)
					if _, ok := w.directly(live, config, manager, force); ok {
						quick++
					} else {
						slow++
					}
					after, err := codec.MarshalJSON(live)
					require.NoError(t, err)
					require.Equal(t, string(before), string(after), "what is stored stays as it is")
				}
				want, wantErr := wide.apply(live, text, manager, force)
				got, err := w.apply(live, text, manager, force)
				where := fmt.Sprintf("%s seed %d step %d: %s by %s on %s", r.Kind, seed, step, text, manager, show0(t, live))
				require.Equal(t, errorText(wantErr), errorText(err), where)
				if err != nil {
					refused++
					continue
				}
				require.Equal(t, show(want.Metadata().ManagedFields), show(got.Metadata().ManagedFields), where)
				require.Equal(t, textOf(t, reread(t, r, want)), textOf(t, reread(t, r, got)), where)
				live = reread(t, r, got)
			}
		}
	}
	t.Logf("%d applies the short way, %d the long one, %d refused", quick, slow, refused)
	require.Greater(t, quick, slow-refused)
}

func show0(t testing.TB, live meta.Object) string {
	if live == nil {
		return "nothing"
	}
	return textOf(t, live)
}

var (
	directSeeds = flag.Int("apply.seeds", 1, "how many histories of each kind are tried")
	directFirst = flag.Int64("apply.first", 0, "the first of them")
)

// vary changes some of the scalars of a tree, and seldom something else.
func (f *filler) vary(tree map[string]any) {
	for k, v := range tree {
		if k == "apiVersion" || k == "kind" {
			continue
		}
		switch v := v.(type) {
		case map[string]any:
			f.vary(v)
		case []any:
			for _, item := range v {
				if m, ok := item.(map[string]any); ok {
					f.vary(m)
				}
			}
			if len(v) > 1 && f.Intn(12) == 0 {
				v[0], v[1] = v[1], v[0]
			}
		case string:
			if k != "name" && k != "namespace" && f.Intn(6) == 0 {
				tree[k] = f.text()
			}
		case int64:
			if f.Intn(6) == 0 {
				tree[k] = int64(f.Intn(4))
			}
		case bool:
			if f.Intn(6) == 0 {
				tree[k] = !v
			}
		}
		if f.Intn(200) == 0 {
			delete(tree, k)
		}
	}
}

// Applying the same fields again has to come to what a merge comes to, whoever
// else owns what.
func TestApplyAgainEqualsMerge(t *testing.T) {
	s := testScheme(t)
	m := NewManager(s)
	fresh, quick, slow := 0, 0, 0
	for _, r := range resources(s) {
		for seed := range int64(4) {
			f := &filler{Rand: rand.New(rand.NewSource(seed))}
			var live meta.Object
			text := f.patch(t, r)
			other := f.patch(t, r)
			var tree map[string]any
			_, err := codec.UnmarshalJSON(text, &tree, codec.DecodeOptions{})
			require.NoError(t, err)
			for step := range 8 {
				w := write{m: m, resource: r, now: meta.Unix(int64(10 + step))}
				wide := w
				wide.wide = true
				manager, force := "me", f.Intn(2) == 0
				patch := text
				if step == 1 {
					manager, patch, force = "other", other, true
				} else if step > 1 {
					if f.Intn(3) > 0 {
						f.vary(tree)
					}
					patch, err = codec.MarshalJSON(tree)
					require.NoError(t, err)
				}
				if config, err := w.readPatch(patch); live == nil {
					require.NoError(t, err)
					if _, ok := w.anew(config, manager); ok {
						fresh++
					}
				} else {
					config, err := w.readPatch(patch)
					require.NoError(t, err)
					before, err := codec.MarshalJSON(live)
					require.NoError(t, err)
					if _, ok := w.directly(live, config, manager, force); ok {
						quick++
					} else {
						slow++
					}
					after, err := codec.MarshalJSON(live)
					require.NoError(t, err)
					require.Equal(t, string(before), string(after), "what is stored stays as it is")
				}
				want, wantErr := wide.apply(live, patch, manager, force)
				got, err := w.apply(live, patch, manager, force)
				require.Equal(t, errorText(wantErr), errorText(err), "%s seed %d step %d: %s", r.Kind, seed, step, patch)
				if err != nil {
					continue
				}
				require.Equal(t, show(want.Metadata().ManagedFields), show(got.Metadata().ManagedFields), "%s seed %d step %d: %s", r.Kind, seed, step, patch)
				require.Equal(t, textOf(t, reread(t, r, want)), textOf(t, reread(t, r, got)), "%s seed %d step %d: %s", r.Kind, seed, step, patch)
				live = reread(t, r, got)
			}
		}
	}
	t.Logf("%d applies and %d creations the short way, %d applies the long one", quick, fresh, slow)
	require.Greater(t, fresh, 20)
	require.Greater(t, quick, 50)
}

func TestApplyAgainTakesTheShortWay(t *testing.T) {
	p := newPodBench(t)
	live := p.stored(t)
	text := []byte(withoutStatus(podText))
	first, err := p.m.Apply(live, text, p.r, "", "me", true, meta.Unix(2000))
	require.NoError(t, err)
	var tree map[string]any
	_, err = codec.UnmarshalJSON(text, &tree, codec.DecodeOptions{})
	require.NoError(t, err)
	w := write{m: p.m, resource: p.r, now: meta.Unix(3000)}

	same, ok := w.directly(first, codec.Copy(tree).(map[string]any), "me", false)
	require.True(t, ok)
	require.Equal(t, textOf(t, first), textOf(t, same), "nothing has changed, the times neither")

	spec := tree["spec"].(map[string]any)
	spec["containers"].([]any)[0].(map[string]any)["image"] = "web:2"
	spec["tolerations"] = []any{map[string]any{"operator": "Exists"}}
	changed, ok := w.directly(first, tree, "me", false)
	require.False(t, ok, "the creator owns the image")
	require.Nil(t, changed)

	config, err := w.readPatch(text)
	require.NoError(t, err)
	_, ok = w.anew(config, "me")
	require.True(t, ok)
	alone, err := p.m.Apply(nil, text, p.r, "", "me", false, meta.Unix(1000))
	require.NoError(t, err)
	changed, ok = w.directly(alone, tree, "me", false)
	require.True(t, ok)
	require.Contains(t, fmt.Sprint(changed), "web:2")
	require.Equal(t, int64(3000), changed.Metadata().ManagedFields[0].Time.Unix())
	require.Equal(t, int64(1000), alone.Metadata().ManagedFields[0].Time.Unix())
}

func textOf(t testing.TB, obj meta.Object) string {
	text, err := codec.MarshalJSON(obj)
	require.NoError(t, err)
	return string(text)
}
