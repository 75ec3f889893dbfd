package quantity_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func TestPrintsAs(t *testing.T) {
	// What a Kubernetes API server gives back for what it was sent.
	for _, c := range []struct{ sent, got string }{
		// Recorded.
		{"0.5", "500m"}, {"1024Mi", "1Gi"}, {"1e3", "1e3"}, {"2", "2"}, {"1073741824", "1073741824"},
		{"0.25", "250m"}, {"1.5Mi", "1536Ki"}, {"0.5Gi", "512Mi"}, {"1000M", "1G"}, {"123456k", "123456k"},
		{"0.1G", "100M"}, {"+1", "+1"}, {"1e6", "1e6"}, {"10000000000000000000000", "10"}, {"100m", "100m"},
		{"0Mi", "0"}, {"0", "0"}, {"2048Ki", "2Mi"}, {"100u", "100u"}, {"1E", "1E"}, {"1k", "1k"},
		// Reported in its issues.
		{"1.001", "1.001"}, {"1.44", "1440m"}, {"1.1Gi", "1181116006400m"}, {".001Ki", "1024m"},
		// Derived from its rules.
		{"1000m", "1"}, {"1500m", "1500m"}, {"1.0", "1"}, {"01", "01"}, {"1000", "1k"}, {"1e4", "10e3"}, {"1e-3", "1e-3"},
		{"1E3", "1E3"}, {"0.0001e3", "100e-3"}, {"-1", "-1"}, {"-0.5", "-500m"}, {"-0", "0"}, {".", "0"}, {"1.", "1."},
		{"1n", "1n"}, {"0.1n", "1n"}, {"-0.1n", "-1n"}, {"0.0000000001", "1n"}, {"1.0000000001", "1000000001n"},
		{"1023", "1023"}, {"100Ki", "100Ki"}, {"8Ki", "8Ki"}, {"0.5Ki", "512"}, {"0.0001Ki", "102400u"}, {"1024Ki", "1Mi"},
		{"16Ei", "9223372036854775807"}, {"-16Ei", "-9223372036854775807"}, {"7Ei", "7Ei"}, {"9223372036854775807", "9223372036854775807"},
		{"9223372036854775808", "9223372036854775808"}, {"12345678901234567890123", "12345678901234567890123"},
		{"1e100", "10e99"}, {"100E", "100E"}, {"1000E", "1"},
	} {
		q, err := quantity.Parse(c.sent)
		require.NoError(t, err, c.sent)
		require.Equal(t, c.got, q.String(), c.sent)
		var viaJSON quantity.Quantity
		require.NoError(t, viaJSON.ParseJSON([]byte(`"`+c.sent+`"`)))
		require.Equal(t, q, viaJSON, "JSON reads %s like Parse", c.sent)
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		text string
		err  error
	}{
		{"", quantity.ErrFormat}, {"abc", quantity.ErrFormat}, {"1Kb", quantity.ErrFormat}, {"1 Gi", quantity.ErrFormat},
		{"12E-2Gi", quantity.ErrFormat}, {"1..2", quantity.ErrFormat}, {"1,5", quantity.ErrFormat}, {"true", quantity.ErrFormat},
		{"--1", quantity.ErrSuffix}, {"1e1.5", quantity.ErrFormat}, {"{}", quantity.ErrFormat},
		{"1K", quantity.ErrSuffix}, {"1iM", quantity.ErrSuffix}, {"1e", quantity.ErrSuffix}, {"1g", quantity.ErrFormat}, {"1MM", quantity.ErrSuffix},
		{"1e99999999999", quantity.ErrSuffix}, {"1-", quantity.ErrSuffix},
	} {
		_, err := quantity.Parse(c.text)
		require.ErrorIs(t, err, c.err, "%q", c.text)
	}
}

func TestNullIsZero(t *testing.T) {
	q := quantity.MustParse("5")
	require.NoError(t, json.Unmarshal([]byte(`null`), &q))
	out, err := json.Marshal(q)
	require.NoError(t, err)
	require.Equal(t, `"0"`, string(out))
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		text         string
		value, milli int64
	}{
		{"1", 1, 1000}, {"1500m", 2, 1500}, {"1m", 1, 1}, {"1n", 1, 1}, {"-1500m", -2, -1500}, {"1Ki", 1024, 1024000},
		{"3e3", 3000, 3000000}, {"0", 0, 0}, {"100Gi", 100 << 30, 100 << 30 * 1000}, {"0.0015", 1, 2},
	} {
		q := quantity.MustParse(c.text)
		require.Equal(t, c.value, q.Value(), c.text)
		require.Equal(t, c.milli, q.MilliValue(), c.text)
	}
	for _, c := range []struct {
		text string
		n    int64
		ok   bool
	}{{"3", 3, true}, {"2k", 2000, true}, {"1.5", 0, false}, {"9223372036854775808", 0, false}, {"9E", 9e18, true}, {"10E", 0, false}, {"0e300", 0, true}} {
		q := quantity.MustParse(c.text)
		n, ok := q.Int64()
		require.Equal(t, c.ok, ok, c.text)
		require.Equal(t, c.n, n, c.text)
	}
	require.Equal(t, 1.5, quantity.MustParse("1500m").Float64())
	require.Equal(t, 1e100, quantity.MustParse("1e100").Float64())
	require.Equal(t, math.Inf(1), quantity.MustParse("1e400").Float64())
}

