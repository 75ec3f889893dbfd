package quantity

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Errors of Parse.
var (
	ErrFormat  = errors.New("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
	ErrNumeric = errors.New("unable to parse numeric part of quantity")
	ErrSuffix  = errors.New("unable to parse quantity's suffix")
)

const (
	// maxDigits and maxExponent bound the work that one quantity can cause.
	// Both are far above what is useful.
	maxDigits   = 1024
	maxExponent = 400

	// int64Digits is how many decimal digits always fit an int64.
	int64Digits = 18
)

var maxBinary = big.NewInt(math.MaxInt64)

// Parse reads a quantity: an optional sign, digits with an optional point, and
// a suffix: none, one of n u m k M G T P E, one of Ki Mi Gi Ti Pi Ei, or an
// exponent such as e3. The error is [ErrFormat], [ErrNumeric] or [ErrSuffix].
func Parse(s string) (Quantity, error) {
	if s == "0" {
		return Quantity{}, nil
	}
	p, err := split(s)
	if err != nil {
		return Quantity{}, err
	}
	exponent, format, ok := interpret(p.suffix)
	if !ok {
		return Quantity{}, ErrSuffix
	}
	if len(p.whole)+len(p.fraction) > maxDigits {
		return Quantity{}, ErrNumeric
	}
	if q, ok := p.small(s, exponent, format); ok {
		return q, nil
	}
	return p.large(exponent, format)
}

// MustParse is Parse for constants in code. It panics if s is not a quantity:
// never give it anything that came from outside.
func MustParse(s string) Quantity {
	q, err := Parse(s)
	if err != nil {
		panic(fmt.Sprintf("quantity %q: %v", s, err))
	}
	return q
}

// parts are the parts of a quantity's text.
type parts struct {
	negative bool
	whole    string // without zeros before it; "0" if nothing is left
	fraction string
	suffix   string
}

func split(s string) (p parts, err error) {
	if s == "" {
		return p, ErrFormat
	}
	i := 0
	if s[0] == '-' || s[0] == '+' {
		p.negative = s[0] == '-'
		i++
	}
	for i < len(s) && s[i] == '0' {
		i++
	}
	start := i
	i = skipDigits(s, i)
	if p.whole = s[start:i]; p.whole == "" {
		p.whole = "0"
	}
	if i < len(s) && s[i] == '.' {
		start = i + 1
		i = skipDigits(s, start)
		p.fraction = s[start:i]
	}
	start = i
	for i < len(s) && strings.IndexByte("eEinumkKMGTP", s[i]) >= 0 {
		i++
	}
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	if i = skipDigits(s, i); i < len(s) {
		return p, ErrFormat
	}
	p.suffix = s[start:]
	return p, nil
}

func skipDigits(s string, i int) int {
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}

// interpret returns the power of ten, or of two for BinarySI, that a suffix
// stands for.
func interpret(suffix string) (exponent int32, format Format, ok bool) {
	switch suffix {
	case "":
		return 0, DecimalSI, true
	case "n":
		return -9, DecimalSI, true
	case "u":
		return -6, DecimalSI, true
	case "m":
		return -3, DecimalSI, true
	case "k":
		return 3, DecimalSI, true
	case "M":
		return 6, DecimalSI, true
	case "G":
		return 9, DecimalSI, true
	case "T":
		return 12, DecimalSI, true
	case "P":
		return 15, DecimalSI, true
	case "E":
		return 18, DecimalSI, true
	case "Ki":
		return 10, BinarySI, true
	case "Mi":
		return 20, BinarySI, true
	case "Gi":
		return 30, BinarySI, true
	case "Ti":
		return 40, BinarySI, true
	case "Pi":
		return 50, BinarySI, true
	case "Ei":
		return 60, BinarySI, true
	}
	if suffix[0] != 'e' && suffix[0] != 'E' {
		return 0, unspecified, false
	}
	n, err := strconv.ParseInt(suffix[1:], 10, 32)
	if err != nil || n > maxExponent {
		return 0, unspecified, false
	}
	return int32(max(n, -maxExponent-maxDigits)), DecimalExponent, true
}

// small makes the quantity with an int64, if it has few enough digits. Which
// texts count as few enough, and which of those print as they came, decides
// what a client reads back, so it follows Kubernetes to the digit.
func (p parts) small(s string, exponent int32, format Format) (Quantity, bool) {
	digits := len(p.whole) + len(p.fraction)
	factor, scale := int64(1), int32(0)
	var fits bool
	switch format {
	case BinarySI:
		fits = p.fraction == "" && 14-digits-int(exponent)*3/10 >= 0
		factor = 1 << exponent
	default:
		scale = exponent - int32(len(p.fraction))
		fits = digits <= int64Digits && scale >= int32(Nano)
	}
	if !fits {
		return Quantity{}, false
	}
	var mantissa int64
	for _, part := range [2]string{p.whole, p.fraction} {
		for i := 0; i < len(part); i++ {
			mantissa = mantissa*10 + int64(part[i]-'0')
		}
	}
	value, ok := multiply(mantissa, factor)
	if !ok {
		return Quantity{}, false
	}
	if p.negative {
		value = -value
	}
	q := Quantity{value: value, scale: scale, format: format}
	if p.asItCame(mantissa, exponent, scale, format) && !q.canonicallyIs(s) {
		q.text = s
	}
	return q, true
}

// asItCame says whether the text looks canonical at a glance. Kubernetes looks
// no closer, so a sign or a fraction of three digits survives.
func (p parts) asItCame(mantissa int64, exponent, scale int32, format Format) bool {
	if format == BinarySI {
		return exponent%10 == 0 && mantissa&7 != 0
	}
	first := p.whole[0]
	return scale%3 == 0 && first != '0' && !p.endsInThousands()
}

// endsInThousands says whether the last three digits are zeros.
func (p parts) endsInThousands() bool {
	zeros := 0
	for _, part := range [2]string{p.fraction, p.whole} {
		for i := len(part) - 1; i >= 0; i-- {
			if part[i] != '0' {
				return false
			}
			if zeros++; zeros == 3 {
				return true
			}
		}
	}
	return false
}

func (p parts) large(exponent int32, format Format) (Quantity, error) {
	v, ok := new(big.Int).SetString(p.whole+p.fraction, 10)
	if !ok {
		return Quantity{}, ErrNumeric
	}
	scale := -int32(len(p.fraction))
	if format == BinarySI {
		v.Lsh(v, uint(exponent))
	} else {
		scale += exponent
	}
	if p.negative {
		v.Neg(v)
	}
	q := Quantity{format: format}
	q.setBig(v, scale)
	// A very small amount becomes the smallest there is: who asks for some
	// gets some.
	q.RoundUp(Nano)
	if format == BinarySI {
		limit := Quantity{}
		limit.setBig(maxBinary, 0)
		switch {
		case q.Cmp(limit) > 0:
			q.value, q.large, q.scale = math.MaxInt64, nil, 0
		case q.CmpInt64(-math.MaxInt64) < 0:
			q.value, q.large, q.scale = -math.MaxInt64, nil, 0
		case q.Sign() != 0 && q.CmpInt64(1) < 0 && q.CmpInt64(-1) > 0:
			q.format = DecimalSI
		}
	}
	return q, nil
}
