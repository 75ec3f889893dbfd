// Package podtopologylabels tells a Pod in which zone and region it runs: it
// copies the labels of the node that it is bound to.
package podtopologylabels
