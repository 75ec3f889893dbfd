package controller

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
)

func eventOf(object, reason, message string) *corev1.Event {
	return &corev1.Event{
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "n", Name: object, UID: meta.UID(object)},
		Type:           "Normal", Reason: reason, Message: message, Source: corev1.EventSource{Component: "test"},
	}
}

// observe is what the sender does with a correlator.
func observe(c *correlator, event *corev1.Event, now time.Time) (repeated, send bool) {
	id, repeated, send := c.correlate(event, now)
	if send {
		if !repeated {
			event.Name = "e" + fmt.Sprint(now.UnixNano())
		}
		c.remember(id, event)
	}
	return repeated, send
}

func TestCorrelateCountsWhatRepeats(t *testing.T) {
	c, now := newCorrelator(), time.Unix(1e9, 0)
	first := eventOf("a", "R", "m")
	repeated, send := observe(c, first, now)
	assert.True(t, send)
	assert.False(t, repeated)
	assert.EqualValues(t, 1, first.Count)
	for i := range 3 {
		now = now.Add(time.Minute)
		again := eventOf("a", "R", "m")
		repeated, send = observe(c, again, now)
		assert.True(t, repeated && send)
		assert.Equal(t, first.Name, again.Name)
		assert.EqualValues(t, i+2, again.Count)
		assert.Equal(t, first.FirstTimestamp, again.FirstTimestamp)
		assert.Equal(t, meta.At(now), again.LastTimestamp)
	}
	for _, other := range []*corev1.Event{eventOf("b", "R", "m"), eventOf("a", "S", "m"), eventOf("a", "R", "n")} {
		repeated, _ = observe(c, other, now)
		assert.False(t, repeated)
	}
}

func TestCorrelateCombinesWhatIsSimilar(t *testing.T) {
	c, now := newCorrelator(), time.Unix(1e9, 0)
	var last *corev1.Event
	for i := range 13 {
		event := eventOf("a", "R", fmt.Sprint("message ", i))
		repeated, send := observe(c, event, now)
		assert.True(t, send)
		assert.Equal(t, i > 10, repeated, "%d", i)
		assert.Equal(t, i >= 10, strings.HasPrefix(event.Message, combined), "%d", i)
		last = event
	}
	assert.EqualValues(t, 3, last.Count)
	assert.Equal(t, combined+"message 12", last.Message)

	known := eventOf("a", "R", "message 3")
	repeated, _ := observe(c, known, now)
	assert.True(t, repeated, "one of the first ten keeps its own Event")
	assert.Equal(t, "message 3", known.Message)

	late := eventOf("a", "R", "message 99")
	observe(c, late, now.Add(eventSimilarWindow+time.Second))
	assert.Equal(t, "message 99", late.Message, "after a quiet time it begins anew")
}

func TestCorrelateCutsShort(t *testing.T) {
	c, now := newCorrelator(), time.Unix(1e9, 0)
	sent := 0
	say := func(object string) {
		if _, send := observe(c, eventOf(object, fmt.Sprint("R", sent), "m"), now); send {
			sent++
		}
	}
	for range 100 {
		say("a")
	}
	assert.Equal(t, eventBurst, sent)
	say("b")
	assert.Equal(t, eventBurst+1, sent, "each object has its own budget")
	now = now.Add(eventEvery)
	say("a")
	say("a")
	assert.Equal(t, eventBurst+2, sent)
}

func TestRecentForgetsTheOldest(t *testing.T) {
	r := newRecent[int, string](2)
	r.put(1, "a")
	r.put(2, "b")
	r.get(1)
	r.put(3, "c")
	_, ok := r.get(2)
	assert.False(t, ok)
	v, ok := r.get(1)
	assert.True(t, ok)
	assert.Equal(t, "a", v)
	r.put(1, "z")
	assert.Len(t, r.items, 2)
}

