package admission_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// step notes that it ran.
type step struct {
	admission.On
	name     string
	log      *[]string
	mutates  error
	validate error
}

func (s step) Admit(context.Context, *admission.Request) error {
	*s.log = append(*s.log, "admit "+s.name)
	return s.mutates
}

func (s step) Validate(context.Context, *admission.Request) error {
	*s.log = append(*s.log, "validate "+s.name)
	return s.validate
}

func TestChain(t *testing.T) {
	no := errors.New("no")
	both := admission.On{admission.Create, admission.Delete}
	var log []string
	chain := admission.Chain{
		step{both, "a", &log, nil, nil},
		step{admission.On{admission.Update}, "b", &log, no, no},
		admission.Chain{step{both, "c", &log, nil, no}},
		step{both, "d", &log, nil, nil},
	}
	r := &admission.Request{Operation: admission.Create}
	require.True(t, chain.Handles(admission.Update))
	require.False(t, chain.Handles(admission.Connect))
	require.NoError(t, chain.Admit(t.Context(), r))
	require.ErrorIs(t, chain.Validate(t.Context(), r), no)
	require.Equal(t, []string{"admit a", "admit c", "admit d", "validate a", "validate c"}, log)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, admission.Chain{}.Admit(ended, r), context.Canceled)
}

func TestForbiddenNamesTheObject(t *testing.T) {
	pods := meta.GroupVersionResource{Version: "v1", Resource: "pods"}
	object := func(m meta.ObjectMeta) meta.Object { return &meta.PartialObjectMetadata{ObjectMeta: m} }
	for want, r := range map[string]*admission.Request{
		`pods "path" is forbidden: no`:    {Name: "path", Object: object(meta.ObjectMeta{Name: "body"})},
		`pods "body" is forbidden: no`:    {Object: object(meta.ObjectMeta{Name: "body", GenerateName: "g-"})},
		`pods "g-" is forbidden: no`:      {Object: object(meta.ObjectMeta{GenerateName: "g-"})},
		`pods "Unknown" is forbidden: no`: {},
	} {
		r.Resource = pods
		require.Equal(t, want, r.Forbidden(errors.New("no")).Error())
	}
}

// pinned refuses images that may change under their name.
type pinned struct{ admission.On }

func (pinned) Validate(_ context.Context, r *admission.Request) error {
	if strings.HasSuffix(r.Object.Metadata().Annotations["image"], ":latest") {
		return r.Forbidden(errors.New("pin your images"))
	}
	return nil
}

func ExampleChain() {
	chain := admission.Chain{pinned{admission.On{admission.Create}}}
	err := chain.Validate(context.Background(), &admission.Request{
		Operation: admission.Create,
		Resource:  meta.GroupVersionResource{Version: "v1", Resource: "widgets"},
		Object:    &meta.PartialObjectMetadata{ObjectMeta: meta.ObjectMeta{Name: "w", Annotations: map[string]string{"image": "w:latest"}}},
	})
	fmt.Println(err)
	// Output: widgets "w" is forbidden: pin your images
}
