// Package serviceaccounttoken fills the Secrets in which clients keep tokens
// without an end: those of type kubernetes.io/service-account-token, which name
// their account by an annotation. When the account goes, they do.
package serviceaccounttoken
