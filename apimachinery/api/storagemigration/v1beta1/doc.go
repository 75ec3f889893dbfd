// Package storagemigrationv1beta1 holds storagemigration.k8s.io/v1beta1: asking
// for all objects of a resource to be written anew in the version that is stored
// now.
package storagemigrationv1beta1
