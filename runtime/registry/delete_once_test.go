package registry_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// TestDeletedOnce deletes each object several times at once: one of the callers
// is told that it did it, the others that it is not there.
func TestDeletedOnce(t *testing.T) {
	f := startWidgets(t)
	for i := range 50 {
		name := fmt.Sprint("w-", i)
		f.create(named(name))
		var done atomic.Int32
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				_, err := f.reg.Delete(f.ctx, f.widget(name), meta.DeleteOptions{})
				if err == nil {
					done.Add(1)
				} else if !meta.IsNotFound(err) {
					t.Error(err)
				}
			})
		}
		callers.Wait()
		require.EqualValues(t, 1, done.Load(), name)
	}
}
