package main

import "testing"

func TestPercentFor(t *testing.T) {
	for inUse, want := range map[uint64]int{0: 100, 10 << 20: 100, 32 << 20: 100, 64 << 20: 50, 200 << 20: 15, 10 << 30: 15} {
		if got := percentFor(inUse); got != want {
			t.Errorf("with %d MB in use: GOGC %d, want %d", inUse>>20, got, want)
		}
	}
}
