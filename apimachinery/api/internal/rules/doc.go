// Package rules holds the checks and defaults that kinds of several API groups
// have in common, beside those of package validate.
package rules
