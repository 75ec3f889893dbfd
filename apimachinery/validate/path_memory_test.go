package validate

import (
	"strconv"
	"sync"
	"testing"
)

func TestPathsAreMadeOnce(t *testing.T) {
	make := func() string {
		p := NewPath("spec").Child("containers").Index(3).Child("env").Index(15)
		return p.Child("valueFrom", "fieldRef", "fieldPath").String()
	}
	const want = "spec.containers[3].env[15].valueFrom.fieldRef.fieldPath"
	if got := make(); got != want {
		t.Fatalf("got %s", got)
	}
	p := NewPath("spec")
	if n := testing.AllocsPerRun(100, func() { p.Child("containers").Index(3).Child("env").Index(15).Child("name") }); n > 0 {
		t.Errorf("%v allocations for a path that was made before", n)
	}
}

// Paths by what clients choose are not kept, whichever way they come.
func TestPathsOfClientsAreNotKept(t *testing.T) {
	before := kept.Load()
	p := NewPath("data")
	for i := range 1000 {
		if got, want := p.Key(strconv.Itoa(i)).Child("x").String(), "data["+strconv.Itoa(i)+"].x"; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		p.Index(maxKeptIndex + i).Child("y")
	}
	if n := kept.Load() - before; n > 1 { // data itself
		t.Errorf("%d steps were kept", n)
	}
	for i := range 2 * maxKept {
		if got, want := p.Child("n"+strconv.Itoa(i)).String(), "data.n"+strconv.Itoa(i); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	if n := kept.Load() - before; n > 1+maxChain*int32(len(steps{})) {
		t.Errorf("%d steps were kept below one", n)
	}
	for i := range 2 * maxKept {
		p.Child("n"+strconv.Itoa(i%50), "m"+strconv.Itoa(i%1000), "o"+strconv.Itoa(i))
	}
	if n := kept.Load(); n > maxKept {
		t.Errorf("%d steps are kept, more than %d", n, maxKept)
	}
}

func TestPathsFromManyGoroutines(t *testing.T) {
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 2000 {
				p := NewPath("a" + strconv.Itoa(i%50)).Index(i % 20).Child("b" + strconv.Itoa(i%30))
				want := "a" + strconv.Itoa(i%50) + "[" + strconv.Itoa(i%20) + "].b" + strconv.Itoa(i%30)
				if got := p.String(); got != want {
					t.Errorf("goroutine %d: got %s, want %s", g, got, want)
					return
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkPath(b *testing.B) {
	p := NewPath("spec")
	b.ReportAllocs()
	for b.Loop() {
		p.Child("containers").Index(1).Child("readinessProbe").Child("httpGet")
	}
}
