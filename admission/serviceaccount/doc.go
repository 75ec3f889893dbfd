// Package serviceaccount gives every Pod a ServiceAccount, and the volume with
// which its containers prove to be that account.
package serviceaccount
