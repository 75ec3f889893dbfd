package eventsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of events.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name: "v1",
		Resources: []*scheme.Resource{
			events(),
		},
	}
}

func events() *scheme.Resource {
	return scheme.Define[Event, EventList](scheme.Spec[Event]{
		Name:       "events",
		ShortNames: []string{"ev"},
		Namespaced: true,
		StoredAs:   meta.GroupResource{Resource: "events"},
	})
}
