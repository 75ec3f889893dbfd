package registry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	eventsv1 "github.com/kubenucleus/nucleus/apimachinery/api/events/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// Events have two faces with rules and names of their own, and one store.
func TestEventsHaveTwoFaces(t *testing.T) {
	f := startAPI(t, registry.Options{})
	newer := meta.GroupVersionResource{Group: "events.k8s.io", Version: "v1", Resource: "events"}
	event := &eventsv1.Event{
		ObjectMeta: meta.ObjectMeta{Name: "e"},
		EventTime:  meta.MicroTime{Time: time.Unix(1_700_000_000, 0)},
		Regarding:  corev1.ObjectReference{Kind: "Pod", Namespace: "default", Name: "p", APIVersion: "v1"},
		Reason:     "Why", Note: "hello", Type: "Normal", Action: "Act",
		ReportingController: "example.com/c", ReportingInstance: "c-1",
	}
	got, err := f.reg.Create(f.ctx, f.at(newer, "", "default", ""), event, meta.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, "hello", got.(*eventsv1.Event).Note)
	require.Equal(t, "events.k8s.io/v1", got.(*eventsv1.Event).APIVersion)

	list, err := f.reg.List(f.ctx, f.at(core("events"), "", "default", ""), meta.ListOptions{FieldSelector: "involvedObject.name=p"})
	require.NoError(t, err)
	for item, err := range list.Items() {
		require.NoError(t, err)
		obj, err := item.Object()
		require.NoError(t, err)
		require.Equal(t, "hello", obj.(*corev1.Event).Message)
		require.Equal(t, "v1", obj.(*corev1.Event).APIVersion)
	}
	require.Equal(t, []string{"e"}, itemNames(t, list))
	list, err = f.reg.List(f.ctx, f.at(newer, "", "default", ""), meta.ListOptions{FieldSelector: "reason=Why"})
	require.NoError(t, err)
	require.Equal(t, []string{"e"}, itemNames(t, list))
	list, err = f.reg.List(f.ctx, f.at(newer, "", "default", ""), meta.ListOptions{FieldSelector: "reason!=Why"})
	require.NoError(t, err)
	require.Empty(t, itemNames(t, list))

	kv, _, err := f.store.Get(f.ctx, "/registry/events/default/e")
	require.NoError(t, err)
	require.False(t, kv.Expires.IsZero(), "events go after a while")

	timeless := *event
	timeless.Name, timeless.EventTime = "late", meta.MicroTime{}
	_, err = f.reg.Create(f.ctx, f.at(newer, "", "default", ""), &timeless, meta.CreateOptions{})
	require.True(t, meta.IsInvalid(err))
	require.Contains(t, err.Error(), `Event "late" is invalid: eventTime`)
	older := &corev1.Event{ObjectMeta: meta.ObjectMeta{Name: "old"}, InvolvedObject: corev1.ObjectReference{Namespace: "default"}}
	_, err = f.reg.Create(f.ctx, f.at(core("events"), "", "default", ""), older, meta.CreateOptions{})
	require.NoError(t, err, "the older face asks for less")
}
