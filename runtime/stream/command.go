package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/moby/spdystream"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

const streamTypeHeader = "streamType"

// The types of streams, as that header names them.
const (
	typeStdin  = "stdin"
	typeStdout = "stdout"
	typeStderr = "stderr"
	typeError  = "error"
	typeResize = "resize"
	typeData   = "data"
)

// check refuses options that make no sense and returns those that do: a terminal
// has no standard error of its own.
func (o Options) check() (Options, error) {
	if !o.Stdin && !o.Stdout && !o.Stderr {
		return o, ErrNoStreams
	}
	if o.TTY {
		o.Stderr = false
	}
	return o, nil
}

// types are the streams that there are to be, in the order in which they are
// opened.
func (o Options) types() []string {
	types := []string{typeError}
	for _, t := range []struct {
		wanted bool
		name   string
	}{{o.Stdin, typeStdin}, {o.Stdout, typeStdout}, {o.Stderr, typeStderr}, {o.TTY, typeResize}} {
		if t.wanted {
			types = append(types, t.name)
		}
	}
	return types
}

// Command is the client's end of the streams of a command that runs elsewhere.
// Streams that were not asked for are nil.
type Command struct {
	Stdin          io.WriteCloser // to close it is to tell the command that there is no more
	Stdout, Stderr io.Reader
	Resize         io.Writer // takes sizes as JSON: {"Width":80,"Height":24}

	session *session
	outcome io.Reader
}

// Dial asks the server at target for the streams of a command, as rt reaches it.
// It returns when the command runs, or an [UpgradeError] if it does not. When ctx
// ends, so do the streams.
func Dial(ctx context.Context, rt http.RoundTripper, target *url.URL, opts Options) (*Command, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	s, _, err := dial(ctx, rt, target, CommandV4)
	if err != nil {
		return nil, err
	}
	c := &Command{session: s}
	for _, t := range opts.types() {
		st, err := s.open(http.Header{streamTypeHeader: {t}})
		if err != nil {
			_ = s.Close()
			return nil, err
		}
		switch t {
		case typeError:
			c.outcome = st
			err = st.Close() // nothing is said on it in this direction
		case typeStdin:
			c.Stdin = st
		case typeStdout:
			c.Stdout = st
		case typeStderr:
			c.Stderr = st
		case typeResize:
			c.Resize = st
		}
		if err != nil {
			_ = s.Close()
			return nil, err
		}
	}
	return c, nil
}

// maxOutcome bounds what a command may say of its end.
const maxOutcome = 1 << 20

// Outcome waits for the end of the command and returns what was said of it: a
// meta.Status as JSON. Take what it writes at the same time.
func (c *Command) Outcome() ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(c.outcome, maxOutcome))
	if err == nil && len(data) == 0 {
		err = errors.New("the connection ended before the command")
	}
	return data, err
}

// Wait waits for the end of the command; nil is that it succeeded. A command that
// ended with another code than 0 is a *meta.StatusError of which [ExitCode] knows
// the code.
func (c *Command) Wait() error {
	data, err := c.Outcome()
	if err != nil {
		return err
	}
	var status meta.Status
	if _, err := codec.UnmarshalJSON(data, &status, codec.DecodeOptions{}); err != nil {
		return fmt.Errorf("outcome of the command: %w", err)
	}
	if status.Status == meta.StatusSuccess {
		return nil
	}
	return &meta.StatusError{Status: status}
}

// Close ends the streams and, if it still runs, whatever hangs on to them.
func (c *Command) Close() error { return c.session.Close() }

// Session is the end of the streams at which the command runs. Streams that were
// not asked for are nil.
type Session struct {
	Stdin          io.Reader
	Stdout, Stderr io.WriteCloser
	Resize         io.Reader // gives sizes as JSON, one after another
	TTY            bool

	end  func(outcome []byte)
	gone <-chan struct{}
}

// Gone is closed when the client has left, or End was called.
func (s *Session) Gone() <-chan struct{} { return s.gone }

// End tells the client how it ended and closes the connection. See [StatusOf].
func (s *Session) End(outcome *meta.Status) {
	data, err := codec.MarshalJSON(outcome)
	if err != nil {
		data = []byte(`{"metadata":{},"status":"Failure","message":"its outcome cannot be told"}`)
	}
	s.end(data)
}

