package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// request is one HTTP request, which can be sent again.
type request struct {
	method, url, accept, contentType string
	body                             []byte
	what                             string // for messages
}

// describe names a call in messages.
func describe(method string, at Target) string {
	what := strings.ToLower(method) + " " + at.Resource.GroupResource().String()
	if at.Subresource != "" {
		what += "/" + at.Subresource
	}
	if at.Name != "" {
		what += " " + strconv.Quote(Key{at.Namespace, at.Name}.String())
	}
	return what
}

// url returns the URL of a target. It refuses targets whose URL would mean
// something else than the caller does.
func (r *Remote) url(method string, at Target, query url.Values) (string, error) {
	path, err := r.path(method, at)
	if err != nil {
		return "", fmt.Errorf("%s: %w", describe(method, at), err)
	}
	// Segments are escaped already, and base has no query.
	u := r.base.Scheme + "://" + r.base.Host + r.base.EscapedPath() + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	return u, nil
}

func (r *Remote) path(method string, at Target) (string, error) {
	gvr := at.Resource
	if gvr.Resource == "" || gvr.Version == "" {
		return "", fmt.Errorf("incomplete resource %q", gvr)
	}
	if decl, ok := r.scheme.Resource(gvr); ok {
		if decl.Namespaced && at.Namespace == "" && (at.Name != "" || method == http.MethodPost || method == http.MethodPut) {
			return "", errors.New("an empty namespace may not be set when an object of a namespaced resource is meant")
		}
		if !decl.Namespaced && at.Namespace != "" {
			return "", fmt.Errorf("the resource is not namespaced, but namespace %q is given", at.Namespace)
		}
	}
	if at.Name == "" && (at.Subresource != "" || method == http.MethodPut || method == http.MethodPatch) {
		return "", errors.New("no name")
	}
	segments := make([]string, 0, 8)
	if gvr.Group == "" {
		segments = append(segments, "api", gvr.Version)
	} else {
		segments = append(segments, "apis", gvr.Group, gvr.Version)
	}
	if at.Namespace != "" {
		segments = append(segments, "namespaces", at.Namespace)
	}
	segments = append(segments, gvr.Resource)
	if at.Name != "" {
		segments = append(segments, at.Name)
		if at.Subresource != "" {
			// Some have a path of their own below, such as proxy/a/b.
			segments = append(segments, strings.Split(at.Subresource, "/")...)
		}
	}
	var b strings.Builder
	for _, s := range segments {
		if s == "" || s == "." || s == ".." || strings.Contains(s, "/") {
			return "", fmt.Errorf("%q cannot be part of a path", s)
		}
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String(), nil
}

// set adds what is not zero; the server's defaults stand for the rest.
func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

func setAll(q url.Values, name string, values []string) {
	for _, v := range values {
		q.Add(name, v)
	}
}

func getQuery(o meta.GetOptions) url.Values {
	q := url.Values{}
	set(q, "resourceVersion", o.ResourceVersion)
	return q
}

func listQuery(o meta.ListOptions) url.Values {
	q := url.Values{}
	set(q, "labelSelector", o.LabelSelector)
	set(q, "fieldSelector", o.FieldSelector)
	set(q, "resourceVersion", o.ResourceVersion)
	set(q, "resourceVersionMatch", string(o.ResourceVersionMatch))
	set(q, "continue", o.Continue)
	set(q, "shardSelector", o.ShardSelector)
	if o.Limit != 0 {
		q.Set("limit", strconv.FormatInt(o.Limit, 10))
	}
	if o.TimeoutSeconds != nil {
		q.Set("timeoutSeconds", strconv.FormatInt(*o.TimeoutSeconds, 10))
	}
	if o.Watch {
		q.Set("watch", "true")
	}
	if o.AllowWatchBookmarks {
		q.Set("allowWatchBookmarks", "true")
	}
	if o.SendInitialEvents != nil {
		q.Set("sendInitialEvents", strconv.FormatBool(*o.SendInitialEvents))
	}
	return q
}

func createQuery(o meta.CreateOptions) url.Values {
	q := url.Values{}
	setAll(q, "dryRun", o.DryRun)
	set(q, "fieldManager", o.FieldManager)
	set(q, "fieldValidation", o.FieldValidation)
	return q
}

func updateQuery(o meta.UpdateOptions) url.Values {
	q := url.Values{}
	setAll(q, "dryRun", o.DryRun)
	set(q, "fieldManager", o.FieldManager)
	set(q, "fieldValidation", o.FieldValidation)
	return q
}

func patchQuery(o meta.PatchOptions) url.Values {
	q := url.Values{}
	setAll(q, "dryRun", o.DryRun)
	set(q, "fieldManager", o.FieldManager)
	set(q, "fieldValidation", o.FieldValidation)
	if o.Force != nil {
		q.Set("force", strconv.FormatBool(*o.Force))
	}
	return q
}

// deleteBody returns the options of a delete, which go into its body: only
// there can preconditions be said.
func deleteBody(o meta.DeleteOptions) ([]byte, error) {
	o.TypeMeta = meta.TypeMeta{APIVersion: "v1", Kind: "DeleteOptions"}
	body, err := codec.MarshalJSON(&o)
	if err != nil {
		return nil, fmt.Errorf("delete options: %w", err)
	}
	return body, nil
}
