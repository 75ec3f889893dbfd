package stream_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/stream"
)

const patience = 20 * time.Second

// exitError ends a command with a code.
type exitError int

func (e exitError) Error() string { return fmt.Sprint("exit status ", int(e)) }
func (e exitError) ExitCode() int { return int(e) }

// commands serves commands that are named by the query: what they do is in the test.
func commands(t *testing.T, opts stream.Options, run func(s *stream.Session) error) *url.URL {
	t.Helper()
	return serve(t, func(ctx context.Context, w http.ResponseWriter, r *http.Request) {
		s, err := stream.Serve(ctx, w, r, opts)
		if err != nil {
			return
		}
		s.End(stream.StatusOf(run(s)))
	})
}

// serve runs handlers whose context ends with the test, and waits for them.
func serve(t *testing.T, handle func(ctx context.Context, w http.ResponseWriter, r *http.Request)) *url.URL {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	running := make(chan struct{}, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running <- struct{}{}
		defer func() { <-running }()
		handle(ctx, w, r)
	}))
	t.Cleanup(func() {
		cancel()
		server.Close()
		for began := time.Now(); len(running) > 0; time.Sleep(time.Millisecond) {
			if time.Since(began) > patience {
				t.Errorf("%d handlers are still running", len(running))
				return
			}
		}
	})
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	return u
}

// translated serves the commands at target to clients that speak WebSocket.
func translated(t *testing.T, target *url.URL, opts stream.Options) *url.URL {
	t.Helper()
	return serve(t, func(ctx context.Context, w http.ResponseWriter, r *http.Request) {
		s, err := stream.ServeWebSocket(ctx, w, r, opts)
		if err != nil {
			return
		}
		c, err := stream.Dial(ctx, &http.Transport{DisableKeepAlives: true}, target, opts)
		if err != nil {
			s.End(stream.StatusOf(err))
			return
		}
		stream.Join(s, c)
	})
}

var all = stream.Options{Stdin: true, Stdout: true, Stderr: true}

// shout repeats what it hears, louder, complains, and fails.
func shout(s *stream.Session) error {
	heard, err := io.ReadAll(s.Stdin)
	if err != nil {
		return err
	}
	_, _ = s.Stdout.Write(bytes.ToUpper(heard))
	_, _ = io.WriteString(s.Stderr, "ouch")
	return exitError(7)
}

func dial(t *testing.T, at *url.URL, opts stream.Options) *stream.Command {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	c, err := stream.Dial(ctx, &http.Transport{DisableKeepAlives: true}, at, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

func TestCommand(t *testing.T) {
	c := dial(t, commands(t, all, shout), all)
	_, err := io.WriteString(c.Stdin, "hello")
	require.NoError(t, err)
	require.NoError(t, c.Stdin.Close())
	out, err := io.ReadAll(c.Stdout)
	require.NoError(t, err)
	require.Equal(t, "HELLO", string(out))
	errs, err := io.ReadAll(c.Stderr)
	require.NoError(t, err)
	require.Equal(t, "ouch", string(errs))
	err = c.Wait()
	code, ok := stream.ExitCode(err)
	require.True(t, ok, err)
	require.Equal(t, 7, code)
	require.Equal(t, "command terminated with non-zero exit code: exit status 7", err.Error())
}

func TestCommandThatSucceeds(t *testing.T) {
	opts := stream.Options{Stdout: true, Stderr: true, TTY: true}
	c := dial(t, commands(t, opts, func(s *stream.Session) error {
		size := make([]byte, 100)
		n, err := s.Resize.Read(size)
		if err != nil || s.Stderr != nil {
			return errors.New("a terminal has a size, and no standard error of its own")
		}
		_, err = s.Stdout.Write(size[:n])
		return err
	}), opts)
	require.Nil(t, c.Stdin)
	require.Nil(t, c.Stderr)
	_, err := io.WriteString(c.Resize, `{"Width":80}`)
	require.NoError(t, err)
	out, err := io.ReadAll(c.Stdout)
	require.NoError(t, err)
	require.Equal(t, `{"Width":80}`, string(out))
	require.NoError(t, c.Wait())
}

func TestDialRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		code       int
		body, want string
	}{
		"text":        {500, "container not found (\"x\")\n", `unable to upgrade connection: container not found ("x")`},
		"nothing":     {503, "", "unable to upgrade connection: Service Unavailable"},
		"status":      {403, `{"kind":"Status","apiVersion":"v1","message":"no","code":403}`, "unable to upgrade connection: no"},
		"no upgrade":  {200, "hello", "unable to upgrade connection: hello"},
		"a page":      {404, "<html>", "unable to upgrade connection: <html>"},
		"other chars": {400, "\xff", "unable to upgrade connection: \xff"},
	} {
		t.Run(name, func(t *testing.T) {
			at := serve(t, func(_ context.Context, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tc.code)
				_, _ = io.WriteString(w, tc.body)
			})
			_, err := stream.Dial(t.Context(), &http.Transport{DisableKeepAlives: true}, at, all)
			require.EqualError(t, err, tc.want)
			refused, ok := errors.AsType[*stream.UpgradeError](err)
			require.True(t, ok)
			require.Equal(t, tc.code, refused.Code)
			require.Equal(t, name == "status", refused.Status != nil)
		})
	}
	_, err := stream.Dial(t.Context(), http.DefaultTransport, &url.URL{}, stream.Options{TTY: true})
	require.ErrorIs(t, err, stream.ErrNoStreams)
}

