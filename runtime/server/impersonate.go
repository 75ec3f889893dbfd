package server

import (
	"net/url"
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

const serviceAccountPrefix = "system:serviceaccount:"

// impersonate makes the call's user the one that the headers name, if the user
// may be each part of it, and takes the headers away.
func (c *call) impersonate() error {
	h := c.r.Header
	name, uid, groups := h.Get(headerAsUser), h.Get(headerAsUID), h.Values(headerAsGroup)
	extra := map[string][]string{}
	for key, values := range h {
		if suffix, ok := strings.CutPrefix(key, headerAsExtra); ok && suffix != "" {
			if decoded, err := url.PathUnescape(suffix); err == nil {
				suffix = decoded
			}
			extra[strings.ToLower(suffix)] = values
		}
	}
	if name == "" && uid == "" && len(groups) == 0 && len(extra) == 0 {
		return nil
	}
	if name == "" {
		return meta.BadRequest("requested [" + strings.Join(askedFor(uid, groups, extra), " ") + "] without impersonating a user name")
	}

	as := &auth.User{Name: name, UID: uid, Groups: groups, Extra: extra}
	ask := func(group, resource, subresource, namespace, what string) error {
		version := "v1"
		return c.authorize(&authz.Request{
			User: c.user, Verb: "impersonate", ResourceRequest: true, Group: group, Version: version,
			Resource: resource, Subresource: subresource, Namespace: namespace, Name: what,
		})
	}
	if account, ok := strings.CutPrefix(name, serviceAccountPrefix); ok && strings.Count(account, ":") == 1 {
		namespace, account, _ := strings.Cut(account, ":")
		if err := ask("", "serviceaccounts", "", namespace, account); err != nil {
			return err
		}
		if len(groups) == 0 {
			as.Groups = []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace}
		}
	} else if err := ask("", "users", "", "", name); err != nil {
		return err
	}
	if uid != "" {
		if err := ask("authentication.k8s.io", "uids", "", "", uid); err != nil {
			return err
		}
	}
	for _, g := range groups {
		if err := ask("", "groups", "", "", g); err != nil {
			return err
		}
	}
	for key, values := range extra {
		for _, v := range values {
			if err := ask("authentication.k8s.io", "userextras", key, "", v); err != nil {
				return err
			}
		}
	}
	switch {
	case name == auth.Anonymous:
		if !as.In(auth.GroupAnonymous) {
			as.Groups = append(as.Groups[:len(as.Groups):len(as.Groups)], auth.GroupAnonymous)
		}
	case !as.In(auth.GroupAuthenticated) && !as.In(auth.GroupAnonymous):
		as.Groups = append(as.Groups[:len(as.Groups):len(as.Groups)], auth.GroupAuthenticated)
	}
	c.user = as
	for key := range h {
		if strings.HasPrefix(key, "Impersonate-") {
			h.Del(key)
		}
	}
	return nil
}

func askedFor(uid string, groups []string, extra map[string][]string) []string {
	var parts []string
	for _, g := range groups {
		parts = append(parts, "{Group  "+g+"  }")
	}
	if uid != "" {
		parts = append(parts, "{UID  "+uid+"  }")
	}
	for key := range extra {
		parts = append(parts, "{UserExtra  "+key+"  }")
	}
	return parts
}
