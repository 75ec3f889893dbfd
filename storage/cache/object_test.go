package cache

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

func TestFormIsMadeOnce(t *testing.T) {
	f := start(t, nil, Options{})
	rev := f.create("a", storedWidget{Size: 7})
	o, _, err := f.cache.Get(f.ctx, Latest(), prefix+"a")
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			b, err := o.Form(asJSON)
			if err != nil || string(b) != fmt.Sprintf(`{"name":"/widgets/a","resourceVersion":"%d","node":"","size":7,"view":0}`, rev) {
				t.Errorf("%s: %v", b, err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, f.codec.encodes.Load())
	row, err := o.Form(Form{GroupVersion: "example.com/v1", Media: JSON, View: TableRow})
	require.NoError(t, err)
	require.Contains(t, string(row), `"view":1`[:7]+"2", "another form is another encoding")
	require.EqualValues(t, 2, f.codec.encodes.Load())

	used := f.cache.opts.Budget.Used()
	same, err := o.Form(Form{Media: Protobuf})
	require.NoError(t, err)
	require.Same(t, &o.Stored[0], &same[0])
	require.Equal(t, used, f.cache.opts.Budget.Used(), "the stored bytes are not counted twice")
}

func TestBudget(t *testing.T) {
	const n, max = 200, 40 << 10
	budget := NewBudget(max)
	f := start(t, nil, Options{Budget: budget, History: 50})
	for i := range n {
		f.create(fmt.Sprintf("%03d", i), storedWidget{Node: strings.Repeat("x", 300)})
	}
	s := f.snapshot(Latest())
	hot, _ := s.Get(prefix + "000")
	for range 3 {
		for o := range s.Ascend(prefix, "") {
			_, err := o.Form(asJSON)
			require.NoError(t, err)
			_, err = hot.Form(asJSON) // keeps being asked for
			require.NoError(t, err)
			require.LessOrEqual(t, budget.Used(), int64(max))
		}
	}
	require.Greater(t, budget.Used(), int64(max*3/4), "what there is is used")
	encodes := f.codec.encodes.Load()
	_, err := hot.Form(asJSON)
	require.NoError(t, err)
	require.Equal(t, encodes, f.codec.encodes.Load(), "what is used stays")
	require.Less(t, encodes, int64(3*n+1))

	// What was replaced gives its memory back when the log forgets it.
	for i := range n {
		f.update(fmt.Sprintf("%03d", i), storedWidget{})
	}
	for i := range 50 {
		f.update(fmt.Sprintf("%03d", i), storedWidget{})
	}
	require.NoError(t, f.cache.WaitFor(f.ctx, f.snapshot(Latest()).Revision()))
	require.Zero(t, budget.Used())
	require.Empty(t, budget.entries)
}

func TestBudgetSmallerThanOneForm(t *testing.T) {
	f := start(t, nil, Options{Budget: NewBudget(10)})
	f.create("a", storedWidget{Size: 1})
	f.create("b", storedWidget{Size: 2})
	for o := range f.snapshot(Latest()).Ascend(prefix, "") {
		b, err := o.Form(asJSON)
		require.NoError(t, err)
		require.Contains(t, string(b), o.Key)
	}
	require.Len(t, f.cache.opts.Budget.entries, 1)
}

func TestTypedIsSharedWhileHeld(t *testing.T) {
	f := start(t, nil, Options{})
	f.create("a", storedWidget{Size: 7})
	o, _, err := f.cache.Get(f.ctx, Latest(), prefix+"a")
	require.NoError(t, err)
	held, err := o.Typed()
	require.NoError(t, err)
	require.Equal(t, 7, held.(*widget).Size)
	for range 5 {
		runtime.GC()
		again, err := o.Typed()
		require.NoError(t, err)
		require.Same(t, held.(*widget), again.(*widget))
	}
	require.EqualValues(t, 1, f.codec.decodes.Load())
	runtime.KeepAlive(held)
	held = nil
	for range 100 {
		if runtime.GC(); o.typed.Load().object() == nil {
			break
		}
	}
	again, err := o.Typed()
	require.NoError(t, err)
	require.Equal(t, 7, again.(*widget).Size)
	require.EqualValues(t, 2, f.codec.decodes.Load(), "what nobody holds is given back")
}

// oddObject does not begin with its TypeMeta.
type oddObject struct {
	first int
	meta.TypeMeta
	meta.ObjectMeta
}

// What is left of decoded objects that nobody holds is given back, part by part.
func TestTidy(t *testing.T) {
	f := start(t, nil, Options{})
	const n = 5000
	for i := range n {
		f.create(fmt.Sprintf("%04d", i), storedWidget{})
	}
	s := f.snapshot(Latest())
	var held []meta.Object
	for o := range s.Ascend(prefix, "") {
		obj, err := o.Typed()
		require.NoError(t, err)
		if o.Key == prefix+"0007" {
			held = append(held, obj)
		}
	}
	runtime.GC()
	runtime.GC()
	after := f.cache.tidy("")
	require.Equal(t, prefix+"4095", after)
	require.Empty(t, f.cache.tidy(after))
	for o := range s.Ascend(prefix, "") {
		require.Equal(t, o.Key == prefix+"0007", o.typed.Load() != nil, o.Key)
	}
	runtime.KeepAlive(held)
}

func TestTypedRef(t *testing.T) {
	for _, obj := range []meta.Object{
		&widget{Size: 3},
		&meta.Unstructured{Fields: map[string]any{"spec": int64(1)}},
		&oddObject{first: 9},
	} {
		ref := newTypedRef(obj)
		require.Same(t, obj, ref.object())
		runtime.GC()
		require.Equal(t, obj, ref.object())
		runtime.KeepAlive(obj)
	}
	_, odd := newTypedRef(&oddObject{}).strong.(*oddObject)
	require.True(t, odd, "it is held, rather than lost at once")
}

func TestObjectThatCannotBeDecoded(t *testing.T) {
	f := start(t, nil, Options{Indexes: []Index{onNode}})
	_, err := f.store.Create(f.ctx, prefix+"bad", []byte("not json"), 0)
	require.NoError(t, err)
	f.create("good", storedWidget{Node: "n1"})
	o, _, err := f.cache.Get(f.ctx, Latest(), prefix+"bad")
	require.NoError(t, err)
	var ke *storage.KeyError
	_, err = o.Typed()
	require.ErrorAs(t, err, &ke)
	require.Equal(t, prefix+"bad", ke.Key)
	_, err = o.Form(asJSON)
	require.ErrorAs(t, err, &ke)
	_, ok := o.Label("color")
	require.False(t, ok)
	require.Empty(t, o.Field("spec.nodeName"))
	require.Equal(t, 2, f.snapshot(Latest()).Len(), "others can be read")
}

func TestOffer(t *testing.T) {
	f := start(t, nil, Options{Indexes: []Index{onNode}})
	value := storedWidget{Node: "n1"}.bytes()
	obj := &widget{Node: "n1"}
	f.cache.Offer(prefix+"a", value, obj, true)
	rev, err := f.store.Create(f.ctx, prefix+"a", value, 0)
	require.NoError(t, err)
	o, _, err := f.cache.Get(f.ctx, Latest(), prefix+"a")
	require.NoError(t, err)
	got, err := o.Typed()
	require.NoError(t, err)
	require.Same(t, obj, got.(*widget))
	require.Equal(t, fmt.Sprint(rev), obj.ResourceVersion)
	require.Equal(t, "n1", o.Field("spec.nodeName"))
	require.Zero(t, f.codec.decodes.Load())

	require.True(t, o.Verified(), "as its writer says")

	withdraw := f.cache.Offer(prefix+"a", value, obj, true)
	withdraw()
	require.Empty(t, f.cache.offers.byte)
	for range 3 * maxOffers {
		f.cache.Offer(prefix+"a", []byte{1}, obj, false)
	}
	require.LessOrEqual(t, len(f.cache.offers.byte), maxOffers, "writes that never come back do not pile up")
	f.cache.Offer(prefix+"a", nil, obj, false)()
}

// What is kept of an object beside its bytes is behind them where its writer has left
// room, and the same wherever it is.
func TestPlaces(t *testing.T) {
	for name, indexes := range map[string][]Index{
		"no index": nil, "field": {onNode}, "label": {{Label: "color"}}, "both": {{Label: "color"}, onNode},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil, Options{Indexes: indexes})
			bare := storedWidget{Node: "n1", Labels: map[string]string{"color": "blue", "x": ""}}.bytes()
			obj := func() *widget {
				w := &widget{Node: "n1"}
				w.Labels = map[string]string{"color": "blue", "x": ""}
				return w
			}
			key := func(i int) string { return fmt.Sprint(prefix, i) }
			values := [][]byte{slices.Clip(bare)}
			for _, more := range []int{-1, 0} {
				room := f.cache.Room(len(key(0)), obj()) + more
				values = append(values, append(make([]byte, 0, len(bare)+room), bare...))
			}
			for i, value := range values {
				f.cache.Offer(key(i), value, obj(), true)
				_, err := f.store.Create(f.ctx, key(i), value, 0)
				require.NoError(t, err)
			}
			f.create("5", storedWidget{Node: "n1", Labels: map[string]string{"color": "blue", "x": ""}}) // by somebody else
			s := f.snapshot(Latest())
			for i := range values {
				o, ok := s.Get(key(i))
				require.True(t, ok)
				require.Equal(t, key(i), o.Key)
				require.Equal(t, bare, o.Stored)
				require.Equal(t, len(bare), cap(o.Stored), "nobody appends to what is behind")
				require.Equal(t, i == 2, sameMemory(values[i], o.Key), "%d", i)
				require.Equal(t, "n1", o.Field("spec.nodeName"))
				value, ok := o.Label("color")
				require.True(t, ok)
				require.Equal(t, "blue", value)
				value, ok = o.Label("x")
				require.True(t, ok)
				require.Empty(t, value)
				for k, index := range indexes {
					require.Equal(t, indexKey(k, index.value(o), o.Key), o.indexed(k, index))
				}
			}
			for _, index := range indexes {
				want := map[Index]string{onNode: "n1", {Label: "color"}: "blue"}[index]
				found, ok := s.AscendIndex(index, want, prefix, "")
				require.True(t, ok)
				require.Len(t, slices.Collect(found), 4)
			}
			for i := range values { // what is found is also removed
				_, err := f.store.Delete(f.ctx, key(i), 0)
				require.NoError(t, err)
			}
			s = f.snapshot(Latest())
			for _, index := range indexes {
				found, _ := s.AscendIndex(index, map[Index]string{onNode: "n1", {Label: "color"}: "blue"}[index], prefix, "")
				require.Len(t, slices.Collect(found), 1)
			}
		})
	}
}

// sameMemory says whether a text is in what belongs to a value.
func sameMemory(value []byte, text string) bool {
	from, at := uintptr(unsafe.Pointer(unsafe.SliceData(value))), uintptr(unsafe.Pointer(unsafe.StringData(text)))
	return at >= from && at < from+uintptr(cap(value))
}
