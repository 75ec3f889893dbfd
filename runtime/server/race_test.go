//go:build race

package server

// Under the race detector pools forget at random.
const underRace = true