// socket is a client that speaks WebSocket, by another's code.
type socket struct {
	t *testing.T
	*websocket.Conn
	ctx     context.Context
	encoded bool
}

func connect(t *testing.T, at *url.URL, protocols ...string) *socket {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	c, _, err := websocket.Dial(ctx, strings.Replace(at.String(), "http", "ws", 1), &websocket.DialOptions{Subprotocols: protocols})
	require.NoError(t, err)
	c.SetReadLimit(-1)
	t.Cleanup(func() { _ = c.CloseNow() })
	return &socket{t, c, ctx, strings.HasPrefix(c.Subprotocol(), "base64.")}
}

func (s *socket) send(channel byte, text string) {
	s.t.Helper()
	if s.encoded {
		require.NoError(s.t, s.Write(s.ctx, websocket.MessageText, append([]byte{'0' + channel}, base64.StdEncoding.EncodeToString([]byte(text))...)))
		return
	}
	require.NoError(s.t, s.Write(s.ctx, websocket.MessageBinary, append([]byte{channel}, text...)))
}

// all reads until the end, and returns what came on each channel.
func (s *socket) all() map[byte]string {
	s.t.Helper()
	got := map[byte]string{}
	for {
		kind, message, err := s.Read(s.ctx)
		if err != nil {
			require.Equal(s.t, websocket.StatusNormalClosure, websocket.CloseStatus(err), err)
			return got
		}
		channel, text := message[0], message[1:]
		if s.encoded {
			require.Equal(s.t, websocket.MessageText, kind)
			channel -= '0'
			text, err = base64.StdEncoding.DecodeString(string(text))
			require.NoError(s.t, err)
		} else {
			require.Equal(s.t, websocket.MessageBinary, kind)
		}
		got[channel] += string(text)
	}
}

const failed = `{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 7","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}`

func TestWebSocketProtocols(t *testing.T) {
	// Only the fifth can say that there is no more; to the others a line is all.
	line := func(s *stream.Session) error {
		heard := make([]byte, 5)
		if _, err := io.ReadFull(s.Stdin, heard); err != nil {
			return err
		}
		s.Stdin = bytes.NewReader(heard)
		return shout(s)
	}
	for name, tc := range map[string]struct {
		protocols []string
		run       func(*stream.Session) error
		outcome   string
	}{
		"v5":            {[]string{"v5.channel.k8s.io", "v4.channel.k8s.io"}, shout, failed},
		"v4":            {[]string{"v4.channel.k8s.io"}, line, failed},
		"v4 in base64":  {[]string{"base64.v4.channel.k8s.io"}, line, failed},
		"v1":            {[]string{"channel.k8s.io"}, line, "command terminated with non-zero exit code: exit status 7"},
		"v1 in base64":  {[]string{"base64.channel.k8s.io"}, line, "command terminated with non-zero exit code: exit status 7"},
		"none":          {nil, line, "command terminated with non-zero exit code: exit status 7"},
		"first of many": {[]string{"unknown", "v5.channel.k8s.io"}, shout, failed},
	} {
		direct := commands(t, all, tc.run)
		for way, at := range map[string]*url.URL{"direct": direct, "translated": translated(t, direct, all)} {
			t.Run(name+" "+way, func(t *testing.T) {
				s := connect(t, at, tc.protocols...)
				kind, hello, err := s.Read(s.ctx)
				require.NoError(t, err)
				if s.encoded {
					require.Equal(t, websocket.MessageText, kind)
					require.Equal(t, "1", string(hello))
				} else {
					require.Equal(t, []byte{1}, hello)
				}
				s.send(0, "hel")
				s.send(9, "nobody listens here")
				s.send(0, "lo")
				if s.Subprotocol() == "v5.channel.k8s.io" {
					s.send(255, "\x00")
				}
				require.Equal(t, map[byte]string{1: "HELLO", 2: "ouch", 3: tc.outcome}, s.all())
			})
		}
	}
	t.Run("unknown", func(t *testing.T) {
		_, answer, err := websocket.Dial(t.Context(), commands(t, all, shout).String(), &websocket.DialOptions{Subprotocols: []string{"unknown"}})
		require.Error(t, err)
		require.Equal(t, 400, answer.StatusCode)
	})
}

