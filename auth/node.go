package auth

import "strings"

const (
	nodePrefix = "system:node:"
	// GroupNodes is the group of all nodes.
	GroupNodes = "system:nodes"
)

// NodeUser returns the user name of a node.
func NodeUser(node string) string { return nodePrefix + node }

// NodeOf returns the node that a user is: ok is false for who is none. A user with
// such a name who is not in the group of nodes is none; the name may be empty.
func NodeOf(user *User) (node string, ok bool) {
	if user == nil || !user.In(GroupNodes) {
		return "", false
	}
	return strings.CutPrefix(user.Name, nodePrefix)
}
