package registry_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// Widget is a kind with everything that a declaration can say, in two versions.
type Widget struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            WidgetSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          WidgetStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type WidgetSpec struct {
	Size  int32             `json:"size" protobuf:"varint,1" default:"3"`
	Color string            `json:"color,omitempty" protobuf:"bytes,2"`
	Parts []WidgetPart      `json:"parts,omitempty" protobuf:"bytes,3" patchStrategy:"merge" patchMergeKey:"name"`
	Tags  map[string]string `json:"tags,omitempty" protobuf:"bytes,4"`
}

type WidgetPart struct {
	Name  string `json:"name" protobuf:"bytes,1"`
	Value string `json:"value,omitempty" protobuf:"bytes,2"`
}

type WidgetStatus struct {
	Ready int32  `json:"ready" protobuf:"varint,1"`
	Phase string `json:"phase,omitempty" protobuf:"bytes,2"`
}

type WidgetList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Widget `json:"items" protobuf:"bytes,2"`
}

// OldWidget is the same kind in v1alpha1, where color was called paint.
type OldWidget struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            OldWidgetSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          WidgetStatus  `json:"status,omitempty" protobuf:"bytes,3"`
}

type OldWidgetSpec struct {
	Size  int32        `json:"size" protobuf:"varint,1"`
	Paint string       `json:"paint,omitempty" protobuf:"bytes,2"`
	Parts []WidgetPart `json:"parts,omitempty" protobuf:"bytes,3"`
}

type OldWidgetList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []OldWidget `json:"items" protobuf:"bytes,2"`
}

const widgetGroup = "example.com"

func widgetGroups() []scheme.Group {
	specPath := validate.NewPath("spec")
	widgets := scheme.Define[Widget, WidgetList](scheme.Spec[Widget]{
		Name: "widgets", Namespaced: true,
		Fields: []scheme.SelectableField[Widget]{
			{Path: "spec.color", Value: func(w *Widget) string { return w.Spec.Color }},
		},
		Default: func(w *Widget) {
			if w.Spec.Color == "" {
				w.Spec.Color = "grey"
			}
		},
		Validate: func(w *Widget) validate.Errors {
			return validate.All(
				validate.ObjectMeta(validate.NewPath("metadata"), &w.ObjectMeta, true, names.DNSSubdomain),
				validate.NonNegative(specPath.Child("size"), w.Spec.Size))
		},
		Warnings: func(w, _ *Widget) []string {
			if w.Spec.Color == "beige" {
				return []string{"beige is out of fashion"}
			}
			return nil
		},
		SpecChanged: func(w, old *Widget) bool {
			return w.Spec.Size != old.Spec.Size || w.Spec.Color != old.Spec.Color
		},
		Status: &scheme.Status[Widget]{},
		Scale: &scheme.Scale[Widget]{
			Replicas:       func(w *Widget) int32 { return w.Spec.Size },
			SetReplicas:    func(w *Widget, n int32) { w.Spec.Size = n },
			StatusReplicas: func(w *Widget) int32 { return w.Status.Ready },
			Selector:       func(w *Widget) string { return "widget=" + w.Name },
		},
	})
	old := scheme.Define[OldWidget, OldWidgetList](scheme.Spec[OldWidget]{Name: "widgets", Kind: "Widget", Namespaced: true})
	return []scheme.Group{{Name: widgetGroup, Versions: []scheme.Version{
		{Name: "v1", Resources: []*scheme.Resource{
			widgets,
			scheme.Define[Widget, WidgetList](scheme.Spec[Widget]{
				Name: "globals", Kind: "Global", Options: scheme.Options{UpdateCreates: true, UpdateNeedsVersion: true, DeleteAnswersObject: true},
			}),
			scheme.Define[Widget, WidgetList](scheme.Spec[Widget]{
				Name: "timers", Kind: "Timer", Namespaced: true,
				Options:     scheme.Options{DeleteAnswersObject: true},
				SpecChanged: func(w, old *Widget) bool { return w.Spec.Size != old.Spec.Size },
				// A timer lingers for its size, or as long as the client says; a red one
				// goes at once.
				GracePeriod: func(w *Widget, o *meta.DeleteOptions) (int64, bool) {
					if o.GracePeriodSeconds != nil {
						return *o.GracePeriodSeconds, true
					}
					return int64(w.Spec.Size), w.Spec.Color != "red"
				},
			}),
		}},
		{Name: "v1alpha1", Resources: []*scheme.Resource{old}, Conversions: []scheme.Conversion{
			scheme.Convert(func(from *OldWidgetSpec, to *WidgetSpec) error { to.Color = from.Paint; return nil }),
			scheme.Convert(func(from *WidgetSpec, to *OldWidgetSpec) error { to.Paint = from.Color; return nil }),
		}},
	}}}
}

