package registry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func TestCreateSetsWhatTheServerSets(t *testing.T) {
	f := startWidgets(t)
	sent := named("a")
	sent.UID, sent.SelfLink, sent.Generation = "mine", "/x", 9
	sent.DeletionTimestamp = &meta.Time{}
	sent.Status.Ready = 5
	got := f.create(sent)
	require.NotEqual(t, meta.UID("mine"), got.UID)
	require.NotEmpty(t, got.UID)
	require.Empty(t, got.SelfLink)
	require.Nil(t, got.DeletionTimestamp)
	require.False(t, got.CreationTimestamp.IsZero())
	require.Equal(t, "n", got.Namespace)
	require.Equal(t, int64(1), got.Generation)
	require.NotEmpty(t, got.ResourceVersion)
	require.Equal(t, "Widget", got.Kind)
	require.Equal(t, "example.com/v1", got.APIVersion)
	require.Equal(t, int32(3), got.Spec.Size, "tag default")
	require.Equal(t, "grey", got.Spec.Color, "default function")
	require.Zero(t, got.Status.Ready, "status is not a client's on create")
	require.Equal(t, got, f.get("a"), "the answer is what a read says")
}

func TestCreateRefuses(t *testing.T) {
	f := startWidgets(t)
	f.create(named("taken"))
	elsewhere := named("a")
	elsewhere.Namespace = "other"
	versioned := named("a")
	versioned.ResourceVersion = "5"
	generated := named("taken")
	generated.GenerateName = "t-"
	negative := named("a")
	negative.Spec.Size = -1
	for _, c := range []struct {
		name    string
		sent    *Widget
		code    int32
		message string
	}{
		{"no name", named(""), 422, `Widget.example.com "" is invalid: metadata.name: Required value: name or generateName is required`},
		{"other namespace", elsewhere, 400, "the namespace of the provided object does not match the namespace sent on the request"},
		{"resource version", versioned, 500, "resourceVersion should not be set on objects to be created"},
		{"taken name", named("taken"), 409, `widgets.example.com "taken" already exists`},
		{"taken, although generated", generated, 409, `widgets.example.com "taken" already exists, the server was not able to generate a unique name for the object`},
		{"invalid", negative, 422, `Widget.example.com "a" is invalid: spec.size: Invalid value: -1: must be greater than or equal to 0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := f.reg.Create(f.ctx, f.widget(""), c.sent, meta.CreateOptions{})
			refused(t, err, c.code, c.message)
		})
	}
}

func TestCreateDryRunStoresNothing(t *testing.T) {
	f := startWidgets(t)
	dry := meta.CreateOptions{DryRun: []string{meta.DryRunAll}}
	got, err := f.reg.Create(f.ctx, f.widget(""), named("a"), dry)
	require.NoError(t, err)
	require.NotEmpty(t, got.(*Widget).UID)
	require.Empty(t, got.(*Widget).ResourceVersion)
	_, err = f.reg.Get(f.ctx, f.widget("a"), meta.GetOptions{})
	require.True(t, meta.IsNotFound(err))
	f.create(named("a"))
	_, err = f.reg.Create(f.ctx, f.widget(""), named("a"), dry)
	require.True(t, meta.IsAlreadyExists(err))
}

// fixedNames generates the same few names again and again.
type fixedNames struct {
	names []string
	next  int
}

func (g *fixedNames) Generate(string) string {
	g.next++
	return g.names[(g.next-1)%len(g.names)]
}

func TestGeneratedNamesAreTriedAgain(t *testing.T) {
	f := start(t, widgetGroups(), registry.Options{Names: &fixedNames{names: []string{"g-1", "g-1", "g-2", "g-2", "g-2", "g-2", "g-2", "g-2", "g-2", "g-2", "g-2", "g-2"}}})
	generate := func() *Widget { return &Widget{ObjectMeta: meta.ObjectMeta{GenerateName: "g-"}} }
	require.Equal(t, "g-1", f.create(generate()).Name)
	require.Equal(t, "g-2", f.create(generate()).Name)
	_, err := f.reg.Create(f.ctx, f.widget(""), generate(), meta.CreateOptions{})
	s := status(t, err)
	require.Equal(t, int32(409), s.Code)
	require.Equal(t, int32(1), s.Details.RetryAfterSeconds)
}

func TestCreateWarns(t *testing.T) {
	f := startWidgets(t)
	w := named("a")
	w.Spec.Color = "beige"
	owner := meta.OwnerReference{APIVersion: "v1", Kind: "X", Name: "x", UID: "1"}
	w.OwnerReferences = []meta.OwnerReference{owner, owner}
	got := f.create(w)
	require.Len(t, got.OwnerReferences, 1)
	require.Equal(t, []string{
		".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests " +
			"as early as 1.24; please fix your requests; duplicate UID(s) observed: 1",
		"beige is out of fashion",
	}, f.warnings)
	f.warnings = nil
	_, err := f.patch(f.widget("a"), client.MergePatch, `{"spec":{"color":"red"},"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"Y","name":"y","uid":"2"},{"apiVersion":"v1","kind":"Y","name":"y","uid":"2"}]}}`)
	require.NoError(t, err)
	require.Len(t, f.warnings, 1)
	require.Contains(t, f.warnings[0], "duplicate entries after mutating admission happens; API server")
}

func TestOtherVersionsShareTheObject(t *testing.T) {
	f := startWidgets(t)
	q := f.at(widgetsAlpha, "", "n", "")
	old := &OldWidget{ObjectMeta: meta.ObjectMeta{Name: "a"}, Spec: OldWidgetSpec{Size: 4, Paint: "red"}}
	got, err := f.reg.Create(f.ctx, q, old, meta.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, "red", got.(*OldWidget).Spec.Paint)
	require.Equal(t, "example.com/v1alpha1", got.(*OldWidget).APIVersion)
	require.Equal(t, "red", f.get("a").Spec.Color)
	q.Name = "a"
	item, err := f.reg.Get(f.ctx, q, meta.GetOptions{})
	require.NoError(t, err)
	data, err := item.Bytes(registry.Form{Media: registry.JSON})
	require.NoError(t, err)
	require.Contains(t, string(data), `{"kind":"Widget","apiVersion":"example.com/v1alpha1",`)
	require.Contains(t, string(data), `"paint":"red"`)
	data, err = item.ListBytes(registry.Form{Media: registry.JSON})
	require.NoError(t, err)
	require.Contains(t, string(data), `{"metadata":{`)
	require.NotContains(t, string(data), `"kind"`)
}
