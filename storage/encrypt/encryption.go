package encrypt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options say where the configuration is. File must be there.
type Options struct {
	// File is of kind EncryptionConfiguration.
	File string
	// Reload follows changes of the file. A new configuration that cannot be
	// used is complained about, and the old one stays.
	Reload bool
	// ReloadEvery is how often the file is looked at; zero means 10 seconds.
	ReloadEvery time.Duration
	// Logger gets what the operator should know; nil means slog.Default().
	Logger *slog.Logger
}

// Encryption is a configuration in use. It is safe for concurrent use.
type Encryption struct {
	opts    Options
	current atomic.Pointer[loaded]

	mu     sync.Mutex // guards what follows, and changes of current
	run    func(*loaded)
	before *loaded // the one that was replaced last: requests may still use it
	closed bool
}

// loaded is one state of the file, with its keys and plug-ins.
type loaded struct {
	sum     [sha256.Size]byte
	config  *Configuration
	chains  []chain // as config.Resources
	plugins map[string]*plugin
	stop    context.CancelFunc // ends those who look at the plug-ins
	done    sync.WaitGroup
}

// Open reads the configuration. With KMS plug-ins it returns when all have
// answered, or fails. The caller must call Run and Close.
func Open(ctx context.Context, o Options) (*Encryption, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.ReloadEvery <= 0 {
		o.ReloadEvery = 10 * time.Second
	}
	e := &Encryption{opts: o}
	data, err := os.ReadFile(o.File)
	if err != nil {
		return nil, fmt.Errorf("encryption configuration: %w", err)
	}
	l, err := e.load(ctx, data)
	if err != nil {
		return nil, fmt.Errorf("encryption configuration %s: %w", o.File, err)
	}
	e.current.Store(l)
	return e, nil
}

func (e *Encryption) load(ctx context.Context, data []byte) (_ *loaded, err error) {
	c, err := Parse(data)
	if err != nil {
		return nil, err
	}
	l := &loaded{sum: sha256.Sum256(data), config: c, plugins: make(map[string]*plugin)}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	for _, rc := range c.Resources {
		var keys chain
		for _, p := range rc.Providers {
			if p.KMS != nil {
				if l.plugins[p.KMS.Name], err = newPlugin(p.KMS, e.opts.Logger); err != nil {
					delete(l.plugins, p.KMS.Name)
					return nil, fmt.Errorf("KMS plug-in %s: %w", p.KMS.Name, err)
				}
			}
			links, err := linksOf(&p, l.plugins)
			if err != nil {
				return nil, err
			}
			keys = append(keys, links...)
		}
		l.chains = append(l.chains, keys)
	}
	for _, p := range l.plugins {
		if err := p.look(ctx); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Run follows the file and the plug-ins until ctx ends.
func (e *Encryption) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	e.mu.Lock()
	e.run = func(l *loaded) {
		own, stop := context.WithCancel(ctx)
		l.stop = stop
		for _, p := range l.plugins {
			l.done.Add(1)
			running.Go(func() { defer l.done.Done(); p.run(own) })
		}
	}
	e.run(e.current.Load())
	e.mu.Unlock()
	if !e.opts.Reload {
		<-ctx.Done()
		return nil
	}
	ticker := time.NewTicker(e.opts.ReloadEvery)
	defer ticker.Stop()
	var complained []byte // a file is complained about once
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
		data, err := os.ReadFile(e.opts.File)
		if err == nil {
			if bytes.Equal(data, complained) {
				continue
			}
			err = e.reload(ctx, data)
		}
		if err != nil && ctx.Err() == nil {
			complained = data
			e.opts.Logger.Error("encryption configuration cannot be used; the old one stays", "file", e.opts.File, "error", err)
		}
	}
}

// reload takes a changed file into use.
func (e *Encryption) reload(ctx context.Context, data []byte) error {
	if sha256.Sum256(data) == e.current.Load().sum {
		return nil
	}
	next, err := e.load(ctx, data)
	if err != nil {
		return err
	}
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return next.close()
	}
	gone := e.before
	e.before = e.current.Swap(next)
	e.before.rest()
	if e.run != nil {
		e.run(next)
	}
	e.mu.Unlock()
	e.opts.Logger.Info("encryption configuration is in use", "file", e.opts.File)
	if gone == nil {
		return nil
	}
	return gone.close()
}

// rest ends those who look at the plug-ins.
func (l *loaded) rest() {
	if l.stop != nil {
		l.stop()
		l.done.Wait()
	}
}

func (l *loaded) close() error {
	l.rest()
	var errs []error
	for _, p := range l.plugins {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// Healthy returns nil if all plug-ins were well when they were last asked.
func (e *Encryption) Healthy(context.Context) error {
	var errs []error
	for _, p := range e.current.Load().plugins {
		errs = append(errs, p.health())
	}
	return errors.Join(errs...)
}

// Close gives up the plug-ins. Run must have ended, and the stores must not be
// used any more.
func (e *Encryption) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	err := e.current.Load().close()
	if e.before != nil {
		err = errors.Join(err, e.before.close())
	}
	return err
}
