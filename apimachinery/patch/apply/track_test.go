package apply

import (
	"fmt"
	"math/rand"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func testScheme(t testing.TB) *scheme.Scheme {
	t.Helper()
	s, err := scheme.New(api.Groups()...)
	require.NoError(t, err)
	return s
}

func resources(s *scheme.Scheme) []*scheme.Resource {
	var all []*scheme.Resource
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			for _, r := range v.Resources {
				if !r.Virtual && r.New != nil {
					all = append(all, r)
				}
			}
		}
	}
	return all
}

// Whatever the short way says, the long one has to say too, for objects of all
// kinds. The history of each object is one of several writers, so that entries
// gain, lose and share fields.
func TestShortWayEqualsLongWay(t *testing.T) {
	s := testScheme(t)
	m := NewManager(s)
	short, long := 0, 0
	for _, r := range resources(s) {
		for seed := range int64(6) {
			f := &filler{Rand: rand.New(rand.NewSource(seed)), odd: seed%3 == 2}
			var live meta.Object
			next := r.New()
			if f.fill(reflect.ValueOf(next).Elem()); seed == 0 {
				next = r.New()
			}
			for step := range 6 {
				now := meta.Unix(1000 + int64(step))
				subresource := ""
				if r.Status != nil && step%3 == 2 {
					subresource = "status"
				}
				manager := fmt.Sprintf("m%d", f.Intn(3))
				next.Metadata().ManagedFields = nil
				want, err := m.slowly(live, codec.Copy(next).(meta.Object), r, subresource, manager, now)
				require.NoError(t, err)
				entries, ok := m.quickly(live, codec.Copy(next).(meta.Object), r, subresource, manager, now)
				if !ok {
					long++
				} else {
					short++
					if len(entries) == 0 {
						entries = nil
					}
					require.Equal(t, show(want.Metadata().ManagedFields), show(entries), "%s seed %d step %d", r.Kind, seed, step)
				}
				live = want
				if len(live.Metadata().ManagedFields) == 0 {
					break
				}
				next = codec.Copy(live).(meta.Object)
				f.change(reflect.ValueOf(next).Elem(), []int{6, 25, 60}[f.Intn(3)])
			}
		}
	}
	t.Logf("%d the short way, %d the long way", short, long)
	require.Greater(t, short, long, "the short way is hardly ever taken")
}

func show(entries []meta.ManagedFieldsEntry) []string {
	var texts []string
	for _, e := range entries {
		when := "never"
		if e.Time != nil {
			when = fmt.Sprint(e.Time.Unix())
		}
		texts = append(texts, fmt.Sprintf("%s %s %s %q %s %s", e.Manager, e.Operation, e.APIVersion, e.Subresource, when, e.FieldsV1.Raw))
	}
	return texts
}
