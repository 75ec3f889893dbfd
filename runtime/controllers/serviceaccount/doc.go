// Package serviceaccount sees to it that every namespace has a ServiceAccount
// "default", which Pods run as that name no other.
package serviceaccount
