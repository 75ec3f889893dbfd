// Package limitranger applies the LimitRanges of a namespace: default requests
// and limits for containers, and bounds for containers, Pods and claims.
package limitranger
