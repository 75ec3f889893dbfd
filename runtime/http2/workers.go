package http2

import "sync"

// workers are goroutines that serve requests, one after the other. One that has
// served a request has a stack that is large enough for the next; the last that
// became idle is the first to be used.
type workers struct {
	mu     sync.Mutex
	idle   []chan *stream
	closed bool
	all    sync.WaitGroup
}

// maxIdleWorkers wait for work. As many are plenty when requests are short; when
// they are long it does not matter.
const maxIdleWorkers = 64

// serve has a worker serve a request.
func (w *workers) serve(st *stream) {
	w.mu.Lock()
	if n := len(w.idle); n > 0 {
		work := w.idle[n-1]
		w.idle = w.idle[:n-1]
		w.mu.Unlock()
		work <- st
		return
	}
	w.mu.Unlock()
	w.all.Go(func() { w.work(st) })
}

func (w *workers) work(st *stream) {
	var more chan *stream
	for st != nil {
		st.serve()
		w.mu.Lock()
		if w.closed || len(w.idle) >= maxIdleWorkers {
			w.mu.Unlock()
			return
		}
		if more == nil {
			more = make(chan *stream, 1)
		}
		w.idle = append(w.idle, more)
		w.mu.Unlock()
		st = <-more
	}
}

// close ends the idle workers, and waits for all.
func (w *workers) close() {
	w.mu.Lock()
	w.closed = true
	idle := w.idle
	w.idle = nil
	w.mu.Unlock()
	for _, work := range idle {
		close(work)
	}
	w.all.Wait()
}