func TestSums(t *testing.T) {
	for _, c := range []struct{ a, b, sum, diff string }{
		{"1", "500m", "1500m", "500m"}, {"1Gi", "1Mi", "1025Mi", "1023Mi"}, {"0", "1Ki", "1Ki", "-1Ki"}, {"1Ki", "0", "1Ki", "1Ki"},
		{"9223372036854775807", "1", "9223372036854775808", "9223372036854775806"}, {"+1", "0", "1", "1"},
		{"1e3", "1", "1001", "999"}, {"9E", "1n", "9000000000000000000000000001n", "8999999999999999999999999999n"},
		{"1Gi", "1G", "2073741824", "73741824"}, {"-9223372036854775808", "1", "-9223372036854775807", "-9223372036854775809"},
	} {
		sum := quantity.MustParse(c.a)
		sum.Add(quantity.MustParse(c.b))
		require.Equal(t, c.sum, sum.String(), "%s + %s", c.a, c.b)
		diff := quantity.MustParse(c.a)
		diff.Sub(quantity.MustParse(c.b))
		require.Equal(t, c.diff, diff.String(), "%s - %s", c.a, c.b)
	}
	q := quantity.MustParse("1500m")
	q.Mul(3)
	require.Equal(t, "4500m", q.String())
	q.Neg()
	require.Equal(t, "-4500m", q.String())
	require.Equal(t, "1Mi", quantity.New(1<<20, quantity.BinarySI).String())
	require.Equal(t, "1048576", quantity.New(1<<20, quantity.DecimalSI).String())
	require.Equal(t, "2500m", quantity.NewMilli(2500, quantity.DecimalSI).String())
	require.Equal(t, "1e3", quantity.MustParse("1000").In(quantity.DecimalExponent).String())
	require.Equal(t, "1", quantity.MustParse("+1").Canonical().String())
}

func TestChangingOneCopyLeavesTheOther(t *testing.T) {
	a := quantity.MustParse("99999999999999999999")
	b := a
	b.Add(quantity.MustParse("1"))
	b.Neg()
	require.Equal(t, "99999999999999999999", a.String())
}

func TestRoundUp(t *testing.T) {
	for _, c := range []struct {
		text  string
		scale quantity.Scale
		want  string
		exact bool
	}{
		{"0.00001", quantity.Milli, "1m", false}, {"1m", quantity.Milli, "1m", true}, {"+1", quantity.Milli, "+1", true},
		{"1234567891n", quantity.Micro, "1234568u", false}, {"-1n", quantity.Unit, "-1", false}, {"1", quantity.Giga, "1G", false},
		{"123456789012345678901", quantity.Giga, "123456789013G", false},
	} {
		q := quantity.MustParse(c.text)
		require.Equal(t, c.exact, q.RoundUp(c.scale), c.text)
		require.Equal(t, c.want, q.String(), c.text)
	}
}

func TestProto(t *testing.T) {
	q := quantity.MustParse("1500m")
	data := q.AppendProto(nil)
	require.Equal(t, "\x0a\x051500m", string(data))
	var back quantity.Quantity
	require.NoError(t, back.ParseProto(append([]byte{0x10, 7, 0x25, 1, 2, 3, 4}, data...)), "unknown fields are skipped")
	require.Equal(t, q, back)
	for _, bad := range []string{"\x0a", "\x0a\x05abc", "\x0a\x01x", "\x0f", "\x08", "\x0d\x01"} {
		require.Error(t, back.ParseProto([]byte(bad)), "%q", bad)
	}
}

// rational is the amount that the printed form stands for.
func rational(t *testing.T, q quantity.Quantity) *big.Rat {
	r, ok := new(big.Rat).SetString(q.In(quantity.DecimalExponent).String())
	require.True(t, ok, q.String())
	return r
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0", "1", "500m", "1.5Gi", "1e3", "+1", "-16Ei", "10000000000000000000000", "0.0000000001", ".", "1E-5", "99999999999999999999Ki"} {
		f.Add(seed, "3")
	}
	f.Fuzz(func(t *testing.T, x, y string) {
		a, err := quantity.Parse(x)
		if err != nil {
			return
		}
		if c := a.Canonical(); a.Cmp(c) != 0 {
			t.Fatalf("%q: canonical %s is another amount", x, c)
		}
		// Reading what was printed changes nothing more, short of the suffixes that there are not.
		if limit := quantity.MustParse("999E"); a.Cmp(limit) < 0 && a.Sign() >= 0 {
			again, err := quantity.Parse(a.String())
			if err != nil || again.String() != a.String() || again.Cmp(a) != 0 {
				t.Fatalf("%q prints as %q, which reads as %s (%v)", x, a, again, err)
			}
		}
		b, err := quantity.Parse(y)
		if err != nil {
			return
		}
		if got, want := a.Cmp(b), rational(t, a).Cmp(rational(t, b)); got != want {
			t.Fatalf("%s cmp %s is %d, want %d", a, b, got, want)
		}
		sum := a
		sum.Add(b)
		if want := new(big.Rat).Add(rational(t, a), rational(t, b)); rational(t, sum).Cmp(want) != 0 {
			t.Fatalf("%s + %s is %s", a, b, sum)
		}
		sum.Sub(b)
		if sum.Cmp(a) != 0 {
			t.Fatalf("%s + %s - the same is %s", a, b, sum)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, text := range []string{`"500m"`, `"128Mi"`, `"1.5Gi"`, `"1073741824"`} {
		b.Run(text, func(b *testing.B) {
			data := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				var q quantity.Quantity
				if err := q.ParseJSON(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	q := quantity.MustParse("1536Mi")
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = q.AppendJSON(buf[:0])
	}
}
