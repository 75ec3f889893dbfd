package scheduler

import (
	"testing"
	"time"
)

func TestQueueOrder(t *testing.T) {
	q := newQueue()
	q.set(NewPod(testPod("first")))
	q.set(NewPod(testPod("important", priority(100))))
	q.set(NewPod(testPod("second")))
	for _, want := range []string{"important", "first", "second"} {
		w, ok := q.pop()
		if !ok || w.pod.Key.Name != want {
			t.Fatalf("got %v, want %s", w, want)
		}
	}
	if _, ok := q.pop(); ok {
		t.Error("an empty queue gave something")
	}
}

func TestParkedPodWaitsForHopeAndBackOff(t *testing.T) {
	now := time.Unix(1000, 0)
	q := newQueue()
	q.set(NewPod(testPod("p")))
	w, _ := q.pop()
	q.park(w, now, NodeChanged)
	if next := q.promote(now.Add(time.Minute)); !next.Equal(now.Add(stuckAfter)) {
		t.Errorf("without hope it is tried at %v, want %v", next, now.Add(stuckAfter))
	}
	q.hope(NodeChanged)
	if next := q.promote(now); !next.Equal(now.Add(firstBackOff)) {
		t.Errorf("with hope it is tried at %v, want %v", next, now.Add(firstBackOff))
	}
	q.promote(now.Add(firstBackOff))
	w, ok := q.pop()
	if !ok {
		t.Fatal("it was not tried after its back-off")
	}
	q.park(w, now, 0)
	if next := q.promote(now); !next.Equal(now.Add(2 * firstBackOff)) {
		t.Errorf("the second back-off ends at %v, want %v", next, now.Add(2*firstBackOff))
	}
	q.remove(w.pod.Key)
	q.park(w, now, 0)
	if next := q.promote(now.Add(time.Hour)); !next.IsZero() || len(q.active) != 0 {
		t.Error("a Pod that is gone came back")
	}
}
