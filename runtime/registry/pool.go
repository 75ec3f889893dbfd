package registry

import (
	"errors"
	"math/rand/v2"
	"sync"
)

// pool hands out the numbers 0 to size-1, each to one holder at a time. It is
// safe for concurrent use.
type pool struct {
	size int64
	// static numbers at the start are given out by themselves only when all
	// others are taken, so that people who ask for a certain one find it free.
	static int64

	mu   sync.Mutex
	used map[int64]struct{}
}

var (
	errTaken = errors.New("taken")
	errFull  = errors.New("range is full")
)

func newPool(size, static int64) *pool {
	return &pool{size: size, static: min(static, size), used: map[int64]struct{}{}}
}

// take reserves n.
func (p *pool) take(n int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, taken := p.used[n]; taken {
		return errTaken
	}
	p.used[n] = struct{}{}
	return nil
}

// next reserves any number. Where it begins to look is random, so that a
// number that was just given back is not soon somebody else's.
func (p *pool) next() (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if int64(len(p.used)) >= p.size {
		return 0, errFull
	}
	for _, band := range [][2]int64{{p.static, p.size}, {0, p.static}} {
		width := band[1] - band[0]
		if width <= 0 {
			continue
		}
		start := rand.Int64N(width)
		for i := range width {
			n := band[0] + (start+i)%width
			if _, taken := p.used[n]; !taken {
				p.used[n] = struct{}{}
				return n, nil
			}
		}
	}
	return 0, errFull
}

// free gives n back. It may be free already.
func (p *pool) free(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.used, n)
}
