package auth

import "strings"

const (
	// accountPrefix begins the user name of a service account.
	accountPrefix = "system:serviceaccount:"
	// GroupServiceAccounts is the group of all service accounts; with a colon and
	// a namespace it is that of those in it.
	GroupServiceAccounts = "system:serviceaccounts"
)

// ServiceAccountUser returns the user name of a service account.
func ServiceAccountUser(namespace, name string) string { return accountPrefix + namespace + ":" + name }

// SplitServiceAccountUser takes a user name apart; ok is false if it is not that
// of a service account.
func SplitServiceAccountUser(user string) (namespace, name string, ok bool) {
	rest, ok := strings.CutPrefix(user, accountPrefix)
	if !ok {
		return "", "", false
	}
	namespace, name, ok = strings.Cut(rest, ":")
	if !ok || namespace == "" || name == "" || strings.Contains(name, ":") {
		return "", "", false
	}
	return namespace, name, true
}

// ServiceAccountGroups returns the groups of the service accounts in a namespace.
func ServiceAccountGroups(namespace string) []string {
	return []string{GroupServiceAccounts, GroupServiceAccounts + ":" + namespace}
}
