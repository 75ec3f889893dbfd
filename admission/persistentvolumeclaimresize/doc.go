// Package persistentvolumeclaimresize lets claims grow only where the storage
// class can make their volumes grow.
package persistentvolumeclaimresize
