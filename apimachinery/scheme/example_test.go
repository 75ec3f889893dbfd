package scheme_test

import (
	"fmt"
	"log"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// A Crate is a kind of one's own.
type Crate struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	Weight          int32 `json:"weight"`
}

// A kind is declared once, as a value.
func ExampleDefine() {
	crates := scheme.Define[Crate, meta.List[Crate]](scheme.Spec[Crate]{
		Name: "crates", Namespaced: true,
		Validate: func(c *Crate) validate.Errors { return validate.Positive(validate.NewPath("weight"), c.Weight) },
	})
	s, err := scheme.New(scheme.Group{Name: "example.com", Versions: []scheme.Version{{Name: "v1", Resources: []*scheme.Resource{crates}}}})
	if err != nil {
		log.Fatal(err)
	}
	r, _ := s.Resource(meta.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "crates"})
	fmt.Println(r.GroupVersionKind(), r.Singular)
	fmt.Println(r.Validate(&Crate{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "b"}}))
	// Output:
	// example.com/v1, Kind=Crate crate
	// weight: Invalid value: 0: must be greater than zero
}