// Serve answers a request for the streams of a command, by SPDY or WebSocket as
// the client wants it. After an error the request has been answered. The streams
// end with ctx at the latest; End has to be called in any case.
func Serve(ctx context.Context, w http.ResponseWriter, r *http.Request, opts Options) (*Session, error) {
	opts, err := opts.check()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return nil, err
	}
	if WantsWebSocket(r) {
		return ServeWebSocket(ctx, w, r, opts)
	}
	s, _, err := acceptSPDY(ctx, w, r, CommandV5, CommandV4)
	if err != nil {
		return nil, err
	}
	streams, err := s.await(opts.types())
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	out := &Session{gone: s.served, TTY: opts.TTY}
	if st := streams[typeStdin]; st != nil {
		out.Stdin = st
	}
	if st := streams[typeStdout]; st != nil {
		out.Stdout = st
	}
	if st := streams[typeStderr]; st != nil {
		out.Stderr = st
	}
	if st := streams[typeResize]; st != nil {
		out.Resize = st
	}
	outcomes := streams[typeError]
	quit := s.keep(outcomes)
	out.end = func(outcome []byte) {
		_ = s.conn.SetWriteDeadline(time.Now().Add(idleTime))
		quit()
		for _, t := range []string{typeStdout, typeStderr} {
			if st := streams[t]; st != nil {
				_ = st.Close()
			}
		}
		_, _ = outcomes.Write(outcome)
		_ = outcomes.Close()
		// What still comes in is of no use, but must not hold up the rest.
		for _, t := range []string{typeStdin, typeResize} {
			if st := streams[t]; st != nil {
				s.forget(st)
			}
		}
		// The client closes the connection when it has read everything.
		select {
		case <-s.served:
		case <-time.After(closeTime):
		}
		_ = s.Close()
	}
	return out, nil
}

// acceptSPDY answers a request for SPDY with one of the versions.
func acceptSPDY(ctx context.Context, w http.ResponseWriter, r *http.Request, versions ...string) (*session, string, error) {
	var err error
	version := ""
	switch offered := headerList(r.Header, versionHeader); {
	case !Upgrades(r) || !headerHas(r.Header, "Upgrade", SPDY):
		err = errors.New("an upgrade to SPDY/3.1 or to a WebSocket is needed")
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		var ok bool
		if version, ok = choose(offered, versions...); !ok {
			for _, v := range versions {
				w.Header().Add("X-Accepted-Stream-Protocol-Versions", v)
			}
			err = fmt.Errorf("unable to negotiate protocol: client supports %q, server accepts %q", offered, versions)
			http.Error(w, err.Error(), http.StatusForbidden)
		}
	}
	if err != nil {
		return nil, "", err
	}
	conn, err := hijack(w, SPDY, http.Header{versionHeader: {version}})
	if err != nil {
		return nil, "", err
	}
	s, err := newSession(ctx, conn, true)
	return s, version, err
}

// await waits until the client has opened streams of all types.
func (s *session) await(types []string) (map[string]*spdystream.Stream, error) {
	streams := map[string]*spdystream.Stream{}
	timeout := time.NewTimer(answerTime)
	defer timeout.Stop()
	for len(streams) < len(types) {
		select {
		case st := <-s.accepted:
			t := st.Headers().Get(streamTypeHeader)
			if !slices.Contains(types, t) || streams[t] != nil {
				s.forget(st)
				continue
			}
			streams[t] = st
		case <-s.served:
			return nil, errors.New("the client has left")
		case <-timeout.C:
			return nil, errors.New("timed out waiting for client to create streams")
		}
	}
	return streams, nil
}

// StatusOf is the outcome of a command: nil is success, a *meta.StatusError says
// it all, and an error with a method ExitCode() int, such as *exec.ExitError, is
// that code.
func StatusOf(err error) *meta.Status {
	if err == nil {
		return &meta.Status{Status: meta.StatusSuccess}
	}
	if own, ok := errors.AsType[*meta.StatusError](err); ok {
		return &own.Status
	}
	var exited interface{ ExitCode() int }
	if errors.As(err, &exited) && exited.ExitCode() >= 0 {
		return Exited(exited.ExitCode())
	}
	return &meta.InternalError(err).Status
}

// The reason and the cause by which clients know an exit code.
const (
	reasonNonZero = "NonZeroExitCode"
	causeExitCode = "ExitCode"
)

// Exited is the outcome of a command that ended with code.
func Exited(code int) *meta.Status {
	if code == 0 {
		return &meta.Status{Status: meta.StatusSuccess}
	}
	return &meta.Status{
		Status: meta.StatusFailure, Reason: reasonNonZero,
		Details: &meta.StatusDetails{Causes: []meta.StatusCause{{Type: causeExitCode, Message: fmt.Sprint(code)}}},
		Message: fmt.Sprintf("command terminated with non-zero exit code: exit status %d", code),
	}
}

// ExitCode is the code in an error of [Command.Wait], if it tells one.
func ExitCode(err error) (int, bool) {
	own, ok := errors.AsType[*meta.StatusError](err)
	if !ok || own.Status.Reason != reasonNonZero || own.Status.Details == nil {
		return 0, false
	}
	for _, c := range own.Status.Details.Causes {
		var code int
		if c.Type == causeExitCode {
			if _, err := fmt.Sscanf(c.Message, "%d", &code); err == nil {
				return code, true
			}
		}
	}
	return 0, false
}
