package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/fields"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// RequestInfo is what a request is about, as its method and path say. Whether
// there is such a resource is not known yet: authorization comes first.
type RequestInfo struct {
	// Path is the path as requested.
	Path string
	// Verb is the API verb of a resource request; for other paths it is the
	// HTTP method in lower case.
	Verb string
	// Resource says that the path is below a version of the API. Only then do
	// the following fields have a value.
	Resource bool
	meta.GroupVersionResource
	Namespace   string
	Name        string
	Subresource string
	// Parts are the path's segments from the resource on.
	Parts []string
	// Watch says that the path asks for a watch in the old way, /api/v1/watch/...
	// Verb is "watch" then.
	Watch bool
	// InNamespace says that the path is /namespaces/NAME/RESOURCE...
	InNamespace bool

	// NamedBySelector says that Name is not from the path but from the field
	// selector of a list or watch, for authorization.
	NamedBySelector bool
	// LabelSelector and FieldSelector are those of the query, for the same.
	LabelSelector, FieldSelector string
}

// SnapshotPath is where a copy of the whole store can be had, if Options.Paths
// has a handler for it: that may take longer than other requests may.
const SnapshotPath = "/snapshot"

// LongRunning says that the request goes on until somebody ends it.
func (i *RequestInfo) LongRunning() bool {
	if !i.Resource {
		return isProfile(i.Path) || i.Path == SnapshotPath
	}
	if i.Verb == meta.VerbWatch || i.Verb == "proxy" {
		return true
	}
	switch i.Subresource {
	case "attach", "exec", "log", "portforward", "proxy":
		return true
	}
	return false
}

// ParseRequest reads method, path and query of a request.
func ParseRequest(r *http.Request) (*RequestInfo, bool) {
	info := &RequestInfo{Path: r.URL.Path, Verb: strings.ToLower(r.Method)}
	parts := splitPath(r.URL.Path)
	if len(parts) < 3 || parts[0] != "api" && parts[0] != "apis" {
		return info, true
	}
	if parts[0] == "apis" {
		if len(parts) < 4 {
			return info, true
		}
		info.Group = parts[1]
		parts = parts[1:]
	}
	info.Resource = true
	info.Version = parts[1]
	parts = parts[2:]

	if parts[0] == "watch" || parts[0] == "proxy" {
		if len(parts) < 2 {
			return info, false
		}
		info.Verb, info.Watch = parts[0], parts[0] == "watch"
		parts = parts[1:]
	} else {
		info.Verb = verbOf(r.Method)
	}
	if parts[0] == "namespaces" && len(parts) > 1 {
		info.Namespace = parts[1]
		// status and finalize are subresources of the Namespace itself, every
		// other third segment is a resource in it.
		if len(parts) > 2 && parts[2] != "status" && parts[2] != "finalize" {
			parts, info.InNamespace = parts[2:], true
		}
	}
	info.Parts = parts
	info.GroupVersionResource.Resource = parts[0]
	if len(parts) > 1 {
		info.Name = parts[1]
	}
	if len(parts) > 2 && !info.Watch {
		info.Subresource = parts[2]
	}
	if info.Name == "" {
		switch info.Verb {
		case meta.VerbGet:
			info.Verb = meta.VerbList
			if isWatch(r.URL) {
				info.Verb = meta.VerbWatch
			}
		case meta.VerbDelete:
			info.Verb = meta.VerbDeleteCollection
		}
	}
	switch info.Verb {
	case meta.VerbList, meta.VerbWatch, meta.VerbDeleteCollection:
		info.readSelectors(r.URL)
	}
	return info, true
}

// readSelectors takes from the query what authorization needs to know. What
// does not parse is reported later, by the verb.
func (i *RequestInfo) readSelectors(u *url.URL) {
	if u.RawQuery == "" || !strings.Contains(u.RawQuery, "Selector") {
		return
	}
	query := u.Query()
	i.LabelSelector, i.FieldSelector = query.Get("labelSelector"), query.Get("fieldSelector")
	if i.Verb == meta.VerbDeleteCollection || i.Name != "" || i.FieldSelector == "" {
		return
	}
	selector, err := fields.Parse(i.FieldSelector)
	if err != nil {
		return
	}
	if name, ok := selector.ExactValue(meta.ObjectNameField); ok && isPathSegment(name) {
		i.Name, i.NamedBySelector = name, true
	}
}

func isPathSegment(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/%")
}

func isWatch(u *url.URL) bool {
	if !strings.Contains(u.RawQuery, "watch") {
		return false
	}
	values, ok := u.Query()["watch"]
	return ok && parseBool(values)
}

func verbOf(method string) string {
	switch method {
	case http.MethodPost:
		return meta.VerbCreate
	case http.MethodGet, http.MethodHead:
		return meta.VerbGet
	case http.MethodPut:
		return meta.VerbUpdate
	case http.MethodPatch:
		return meta.VerbPatch
	case http.MethodDelete:
		return meta.VerbDelete
	}
	return ""
}

// splitPath returns the segments between slashes, without the empty ones at
// the ends.
func splitPath(path string) []string {
	path = strings.Trim(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}