// fixture is a running registry.
type fixture struct {
	t     testing.TB
	reg   *registry.Registry
	store storage.Store
	ctx   context.Context
	stop  func() // ends Run and waits for it

	mu       sync.Mutex
	warnings []string
}

func newStore(t testing.TB) storage.Store {
	t.Helper()
	store, err := embedded.Open(t.Context(), embedded.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func start(t testing.TB, groups []scheme.Group, o registry.Options) *fixture {
	t.Helper()
	return startOn(t, newStore(t), groups, o)
}

func startOn(t testing.TB, store storage.Store, groups []scheme.Group, o registry.Options) *fixture {
	t.Helper()
	s, err := scheme.New(groups...)
	require.NoError(t, err)
	reg, err := registry.New(s, store, o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = reg.Run(ctx)
	}()
	stop := func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	require.NoError(t, reg.WaitReady(ctx))
	return &fixture{t: t, reg: reg, store: store, ctx: context.Background(), stop: stop}
}

func startWidgets(t testing.TB) *fixture { return start(t, widgetGroups(), registry.Options{}) }

// startAPI is a registry of the whole API with the namespace "n" in it.
func startAPI(t testing.TB, o registry.Options) *fixture {
	t.Helper()
	f := start(t, api.Groups(), o)
	f.must(f.reg.Bootstrap(f.ctx, registry.BootstrapOptions{}))
	return f
}

func (f *fixture) must(err error) {
	f.t.Helper()
	require.NoError(f.t, err)
}

// at makes a request; path is resource[/subresource], in version v1 of a group
// unless it says group/version:resource.
func (f *fixture) at(gvr meta.GroupVersionResource, sub, namespace, name string) *registry.Request {
	f.t.Helper()
	res, ok := f.reg.Scheme().Resource(gvr)
	require.True(f.t, ok, "no resource %s", gvr)
	return &registry.Request{
		Resource: res, Subresource: sub, Namespace: namespace, Name: name,
		User: &auth.User{Name: "tester"}, UserAgent: "test/1",
		Warn: func(text string) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.warnings = append(f.warnings, text)
		},
	}
}

var (
	widgetsV1    = meta.GroupVersionResource{Group: widgetGroup, Version: "v1", Resource: "widgets"}
	widgetsAlpha = meta.GroupVersionResource{Group: widgetGroup, Version: "v1alpha1", Resource: "widgets"}
	timersV1     = meta.GroupVersionResource{Group: widgetGroup, Version: "v1", Resource: "timers"}
	globalsV1    = meta.GroupVersionResource{Group: widgetGroup, Version: "v1", Resource: "globals"}
)

func core(resource string) meta.GroupVersionResource {
	return meta.GroupVersionResource{Version: "v1", Resource: resource}
}

func (f *fixture) widget(name string) *registry.Request { return f.at(widgetsV1, "", "n", name) }

func (f *fixture) create(w *Widget) *Widget {
	f.t.Helper()
	got, err := f.reg.Create(f.ctx, f.widget(""), w, meta.CreateOptions{})
	require.NoError(f.t, err)
	return got.(*Widget)
}

func (f *fixture) get(name string) *Widget {
	f.t.Helper()
	item, err := f.reg.Get(f.ctx, f.widget(name), meta.GetOptions{})
	require.NoError(f.t, err)
	obj, err := item.Object()
	require.NoError(f.t, err)
	return obj.(*Widget)
}

func (f *fixture) patch(q *registry.Request, kind client.PatchType, data string) (meta.Object, error) {
	obj, _, err := f.reg.Patch(f.ctx, q, client.Patch{Type: kind, Data: []byte(data)}, meta.PatchOptions{})
	return obj, err
}

func named(name string) *Widget { return &Widget{ObjectMeta: meta.ObjectMeta{Name: name}} }

// status returns the Status that err is answered with.
func status(t testing.TB, err error) *meta.Status {
	t.Helper()
	require.Error(t, err)
	return meta.AsStatus(err)
}

// refused checks code and message of a refusal.
func refused(t testing.TB, err error, code int32, message string) {
	t.Helper()
	s := status(t, err)
	require.Equal(t, message, s.Message)
	require.Equal(t, code, s.Code)
}

func itemNames(t testing.TB, l *registry.List) []string {
	t.Helper()
	names := []string{}
	for item, err := range l.Items() {
		require.NoError(t, err)
		names = append(names, item.Name())
	}
	return names
}

// waiting bounds what tests wait for.
const waiting = 10 * time.Second

// watchNext reads events until it has n of them.
func (f *fixture) watchNext(q *registry.Request, o meta.ListOptions, n int) []string {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.ctx, waiting)
	defer cancel()
	events, err := f.reg.Watch(ctx, q, o)
	require.NoError(f.t, err)
	seen := []string{}
	for ev, err := range events {
		require.NoError(f.t, err)
		seen = append(seen, fmt.Sprintf("%s %s", ev.Type, ev.Item.Name()))
		if len(seen) == n {
			break
		}
	}
	return seen
}
