package kubelet

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/stream"
)

// streamed is what a request for streams is about.
type streamed struct {
	pod       *pod
	container string // id
	sandbox   string // id
}

// serveExec answers /exec.
func (k *Kubelet) serveExec(w http.ResponseWriter, r *http.Request) {
	k.serveCommand(w, r, "exec", func(ctx context.Context, s Streamer, id string, streams Streams) (*url.URL, error) {
		return s.ExecURL(ctx, id, r.URL.Query()["command"], streams)
	})
}

// serveAttach answers /attach.
func (k *Kubelet) serveAttach(w http.ResponseWriter, r *http.Request) {
	k.serveCommand(w, r, "attach", func(ctx context.Context, s Streamer, id string, streams Streams) (*url.URL, error) {
		return s.AttachURL(ctx, id, streams)
	})
}

// serveCommand passes a request on to where the runtime serves the streams that it
// asks for.
func (k *Kubelet) serveCommand(w http.ResponseWriter, r *http.Request, what string, place func(context.Context, Streamer, string, Streams) (*url.URL, error)) {
	streamer, ok := k.runtime.(Streamer)
	if !ok {
		answerError(w, r, unsupported(what))
		return
	}
	streams, err := streamsOf(r.URL.Query())
	if err != nil {
		answerError(w, r, meta.BadRequest(err.Error()))
		return
	}
	found, err := k.runningContainer(r)
	if err != nil {
		answerError(w, r, err)
		return
	}
	if what == "attach" {
		// A container has a terminal or not; the client cannot choose.
		if spec := found.pod.spec(r.PathValue("container")); spec != nil {
			if streams.TTY = spec.TTY; spec.TTY {
				streams.Stderr = false
			}
		}
	}
	at, err := place(r.Context(), streamer, found.container, streams)
	if err != nil {
		answerError(w, r, asked(err))
		return
	}
	k.passOn(w, r, at)
}

// servePortForward answers /portForward.
func (k *Kubelet) servePortForward(w http.ResponseWriter, r *http.Request) {
	streamer, ok := k.runtime.(Streamer)
	if !ok {
		answerError(w, r, unsupported("portForward"))
		return
	}
	var ports []int32
	if query := r.URL.Query(); query.Has("port") || stream.WantsWebSocket(r) && !offersTunnel(r) {
		list, err := stream.QueryPorts(query, "port")
		if err != nil {
			answerError(w, r, meta.BadRequest(err.Error()))
			return
		}
		for _, p := range list {
			ports = append(ports, int32(p))
		}
	}
	found, err := k.runningSandbox(r)
	if err != nil {
		answerError(w, r, err)
		return
	}
	at, err := streamer.PortForwardURL(r.Context(), found.sandbox, ports)
	if err != nil {
		answerError(w, r, asked(err))
		return
	}
	k.passOn(w, r, at)
}

func offersTunnel(r *http.Request) bool {
	for _, p := range stream.Protocols(r) {
		if p == stream.TunnelledPorts {
			return true
		}
	}
	return false
}

// runTime is how long a command of /run may take.
const runTime = 2 * time.Minute

