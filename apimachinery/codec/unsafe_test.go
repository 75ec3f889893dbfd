package codec

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// These tests are also run with -race and with -gcflags=all=-d=checkptr, which
// find pointers that leave their object.

func TestFieldsAreReachedByOffset(t *testing.T) {
	type inner struct {
		a int32
		b string
	}
	v := struct {
		pad byte
		in  inner
		ptr *string
	}{}
	typ := reflect.TypeOf(v)
	p := addressOf(&v)
	in := add(p, typ.Field(1).Offset)
	*at[int32](in) = 7
	*at[string](add(in, reflect.TypeFor[inner]().Field(1).Offset)) = "x"
	*at[ptr](add(p, typ.Field(2).Offset)) = newValue(reflect.TypeFor[string]())
	*at[string](*at[ptr](add(p, typ.Field(2).Offset))) = "y"
	runtime.GC()
	require.Equal(t, inner{7, "x"}, v.in)
	require.Equal(t, "y", *v.ptr)
	require.Equal(t, int64(7), valueAt(reflect.TypeFor[int32](), in).Int())
	require.Equal(t, p, pointee(reflect.ValueOf(&v)))
}

func TestListsGrowInPlace(t *testing.T) {
	type named []string
	var list named
	p, typ := addressOf(&list), reflect.TypeFor[named]()
	h := at[sliceHeader](p)
	for i := range 100 {
		if h.len == h.cap {
			growList(typ, p, max(1, h.len))
		}
		require.Less(t, h.len, h.cap)
		item := at[string](add(h.data, uintptr(i)*typ.Elem().Size()))
		h.len++
		require.Empty(t, *item, "new room is zero")
		*item = fmt.Sprint(i)
	}
	runtime.GC()
	require.Len(t, list, 100)
	require.Equal(t, "0", list[0])
	require.Equal(t, "99", list[99])
}

func TestEmptyLists(t *testing.T) {
	var list []*string
	*at[sliceHeader](addressOf(&list)) = emptyList()
	require.NotNil(t, list)
	require.Empty(t, list)
	list = append(list, new(string))
	runtime.GC()
	require.Len(t, list, 1)
}

func TestMapLen(t *testing.T) {
	ints := map[int]struct{ a, b int }{}
	require.Zero(t, mapLen(addressOf(&ints)))
	for i := range 100 {
		ints[i] = struct{ a, b int }{}
		require.Equal(t, len(ints), mapLen(addressOf(&ints)))
	}
	var none map[string][]byte
	require.Zero(t, mapLen(addressOf(&none)))
	type key string
	named := map[key]*int{"a": nil, "b": nil}
	delete(named, "a")
	require.Equal(t, 1, mapLen(addressOf(&named)))
}

// Maps with keys and values of string kinds are used as map[string]string.
func TestNamedTextMapsAreTextMaps(t *testing.T) {
	type key string
	type value string
	type named map[key]value
	m := named{"a": "1"}
	(*at[map[string]string](addressOf(&m)))["b"] = "2"
	require.Equal(t, named{"a": "1", "b": "2"}, m)
	var none named
	*at[map[string]string](addressOf(&none)) = map[string]string{"c": "3"}
	none["d"] = "4"
	require.Equal(t, named{"c": "3", "d": "4"}, none)
}

func TestTextOf(t *testing.T) {
	require.Equal(t, "abc", textOf([]byte("abc")))
	require.Equal(t, "", textOf(nil))
}

type counter struct{ n int }

func (c *counter) ParseJSON([]byte) error { c.n++; return nil }

type tiny byte

func (v tiny) AppendJSON(dst []byte) ([]byte, error) { return append(dst, byte(v)), nil }

func TestMethodsAreCalledOnTheValue(t *testing.T) {
	parser, ok := methodsOf[jsonParser](reflect.TypeFor[counter]())
	require.True(t, ok)
	var a, b counter
	require.NoError(t, parser.on(addressOf(&a)).ParseJSON(nil))
	require.NoError(t, parser.on(addressOf(&a)).ParseJSON(nil))
	require.Equal(t, 2, a.n)
	require.Zero(t, b.n)

	appender, ok := methodsOf[jsonAppender](reflect.TypeFor[tiny]())
	require.True(t, ok)
	v := tiny('x')
	out, err := appender.on(addressOf(&v)).AppendJSON(nil)
	require.NoError(t, err)
	require.Equal(t, "x", string(out))

	_, ok = methodsOf[jsonAppender](reflect.TypeFor[counter]())
	require.False(t, ok)
}
