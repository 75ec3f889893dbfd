package fields_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/fields"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"": "", ",,": "", "a=b": "a=b", "a==b": "a=b", "a!=b": "a!=b", "b=2,a=1": "a=1,b=2", "a=": "a=",
		`a=x\,y\=z\\`: `a=x\,y\=z\\`, "=x": "=x", "=": "", "!=,a=b": "a=b", "a.b/c=d": "a.b/c=d", "a = b": "a = b",
	} {
		s, err := fields.Parse(text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, want, s.String(), "%q", text)
	}
	for text, want := range map[string]string{
		"bad":     "invalid selector: 'bad'; can't understand 'bad'", // recorded
		"a=1,bad": "invalid selector: 'a=1,bad'; can't understand 'bad'",
		"a=b=c":   "invalid field selector: unescaped character in value: 61",
		`a=\x`:    `invalid field selector: invalid escape sequence: \x`,
		`a=b\`:    `invalid field selector: invalid escape sequence: \`,
	} {
		_, err := fields.Parse(text)
		require.EqualError(t, err, want, "%q", text)
	}
}

func TestMatches(t *testing.T) {
	set := fields.Set{"metadata.name": "a", "spec.nodeName": ""}
	for text, want := range map[string]bool{
		"": true, "metadata.name=a": true, "metadata.name!=a": false, "metadata.name=b": false,
		"spec.nodeName=": true, "spec.nodeName!=": false, "absent=": true, "absent!=x": true,
		"metadata.name=a,spec.nodeName=n": false,
	} {
		s, err := fields.Parse(text)
		require.NoError(t, err)
		require.Equal(t, want, s.Matches(set), "%q", text)
	}
	require.False(t, fields.Nothing().Matches(set))
	require.True(t, fields.Equal("metadata.name", "a").With(fields.Term{Field: "x", Value: "y", Not: true}).Matches(set))
}

func TestMap(t *testing.T) {
	s := fields.FromSet(fields.Set{"a": "1", "b": "2", "c": "3"})
	errUnknown := errors.New("unknown")
	got, err := s.Map(func(t fields.Term) (fields.Term, error) {
		switch t.Field {
		case "a":
			t.Field = "x"
		case "b":
			t.Field = ""
		}
		return t, nil
	})
	require.NoError(t, err)
	require.Equal(t, "x=1,c=3", got.String())
	_, err = s.Map(func(fields.Term) (fields.Term, error) { return fields.Term{}, errUnknown })
	require.ErrorIs(t, err, errUnknown)
}

func ExampleParse() {
	s, err := fields.Parse("spec.nodeName=node-1,status.phase!=Failed")
	if err != nil {
		fmt.Println(err)
		return
	}
	node, _ := s.ExactValue("spec.nodeName")
	fmt.Println(node, s.Matches(fields.Set{"spec.nodeName": "node-1", "status.phase": "Running"}))
	// Output: node-1 true
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a=b", "a!=b,c==d", `a=\,\=\\`, "bad", "a=b=c", `a\,b=c`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := fields.Parse(text)
		if err != nil {
			return
		}
		again, err := fields.Parse(s.String())
		if err != nil || len(again.Terms()) != len(s.Terms()) {
			t.Fatalf("%q prints as %q, which reads as %q (%v)", text, s, again, err)
		}
		for _, term := range s.Terms() {
			if back, err := fields.Unescape(fields.Escape(term.Value)); err != nil || back != term.Value {
				t.Fatalf("%q escapes to %q and back to %q (%v)", term.Value, fields.Escape(term.Value), back, err)
			}
		}
	})
}
