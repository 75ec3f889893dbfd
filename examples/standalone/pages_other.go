//go:build !linux

package main

// releaseProgram is for Linux.
func releaseProgram() {}
