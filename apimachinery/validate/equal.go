package validate

import "github.com/kubenucleus/nucleus/apimachinery/codec"

// Equal reports whether two values mean the same: quantities by what they
// amount to, times by instant, and no list or map is like an empty one.
func Equal[T any](a, b T) bool { return codec.Equal(&a, &b) }
