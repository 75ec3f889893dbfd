package apply

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Reading and writing an account is stable: what was written once comes out
// the same ever after.
func FuzzManagedFields(f *testing.F) {
	f.Add(`{"f:data":{".":{},"f:k":{}}}`, "m", "")
	f.Add(`{"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{}}},"f:x":{"v:\"a\"":{},"i:3":{}}}}`, "n", "status")
	f.Add(`{"f:a":{"f:b":[1]},"q:z":{}}`, "", "scale")
	f.Fuzz(func(t *testing.T, fields, manager, subresource string) {
		once, err := decode([]meta.ManagedFieldsEntry{{
			Manager: manager, Operation: "Update", APIVersion: "v1", FieldsType: fieldsV1, FieldsV1: &meta.FieldsV1{Raw: []byte(fields)}, Subresource: subresource,
		}})
		if err != nil {
			return
		}
		first, err := once.encode()
		require.NoError(t, err)
		again, err := decode(first)
		if err != nil {
			t.Skip("a path element that the library writes and does not read") // such as a name that is no UTF-8
		}
		second, err := again.encode()
		require.NoError(t, err)
		require.Equal(t, show(first), show(second))
	})
}

// Editing the text of an entry comes to what working on its set does, for
// every text that the editor accepts.
func FuzzEdit(f *testing.F) {
	f.Add(`{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:b":{}}}`, true)
	f.Add(`{"f:spec":{"f:list":{".":{},"k:{\"name\":\"a\"}":{".":{},"f:x":{}},"k:{\"name\":\"c\"}":{"f:y":{}}}}}`, false)
	f.Add(`{"f:metadata":{"f:finalizers":{"v:\"a\"":{},"v:\"x\\u003c\"":{}}}}`, true)
	f.Fuzz(func(t *testing.T, text string, own bool) {
		set := fieldpath.NewSet()
		if set.FromJSON(bytes.NewReader([]byte(text))) != nil {
			return
		}
		canonical, err := set.ToJSON()
		if err != nil || string(canonical) != text {
			// Anything goes, but it must come to an end.
			d := sampleDifference()
			d.edit(nil, []byte(text), own)
			d.release()
			return
		}
		d := sampleDifference()
		defer d.release()
		got, ok := d.edit(nil, []byte(text), own)
		if !ok {
			return
		}
		want := set.Difference(sampleSet("removed"))
		if own {
			want = want.Union(sampleSet("changed"))
		} else {
			want = want.Difference(sampleSet("changed"))
		}
		wantText, err := want.ToJSON()
		require.NoError(t, err)
		require.Equal(t, string(wantText), string(got))
	})
}

// sampleDifference changes metadata.labels.a, spec.b and an item c of spec.list
// that is new, and removes its item a and metadata.finalizers' "a".
func sampleDifference() *difference {
	d := newDifference()
	leaf := func(parent int32, kind byte, text string, changed bool) {
		i := d.open(parent, kind, text)
		d.nodes[i].changed, d.nodes[i].removed = changed, !changed
		d.close(parent, i)
	}
	metadata := d.open(0, 'f', "metadata")
	finalizers := d.open(metadata, 'f', "finalizers")
	leaf(finalizers, 'v', `\"a\"`, false)
	d.close(metadata, finalizers)
	labels := d.open(metadata, 'f', "labels")
	leaf(labels, 'f', "a", true)
	d.close(metadata, labels)
	d.close(0, metadata)
	spec := d.open(0, 'f', "spec")
	leaf(spec, 'f', "b", true)
	list := d.open(spec, 'f', "list")
	a := d.open(list, 'k', `{\"name\":\"a\"}`)
	d.nodes[a].removed = true
	leaf(a, 'f', "x", false)
	d.close(list, a)
	c := d.open(list, 'k', `{\"name\":\"c\"}`)
	d.nodes[c].changed = true
	leaf(c, 'f', "x", true)
	d.close(list, c)
	d.close(spec, list)
	d.close(0, spec)
	return d
}

func sampleSet(which string) *fieldpath.Set {
	text := `{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:b":{},"f:list":{"k:{\"name\":\"c\"}":{".":{},"f:x":{}}}}}`
	if which == "removed" {
		text = `{"f:metadata":{"f:finalizers":{"v:\"a\"":{}}},"f:spec":{"f:list":{"k:{\"name\":\"a\"}":{".":{},"f:x":{}}}}}`
	}
	set := fieldpath.NewSet()
	if err := set.FromJSON(bytes.NewReader([]byte(text))); err != nil {
		panic(err) // the text is ours
	}
	return set
}

// Applying the same twice is applying it once, and no text brings Apply down.
func FuzzApply(f *testing.F) {
	f.Add(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"x":"y"}},"spec":{"containers":[{"name":"web","image":"i:2"}]}}`)
	f.Add(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","finalizers":null},"spec":null}`)
	f.Add(`{"apiVersion":"v1","kind":"Pod","metadata":[],"spec":{"containers":{"name":1}}}`)
	f.Add(podText)
	p := newPodBench(f)
	live := p.stored(f)
	f.Fuzz(func(t *testing.T, patch string) {
		once, err := p.m.Apply(live, []byte(patch), p.r, "", "m", true, meta.Unix(2000))
		if err != nil {
			return
		}
		once = reread(t, p.r, once)
		twice, err := p.m.Apply(once, []byte(patch), p.r, "", "m", true, meta.Unix(3000))
		require.NoError(t, err)
		require.Len(t, twice.Metadata().ManagedFields, len(once.Metadata().ManagedFields))
		// Where null takes the place of nothing the merge sees a change. Its time
		// is all that changes, which does not count.
		for i := range twice.Metadata().ManagedFields {
			twice.Metadata().ManagedFields[i].Time = once.Metadata().ManagedFields[i].Time
		}
		first, err := codec.MarshalJSON(once)
		require.NoError(t, err)
		second, err := codec.MarshalJSON(twice)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
	})
}
