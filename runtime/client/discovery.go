package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	apidiscoveryv2 "github.com/kubenucleus/nucleus/apimachinery/api/apidiscovery/v2"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Discover returns every resource of every version that c's server has, by
// asking it or, where c is no [Discoverer], by looking into c's Scheme. If
// parts of the API cannot be reached it returns what it found with an error.
func Discover(ctx context.Context, c Client) ([]ResourceInfo, error) {
	if d, ok := c.(Discoverer); ok {
		return d.Discover(ctx)
	}
	return DeclaredResources(c.Scheme()), nil
}

// DeclaredResources returns the resources that a scheme declares, in its order.
func DeclaredResources(s *scheme.Scheme) []ResourceInfo {
	var all []ResourceInfo
	preferred := map[meta.GroupResource]bool{}
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			for _, decl := range v.Resources {
				if len(decl.Verbs) == 0 {
					continue // exists only through its subresources
				}
				info := ResourceInfo{
					Resource: decl.GroupVersionResource(), Kind: decl.GroupVersionKind(),
					Singular: decl.Singular, ShortNames: decl.ShortNames, Categories: decl.Categories,
					Namespaced: decl.Namespaced, Verbs: decl.Verbs,
					Preferred: !preferred[decl.GroupResource()],
				}
				for _, sub := range decl.Subresources {
					info.Subresources = append(info.Subresources, sub.Name)
				}
				preferred[decl.GroupResource()] = true
				all = append(all, info)
			}
		}
	}
	return all
}

// acceptDiscovery asks for everything in one document; servers before 1.27 only
// know the second form, which is one document a version.
const acceptDiscovery = mediaJSON + ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," + mediaJSON

// Discover implements [Discoverer].
func (r *Remote) Discover(ctx context.Context) ([]ResourceInfo, error) {
	var all []ResourceInfo
	var errs []error
	for _, root := range []string{"/api", "/apis"} {
		found, err := r.discoverRoot(ctx, root)
		all = append(all, found...)
		if err != nil {
			errs = append(errs, err)
		}
	}
	return all, errors.Join(errs...)
}

func (r *Remote) discoverRoot(ctx context.Context, root string) ([]ResourceInfo, error) {
	answer, err := r.document(ctx, root, acceptDiscovery)
	if meta.IsNotFound(err) {
		return nil, nil // a server may have no core group, or nothing else
	}
	if err != nil {
		return nil, err
	}
	if strings.Contains(answer.contentType, "as=APIGroupDiscoveryList") {
		var list apidiscoveryv2.APIGroupDiscoveryList
		if err := answer.decode(&list); err != nil {
			return nil, err
		}
		return fromAggregated(&list)
	}
	return r.discoverLegacy(ctx, root, answer)
}

// document reads one discovery document.
func (r *Remote) document(ctx context.Context, path, accept string) (*answer, error) {
	return r.exchange(ctx, request{
		method: http.MethodGet, url: r.base.Scheme + "://" + r.base.Host + r.base.EscapedPath() + path,
		accept: accept, what: "discover " + path,
	})
}

func fromAggregated(list *apidiscoveryv2.APIGroupDiscoveryList) ([]ResourceInfo, error) {
	var all []ResourceInfo
	var errs []error
	for _, g := range list.Items {
		preferred := map[string]bool{}
		for _, v := range g.Versions {
			gv := meta.GroupVersion{Group: g.Name, Version: v.Version}
			if v.Freshness == "Stale" {
				// Its own server could not be asked; what is listed is old or nothing.
				errs = append(errs, fmt.Errorf("discover %s: its server does not answer", gv))
			}
			for _, res := range v.Resources {
				if res.ResponseKind == nil {
					continue // exists only through its subresources
				}
				info := ResourceInfo{
					Resource: gv.WithResource(res.Resource), Kind: kindIn(gv, *res.ResponseKind),
					Singular: res.SingularResource, ShortNames: res.ShortNames, Categories: res.Categories,
					Namespaced: res.Scope == "Namespaced", Verbs: res.Verbs, Preferred: !preferred[res.Resource],
				}
				for _, sub := range res.Subresources {
					info.Subresources = append(info.Subresources, sub.Subresource)
				}
				preferred[res.Resource] = true
				all = append(all, info)
			}
		}
	}
	return all, errors.Join(errs...)
}

