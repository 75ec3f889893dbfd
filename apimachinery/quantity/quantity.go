package quantity

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// Format is the kind of suffix that a quantity prints with.
type Format uint8

const (
	unspecified     Format = iota // the zero quantity's: that of whatever is added
	DecimalSI                     // n u m, none, k M G T P E: powers of 1000
	BinarySI                      // Ki Mi Gi Ti Pi Ei: powers of 1024
	DecimalExponent               // e3, e6, e-3
)

// Scale is a power of ten.
type Scale int32

const (
	Nano  Scale = -9
	Micro Scale = -6
	Milli Scale = -3
	Unit  Scale = 0
	Kilo  Scale = 3
	Mega  Scale = 6
	Giga  Scale = 9
)

// Quantity is an exact decimal number with a kind of suffix. It is not safe to
// change one while others use it; everything else is.
//
// It has no method IsZero on purpose: fields of this type are never left out
// of an object's JSON, however empty (a divisor of "0" shows). Use Sign.
type Quantity struct {
	value int64    // the number is value * 10^scale ...
	large *big.Int // ... or large * 10^scale, where an int64 is too small. Never changed once set.
	// text is what the quantity was parsed from, where that is not the
	// canonical form and yet prints as it came.
	text   string
	scale  int32
	format Format
}

// New returns n in whole units.
func New(n int64, format Format) Quantity { return Quantity{value: n, format: format} }

// NewMilli returns n thousandths.
func NewMilli(n int64, format Format) Quantity { return NewScaled(n, Milli, format) }

// NewScaled returns n * 10^scale. Scales below Nano are rounded away from zero.
func NewScaled(n int64, scale Scale, format Format) Quantity {
	q := Quantity{value: n, scale: int32(scale), format: format}
	q.RoundUp(Nano)
	return q
}

// Format returns the kind of suffix that q prints with.
func (q Quantity) Format() Format {
	if q.format == unspecified {
		return DecimalSI
	}
	return q.format
}

// Sign returns -1, 0 or 1.
func (q Quantity) Sign() int {
	switch {
	case q.large != nil:
		return q.large.Sign()
	case q.value > 0:
		return 1
	case q.value < 0:
		return -1
	}
	return 0
}

// Cmp returns -1, 0 or 1 as q is less than, equal to or greater than o.
func (q Quantity) Cmp(o Quantity) int {
	if a, b := q.Sign(), o.Sign(); a != b || a == 0 {
		return compare(a, b)
	}
	if q.large == nil && o.large == nil {
		if q.scale == o.scale {
			return compare(q.value, o.value)
		}
		if a, b, ok := aligned(q.value, q.scale, o.value, o.scale); ok {
			return compare(a, b)
		}
	}
	a, b, _ := alignedBig(q, o)
	return a.Cmp(b)
}

// CmpInt64 compares q with a whole number.
func (q Quantity) CmpInt64(n int64) int { return q.Cmp(Quantity{value: n}) }

// Equal reports whether q and o are the same amount.
func (q Quantity) Equal(o Quantity) bool { return q.Cmp(o) == 0 }

// Less reports whether q is less than o.
func (q Quantity) Less(o Quantity) bool { return q.Cmp(o) < 0 }

// Add adds o to q. A zero q takes over o's format.
func (q *Quantity) Add(o Quantity) {
	if q.Sign() == 0 {
		q.format = o.format
	}
	q.text = ""
	switch {
	case o.Sign() == 0:
		return
	case q.Sign() == 0:
		q.value, q.large, q.scale = o.value, o.large, o.scale
		return
	}
	if q.large == nil && o.large == nil {
		if a, b, ok := aligned(q.value, q.scale, o.value, o.scale); ok {
			if sum := a + b; (sum > a) == (b > 0) {
				q.value, q.scale = sum, min(q.scale, o.scale)
				return
			}
		}
	}
	a, b, scale := alignedBig(*q, o)
	q.setBig(a.Add(a, b), scale)
}

// Sub takes o from q. A zero q takes over o's format.
func (q *Quantity) Sub(o Quantity) {
	o.Neg()
	q.Add(o)
}

// Neg turns q into its opposite.
func (q *Quantity) Neg() {
	q.text = ""
	if q.large == nil && q.value != math.MinInt64 {
		q.value = -q.value
		return
	}
	q.setBig(new(big.Int).Neg(q.unscaled()), q.scale)
}

// Mul multiplies q by n.
func (q *Quantity) Mul(n int64) {
	q.text = ""
	if q.large == nil {
		if v, ok := multiply(q.value, n); ok {
			q.value = v
			return
		}
	}
	q.setBig(new(big.Int).Mul(q.unscaled(), big.NewInt(n)), q.scale)
}

