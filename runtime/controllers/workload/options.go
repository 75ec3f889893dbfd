package workload

import (
	"log/slog"
	"time"

	"github.com/kubenucleus/nucleus/runtime/controller"
)

// Options tunes a controller that owns Pods. The zero value works.
type Options struct {
	// Workers is how many objects are worked on at a time. Zero is 5.
	Workers int
	// Events tells people what happens. Whoever made it runs it. Nil tells
	// nobody.
	Events *controller.Recorder
	Logger *slog.Logger // nil: slog.Default()
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// defaultWorkers is what Kubernetes' controllers run with.
const defaultWorkers = 5

// WithDefaults returns the options with what is not set filled in.
func (o Options) WithDefaults() Options {
	if o.Workers <= 0 {
		o.Workers = defaultWorkers
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Loop returns the options of the controller's loop.
func (o Options) Loop() controller.Options {
	return controller.Options{Workers: o.Workers, Logger: o.Logger}
}
