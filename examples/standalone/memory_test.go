package main

import "testing"

func TestPercentFor(t *testing.T) {
	for inUse, want := range map[uint64]int{0: 100, 10 << 20: 100, 32 << 20: 100, 64 << 20: 50, 120 << 20: 25, 10 << 30: 25} {
		if got := percentFor(inUse); got != want {
			t.Errorf("with %d MB in use: GOGC %d, want %d", inUse>>20, got, want)
		}
	}
}

func TestRestsAfter(t *testing.T) {
	const mb = 1 << 20
	tidied := heapState{live: 50 * mb, allocated: 1000 * mb, cycles: 40}
	burst := heapState{live: 200 * mb, allocated: 2000 * mb, cycles: 60}
	rest := heapState{live: 200 * mb, allocated: 2001 * mb, cycles: 60}
	for name, c := range map[string]struct {
		now, before, tidied heapState
		want                bool
	}{
		"in the middle of it":      {burst, tidied, tidied, false},
		"afterwards":               {rest, burst, tidied, true},
		"tidied, and nothing new":  {heapState{live: 60 * mb, allocated: 2002 * mb, cycles: 61}, heapState{cycles: 61}, heapState{allocated: 2001 * mb}, false},
		"hardly anything in use":   {heapState{live: 20 * mb, allocated: 2001 * mb, cycles: 60}, burst, tidied, false},
		"too much to look through": {heapState{live: 2000 * mb, allocated: 2001 * mb, cycles: 60}, burst, tidied, false},
		"a Go that does not tell":  {heapState{}, heapState{}, heapState{}, false},
	} {
		if got := c.now.restsAfter(c.before, c.tidied); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if now := (heapState{}).read(); now.allocated == 0 {
		t.Error("the runtime does not tell what was allocated")
	}
}