func TestResizeIsPassedOn(t *testing.T) {
	opts := stream.Options{Stdin: true, Stdout: true, TTY: true}
	at := translated(t, commands(t, opts, func(s *stream.Session) error {
		size := make([]byte, 100)
		n, err := s.Resize.Read(size)
		_, _ = s.Stdout.Write(size[:n])
		return err
	}), opts)
	s := connect(t, at, "v5.channel.k8s.io")
	s.send(4, `{"Width":120,"Height":40}`)
	require.Equal(t, map[byte]string{1: `{"Width":120,"Height":40}`, 3: `{"metadata":{},"status":"Success"}`}, s.all())
}

func TestWhatRefusesIsTold(t *testing.T) {
	gone := serve(t, func(_ context.Context, w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "container not found (\"x\")", 500)
	})
	s := connect(t, translated(t, gone, all), "v5.channel.k8s.io")
	require.Contains(t, s.all()[3], `"message":"Internal error occurred: unable to upgrade connection: container not found (\"x\")"`)
}

// settle waits until there are not more goroutines than before.
func settle(t *testing.T, before int) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		now := runtime.NumGoroutine()
		if now <= before {
			return
		}
		if time.Since(began) > patience {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines are left, there were %d:\n%s", now, before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// endless writes without end, and reads nothing.
func endless(s *stream.Session) error {
	chunk := make([]byte, 32<<10)
	for {
		if _, err := s.Stdout.Write(chunk); err != nil {
			return err
		}
	}
}

// deaf neither reads nor writes until the client has left.
func deaf(s *stream.Session) error {
	<-s.Gone()
	return nil
}

// Clients that read nothing, say too much or vanish leave nothing behind.
func TestStuckClients(t *testing.T) {
	for name, run := range map[string]func(*stream.Session) error{"endless": endless, "deaf": deaf} {
		direct := commands(t, all, run)
		for way, at := range map[string]*url.URL{"direct": direct, "translated": translated(t, direct, all)} {
			t.Run(name+" "+way, func(t *testing.T) {
				before := runtime.NumGoroutine()
				for range 5 {
					s := connect(t, at, "v5.channel.k8s.io")
					// More than all buffers between take, unless it is read: then the
					// write ends by itself.
					ctx, cancel := context.WithTimeout(s.ctx, 300*time.Millisecond)
					for range 100 {
						if s.Write(ctx, websocket.MessageBinary, make([]byte, 256<<10)) != nil {
							break
						}
					}
					cancel()
					_ = s.CloseNow()
				}
				settle(t, before)
			})
		}
	}
	t.Run("SPDY", func(t *testing.T) {
		at := commands(t, all, endless)
		before := runtime.NumGoroutine()
		for range 5 {
			ctx, cancel := context.WithCancel(context.Background())
			c, err := stream.Dial(ctx, &http.Transport{DisableKeepAlives: true}, at, all)
			require.NoError(t, err)
			_, err = c.Stdout.Read(make([]byte, 10))
			require.NoError(t, err)
			cancel()
			require.NoError(t, c.Close())
		}
		settle(t, before)
	})
}

// A server that stops ends streams with clients that do not take part.
func TestContextEndsStreams(t *testing.T) {
	direct := commands(t, all, endless)
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		s, err := stream.ServeWebSocket(ctx, w, r, all)
		if err != nil {
			return
		}
		c, err := stream.Dial(ctx, &http.Transport{DisableKeepAlives: true}, direct, all)
		if err != nil {
			s.End(stream.StatusOf(err))
			return
		}
		stream.Join(s, c)
	}))
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	s := connect(t, u, "v5.channel.k8s.io")
	_, _, err = s.Read(s.ctx)
	require.NoError(t, err)
	cancel()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("the handler goes on")
	}
	_ = s.CloseNow()
	server.Close()
	settle(t, before)
}

// A client that reads slowly gets everything.
func TestSlowReader(t *testing.T) {
	const size = 8 << 20
	at := translated(t, commands(t, all, func(s *stream.Session) error {
		_, err := io.CopyN(s.Stdout, zeros{}, size)
		return err
	}), all)
	s := connect(t, at, "v5.channel.k8s.io")
	time.Sleep(200 * time.Millisecond) // all buffers are full by now
	got := s.all()
	require.Len(t, got[1], size)
	require.Equal(t, `{"metadata":{},"status":"Success"}`, got[3])
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestStatusOf(t *testing.T) {
	require.Equal(t, "Success", string(stream.StatusOf(nil).Status))
	require.Equal(t, "Success", string(stream.Exited(0).Status))
	require.Equal(t, "Internal error occurred: broken", stream.StatusOf(errors.New("broken")).Message)
	own := meta.BadRequest("no")
	require.Equal(t, &own.Status, stream.StatusOf(fmt.Errorf("wrapped: %w", own)))
	_, ok := stream.ExitCode(errors.New("other"))
	require.False(t, ok)
	_, ok = stream.ExitCode(net.ErrClosed)
	require.False(t, ok)
}