// serveRun answers /run: a command that is run to its end, without streams.
func (k *Kubelet) serveRun(w http.ResponseWriter, r *http.Request) {
	execer, ok := k.runtime.(Execer)
	if !ok {
		answerError(w, r, unsupported("run"))
		return
	}
	command := strings.Fields(r.FormValue("cmd"))
	if len(command) == 0 {
		answerError(w, r, meta.BadRequest("cmd: no command was given"))
		return
	}
	found, err := k.runningContainer(r)
	if err != nil {
		answerError(w, r, err)
		return
	}
	result, err := execer.Exec(r.Context(), found.container, command, runTime)
	if err != nil {
		answerError(w, r, asked(err))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if result.ExitCode != 0 {
		w.WriteHeader(http.StatusInternalServerError)
		defer func() { _, _ = fmt.Fprintf(w, "command terminated with exit code %d\n", result.ExitCode) }()
	}
	_, _ = w.Write(result.Stdout)
	_, _ = w.Write(result.Stderr)
}

// streamsOf reads which streams a query wants.
func streamsOf(q url.Values) (Streams, error) {
	set := func(name string) bool { return q.Get(name) == "1" || q.Get(name) == "true" }
	s := Streams{Stdin: set("input"), Stdout: set("output"), Stderr: set("error"), TTY: set("tty")}
	if s.TTY {
		s.Stderr = false // a terminal has but one output
	}
	if !s.Stdin && !s.Stdout && !s.Stderr {
		return s, stream.ErrNoStreams
	}
	return s, nil
}

func unsupported(what string) error {
	return meta.NewStatusError(http.StatusNotImplemented, meta.StatusReasonUnknown,
		fmt.Sprintf("the node's container runtime does not support %s", what), nil)
}

// asked is the answer when the runtime cannot do what was asked for.
func asked(err error) error {
	if own, ok := errors.AsType[*meta.StatusError](err); ok {
		return own
	}
	return plainError(http.StatusInternalServerError, err.Error())
}

// plainError is answered in words as they stand: clients show them.
func plainError(code int, text string) error {
	return meta.NewStatusError(code, meta.StatusReasonUnknown, text, nil)
}

// streamedPod finds the Pod that the path names.
func (k *Kubelet) streamedPod(r *http.Request) (*pod, error) {
	p := k.named(r.PathValue("namespace"), r.PathValue("pod"))
	if p == nil {
		return nil, plainError(http.StatusNotFound, "pod does not exist")
	}
	if uid := r.PathValue("uid"); uid != "" && uid != string(p.uid) {
		return nil, plainError(http.StatusNotFound, "pod not found")
	}
	return p, nil
}

// runningContainer finds the container that the path names.
func (k *Kubelet) runningContainer(r *http.Request) (*streamed, error) {
	p, err := k.streamedPod(r)
	if err != nil {
		return nil, err
	}
	state, err := k.runtime.Pod(r.Context(), p.uid)
	if err != nil {
		return nil, asked(err)
	}
	name := r.PathValue("container")
	for i := len(state.Containers) - 1; i >= 0; i-- {
		if c := &state.Containers[i]; c.Name == name && c.State == Running {
			return &streamed{pod: p, container: c.ID, sandbox: c.SandboxID}, nil
		}
	}
	return nil, plainError(http.StatusInternalServerError, "container not found ("+strconv.Quote(name)+")")
}

// runningSandbox finds the sandbox of the Pod that the path names.
func (k *Kubelet) runningSandbox(r *http.Request) (*streamed, error) {
	p, err := k.streamedPod(r)
	if err != nil {
		return nil, err
	}
	state, err := k.runtime.Pod(r.Context(), p.uid)
	if err != nil {
		return nil, asked(err)
	}
	for i := len(state.Sandboxes) - 1; i >= 0; i-- {
		if s := &state.Sandboxes[i]; s.Ready {
			return &streamed{pod: p, sandbox: s.ID}, nil
		}
	}
	return nil, plainError(http.StatusInternalServerError, fmt.Sprintf("pod not found (%q)", r.PathValue("pod")+"_"+r.PathValue("namespace")))
}

// spec returns what the Pod says of a container.
func (p *pod) spec(name string) *corev1.Container {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := containersOf(p.object)
	for i := range list {
		if list[i].spec.Name == name {
			return list[i].spec
		}
	}
	return nil
}

// runtimeTransport reaches the runtime's own server, which is on this machine. It
// never is behind a proxy, and speaks HTTP/1.1, which can be upgraded.
func runtimeTransport() *http.Transport {
	return &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // its certificate is made up at its start; the address came over its socket
		TLSNextProto:      map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
}

// passOn has the request answered at another place, byte for byte once it is
// upgraded. Both connections end when either does or the request's context does.
func (k *Kubelet) passOn(w http.ResponseWriter, r *http.Request, at *url.URL) {
	if !stream.Upgrades(r) {
		answerError(w, r, meta.BadRequest("Upgrade request required"))
		return
	}
	ctx, done := k.streams.begin(r.Context())
	defer done()
	p := &httputil.ReverseProxy{
		Transport:     runtimeTransport(),
		FlushInterval: -1,
		Rewrite:       func(r *httputil.ProxyRequest) { r.Out.URL, r.Out.Host = at, at.Host },
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			answerError(w, r, plainError(http.StatusBadGateway, fmt.Sprintf("error trying to reach the container runtime: %v", err)))
		},
		ErrorLog: slog.NewLogLogger(k.log.Handler(), slog.LevelDebug),
	}
	p.ServeHTTP(w, r.WithContext(ctx))
}

// openStreams are the connections that are passed on at the moment. They end with
// the kubelet.
type openStreams struct {
	mu      sync.Mutex
	next    int
	cancels map[int]context.CancelFunc
	over    bool
	open    sync.WaitGroup
}

// begin returns a context for a connection that ends with done, or before.
func (o *openStreams) begin(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		cancel()
		return ctx, func() {}
	}
	if o.cancels == nil {
		o.cancels = map[int]context.CancelFunc{}
	}
	id := o.next
	o.next++
	o.cancels[id] = cancel
	o.open.Add(1)
	return ctx, func() {
		cancel()
		o.mu.Lock()
		delete(o.cancels, id)
		o.mu.Unlock()
		o.open.Done()
	}
}

// run waits for ctx and then ends all connections.
func (o *openStreams) run(ctx context.Context) error {
	<-ctx.Done()
	o.mu.Lock()
	o.over = true
	for _, cancel := range o.cancels {
		cancel()
	}
	o.mu.Unlock()
	o.open.Wait()
	return nil
}
