package clients

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

// next returns the next event, and fails where none comes.
func next(t *testing.T, w watch.Interface) watch.Event {
	t.Helper()
	select {
	case e, ok := <-w.ResultChan():
		if !ok {
			t.Fatal("the watch has ended")
		}
		return e
	case <-time.After(30 * time.Second):
		t.Fatal("no event came")
		panic("not reached")
	}
}

func describe(e watch.Event) string {
	if o, ok := e.Object.(metav1.Object); ok {
		return fmt.Sprintf("%s %s", e.Type, o.GetName())
	}
	return fmt.Sprintf("%s %v", e.Type, apierrors.FromObject(e.Object))
}

func TestWatch(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ctx := t.Context()
		ns := newNamespace(t, cs)
		maps := cs.CoreV1().ConfigMaps(ns)
		l, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "w"})
		must(t, err)
		w, err := maps.Watch(ctx, metav1.ListOptions{LabelSelector: "w", ResourceVersion: l.ResourceVersion})
		must(t, err)
		defer w.Stop()

		m, err := maps.Create(ctx, configMap("in", map[string]string{"w": ""}, nil), metav1.CreateOptions{})
		must(t, err)
		_, err = maps.Create(ctx, configMap("out", nil, nil), metav1.CreateOptions{})
		must(t, err)
		m.Data = map[string]string{"k": "v"}
		m, err = maps.Update(ctx, m, metav1.UpdateOptions{})
		must(t, err)
		// Out of the selection is deleted, into it is added.
		m.Labels = nil
		m, err = maps.Update(ctx, m, metav1.UpdateOptions{})
		must(t, err)
		m.Labels = map[string]string{"w": "again"}
		m, err = maps.Update(ctx, m, metav1.UpdateOptions{})
		must(t, err)
		must(t, maps.Delete(ctx, "in", metav1.DeleteOptions{}))
		last := ""
		for _, want := range []string{"ADDED in", "MODIFIED in", "DELETED in", "ADDED in", "DELETED in"} {
			e := next(t, w)
			if got := describe(e); got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
			m := e.Object.(*corev1.ConfigMap)
			if m.ResourceVersion == last || m.Kind != "" && m.Kind != "ConfigMap" {
				t.Errorf("%s has revision %s, like the one before, or kind %q", want, m.ResourceVersion, m.Kind)
			}
			last = m.ResourceVersion
		}

		// From a revision in between all that came after it is told again.
		again, err := maps.Watch(ctx, metav1.ListOptions{LabelSelector: "w", ResourceVersion: m.ResourceVersion})
		must(t, err)
		defer again.Stop()
		if got := describe(next(t, again)); got != "DELETED in" {
			t.Errorf("from revision %s on: %s, want DELETED in", m.ResourceVersion, got)
		}
	})
}

func TestWatchEndsInTime(t *testing.T) {
	cs := clientset(t)
	seconds := int64(1)
	w, err := cs.CoreV1().ConfigMaps(newNamespace(t, cs)).Watch(t.Context(), metav1.ListOptions{TimeoutSeconds: &seconds, LabelSelector: "none", ResourceVersion: "0"})
	must(t, err)
	defer w.Stop()
	select {
	case e, ok := <-w.ResultChan():
		if ok {
			t.Errorf("got %s, want the end", describe(e))
		}
	case <-time.After(30 * time.Second):
		t.Error("a watch of one second has not ended after thirty")
	}
}