// kindIn fills in what a discovery document leaves out because it is the
// resource's own.
func kindIn(gv meta.GroupVersion, kind meta.GroupVersionKind) meta.GroupVersionKind {
	if kind.Group == "" && kind.Version == "" {
		return gv.WithKind(kind.Kind)
	}
	return kind
}

func (r *Remote) discoverLegacy(ctx context.Context, root string, answer *answer) ([]ResourceInfo, error) {
	type version struct {
		path      string
		preferred bool
	}
	var versions []version
	if root == "/api" {
		var list meta.APIVersions
		if err := answer.decode(&list); err != nil {
			return nil, err
		}
		for i, v := range list.Versions {
			versions = append(versions, version{root + "/" + url.PathEscape(v), i == 0})
		}
	} else {
		var list meta.APIGroupList
		if err := answer.decode(&list); err != nil {
			return nil, err
		}
		for _, g := range list.Groups {
			for _, v := range g.Versions {
				path := root + "/" + url.PathEscape(g.Name) + "/" + url.PathEscape(v.Version)
				versions = append(versions, version{path, v.Version == g.PreferredVersion.Version})
			}
		}
	}
	var all []ResourceInfo
	var errs []error
	for _, v := range versions {
		answer, err := r.document(ctx, v.path, mediaJSON)
		var list meta.APIResourceList
		if err == nil {
			err = answer.decode(&list)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found, err := fromLegacy(&list, v.preferred)
		all = append(all, found...)
		errs = append(errs, err)
	}
	return preferOne(all), errors.Join(errs...)
}

func fromLegacy(list *meta.APIResourceList, preferred bool) ([]ResourceInfo, error) {
	gv, err := meta.ParseGroupVersion(list.GroupVersion)
	if err != nil {
		return nil, err
	}
	var all []ResourceInfo
	subresources := map[string][]string{}
	for _, res := range list.APIResources {
		if parent, sub, ok := strings.Cut(res.Name, "/"); ok {
			subresources[parent] = append(subresources[parent], sub)
			continue
		}
		all = append(all, ResourceInfo{
			Resource: gv.WithResource(res.Name),
			Kind:     kindIn(gv, meta.GroupVersionKind{Group: res.Group, Version: res.Version, Kind: res.Kind}),
			Singular: res.SingularName, ShortNames: res.ShortNames, Categories: res.Categories,
			Namespaced: res.Namespaced, Verbs: res.Verbs, Preferred: preferred,
		})
	}
	for i := range all {
		all[i].Subresources = subresources[all[i].Resource.Resource]
	}
	return all, nil
}

// preferOne makes the first version that has a resource its preferred one where
// the group's preferred version does not have it.
func preferOne(all []ResourceInfo) []ResourceInfo {
	has := map[meta.GroupResource]bool{}
	for _, info := range all {
		if info.Preferred {
			has[info.Resource.GroupResource()] = true
		}
	}
	for i := range all {
		if gr := all[i].Resource.GroupResource(); !has[gr] {
			all[i].Preferred, has[gr] = true, true
		}
	}
	return all
}

// ServerVersion returns the version that the server gives itself, such as
// "v1.37.1".
func (r *Remote) ServerVersion(ctx context.Context) (string, error) {
	answer, err := r.document(ctx, "/version", mediaJSON)
	if err != nil {
		return "", err
	}
	var fields map[string]any
	if _, err := codec.UnmarshalJSON(answer.body, &fields, codec.DecodeOptions{}); err != nil {
		return "", fmt.Errorf("version: %w", err)
	}
	version, ok := fields["gitVersion"].(string)
	if !ok {
		return "", errors.New("version: the answer has no gitVersion")
	}
	return version, nil
}

// matches reports whether name is one of those that a person may call the
// resource by.
func (r *ResourceInfo) matches(name string) bool {
	return name == r.Resource.Resource || name == r.Singular || slices.Contains(r.ShortNames, name)
}
