package scheme_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

type gadget struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	Spec            gadgetSpec   `json:"spec"`
	Status          gadgetStatus `json:"status"`
}

type gadgetSpec struct {
	Size  int32  `json:"size"`
	Color string `json:"color,omitempty" enum:"red|blue"`
}

type gadgetStatus struct {
	Phase string `json:"phase"`
}

func define(s scheme.Spec[gadget]) *scheme.Resource {
	s.Name = "gadgets"
	return scheme.Define[gadget, meta.List[gadget]](s)
}

func named(name string) *gadget { return &gadget{ObjectMeta: meta.ObjectMeta{Name: name}} }

func texts(errs validate.Errors) (all []string) {
	for _, e := range errs {
		all = append(all, e.Field+" "+string(e.Type))
	}
	return all
}

func sizeRule(g *gadget) validate.Errors {
	return validate.Positive(validate.NewPath("spec", "size"), g.Spec.Size)
}

func TestMetadataIsCheckedWhateverAKindChecks(t *testing.T) {
	bad := named("Not A Name")
	bad.Labels = map[string]string{"!": "x"}
	long := make([]byte, 64)
	for i := range long {
		long[i] = 'a'
	}
	for name, tc := range map[string]struct {
		spec scheme.Spec[gadget]
		obj  *gadget
		want []string
	}{
		"no rules at all":              {scheme.Spec[gadget]{}, bad, []string{"metadata.name FieldValueInvalid", "metadata.labels FieldValueInvalid"}},
		"rules without metadata":       {scheme.Spec[gadget]{Validate: sizeRule}, bad, []string{"metadata.name FieldValueInvalid", "metadata.labels FieldValueInvalid", "spec.size FieldValueInvalid"}},
		"a rule for names":             {scheme.Spec[gadget]{Validate: sizeRule, NameRule: names.PathSegment}, named("Not A Name"), []string{"spec.size FieldValueInvalid"}},
		"a stricter rule for names":    {scheme.Spec[gadget]{NameRule: names.DNSLabel}, named(string(long)), []string{"metadata.name FieldValueInvalid"}},
		"no name":                      {scheme.Spec[gadget]{}, named(""), []string{"metadata.name FieldValueRequired"}},
		"a namespace, not one":         {scheme.Spec[gadget]{Namespaced: true}, named("a"), []string{"metadata.namespace FieldValueRequired"}},
		"what the tags say, no rules":  {scheme.Spec[gadget]{}, &gadget{ObjectMeta: meta.ObjectMeta{Name: "a"}, Spec: gadgetSpec{Color: "green"}}, []string{"spec.color FieldValueNotSupported"}},
		"what the tags say, own rules": {scheme.Spec[gadget]{Validate: func(*gadget) validate.Errors { return nil }}, &gadget{ObjectMeta: meta.ObjectMeta{Name: "a"}, Spec: gadgetSpec{Color: "green"}}, nil},
	} {
		require.Equal(t, tc.want, texts(define(tc.spec).Validate(tc.obj)), name)
	}
}

func TestMetadataIsBlamedOnce(t *testing.T) {
	r := define(scheme.Spec[gadget]{Validate: func(g *gadget) validate.Errors {
		return append(validate.ObjectMeta(validate.NewPath("metadata"), &g.ObjectMeta, false, names.DNSLabel), sizeRule(g)...)
	}})
	errs := r.Validate(named("with.dot"))
	require.Equal(t, []string{"metadata.name FieldValueInvalid", "spec.size FieldValueInvalid"}, texts(errs))
	require.Contains(t, errs[0].Detail, "must not contain dots", "the kind's own word counts")

	old, changed := named("a"), named("a")
	old.ResourceVersion, changed.ResourceVersion = "1", "1"
	changed.Labels = map[string]string{"!": "x"}
	require.Equal(t, []string{"metadata.labels FieldValueInvalid", "spec.size FieldValueInvalid"}, texts(r.ValidateUpdate(changed, old)))
}

func TestUpdatesKeepMetadata(t *testing.T) {
	old, changed := named("a"), named("a")
	old.ResourceVersion, changed.ResourceVersion = "1", "1"
	old.UID, changed.UID = "x", "y"
	changed.Labels = map[string]string{"!": "x"}
	want := []string{"metadata.uid FieldValueInvalid", "metadata.labels FieldValueInvalid"}
	nothing := func(_, _ *gadget) validate.Errors { return nil }
	r := define(scheme.Spec[gadget]{ValidateUpdate: nothing, Status: &scheme.Status[gadget]{Validate: nothing}})
	require.Equal(t, want, texts(r.ValidateUpdate(changed, old)))
	require.Equal(t, want, texts(r.Status.Validate(changed, old)))
	require.ElementsMatch(t, want, texts(define(scheme.Spec[gadget]{}).ValidateUpdate(changed, old)))
}

func TestVirtualKindsNeedNoName(t *testing.T) {
	require.Nil(t, define(scheme.Spec[gadget]{Virtual: true}).Validate)
	r := define(scheme.Spec[gadget]{Virtual: true, Validate: sizeRule})
	require.Equal(t, []string{"spec.size FieldValueInvalid"}, texts(r.Validate(named(""))))
}

func TestStatusOnCreate(t *testing.T) {
	for _, keep := range []bool{false, true} {
		prepared := false
		r := define(scheme.Spec[gadget]{
			PrepareCreate: func(*gadget) { prepared = true },
			Status:        &scheme.Status[gadget]{OnCreate: keep, Resets: []string{"metadata.labels"}},
		})
		g := &gadget{Status: gadgetStatus{Phase: "Ready"}}
		r.PrepareCreate(g)
		require.True(t, prepared)
		require.Equal(t, keep, g.Status.Phase == "Ready")
		require.Equal(t, []string{"metadata.labels"}, r.Status.Resets)

		changed := &gadget{Status: gadgetStatus{Phase: "Other"}}
		r.PrepareUpdate(changed, &gadget{Status: gadgetStatus{Phase: "Ready"}})
		require.Equal(t, "Ready", changed.Status.Phase, "updates never change it")
	}
	plain := define(scheme.Spec[gadget]{Status: &scheme.Status[gadget]{OnCreate: true}})
	require.Nil(t, plain.PrepareCreate)
}

func TestNoticesAndRowConditions(t *testing.T) {
	r := define(scheme.Spec[gadget]{})
	require.Nil(t, r.Notices)
	require.Nil(t, r.RowConditions)
	r = define(scheme.Spec[gadget]{
		Notices:       func(g *gadget) []string { return []string{g.Name} },
		RowConditions: func(g *gadget) []meta.TableRowCondition { return []meta.TableRowCondition{{Reason: g.Name}} },
	})
	require.Equal(t, []string{"a"}, r.Notices(named("a")))
	require.Equal(t, "a", r.RowConditions(named("a"))[0].Reason)
}
