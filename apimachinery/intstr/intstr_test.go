package intstr_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
)

func TestJSON(t *testing.T) {
	for text, want := range map[string]intstr.IntOrString{
		`80`: intstr.FromInt(80), `-1`: intstr.FromInt(-1), `"http"`: intstr.FromString("http"), `"25%"`: intstr.FromString("25%"),
		`"80"`: intstr.FromString("80"), `""`: intstr.FromString(""), `"\u003c\n"`: intstr.FromString("<\n"),
	} {
		var got intstr.IntOrString
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		require.Equal(t, want, got)
		out, err := json.Marshal(got)
		require.NoError(t, err)
		require.Equal(t, text, string(out))
		var viaProto intstr.IntOrString
		require.NoError(t, viaProto.ParseProto(got.AppendProto(nil)))
		require.Equal(t, want, viaProto)
	}
	got := intstr.FromInt(3)
	require.NoError(t, got.ParseJSON([]byte(`null`)))
	require.Equal(t, intstr.FromInt(0), got)
	for _, bad := range []string{`1.5`, `{}`, `true`, `99999999999`, `"`} {
		require.Error(t, got.ParseJSON([]byte(bad)), bad)
	}
}

func TestProtoWritesEverything(t *testing.T) {
	require.Equal(t, "\x08\x00\x10\x50\x1a\x00", string(intstr.FromInt(80).AppendProto(nil)))
	require.Equal(t, "\x08\x01\x10\x00\x1a\x01x", string(intstr.FromString("x").AppendProto(nil)))
	require.Equal(t, "\x08\x00\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x1a\x00", string(intstr.FromInt(-1).AppendProto(nil)))
	var v intstr.IntOrString
	for _, bad := range []string{"\x08", "\x1a\x05a", "\x1f", "\x0d\x01"} {
		require.Error(t, v.ParseProto([]byte(bad)), "%q", bad)
	}
}

func TestScaled(t *testing.T) {
	for _, c := range []struct {
		v        intstr.IntOrString
		up, down int
	}{
		{intstr.FromInt(7), 7, 7}, {intstr.FromString("25%"), 3, 2}, {intstr.FromString("0%"), 0, 0}, {intstr.Parse("200%"), 20, 20}, {intstr.Parse("4"), 4, 4},
	} {
		up, err := c.v.Scaled(10, true)
		require.NoError(t, err)
		down, err := c.v.Scaled(10, false)
		require.NoError(t, err)
		require.Equal(t, []int{c.up, c.down}, []int{up, down}, c.v)
	}
	_, err := intstr.FromString("x").Scaled(10, true)
	require.ErrorIs(t, err, intstr.ErrNotPercent)
	_, err = intstr.FromString("x%").Scaled(10, true)
	require.EqualError(t, err, `invalid value for IntOrString: invalid value "x%": strconv.Atoi: parsing "x": invalid syntax`)
}
