package auth

// User is who makes a request. It is read-only once a request has it.
type User struct {
	Name   string
	UID    string
	Groups []string
	Extra  map[string][]string
}

// In reports whether the user is a member of group.
func (u *User) In(group string) bool {
	if u == nil {
		return false
	}
	for _, g := range u.Groups {
		if g == group {
			return true
		}
	}
	return false
}

// Names that Kubernetes gives a meaning of their own.
const (
	Anonymous          = "system:anonymous"       // a request without credentials
	GroupMasters       = "system:masters"         // may do everything
	GroupAuthenticated = "system:authenticated"   // everyone who has proved who they are
	GroupAnonymous     = "system:unauthenticated" // everyone who has not
)
