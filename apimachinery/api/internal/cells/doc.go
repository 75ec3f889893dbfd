// Package cells writes what tables print of objects of several kinds.
package cells
