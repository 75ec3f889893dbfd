package apply

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
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
func TestAgainEqualsMerge(t *testing.T) {
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
					if _, ok := w.again(live, config, manager); ok {
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

func TestAgainTakesTheShortWay(t *testing.T) {
	p := newPodBench(t)
	live := p.stored(t)
	text := []byte(withoutStatus(podText))
	first, err := p.m.Apply(live, text, p.r, "", "me", true, meta.Unix(2000))
	require.NoError(t, err)
	var tree map[string]any
	_, err = codec.UnmarshalJSON(text, &tree, codec.DecodeOptions{})
	require.NoError(t, err)
	w := write{m: p.m, resource: p.r, now: meta.Unix(3000)}

	same, ok := w.again(first, codec.Copy(tree).(map[string]any), "me")
	require.True(t, ok)
	require.Equal(t, textOf(t, first), textOf(t, same), "nothing has changed, the times neither")

	spec := tree["spec"].(map[string]any)
	spec["containers"].([]any)[0].(map[string]any)["image"] = "web:2"
	spec["tolerations"] = []any{map[string]any{"operator": "Exists"}}
	changed, ok := w.again(first, tree, "me")
	require.False(t, ok, "the creator owns the image")
	require.Nil(t, changed)

	config, err := w.readPatch(text)
	require.NoError(t, err)
	_, ok = w.anew(config, "me")
	require.True(t, ok)
	alone, err := p.m.Apply(nil, text, p.r, "", "me", false, meta.Unix(1000))
	require.NoError(t, err)
	changed, ok = w.again(alone, tree, "me")
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
