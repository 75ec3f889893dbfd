package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// A server that asks to come back later is asked this often at most.
	retryLaterAttempts = 10
	// A server that nobody can connect to is tried this often: about three
	// seconds, the time of a restart.
	retryDialAttempts = 6
	// A longer wait than this is the caller's decision, not ours.
	retryLongestWait = time.Minute
)

// send sends a request until it is answered, within bounds. A response has a
// successful code; every other becomes an error, mostly a *meta.StatusError.
// The caller closes the response's body.
func (r *Remote) send(ctx context.Context, request request) (*http.Response, error) {
	dial := backoff{first: 50 * time.Millisecond, max: 2 * time.Second}
	later, dials := 1, 1
	for {
		if r.limiter != nil {
			if err := r.limiter.Wait(ctx); err != nil {
				return nil, fmt.Errorf("%s: %w", request.what, causeOf(ctx, err))
			}
		}
		response, err := r.sendOnce(ctx, request)
		if err != nil {
			if ctx.Err() == nil && dials < retryDialAttempts && repeatable(request.method, err) {
				r.log.LogAttrs(ctx, slog.LevelDebug, "request again", slog.String("request", request.what), slog.Any("because", err))
				dials++
				if dial.wait(ctx) {
					continue
				}
			}
			return nil, fmt.Errorf("%s: %w", request.what, causeOf(ctx, err))
		}
		r.warn(ctx, response.Header)
		if response.StatusCode >= 200 && response.StatusCode < 300 {
			return response, nil
		}
		wait, again := retryAfter(response)
		failure := readFailure(response, request)
		if !again || later == retryLaterAttempts {
			return nil, failure
		}
		r.log.LogAttrs(ctx, slog.LevelDebug, "request again", slog.String("request", request.what), slog.Duration("in", wait), slog.Any("because", failure))
		later++
		if !sleep(ctx, wait) {
			return nil, failure
		}
	}
}

func (r *Remote) sendOnce(ctx context.Context, request request) (*http.Response, error) {
	var body io.Reader
	if request.body != nil {
		body = bytes.NewReader(request.body)
	}
	httpRequest, err := http.NewRequestWithContext(ctx, request.method, request.url, body)
	if err != nil {
		return nil, err
	}
	if err := r.id.sign(httpRequest.Header); err != nil {
		return nil, err
	}
	httpRequest.Header.Set("Accept", request.accept)
	if request.contentType != "" {
		httpRequest.Header.Set("Content-Type", request.contentType)
	}
	response, err := r.http.Do(httpRequest)
	if err != nil {
		return nil, err
	}
	return response, nil
}

// repeatable reports whether a request that failed with err may be sent again
// without doing something twice: because it was never sent, or because it only
// reads.
func repeatable(method string, err error) bool {
	if errors.Is(err, syscall.ECONNREFUSED) {
		return true
	}
	return method == http.MethodGet &&
		(errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF))
}

// retryAfter reports whether the server asks to send the request again later,
// and when. It says so with a Retry-After header to requests that it has not
// begun to handle (429), or has given up (5xx).
func retryAfter(response *http.Response) (time.Duration, bool) {
	if response.StatusCode != http.StatusTooManyRequests && response.StatusCode < 500 {
		return 0, false
	}
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0, false
	}
	wait := time.Duration(seconds) * time.Second
	return wait, wait <= retryLongestWait
}

// warn hands on the server's warnings.
func (r *Remote) warn(ctx context.Context, h http.Header) {
	for _, header := range h.Values("Warning") {
		for _, text := range warningTexts(header) {
			if r.config.Warn != nil {
				r.config.Warn(text)
				continue
			}
			if r.warned.first(text) {
				r.log.LogAttrs(ctx, slog.LevelWarn, "the server warns", slog.String("text", text))
			}
		}
	}
}

// onceMemory bounds how many texts are remembered; further ones are not logged.
const onceMemory = 1000

// once remembers texts.
type once struct {
	mu   sync.Mutex
	seen map[string]struct{}
}

// first reports whether text was not seen before.
func (o *once) first(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, again := o.seen[text]; again || len(o.seen) >= onceMemory {
		return false
	}
	if o.seen == nil {
		o.seen = map[string]struct{}{}
	}
	o.seen[text] = struct{}{}
	return true
}

// warningTexts returns the texts of a Warning header: one or more of
// `299 agent "text"`, separated by commas, with quotes escaped by backslashes
// (RFC 7234, section 5.5). What is not of that form is skipped.
func warningTexts(header string) []string {
	var texts []string
	for header = strings.TrimSpace(header); header != ""; {
		code, rest, ok := strings.Cut(header, " ")
		if !ok || len(code) != 3 {
			return texts
		}
		_, rest, ok = strings.Cut(strings.TrimLeft(rest, " "), " ") // the agent
		rest = strings.TrimLeft(rest, " ")
		if !ok || !strings.HasPrefix(rest, `"`) {
			return texts
		}
		text, rest, ok := quoted(rest)
		if !ok {
			return texts
		}
		if code == "299" {
			texts = append(texts, text)
		}
		// A date in quotes may follow.
		rest = strings.TrimLeft(rest, " ")
		if strings.HasPrefix(rest, `"`) {
			if _, rest, ok = quoted(rest); !ok {
				return texts
			}
		}
		_, header, _ = strings.Cut(rest, ",")
		header = strings.TrimSpace(header)
	}
	return texts
}

// quoted reads a quoted string at the beginning of s.
func quoted(s string) (text, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			i++
			if i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}
