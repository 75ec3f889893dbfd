package labels_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"  ":                          "",
		"a":                           "a",
		"!a":                          "!a",
		"a=b":                         "a=b",
		"a = b , c!=d":                "a=b,c!=d",
		"a==b":                        "a==b",
		"a=":                          "a=",
		"a=,b":                        "a=,b",
		"c in (z,y,z), b notin(x),a":  "a,b notin (x),c in (y,z)",
		"a in ()":                     "a in ()",
		"a in (,)":                    "a in ()",
		"a in (,x,,y)":                "a in (,x,y)",
		"n>5,n<10":                    "n>5,n<10",
		"in=notin,notin in (in)":      "in=notin,notin in (in)",
		"example.com/a=b\x00 garbage": "example.com/a=b",
	} {
		s, err := labels.Parse(text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, want, s.String(), "%q", text)
	}
}

func TestParseErrors(t *testing.T) {
	long := strings.Repeat("v", 64)
	for text, want := range map[string]string{
		// Recorded.
		"a in x":    "unable to parse requirement: found 'x' expected: '('",
		"a in (":    "unable to parse requirement: found '', expected: ',', ')' or identifier",
		"=x":        "found '=', expected: !, identifier, or 'end of string'",
		"a b":       "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
		"a=b=c":     "found '=', expected: ',' or 'end of string'",
		"-a=x":      `unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
		"a=" + long: `unable to parse requirement: values[0][a]: Invalid value: "` + long + `": must be no more than 63 bytes`,
		"n>x":       `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
		"a/b/c=x":   `unable to parse requirement: <nil>: Invalid value: "a/b/c": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
		"a=x,,b=y":  "found ',', expected: identifier after ','",
		// Derived from the grammar.
		"a,":         "found '', expected: identifier after ','",
		"!":          "unable to parse requirement: found '', expected: identifier",
		"!a=b":       "found '=', expected: ',' or 'end of string'",
		"a=(":        "unable to parse requirement: found '(', expected: identifier",
		"a in (b":    "unable to parse requirement: found '', expected: ',' or ')'",
		"a in (b c)": "unable to parse requirement: found 'c', expected: ',' or ')'",
		"a in (b,=)": "unable to parse requirement: found '=', expected: ',', or identifier",
		"(":          "found '(', expected: !, identifier, or 'end of string'",
	} {
		_, err := labels.Parse(text)
		require.EqualError(t, err, want, "%q", text)
	}
}

func TestMatches(t *testing.T) {
	set := labels.Set{"app": "web", "tier": "front", "n": "7", "empty": ""}
	for text, want := range map[string]bool{
		"": true, "app": true, "!app": false, "nope": false, "!nope": true,
		"app=web": true, "app==web": true, "app!=web": false, "nope!=x": true, "nope=": false, "empty=": true,
		"tier in (front,back)": true, "tier notin (front,back)": false, "tier in (a,b,c)": false, "nope notin (a)": true, "nope in ()": false,
		"n>6": true, "n>7": false, "n<8": true, "n<7": false, "app>1": false, "nope<1": false,
		"app=web,tier=back": false,
	} {
		s, err := labels.Parse(text)
		require.NoError(t, err)
		require.Equal(t, want, s.Matches(set), "%q", text)
	}
	require.False(t, labels.Nothing().Matches(set))
	require.True(t, labels.Everything().Matches(nil))
}

func TestFromLabelSelector(t *testing.T) {
	s, err := labels.FromLabelSelector(nil)
	require.NoError(t, err)
	require.True(t, s.MatchesNothing())
	s, err = labels.FromLabelSelector(&meta.LabelSelector{})
	require.NoError(t, err)
	require.True(t, s.Empty())
	s, err = labels.FromLabelSelector(&meta.LabelSelector{
		MatchLabels: map[string]string{"b": "1"},
		MatchExpressions: []meta.LabelSelectorRequirement{
			{Key: "a", Operator: meta.LabelSelectorOpIn, Values: []string{"y", "x"}},
			{Key: "c", Operator: meta.LabelSelectorOpDoesNotExist},
			{Key: "d", Operator: meta.LabelSelectorOpNotIn, Values: []string{"z"}},
			{Key: "e", Operator: meta.LabelSelectorOpExists},
		},
	})
	require.NoError(t, err)
	require.Equal(t, "a in (x,y),b=1,!c,d notin (z),e", s.String())
	_, err = labels.FromLabelSelector(&meta.LabelSelector{MatchExpressions: []meta.LabelSelectorRequirement{{Key: "a", Operator: "Near"}}})
	require.EqualError(t, err, `"Near" is not a valid label selector operator`)
	_, err = labels.FromLabelSelector(&meta.LabelSelector{MatchExpressions: []meta.LabelSelectorRequirement{{Key: "a", Operator: "In"}}})
	require.EqualError(t, err, `values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty`)
}

func TestExactValue(t *testing.T) {
	s, err := labels.Parse("a=1,b in (2),c in (3,4),d")
	require.NoError(t, err)
	for key, want := range map[string]string{"a": "1", "b": "2", "c": "", "d": "", "e": ""} {
		v, ok := s.ExactValue(key)
		require.Equal(t, want, v)
		require.Equal(t, want != "", ok)
	}
}

func ExampleParse() {
	s, err := labels.Parse("app=web,tier in (front,back),!canary")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Matches(labels.Set{"app": "web", "tier": "front"}))
	fmt.Println(s.Matches(labels.Set{"app": "web", "tier": "front", "canary": "yes"}))
	// Output:
	// true
	// false
}

var wellFormed = regexp.MustCompile(`^[-A-Za-z0-9_./=!(),<> \t\r\n]*$`)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "a=b", "a in (b,c),!d", "n>5,m<-3", "x notin (,)", "a b", "a=b,,", "(", "in in (in)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := labels.Parse(text)
		if err != nil {
			return
		}
		if before, _, _ := strings.Cut(text, "\x00"); !wellFormed.MatchString(before) {
			t.Fatalf("%q was accepted", text)
		}
		again, err := labels.Parse(s.String())
		if err != nil || again.String() != s.String() {
			t.Fatalf("%q prints as %q, which reads as %q (%v)", text, s, again, err)
		}
		// A set that meets every "=" and "in" is found unless something else refuses it.
		set := labels.Set{}
		for _, r := range s.Requirements() {
			if len(r.Values()) > 0 {
				set[r.Key()] = r.Values()[0]
			}
		}
		if s.Matches(set) != again.Matches(set) {
			t.Fatalf("%q and its print disagree on %v", text, set)
		}
	})
}

func BenchmarkMatches(b *testing.B) {
	set := labels.Set{"app": "web", "tier": "front", "pod-template-hash": "abcdef", "controller": "x"}
	for _, text := range []string{"app=web", "app=web,tier in (back,front,middle),!canary"} {
		b.Run(text, func(b *testing.B) {
			s, err := labels.Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if !s.Matches(set) {
					b.Fatal("no match")
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := labels.Parse("app=web,tier in (back,front,middle),!canary"); err != nil {
			b.Fatal(err)
		}
	}
}
