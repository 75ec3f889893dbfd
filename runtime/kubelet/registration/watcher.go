package registration

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	protocol "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

// Types of plug-ins.
const (
	CSI    = "CSIPlugin"
	Device = "DevicePlugin"
)

// Plugin is what a plug-in says of itself.
type Plugin struct {
	Type, Name string
	Endpoint   string // path of the socket that serves it
	Versions   []string
}

// Handler takes plug-ins of a type. Its methods are called by one goroutine.
type Handler interface {
	// Register begins to use a plug-in, or one of that name that has come back.
	// The error is told to it.
	Register(ctx context.Context, p Plugin) error
	// Deregister ends that, because its socket is gone.
	Deregister(ctx context.Context, name string)
}

// Options tunes a [Watcher]. The zero value works.
type Options struct {
	// Interval is the time between looks. Zero is a second.
	Interval time.Duration
	// Timeout bounds each call of a plug-in. Zero is ten seconds.
	Timeout time.Duration
	Logger  *slog.Logger // nil: slog.Default()
}

// Watcher finds plug-ins. Make one with [New] and call Run.
type Watcher struct {
	dir      string
	handlers map[string]Handler
	opts     Options
	known    map[string]*socket
}

// socket is one that was found.
type socket struct {
	inode    uint64
	modified time.Time
	plugin   Plugin
	taken    bool // by its handler
	done     bool // and it knows
	retry    time.Time
	delay    time.Duration
}

const (
	firstRetry = 500 * time.Millisecond
	lastRetry  = 2 * time.Minute
	// depth bounds how far below the directory sockets are looked for.
	depth = 3
)

// New returns a watcher of a directory, with a handler for each type of plug-ins.
// It starts nothing.
func New(dir string, handlers map[string]Handler, opts Options) *Watcher {
	if opts.Interval <= 0 {
		opts.Interval = time.Second
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 10 * time.Second
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	return &Watcher{dir: dir, handlers: handlers, opts: opts, known: map[string]*socket{}}
}

// Run makes the directory and watches it until ctx ends; it returns nil then.
// Plug-ins stay registered. A Watcher can be run once.
func (w *Watcher) Run(ctx context.Context) error {
	if err := os.MkdirAll(w.dir, 0o750); err != nil {
		return fmt.Errorf("plug-in registration: %w", err)
	}
	tick := time.NewTicker(w.opts.Interval)
	defer tick.Stop()
	for {
		w.look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look compares the sockets that are there with those that are known.
func (w *Watcher) look(ctx context.Context) {
	found, err := w.sockets()
	if err != nil {
		w.opts.Logger.WarnContext(ctx, "plug-ins not looked for", "directory", w.dir, "error", err)
		return
	}
	for path, s := range w.known {
		now, there := found[path]
		if there && now.inode == s.inode && now.modified.Equal(s.modified) {
			continue
		}
		delete(w.known, path)
		if s.taken && !there {
			w.opts.Logger.InfoContext(ctx, "plug-in gone", "type", s.plugin.Type, "name", s.plugin.Name)
			w.handlers[s.plugin.Type].Deregister(ctx, s.plugin.Name)
		}
	}
	for path, s := range found {
		if w.known[path] == nil {
			w.known[path] = s
		}
		w.try(ctx, path, w.known[path])
	}
}

func (w *Watcher) sockets() (map[string]*socket, error) {
	found := map[string]*socket{}
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // gone meanwhile
		case err != nil:
			return err
		case path != w.dir && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			if rel, err := filepath.Rel(w.dir, path); err == nil && strings.Count(rel, "/") >= depth {
				return fs.SkipDir
			}
			return nil
		case d.Type()&fs.ModeSocket == 0:
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil // gone meanwhile
		}
		s := &socket{modified: info.ModTime()}
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			s.inode = st.Ino
		}
		found[path] = s
		return nil
	})
	return found, err
}

// try registers what is behind a socket, if that is due.
func (w *Watcher) try(ctx context.Context, path string, s *socket) {
	if s.done || time.Now().Before(s.retry) {
		return
	}
	plugin, taken, err := w.register(ctx, path)
	if taken {
		s.plugin, s.taken = plugin, true
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		s.delay = min(max(2*s.delay, firstRetry), lastRetry)
		s.retry = time.Now().Add(s.delay)
		w.opts.Logger.WarnContext(ctx, "plug-in not registered", "socket", path, "type", plugin.Type, "name", plugin.Name, "error", err)
		return
	}
	s.done = true
	w.opts.Logger.InfoContext(ctx, "plug-in registered", "type", plugin.Type, "name", plugin.Name, "endpoint", plugin.Endpoint)
}

// register asks what is behind a socket, gives it to its handler and tells it the
// outcome. taken says that the handler has it, even if it could not be told.
func (w *Watcher) register(ctx context.Context, path string) (plugin Plugin, taken bool, err error) {
	conn, err := Dial(path)
	if err != nil {
		return Plugin{}, false, err
	}
	defer conn.Close()
	c := protocol.NewRegistrationClient(conn)
	asking, cancel := context.WithTimeout(ctx, w.opts.Timeout)
	defer cancel()
	info, err := c.GetInfo(asking, &protocol.InfoRequest{})
	if err != nil {
		return Plugin{}, false, fmt.Errorf("plug-in info: %w", err)
	}
	plugin = Plugin{Type: info.Type, Name: info.Name, Endpoint: info.Endpoint, Versions: info.SupportedVersions}
	if plugin.Endpoint == "" {
		plugin.Endpoint = path
	}
	handler := w.handlers[plugin.Type]
	switch {
	case handler == nil:
		err = fmt.Errorf("no handler registered for plugin type: %s at socket %s", plugin.Type, path)
	case plugin.Name == "":
		err = fmt.Errorf("the plug-in at socket %s has no name", path)
	default:
		err = handler.Register(ctx, plugin)
		taken = err == nil
	}
	outcome := &protocol.RegistrationStatus{PluginRegistered: err == nil}
	if err != nil {
		outcome.Error = err.Error()
	}
	telling, cancel := context.WithTimeout(ctx, w.opts.Timeout)
	defer cancel()
	if _, told := c.NotifyRegistrationStatus(telling, outcome); told != nil && err == nil {
		err = fmt.Errorf("plug-in not told that it is registered: %w", told)
	}
	return plugin, taken, err
}

// Dial returns a connection to a plug-in's socket. It connects when it is used.
func Dial(path string) (*grpc.ClientConn, error) {
	return grpc.NewClient("unix:"+strings.TrimPrefix(path, "unix:"), grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy())
}
