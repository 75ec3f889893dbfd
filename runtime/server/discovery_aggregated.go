package server

import (
	"crypto/sha512"
	"fmt"
	"net/http"
	"slices"
	"strings"

	apidiscoveryv2 "github.com/kubenucleus/nucleus/apimachinery/api/apidiscovery/v2"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// aggregatedKind is the document that holds everything in one answer.
var aggregatedKind = meta.GroupVersionKind{Group: "apidiscovery.k8s.io", Version: "v2", Kind: "APIGroupDiscoveryList"}

// aggregateKey names one encoded document.
type aggregateKey struct {
	core  bool
	media *mediaType
}

type aggregate struct {
	data []byte
	etag string
}

// negotiateAggregated returns how the client wants the aggregated document, or
// nil if it does not ask for it. Where it does, that wins over plain JSON
// that stands before it.
func negotiateAggregated(r *http.Request, s mediaSet) *accepted {
	header := r.Header.Get("Accept")
	if !strings.Contains(header, aggregatedKind.Kind) {
		return nil
	}
	offers := make([]codec.Offer, 0, len(s))
	for _, m := range s {
		offers = append(offers, codec.Offer{MediaType: m.name, As: []meta.GroupVersionKind{aggregatedKind}})
	}
	for clause := range strings.SplitSeq(header, ",") {
		if m, ok := codec.Negotiate(clause, offers...); ok && m.As == aggregatedKind {
			return &accepted{mediaType: s.byName(m.Type), as: m.As, pretty: m.Pretty}
		}
	}
	return nil
}

// serveAggregated answers with the core group's document or that of all others.
func (d *discovery) serveAggregated(c *call, as *accepted, core bool) {
	doc, err := d.aggregate(aggregateKey{core, as.mediaType})
	if err != nil {
		c.fail(err)
		return
	}
	h := c.w.Header()
	h.Set("Vary", "Accept")
	h.Set("ETag", doc.etag)
	h.Set("Cache-Control", "public")
	if strings.Contains(c.r.Header.Get("If-None-Match"), doc.etag) {
		c.w.WriteHeader(http.StatusNotModified)
		return
	}
	data := doc.data
	if as.pretty {
		if data, err = finishJSON(slices.Clone(data), as); err != nil {
			c.fail(err)
			return
		}
	}
	c.write(http.StatusOK, as.name+";g="+aggregatedKind.Group+";v="+aggregatedKind.Version+";as="+aggregatedKind.Kind, data)
}

// aggregate returns an encoded document, made on first use.
func (d *discovery) aggregate(key aggregateKey) (*aggregate, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if doc := d.aggregated[key]; doc != nil {
		return doc, nil
	}
	list := d.everything(key.core)
	data, err := encode(list, &accepted{mediaType: key.media})
	if err != nil {
		return nil, err
	}
	// The tag is of the content, so that two servers of one cluster agree on it.
	plain, err := codec.MarshalJSON(list)
	if err != nil {
		return nil, err
	}
	doc := &aggregate{data: data, etag: fmt.Sprintf("%q", fmt.Sprintf("%X", sha512.Sum512(plain)))}
	d.aggregated[key] = doc
	return doc, nil
}

func (d *discovery) everything(core bool) *apidiscoveryv2.APIGroupDiscoveryList {
	list := &apidiscoveryv2.APIGroupDiscoveryList{
		TypeMeta: meta.TypeMeta{Kind: aggregatedKind.Kind, APIVersion: aggregatedKind.GroupVersion().String()},
		Items:    []apidiscoveryv2.APIGroupDiscovery{},
	}
	for _, g := range d.scheme.Groups() {
		if (g.Name == "") != core || len(g.Versions) == 0 {
			continue
		}
		group := apidiscoveryv2.APIGroupDiscovery{ObjectMeta: meta.ObjectMeta{Name: g.Name}}
		for _, v := range g.Versions {
			group.Versions = append(group.Versions, apidiscoveryv2.APIVersionDiscovery{
				Version: v.Name, Freshness: apidiscoveryv2.DiscoveryFreshness("Current"), Resources: discoveredResources(v),
			})
		}
		list.Items = append(list.Items, group)
	}
	return list
}

func discoveredResources(v scheme.Version) []apidiscoveryv2.APIResourceDiscovery {
	var all []apidiscoveryv2.APIResourceDiscovery
	for _, r := range v.Resources {
		found := apidiscoveryv2.APIResourceDiscovery{
			Resource: r.Name, ResponseKind: &meta.GroupVersionKind{Kind: r.Kind}, Scope: "Cluster",
			SingularResource: r.Singular, Verbs: r.Verbs, ShortNames: r.ShortNames, Categories: r.Categories,
		}
		if r.Namespaced {
			found.Scope = "Namespaced"
		}
		if len(r.Verbs) == 0 {
			found.ResponseKind = &meta.GroupVersionKind{}
			found.SingularResource = ""
		}
		subresources := slices.Clone(r.Subresources)
		slices.SortFunc(subresources, func(a, b scheme.Subresource) int { return strings.Compare(a.Name, b.Name) })
		for _, sub := range subresources {
			kind := sub.Kind
			found.Subresources = append(found.Subresources, apidiscoveryv2.APISubresourceDiscovery{
				Subresource: sub.Name, ResponseKind: &kind, Verbs: sub.Verbs,
			})
		}
		all = append(all, found)
	}
	slices.SortStableFunc(all, func(a, b apidiscoveryv2.APIResourceDiscovery) int { return strings.Compare(a.Resource, b.Resource) })
	return all
}
