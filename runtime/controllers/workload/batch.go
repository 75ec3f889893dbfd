package workload

import (
	"errors"
	"sync"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// maxParallel bounds how many writes of one owner are under way together.
const maxParallel = 64

// SlowStart calls write for 0 to n-1, first one, then twice as many at a time
// as long as all succeed: if a quota or a broken template refuses every one,
// one refusal is enough to know. It returns how many succeeded, and the errors
// of the batch that had some. Calls of a batch run at the same time; all have
// returned when SlowStart does.
func SlowStart(n int, write func(i int) error) (done int, err error) {
	for size := 1; done < n; size = min(size*2, maxParallel) {
		size = min(size, n-done)
		succeeded, err := All(size, func(i int) error { return write(done + i) })
		done += succeeded
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// All calls write for 0 to n-1, many at the same time, and waits for all. It
// returns how many succeeded and the errors of the rest.
func All(n int, write func(i int) error) (done int, err error) {
	if n == 1 {
		if err := write(0); err != nil {
			return 0, err
		}
		return 1, nil
	}
	errs := make([]error, n)
	slots := make(chan struct{}, maxParallel)
	var wg sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = write(i)
		})
	}
	wg.Wait()
	var failed []error
	for _, err := range errs {
		if err == nil {
			done++
		} else {
			failed = append(failed, err)
		}
	}
	return done, sameOnce(failed)
}

// sameOnce joins errors, those that say the same only once: a hundred Pods
// refused by one quota are one message in a status.
func sameOnce(errs []error) error {
	seen := map[string]bool{}
	var different []error
	for _, err := range errs {
		if !seen[err.Error()] {
			seen[err.Error()] = true
			different = append(different, err)
		}
	}
	if len(different) == 1 {
		return different[0]
	}
	return errors.Join(different...)
}

// IgnoreTerminating drops an error that says that the namespace goes away:
// there is no use in trying again.
func IgnoreTerminating(err error) error {
	if meta.HasCause(err, corev1.NamespaceTerminatingCause) {
		return nil
	}
	return err
}
