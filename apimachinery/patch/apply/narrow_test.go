package apply

import (
	"errors"
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// some keeps some of a tree, as a patch would have it.
func (f *filler) some(tree map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range tree {
		switch v := v.(type) {
		case map[string]any:
			if f.Intn(3) > 0 {
				out[k] = f.some(v)
			}
		default:
			if f.Intn(3) == 0 {
				out[k] = v
			} else if f.Intn(20) == 0 {
				out[k] = nil
			}
		}
	}
	return out
}

func (f *filler) patch(t testing.TB, r *scheme.Resource) []byte {
	obj := r.New()
	f.fill(reflect.ValueOf(obj).Elem())
	tree, err := codec.ToMap(obj)
	require.NoError(t, err)
	tree = f.some(tree)
	tree["apiVersion"], tree["kind"] = r.GroupVersion.String(), r.Kind
	text, err := codec.MarshalJSON(tree)
	require.NoError(t, err)
	return text
}

// An apply that looks at parts only has to come to what one that looks at the
// whole object comes to.
func TestPartsEqualWhole(t *testing.T) {
	s := testScheme(t)
	m := NewManager(s)
	good, bad := 0, 0
	for _, r := range resources(s) {
		for seed := range int64(3) {
			f := &filler{Rand: rand.New(rand.NewSource(seed))}
			var live meta.Object
			if seed > 0 {
				live = r.New()
				f.fill(reflect.ValueOf(live).Elem())
				var err error
				live, err = m.Update(nil, reread(t, r, live), r, "", "creator", meta.Unix(1))
				require.NoError(t, err)
			}
			for step := range 4 {
				patch, manager := f.patch(t, r), fmt.Sprintf("m%d", f.Intn(2))
				apply := func(wide, force bool) (meta.Object, error) {
					return write{m: m, resource: r, now: meta.Unix(int64(10 + step)), wide: wide}.apply(live, patch, manager, force)
				}
				want, wantErr := apply(true, false)
				got, err := apply(false, false)
				require.Equal(t, errorText(wantErr), errorText(err), "%s seed %d step %d: %s", r.Kind, seed, step, patch)
				if wantErr != nil {
					want, wantErr = apply(true, true)
					got, err = apply(false, true)
					require.Equal(t, errorText(wantErr), errorText(err))
				}
				if wantErr != nil {
					bad++
					continue
				}
				good++
				require.Equal(t, show(want.Metadata().ManagedFields), show(got.Metadata().ManagedFields), "%s seed %d step %d: %s", r.Kind, seed, step, patch)
				want, got = reread(t, r, want), reread(t, r, got)
				wantText, err := codec.MarshalJSON(want)
				require.NoError(t, err)
				gotText, err := codec.MarshalJSON(got)
				require.NoError(t, err)
				require.Equal(t, string(wantText), string(gotText), "%s seed %d step %d: %s", r.Kind, seed, step, patch)
				live = reread(t, r, got)
			}
		}
	}
	t.Logf("%d applies, %d refusals", good, bad)
	require.Greater(t, good, bad)
}

// reread returns an object as it comes back from a store.
func reread(t testing.TB, r *scheme.Resource, obj meta.Object) meta.Object {
	text, err := codec.MarshalJSON(obj)
	require.NoError(t, err)
	again := r.New()
	_, err = codec.UnmarshalJSON(text, again, codec.DecodeOptions{})
	require.NoError(t, err)
	return again
}

// errorText shows an error; the order of what several fields lack is random.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	if status, ok := errors.AsType[*meta.StatusError](err); ok {
		text = fmt.Sprintf("%s\n%v", text, status.Status.Details)
	}
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
