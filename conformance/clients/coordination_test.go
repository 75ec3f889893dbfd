package clients

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/record"
)

// TestLeaderElection has two candidates; the first gives up, the second leads.
func TestLeaderElection(t *testing.T) {
	cs := clientset(t)
	ns := newNamespace(t, cs)
	leads := make(chan string, 10)
	candidate := func(name string) (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
			Lock: &resourcelock.LeaseLock{
				LeaseMeta: metav1.ObjectMeta{Name: "lead", Namespace: ns}, Client: cs.CoordinationV1(),
				LockConfig: resourcelock.ResourceLockConfig{Identity: name},
			},
			LeaseDuration: 15 * time.Second, RenewDeadline: 10 * time.Second, RetryPeriod: 100 * time.Millisecond,
			ReleaseOnCancel: true, Name: "lead",
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { leads <- name },
				OnStoppedLeading: func() {},
			},
		})
		must(t, err)
		var wg sync.WaitGroup
		wg.Go(func() { elector.Run(ctx) })
		stop = func() { cancel(); wg.Wait() }
		t.Cleanup(stop)
		return stop
	}
	leader := func() string {
		select {
		case name := <-leads:
			return name
		case <-time.After(30 * time.Second):
			t.Fatal("nobody leads")
			return ""
		}
	}
	stopFirst := candidate("first")
	if got := leader(); got != "first" {
		t.Fatalf("%s leads", got)
	}
	candidate("second")
	lease, err := cs.CoordinationV1().Leases(ns).Get(t.Context(), "lead", metav1.GetOptions{})
	must(t, err)
	if *lease.Spec.HolderIdentity != "first" || *lease.Spec.LeaseDurationSeconds != 15 || lease.Spec.RenewTime.IsZero() {
		t.Errorf("lease: %+v", lease.Spec)
	}
	stopFirst()
	if got := leader(); got != "second" {
		t.Fatalf("%s leads after the first has stopped", got)
	}
	lease, err = cs.CoordinationV1().Leases(ns).Get(t.Context(), "lead", metav1.GetOptions{})
	must(t, err)
	if *lease.Spec.LeaseTransitions != 1 && *lease.Spec.LeaseTransitions != 2 {
		t.Errorf("%d transitions", *lease.Spec.LeaseTransitions)
	}
}

func eventsOf(t *testing.T, cs kubernetes.Interface, o *corev1.ConfigMap, want func([]corev1.Event) bool) []corev1.Event {
	t.Helper()
	var got []corev1.Event
	eventually(t, "events", func() error {
		l, err := cs.CoreV1().Events(o.Namespace).List(t.Context(), metav1.ListOptions{FieldSelector: "involvedObject.uid=" + string(o.UID)})
		if err != nil {
			return err
		}
		if got = l.Items; !want(got) {
			return fmt.Errorf("there are %+v", got)
		}
		return nil
	})
	return got
}

func TestEventRecorder(t *testing.T) {
	cs := clientset(t)
	ns := newNamespace(t, cs)
	o, err := cs.CoreV1().ConfigMaps(ns).Create(t.Context(), configMap("seen", nil, nil), metav1.CreateOptions{})
	must(t, err)
	b := record.NewBroadcaster()
	defer b.Shutdown()
	b.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: cs.CoreV1().Events(ns)})
	r := b.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "clients-test"})
	r.Event(o, corev1.EventTypeWarning, "Looked", "it looks back")
	r.Event(o, corev1.EventTypeWarning, "Looked", "it looks back") // the recorder counts with a patch
	got := eventsOf(t, cs, o, func(all []corev1.Event) bool { return len(all) == 1 && all[0].Count == 2 })[0]
	if got.Reason != "Looked" || got.Type != "Warning" || got.Source.Component != "clients-test" || got.InvolvedObject.Name != "seen" {
		t.Errorf("event: %+v", got)
	}
	if ref, err := cs.CoreV1().Events(ns).SearchWithContext(t.Context(), scheme.Scheme, o); err != nil || len(ref.Items) != 1 {
		t.Errorf("search: %v, %v", ref, err)
	}
}

// TestEventsOfTheNewGroup writes through events.k8s.io and reads through both.
func TestEventsOfTheNewGroup(t *testing.T) {
	cs := clientset(t)
	ns := newNamespace(t, cs)
	o, err := cs.CoreV1().ConfigMaps(ns).Create(t.Context(), configMap("seen", nil, nil), metav1.CreateOptions{})
	must(t, err)
	b := events.NewBroadcaster(&events.EventSinkImpl{Interface: cs.EventsV1()})
	defer b.Shutdown()
	must(t, b.StartRecordingToSinkWithContext(t.Context()))
	r := b.NewRecorder(scheme.Scheme, "clients.test/recorder")
	tell := func() { r.Eventf(o, nil, corev1.EventTypeNormal, "Counted", "Counting", "once %s", "more") }
	tell()
	got := eventsOf(t, cs, o, func(all []corev1.Event) bool { return len(all) == 1 })[0]
	if got.ReportingController != "clients.test/recorder" || got.Action != "Counting" || got.Message != "once more" || got.EventTime.IsZero() {
		t.Errorf("event as of v1: %+v", got)
	}
	tell() // again, which makes a series of it
	var same *eventsv1.Event
	eventually(t, "the series", func() error {
		if same, err = cs.EventsV1().Events(ns).Get(t.Context(), got.Name, metav1.GetOptions{}); err == nil && same.Series == nil {
			err = fmt.Errorf("no series in %+v", same)
		}
		return err
	})
	if same.Regarding.UID != o.UID || same.Note != "once more" || same.Series.Count < 2 {
		t.Errorf("event as of events.k8s.io/v1: %+v", same)
	}
	l, err := cs.EventsV1().Events(ns).List(t.Context(), metav1.ListOptions{FieldSelector: "regarding.name=seen"})
	must(t, err)
	if !slices.ContainsFunc(l.Items, func(e eventsv1.Event) bool { return e.Name == got.Name }) {
		t.Errorf("selected by regarding.name: %+v", l.Items)
	}
}
