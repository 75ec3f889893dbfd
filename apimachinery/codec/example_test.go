package codec_test

import (
	"fmt"
	"log"
	"reflect"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// A Widget is a type of one's own: struct tags are all that it needs.
type Widget struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            WidgetSpec `json:"spec" protobuf:"bytes,2" required:"true"`
}

type WidgetSpec struct {
	Color string   `json:"color" protobuf:"bytes,1" enum:"red|green" default:"red"`
	Size  *int32   `json:"size,omitempty" protobuf:"varint,2"`
	Tags  []string `json:"tags,omitempty" protobuf:"bytes,3" listType:"set"`
}

func Example() {
	var w Widget
	problems, err := codec.UnmarshalJSON(
		[]byte(`{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"tags":["x"],"colour":"green"}}`),
		&w, codec.DecodeOptions{Strict: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(problems)
	if err := codec.ApplyDefaults(&w); err != nil {
		log.Fatal(err)
	}
	text, err := codec.MarshalYAML(&w)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(text))
	// Output:
	// [unknown field "spec.colour"]
	// apiVersion: example.com/v1
	// kind: Widget
	// metadata:
	//   name: w
	// spec:
	//   color: red
	//   tags:
	//   - x
}

func ExamplePlanFor() {
	pl, err := codec.PlanFor(reflect.TypeFor[Widget]())
	if err != nil {
		log.Fatal(err)
	}
	spec, _ := pl.Field("spec")
	for _, f := range spec.Plan.JSONFields() {
		fmt.Println(f.Name, f.Number, f.Plan.Kind, f.Enum)
	}
	// Output:
	// color 1 String [red green]
	// size 2 Pointer []
	// tags 3 List []
}

func ExampleNegotiate() {
	table := meta.GroupVersionKind{Group: "meta.k8s.io", Version: "v1", Kind: "Table"}
	media, ok := codec.Negotiate("application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
		codec.Offer{MediaType: codec.JSON, As: []meta.GroupVersionKind{table}},
		codec.Offer{MediaType: codec.Protobuf})
	fmt.Println(ok, media.Type, media.As.Kind)
	// Output: true application/json Table
}

func ExampleDeepCopy() {
	w := &Widget{Spec: WidgetSpec{Tags: []string{"a"}}}
	mine := codec.DeepCopy(w)
	mine.Spec.Tags[0] = "b"
	fmt.Println(w.Spec.Tags, mine.Spec.Tags, codec.Equal(w, mine))
	// Output: [a] [b] false
}

func ExampleUnmarshalEnvelope() {
	body, err := codec.MarshalEnvelope(&Widget{TypeMeta: meta.TypeMeta{APIVersion: "example.com/v1", Kind: "Widget"}, Spec: WidgetSpec{Color: "green"}})
	if err != nil {
		log.Fatal(err)
	}
	typeMeta, raw, _, err := codec.UnmarshalEnvelope(body)
	if err != nil {
		log.Fatal(err)
	}
	var w Widget
	if err := codec.UnmarshalProto(raw, &w); err != nil {
		log.Fatal(err)
	}
	fmt.Println(typeMeta.Kind, w.Spec.Color)
	// Output: Widget green
}