func TestInitialEventsAndBookmarks(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ctx := t.Context()
		ns := newNamespace(t, cs)
		fill(t, cs, ns, 3)
		yes := true
		w, err := cs.CoreV1().ConfigMaps(ns).Watch(ctx, metav1.ListOptions{
			LabelSelector: "set=fill", SendInitialEvents: &yes, AllowWatchBookmarks: true, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
		})
		must(t, err)
		defer w.Stop()
		var got []string
		var mark *corev1.ConfigMap
		for mark == nil {
			e := next(t, w)
			m, ok := e.Object.(*corev1.ConfigMap)
			switch {
			case !ok:
				t.Fatal(describe(e))
			case e.Type == watch.Bookmark && m.Annotations[metav1.InitialEventsAnnotationKey] == "true":
				mark = m
			case e.Type != watch.Bookmark:
				got = append(got, describe(e))
			}
		}
		slices.Sort(got)
		if want := []string{"ADDED cm-00", "ADDED cm-01", "ADDED cm-02"}; !slices.Equal(got, want) {
			t.Errorf("initial events %v, want %v", got, want)
		}
		if mark.ResourceVersion == "" || mark.Name != "" {
			t.Errorf("the bookmark: %+v", mark)
		}
		must(t, cs.CoreV1().ConfigMaps(ns).Delete(ctx, "cm-01", metav1.DeleteOptions{}))
		e := next(t, w)
		for e.Type == watch.Bookmark {
			e = next(t, w)
		}
		if describe(e) != "DELETED cm-01" {
			t.Errorf("after the initial events: %s", describe(e))
		}
		// The revision of the bookmark is one to go on from.
		w2, err := cs.CoreV1().ConfigMaps(ns).Watch(ctx, metav1.ListOptions{LabelSelector: "set=fill", ResourceVersion: mark.ResourceVersion})
		must(t, err)
		defer w2.Stop()
		if e := next(t, w2); describe(e) != "DELETED cm-01" {
			t.Errorf("from the bookmark on: %s", describe(e))
		}

		_, err = cs.CoreV1().ConfigMaps(ns).Watch(ctx, metav1.ListOptions{SendInitialEvents: &yes})
		if !apierrors.IsInvalid(err) {
			t.Errorf("initial events without a resourceVersionMatch: %v", err)
		}
	})
}

// TestUntilWithSync is how kubectl wait waits.
func TestUntilWithSync(t *testing.T) {
	cs := clientset(t)
	ns := newNamespace(t, cs)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	lw := cache.NewListWatchFromClient(cs.CoreV1().RESTClient(), "configmaps", ns, fields.Everything())
	done := make(chan error, 1)
	go func() {
		_, err := watchtools.UntilWithSync(ctx, lw, &corev1.ConfigMap{}, nil, func(e watch.Event) (bool, error) {
			m, ok := e.Object.(*corev1.ConfigMap)
			return ok && m.Data["ready"] == "yes", nil
		})
		done <- err
	}()
	_, err := cs.CoreV1().ConfigMaps(ns).Create(ctx, configMap("gate", nil, nil), metav1.CreateOptions{})
	must(t, err)
	_, err = cs.CoreV1().ConfigMaps(ns).Update(ctx, configMap("gate", nil, map[string]string{"ready": "yes"}), metav1.UpdateOptions{})
	must(t, err)
	must(t, <-done)
}

// TestRetryWatcherOverARestart holds that revisions outlive the server.
func TestRetryWatcherOverARestart(t *testing.T) {
	s, cs := ownServer(t, "--controllers=-*", "--scheduler=false", "--node=none")
	ctx := t.Context()
	maps := cs.CoreV1().ConfigMaps("default")
	first, err := maps.Create(ctx, configMap("r-0", map[string]string{"r": ""}, nil), metav1.CreateOptions{})
	must(t, err)
	w, err := watchtools.NewRetryWatcherWithContext(ctx, first.ResourceVersion, &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.LabelSelector = "r"
			return maps.Watch(ctx, o)
		},
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return maps.List(ctx, o) },
	})
	must(t, err)
	defer w.Stop()
	_, err = maps.Create(ctx, configMap("r-1", map[string]string{"r": ""}, nil), metav1.CreateOptions{})
	must(t, err)
	if e := next(t, w); describe(e) != "ADDED r-1" {
		t.Fatal(describe(e))
	}
	must(t, s.stop())
	must(t, s.start())
	_, err = maps.Create(ctx, configMap("r-2", map[string]string{"r": ""}, nil), metav1.CreateOptions{})
	must(t, err)
	if e := next(t, w); describe(e) != "ADDED r-2" {
		t.Fatal(describe(e))
	}
}
