package client

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Widget is a kind with a protobuf form.
type Widget struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            WidgetSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          WidgetStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type WidgetSpec struct {
	Size    int32             `json:"size,omitempty" protobuf:"varint,1"`
	Node    string            `json:"node,omitempty" protobuf:"bytes,2"`
	Colours []string          `json:"colours" protobuf:"bytes,3"`
	Inner   WidgetInner       `json:"inner" protobuf:"bytes,4"`
	Empty   *WidgetInner      `json:"empty,omitempty" protobuf:"bytes,5"`
	Parts   []WidgetInner     `json:"parts,omitempty" protobuf:"bytes,6"`
	Extra   map[string]string `json:"extra,omitempty" protobuf:"bytes,7"`
}

type WidgetInner struct {
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
}

type WidgetStatus struct {
	Ready bool `json:"ready,omitempty" protobuf:"varint,1"`
}

type WidgetList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Widget `json:"items" protobuf:"bytes,2"`
}

// Crate is a kind that is only JSON, as custom resources are.
type Crate struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	Spec            struct {
		Weight int64 `json:"weight,omitempty"`
	} `json:"spec,omitempty"`
}

type CrateList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty"`
	Items         []Crate `json:"items"`
}

var (
	widgets = meta.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "widgets"}
	crates  = meta.GroupVersionResource{Version: "v1", Resource: "crates"}
)

func Toys(t testing.TB) *scheme.Scheme {
	t.Helper()
	s, err := scheme.New(
		scheme.Group{Versions: []scheme.Version{{Name: "v1", Resources: []*scheme.Resource{
			scheme.Define[Crate, CrateList](scheme.Spec[Crate]{Name: "crates"}),
		}}}},
		scheme.Group{Name: "toys.example.com", Versions: []scheme.Version{{Name: "v1", Resources: []*scheme.Resource{
			scheme.Define[Widget, WidgetList](scheme.Spec[Widget]{
				Name: "widgets", Namespaced: true, ShortNames: []string{"wi"}, Status: &scheme.Status[Widget]{},
			}),
		}}}},
	)
	require.NoError(t, err)
	return s
}

func widget(namespace, name, version string) *Widget {
	w := &Widget{}
	w.APIVersion, w.Kind = "toys.example.com/v1", "Widget"
	w.Namespace, w.Name, w.ResourceVersion, w.UID = namespace, name, version, meta.UID("uid-"+name)
	return w
}
