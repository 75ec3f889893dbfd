// Package pages gives back the memory that a program's own file takes up:
//
//	pages.Release()
//
// Programs that are resting call it now and again. It is for Linux; elsewhere it does
// nothing.
package pages
