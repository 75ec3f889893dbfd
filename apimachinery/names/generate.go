package names

import "math/rand/v2"

// A Generator makes an object's name from its generateName.
type Generator interface {
	// Generate returns a name that begins with base, or with the start of it if
	// it is too long. It may be taken already: the writer finds out.
	Generate(base string) string
}

// Random is the Generator that adds five random characters. It is safe for
// concurrent use.
type Random struct{}

const (
	suffixLength = 5
	maxGenerated = 63
	// No vowels and nothing easily misread, so that no words come about.
	suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789"
)

// Generate implements [Generator]. The result has at most 63 bytes, so that it
// is also a DNS label and a label's value if base is.
func (Random) Generate(base string) string {
	if len(base) > maxGenerated-suffixLength {
		base = base[:maxGenerated-suffixLength]
	}
	return base + Suffix(suffixLength)
}

// Suffix returns n random characters for the end of a name. They are no secret.
func Suffix(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = suffixAlphabet[rand.IntN(len(suffixAlphabet))]
	}
	return string(b)
}