// RoundUp rounds q away from zero to a multiple of 10^scale, and reports
// whether it was one already.
func (q *Quantity) RoundUp(scale Scale) (exact bool) {
	if q.scale >= int32(scale) {
		return true
	}
	q.text = ""
	drop := int32(scale) - q.scale
	if q.large == nil {
		if drop > 18 { // 10^19 and up are more than any int64
			exact = q.value == 0
			q.value, q.scale = int64(q.Sign()), int32(scale)
			return exact
		}
		d := pow10[drop]
		rest := q.value % d
		q.value /= d
		q.scale = int32(scale)
		if rest == 0 {
			return true
		}
		if rest > 0 {
			q.value++
		} else {
			q.value--
		}
		return false
	}
	v, exact := divideUp(q.large, drop)
	q.setBig(v, int32(scale))
	return exact
}

// Value returns q in whole units, rounded away from zero.
func (q Quantity) Value() int64 { return q.ScaledValue(Unit) }

// MilliValue returns q in thousandths, rounded away from zero.
func (q Quantity) MilliValue() int64 { return q.ScaledValue(Milli) }

// ScaledValue returns q in units of 10^scale, rounded away from zero. If that
// does not fit an int64, the result is the low 64 bits, as in Kubernetes: ask
// Cmp before where it matters.
func (q Quantity) ScaledValue(scale Scale) int64 {
	shift := q.scale - int32(scale)
	if q.large == nil {
		switch {
		case shift == 0:
			return q.value
		case shift < 0:
			q.RoundUp(scale)
			return q.value
		case shift <= 18:
			if v, ok := multiply(q.value, pow10[shift]); ok {
				return v
			}
		}
	}
	v := q.unscaled()
	if shift < 0 {
		v, _ = divideUp(v, -shift)
	} else {
		v = new(big.Int).Mul(v, bigPow10(shift))
	}
	return v.Int64()
}

// Int64 returns q as a whole number and whether it is one that fits.
func (q Quantity) Int64() (n int64, ok bool) {
	whole := q
	if !whole.RoundUp(Unit) || whole.large != nil {
		return 0, false
	}
	if whole.scale == 0 || whole.value == 0 {
		return whole.value, true
	}
	if whole.scale > 18 {
		return 0, false
	}
	return multiply(whole.value, pow10[whole.scale])
}

// Float64 returns the float nearest to q, or an infinity. It is for shares and
// scores, not for sums.
func (q Quantity) Float64() float64 {
	if q.large == nil && q.scale == 0 {
		return float64(q.value)
	}
	// The parser of floats rounds correctly, which arithmetic on floats would not.
	text := q.unscaled().Append(make([]byte, 0, 48), 10)
	text = strconv.AppendInt(append(text, 'e'), int64(q.scale), 10)
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0
	}
	return f
}

// unscaled returns the mantissa; the result must not be changed.
func (q Quantity) unscaled() *big.Int {
	if q.large != nil {
		return q.large
	}
	return big.NewInt(q.value)
}

// setBig sets the amount, small again if it fits. It keeps v.
func (q *Quantity) setBig(v *big.Int, scale int32) {
	q.scale = scale
	if v.IsInt64() {
		q.value, q.large = v.Int64(), nil
		return
	}
	q.value, q.large = 0, v
}

func compare[N int | int64](a, b N) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// pow10 holds the powers of ten that fit an int64.
var pow10 = [...]int64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

func bigPow10(n int32) *big.Int {
	if n <= 18 {
		return big.NewInt(pow10[n])
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// multiply returns a * b and whether it fits.
func multiply(a, b int64) (int64, bool) {
	if a == math.MinInt64 || b == math.MinInt64 {
		return a * b, b == 1 || a == 1 || a == 0 || b == 0
	}
	hi, lo := bits.Mul64(abs(a), abs(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func abs(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// aligned brings two amounts to the smaller of their scales, if both fit there.
func aligned(a int64, aScale int32, b int64, bScale int32) (int64, int64, bool) {
	switch shift := aScale - bScale; {
	case shift == 0:
		return a, b, true
	case shift > 18 || shift < -18:
		return 0, 0, false
	case shift > 0:
		v, ok := multiply(a, pow10[shift])
		return v, b, ok
	default:
		v, ok := multiply(b, pow10[-shift])
		return a, v, ok
	}
}

// alignedBig is aligned without limits. The first result is the caller's.
func alignedBig(a, b Quantity) (x, y *big.Int, scale int32) {
	x, y = new(big.Int).Set(a.unscaled()), b.unscaled()
	switch shift := a.scale - b.scale; {
	case shift > 0:
		return x.Mul(x, bigPow10(shift)), y, b.scale
	case shift < 0:
		return x, new(big.Int).Mul(y, bigPow10(-shift)), a.scale
	}
	return x, y, a.scale
}

// divideUp returns v / 10^n rounded away from zero, and whether there was no rest.
func divideUp(v *big.Int, n int32) (*big.Int, bool) {
	whole, rest := new(big.Int).QuoRem(v, bigPow10(n), new(big.Int))
	if rest.Sign() == 0 {
		return whole, true
	}
	return whole.Add(whole, big.NewInt(int64(rest.Sign()))), false
}
