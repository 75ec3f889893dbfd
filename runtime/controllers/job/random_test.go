package job

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// stumble is a step that ends early: after so many writes nothing more happens,
// as when the controller is killed.
func (w *world) stumble(writes int) {
	s := Look(View{Job: codec.DeepCopy(w.j), Pods: slices.Clone(w.pods), Now: w.now, Backoff: time.Second})
	w.streak = Streak{}
	left := func() bool { writes--; return writes >= 0 }
	created := 0
	for _, pod := range s.Create {
		if !left() {
			return
		}
		w.made++
		created++
		pod.Name = fmt.Sprintf("%s%d", pod.GenerateName, w.made)
		pod.UID = meta.UID(pod.Name)
		w.pods = append(w.pods, pod)
	}
	s.Did(created, 0, 0)
	if !left() {
		return
	}
	w.write(s)
	var released []*corev1.Pod
	for _, pod := range s.Counted {
		if !left() {
			return
		}
		pod.Finalizers = without(pod.Finalizers)
		released = append(released, pod)
	}
	if s.Released(released) && left() {
		w.write(s)
	}
}

// Whatever happens to Pods and to the controller, a Job that may fail often
// enough completes, with every Pod counted once.
func TestEveryPodIsCountedOnceWhateverHappens(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		spec := batchv1.JobSpec{
			Completions: ptr(1 + random.Int32N(8)), Parallelism: ptr(1 + random.Int32N(4)), BackoffLimit: ptr[int32](1 << 20),
		}
		if random.IntN(2) == 0 {
			spec.CompletionMode = ptr(batchv1.IndexedCompletion)
		}
		w := newWorld(t, spec)
		bad := map[meta.UID]bool{} // Pods that failed, or were deleted while they ran
		for round := 0; w.ended() == "" && round < 2000; round++ {
			if active := w.active(); len(active) > 0 {
				pod := active[random.IntN(len(active))]
				switch what := random.IntN(10); {
				case what < 4:
					w.end(pod, 0)
				case what < 6:
					w.end(pod, 1)
					bad[pod.UID] = true
				case what < 7:
					at := meta.At(w.now)
					pod.DeletionTimestamp = &at
					bad[pod.UID] = true
				}
			}
			if random.IntN(3) == 0 {
				// Pods that have ended are deleted by somebody, as soon as they can be.
				w.pods = slices.DeleteFunc(w.pods, func(pod *corev1.Pod) bool { return !tracked(pod) && random.IntN(2) == 0 })
			}
			w.reap()
			w.now = w.now.Add(time.Duration(random.IntN(60)) * time.Second)
			if random.IntN(3) == 0 {
				w.stumble(random.IntN(5))
			} else {
				w.step()
			}
		}
		require.Equal(t, "Complete CompletionsReached", w.ended(), "seed %d", seed)
		require.Equal(t, *spec.Completions, w.j.Status.Succeeded, "seed %d", seed)
		require.EqualValues(t, len(bad), w.j.Status.Failed, "seed %d", seed)
	}
}
