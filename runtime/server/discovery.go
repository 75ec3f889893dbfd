package server

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// discovery tells clients which groups, versions and resources there are.
type discovery struct {
	scheme   *scheme.Scheme
	address  func() string
	versions []meta.GroupVersion // in the order of the groups

	// The aggregated documents are large and asked for by every client, so they
	// are kept encoded.
	mu         sync.Mutex
	aggregated map[aggregateKey]*aggregate
}

func newDiscovery(s *scheme.Scheme, address func() string) *discovery {
	d := &discovery{scheme: s, address: address, aggregated: map[aggregateKey]*aggregate{}}
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			d.versions = append(d.versions, meta.GroupVersion{Group: g.Name, Version: v.Name})
		}
	}
	return d
}

func (d *discovery) has(gv meta.GroupVersion) bool { return slices.Contains(d.versions, gv) }

func (d *discovery) addresses() []meta.ServerAddressByClientCIDR {
	return []meta.ServerAddressByClientCIDR{{ClientCIDR: "0.0.0.0/0", ServerAddress: d.address()}}
}

// serveCore answers /api.
func (d *discovery) serveCore(c *call, s *Server) {
	if as := negotiateAggregated(c.r, s.media); as != nil {
		d.serveAggregated(c, as, true)
		return
	}
	if produces := s.media.names(); !routeAccepts(c.r, produces) {
		c.fail(unroutable(c.r, produces))
		return
	}
	versions := &meta.APIVersions{TypeMeta: meta.TypeMeta{Kind: "APIVersions"}, ServerAddressByClientCIDRs: d.addresses(), Versions: []string{}}
	for _, gv := range d.versions {
		if gv.Group == "" {
			versions.Versions = append(versions.Versions, gv.Version)
		}
	}
	c.answerPlainly(versions)
}

// serveGroups answers /apis.
func (d *discovery) serveGroups(c *call, s *Server) {
	if as := negotiateAggregated(c.r, s.media); as != nil {
		d.serveAggregated(c, as, false)
		return
	}
	list := &meta.APIGroupList{TypeMeta: meta.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}, Groups: []meta.APIGroup{}}
	for _, g := range d.scheme.Groups() {
		if g.Name != "" && len(g.Versions) > 0 {
			list.Groups = append(list.Groups, groupOf(g))
		}
	}
	c.answerPlainly(list)
}

func groupOf(g scheme.Group) meta.APIGroup {
	group := meta.APIGroup{Name: g.Name}
	for _, v := range g.Versions {
		gv := meta.GroupVersion{Group: g.Name, Version: v.Name}
		group.Versions = append(group.Versions, meta.GroupVersionForDiscovery{GroupVersion: gv.String(), Version: v.Name})
	}
	group.PreferredVersion = group.Versions[0]
	return group
}

// serveGroup answers /apis/GROUP.
func (d *discovery) serveGroup(c *call, name string) {
	for _, g := range d.scheme.Groups() {
		if g.Name == name && len(g.Versions) > 0 {
			group := groupOf(g)
			group.TypeMeta = meta.TypeMeta{Kind: "APIGroup", APIVersion: "v1"}
			c.answerPlainly(&group)
			return
		}
	}
	c.fail(meta.NoSuchResource())
}

// serveVersion answers /api/v1 and /apis/GROUP/VERSION.
func (d *discovery) serveVersion(c *call, gv meta.GroupVersion) {
	for _, g := range d.scheme.Groups() {
		if g.Name != gv.Group {
			continue
		}
		for _, v := range g.Versions {
			if v.Name == gv.Version {
				if produces := c.server.media.names(); !routeAccepts(c.r, produces) {
					c.fail(unroutable(c.r, produces))
					return
				}
				c.answerPlainly(d.resources(gv, v))
				return
			}
		}
	}
	c.fail(meta.NoSuchResource())
}

func (d *discovery) resources(gv meta.GroupVersion, v scheme.Version) *meta.APIResourceList {
	list := &meta.APIResourceList{TypeMeta: meta.TypeMeta{Kind: "APIResourceList"}, GroupVersion: gv.String(), APIResources: []meta.APIResource{}}
	if gv.Group != "" {
		list.APIVersion = "v1"
	}
	for _, r := range v.Resources {
		if len(r.Verbs) > 0 {
			list.APIResources = append(list.APIResources, meta.APIResource{
				Name: r.Name, SingularName: r.Singular, Namespaced: r.Namespaced, Kind: r.Kind,
				Verbs: r.Verbs, ShortNames: r.ShortNames, Categories: r.Categories,
				StorageVersionHash: d.storageHash(r),
			})
		}
		for _, sub := range r.Subresources {
			entry := meta.APIResource{Name: r.Name + "/" + sub.Name, Namespaced: r.Namespaced, Kind: sub.Kind.Kind, Verbs: sub.Verbs}
			if sub.Kind.Version != "" {
				entry.Group, entry.Version = sub.Kind.Group, sub.Kind.Version
			}
			list.APIResources = append(list.APIResources, entry)
		}
	}
	slices.SortStableFunc(list.APIResources, func(a, b meta.APIResource) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// storageHash tells clients that migrate stored objects when the version in
// which a resource is stored changes. Nothing is stored of virtual resources.
func (d *discovery) storageHash(r *scheme.Resource) string {
	if r.Virtual || !slices.Contains(r.Verbs, meta.VerbList) {
		return ""
	}
	hub := d.scheme.Hub(r)
	version := cmp.Or(hub.StorageVersion, hub.Version)
	sum := sha256.Sum256([]byte(hub.Group + "/" + version + "/" + hub.Kind))
	return base64.StdEncoding.EncodeToString(sum[:8])
}

// answerPlainly answers with an object that cannot be turned into another kind.
func (c *call) answerPlainly(obj any) {
	as := negotiate(c.r, c.server.media, asItIs)
	if as == nil {
		c.fail(meta.NotAcceptable(c.server.media.names()))
		return
	}
	if err := c.respond(http.StatusOK, obj, as); err != nil {
		c.fail(err)
	}
}
