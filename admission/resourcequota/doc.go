// Package resourcequota refuses what would take a namespace over its
// ResourceQuotas, and charges what it lets pass.
//
// The limits are those of a quota's status, which a controller copies from its
// spec; until it has, a quota is not enforced.
package resourcequota
