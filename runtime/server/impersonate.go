package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// Headers by which a user asks to act as another.
const (
	headerAsUser  = "Impersonate-User"
	headerAsUID   = "Impersonate-Uid"
	headerAsGroup = "Impersonate-Group"
	headerAsExtra = "Impersonate-Extra-"
)

const authenticationGroup = "authentication.k8s.io"

// impersonate makes the call's user the one that the headers name, if the user
// may be that one, and takes the headers away.
//
// There are several ways in which one may: for this very action, as a node, a
// service account or another user, each with verbs of its own, and for everything,
// by the verb impersonate. One that allows it is enough; if none does, the
// client is told what it lacks for the first.
func (c *call) impersonate() error {
	as, err := impersonated(c.r.Header)
	if as == nil || err != nil {
		return err
	}
	var refusal error
	for _, way := range c.waysToBe(as) {
		if err = c.mayBe(as, way); err == nil {
			refusal = nil
			break
		}
		if refusal == nil {
			refusal = err
		}
	}
	if refusal != nil {
		return refusal
	}
	c.user = completed(as)
	for key := range c.r.Header {
		if strings.HasPrefix(key, "Impersonate-") {
			c.r.Header.Del(key)
		}
	}
	return nil
}

// impersonated reads the headers. It is nil if there are none.
func impersonated(h http.Header) (*auth.User, error) {
	as := &auth.User{Name: h.Get(headerAsUser), UID: h.Get(headerAsUID), Groups: slices.Clone(h.Values(headerAsGroup))}
	for key, values := range h {
		if suffix, ok := strings.CutPrefix(key, headerAsExtra); ok && suffix != "" {
			if decoded, err := url.PathUnescape(suffix); err == nil {
				suffix = decoded
			}
			if as.Extra == nil {
				as.Extra = map[string][]string{}
			}
			as.Extra[strings.ToLower(suffix)] = values
		}
	}
	if as.Name == "" {
		if as.UID == "" && len(as.Groups) == 0 && len(as.Extra) == 0 {
			return nil, nil
		}
		return nil, meta.BadRequest("requested [" + strings.Join(askedFor(as), " ") + "] without impersonating a user name")
	}
	return as, nil
}

// way is one in which a user may be another. The zero value is the verb
// impersonate.
type way struct {
	mode string
	// associated is for a node alone, of a Pod that runs on it.
	associated bool
}

// waysToBe returns the ways that there are to be as, the narrower ones first.
func (c *call) waysToBe(as *auth.User) []way {
	node, isNode := strings.CutPrefix(as.Name, nodePrefix)
	_, _, isAccount := auth.SplitServiceAccountUser(as.Name)
	switch {
	case isNode && c.runsOn(node):
		return []way{{"associated-node", true}, {mode: "arbitrary-node"}, {}}
	case isNode:
		return []way{{mode: "arbitrary-node"}, {}}
	case isAccount:
		return []way{{mode: "serviceaccount"}, {}}
	}
	return []way{{mode: "user-info"}, {}}
}

const nodePrefix = "system:node:"

// mayBe asks for everything that one way of being as takes.
func (c *call) mayBe(as *auth.User, w way) error {
	if w.mode != "" {
		onAction := c.attributes()
		onAction.Verb = "impersonate-on:" + w.mode + ":" + onAction.Verb
		if err := c.authorize(onAction); err != nil {
			return err
		}
	}
	ask := func(group, resource, subresource, namespace, name string) error {
		verb := "impersonate"
		if w.mode != "" {
			verb, group = verb+":"+w.mode, authenticationGroup
		}
		return c.authorize(&authz.Request{
			User: c.user, Verb: verb, ResourceRequest: true, Group: group, Version: "v1",
			Resource: resource, Subresource: subresource, Namespace: namespace, Name: name,
		})
	}
	namespace, account, isAccount := auth.SplitServiceAccountUser(as.Name)
	node, isNode := strings.CutPrefix(as.Name, nodePrefix)
	var err error
	switch {
	case isAccount:
		err = ask("", "serviceaccounts", "", namespace, account)
	case w.associated:
		err = ask("", "nodes", "", "", "*")
	case isNode && w.mode != "":
		err = ask("", "nodes", "", "", node)
	default:
		err = ask("", "users", "", "", as.Name)
	}
	if err != nil {
		return err
	}
	if as.UID != "" {
		if err := ask(authenticationGroup, "uids", "", "", as.UID); err != nil {
			return err
		}
	}
	for _, g := range as.Groups {
		if w.mode != "" && slices.Contains(groupsOf(as.Name), g) {
			continue // it goes with the name
		}
		if err := ask("", "groups", "", "", g); err != nil {
			return err
		}
	}
	for key, values := range as.Extra {
		for _, v := range values {
			if err := ask(authenticationGroup, "userextras", key, "", v); err != nil {
				return err
			}
		}
	}
	return nil
}

// runsOn says whether the call's user is a Pod on the node.
func (c *call) runsOn(node string) bool {
	if c.user == nil {
		return false
	}
	on := c.user.Extra["authentication.kubernetes.io/node-name"]
	return len(on) == 1 && on[0] == node && c.user.In(auth.GroupServiceAccounts)
}

// groupsOf returns the groups that go with a user name.
func groupsOf(name string) []string {
	if namespace, _, ok := auth.SplitServiceAccountUser(name); ok {
		return auth.ServiceAccountGroups(namespace)
	}
	if strings.HasPrefix(name, nodePrefix) {
		return []string{"system:nodes"}
	}
	return nil
}

// completed gives the user the groups that nobody need ask for.
func completed(as *auth.User) *auth.User {
	if _, _, ok := auth.SplitServiceAccountUser(as.Name); ok && len(as.Groups) == 0 {
		as.Groups = groupsOf(as.Name)
	}
	switch {
	case as.Name == auth.Anonymous:
		if !as.In(auth.GroupAnonymous) {
			as.Groups = append(as.Groups, auth.GroupAnonymous)
		}
	case !as.In(auth.GroupAuthenticated) && !as.In(auth.GroupAnonymous):
		as.Groups = append(as.Groups, auth.GroupAuthenticated)
	}
	return as
}

func askedFor(as *auth.User) []string {
	var parts []string
	for _, g := range as.Groups {
		parts = append(parts, "{Group  "+g+"  }")
	}
	if as.UID != "" {
		parts = append(parts, "{UID  "+as.UID+"  }")
	}
	for key := range as.Extra {
		parts = append(parts, "{UserExtra  "+key+"  }")
	}
	return parts
}
