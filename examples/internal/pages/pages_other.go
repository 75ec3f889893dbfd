//go:build !linux

package pages

// Release is for Linux.
func Release() {}