func TestRecorder(t *testing.T) {
	clienttest.Each(t, clienttest.Options{Bootstrap: true}, func(t *testing.T, c client.Client) {
		p := pod("p", nil, nil)
		require.NoError(t, client.Of[corev1.Pod](c).Create(t.Context(), p))
		p.TypeMeta = meta.TypeMeta{} // as objects of a list are
		node := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n1", UID: "n1"}}

		r := NewRecorder(c, "tester", RecorderOptions{Host: "here", Logger: quiet})
		for range 3 {
			r.Normal(p, "Pulled", "image %q is there", "i")
		}
		r.For("other").Warning(node, "Ill", "%s", strings.Repeat("ä", 1000))
		r.Record(Note{About: p, Related: node, Field: "spec.containers{c}", Type: "Normal", Reason: "Bound", Action: "Binding", Message: "on n1"})
		r.Normal(&meta.Unstructured{}, "Lost", "of no kind")

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, r.Run(ctx), "what is left at the end is still sent")

		byReason := map[string]corev1.Event{}
		list, err := client.Of[corev1.Event](c).List(t.Context())
		require.NoError(t, err)
		for _, e := range list.Items {
			byReason[e.Reason] = e
		}
		require.Len(t, list.Items, 3, "%v", byReason)

		pulled := byReason["Pulled"]
		assert.EqualValues(t, 3, pulled.Count)
		assert.Equal(t, `image "i" is there`, pulled.Message)
		assert.Equal(t, "default", pulled.Namespace)
		assert.True(t, strings.HasPrefix(pulled.Name, "p."), pulled.Name)
		assert.Equal(t, corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: "default", Name: "p", UID: p.UID, ResourceVersion: p.ResourceVersion}, pulled.InvolvedObject)
		assert.Equal(t, corev1.EventSource{Component: "tester", Host: "here"}, pulled.Source)
		assert.Equal(t, "tester", pulled.ReportingController)
		assert.False(t, pulled.FirstTimestamp.IsZero())

		ill := byReason["Ill"]
		assert.Equal(t, "default", ill.Namespace, "events about cluster-scoped objects are in the default namespace")
		assert.Equal(t, "other", ill.Source.Component)
		assert.Equal(t, strings.Repeat("ä", 512), ill.Message, "cut between characters")
		assert.Equal(t, "Warning", ill.Type)

		bound := byReason["Bound"]
		assert.Equal(t, "spec.containers{c}", bound.InvolvedObject.FieldPath)
		assert.Equal(t, "n1", bound.Related.Name)
		assert.Equal(t, "Binding", bound.Action)
	})
}

// Events expire; one that is counted on may be gone.
func TestRecorderBeginsAnew(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{Bootstrap: true}).Local
	events := client.Of[corev1.Event](c).In("default")
	p := pod("p", nil, nil)
	p.UID = "u"
	r := NewRecorder(c, "tester", RecorderOptions{Logger: quiet})
	for range 2 {
		r.out.handle(t.Context(), recorded{event: *eventAbout(p), at: time.Now()})
		list, err := events.List(t.Context())
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		assert.EqualValues(t, 1, list.Items[0].Count)
		require.NoError(t, events.Delete(t.Context(), list.Items[0].Name))
	}
}

func eventAbout(p *corev1.Pod) *corev1.Event {
	e := eventOf(p.Name, "R", "m")
	e.Namespace, e.InvolvedObject.Namespace = "default", "default"
	return e
}

func TestRecorderNeverBlocks(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{}).Local
	r := NewRecorder(c, "tester", RecorderOptions{Buffer: 2, Logger: quiet})
	for i := range 10 {
		r.Normal(pod(fmt.Sprint(i), nil, nil), "R", "m")
	}
	assert.EqualValues(t, 8, r.out.dropped.Load())

	var none *Recorder
	none.Normal(pod("p", nil, nil), "R", "m")
	none.For("x").Warning(pod("p", nil, nil), "R", "m")
}

func TestShorten(t *testing.T) {
	assert.Equal(t, "abc", shorten("abc", 3))
	assert.Equal(t, "ab", shorten("abc", 2))
	assert.Equal(t, "ä", shorten("ää", 3))
	assert.Equal(t, "", shorten("ä", 1))
}
