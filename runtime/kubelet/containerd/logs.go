package containerd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Logs implements [kubelet.Runtime]. It reads the file that the runtime writes, and
// goes on with the next one when it is rotated.
func (r *Runtime) Logs(ctx context.Context, id string, options kubelet.LogOptions) (io.ReadCloser, error) {
	response, err := r.status(ctx, id)
	if err != nil {
		return nil, err
	}
	path := response.GetLogPath()
	if path == "" {
		return nil, fmt.Errorf("container %q has no log", id)
	}
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		// Rotated a moment ago, or the node's disk was cleaned: there is nothing yet.
		file, err = nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("log of container %q: %w", id, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	log := &logReader{ctx: ctx, cancel: cancel, path: path, file: file, options: options, lineStart: true, left: -1}
	if limit := options.LimitBytes; limit != nil {
		log.left = max(*limit, 0)
	}
	if options.Follow {
		log.running = func() (bool, error) {
			status, err := r.status(ctx, id)
			if gone(err) {
				return false, nil
			}
			return status.GetState() == cri.ContainerState_CONTAINER_RUNNING || status.GetState() == cri.ContainerState_CONTAINER_CREATED, err
		}
	}
	if tail := options.TailLines; tail != nil && file != nil {
		if err := seekTail(file, *tail); err != nil {
			cancel()
			_ = file.Close()
			return nil, fmt.Errorf("log of container %q: %w", id, err)
		}
	}
	if options.TailLines == nil && !options.Since.IsZero() && file != nil {
		if err := seekSince(file, options.Since); err != nil {
			cancel()
			_ = file.Close()
			return nil, fmt.Errorf("log of container %q: %w", id, err)
		}
	}
	return log, nil
}

func (r *Runtime) status(ctx context.Context, id string) (*cri.ContainerStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := r.runtime.ContainerStatus(ctx, &cri.ContainerStatusRequest{ContainerId: id})
	if err != nil {
		return nil, r.wrap("status of container", err)
	}
	return response.GetStatus(), nil
}

// How often a reader that follows looks for more, and how often it asks whether
// there can be more.
const (
	followInterval = 100 * time.Millisecond
	runningEvery   = 5 // looks
)

// logReader turns the lines of a log file into what the container wrote. Read is
// called by one goroutine at a time, Close by any.
type logReader struct {
	ctx     context.Context // of the call that the reader answers
	cancel  context.CancelFunc
	path    string
	options kubelet.LogOptions
	running func() (bool, error) // nil: it does not follow

	file    *os.File // nil if there is none, or at the end
	input   []byte   // read from the file and not yet taken apart
	output  []byte   // to be handed out
	storage []byte   // of output
	buffer  []byte
	left    int64 // bytes that may be handed out; less than 0 is any number

	lineStart bool // the next output begins a line
	quiet     int  // looks in a row that found nothing
	last      bool // the container has ended: one more look
	err       error
}

func (l *logReader) Read(p []byte) (int, error) {
	for len(l.output) == 0 && l.err == nil && len(p) > 0 {
		if l.left == 0 {
			l.err = io.EOF
			break
		}
		l.err = l.fill()
	}
	n := copy(p, l.output)
	l.output = l.output[n:]
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	l.close()
	return 0, l.err
}

// Close ends a Read that waits; the file is closed by whoever comes last.
func (l *logReader) Close() error {
	l.cancel()
	return nil
}

func (l *logReader) close() {
	l.cancel()
	if l.file != nil {
		_ = l.file.Close()
		l.file = nil
	}
}

// fill reads more of the file and takes it apart. It returns io.EOF when there is
// no more to come.
func (l *logReader) fill() error {
	if err := context.Cause(l.ctx); err != nil {
		return err
	}
	l.output = l.storage[:0]
	if l.buffer == nil {
		l.buffer = make([]byte, 32<<10)
	}
	if l.file != nil {
		n, err := l.file.Read(l.buffer)
		l.input = append(l.input, l.buffer[:n]...)
		if n > 0 {
			l.quiet = 0
			l.takeApart()
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	if l.running == nil {
		// What stands there without an end is a line that is being written.
		return io.EOF
	}
	return l.await()
}

// await waits for more of a log that is followed.
func (l *logReader) await() error {
	if next := l.rotated(); next != nil {
		if l.file != nil {
			_ = l.file.Close()
		}
		l.file, l.input = next, l.input[:0]
		return nil
	}
	if l.last {
		return io.EOF
	}
	if l.quiet++; l.quiet%runningEvery == 1 {
		running, err := l.running()
		if err != nil && l.ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) {
			// The runtime may be away for a moment; the log is not.
			running = true
		}
		if !running && l.ctx.Err() == nil {
			// It has written all; what came since the last look is read yet.
			l.last = true
			return nil
		}
	}
	if !sleep(l.ctx, followInterval) {
		return context.Cause(l.ctx)
	}
	return nil
}

// rotated returns the file that has taken the place of the one that was read to
// its end, nil if none has.
func (l *logReader) rotated() *os.File {
	now, err := os.Stat(l.path)
	if err != nil {
		return nil
	}
	if l.file != nil {
		was, err := l.file.Stat()
		if err != nil || os.SameFile(was, now) {
			return nil
		}
		// The runtime may have written to the old one until it opened the new one.
		if size, err := l.file.Seek(0, io.SeekCurrent); err == nil && was.Size() > size {
			return nil
		}
	}
	next, err := os.Open(l.path)
	if err != nil {
		return nil
	}
	return next
}

// takeApart makes output of the whole lines of the input.
func (l *logReader) takeApart() {
	rest := l.input
	for l.left != 0 {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		l.line(rest[:end])
		rest = rest[end+1:]
	}
	l.input = append(l.input[:0], rest...)
	l.storage = l.output
}

// line makes output of a line of the file:
//
//	2006-01-02T15:04:05.999999999Z stdout F what the container wrote
func (l *logReader) line(line []byte) {
	entry, ok := parseLine(line, l.options.Timestamps || !l.options.Since.IsZero())
	if !ok {
		return // not written by a runtime: nobody can say what it is
	}
	if !l.options.Since.IsZero() && entry.at.Before(l.options.Since) {
		return
	}
	before := len(l.output)
	if l.options.Timestamps && l.lineStart {
		l.output = entry.at.AppendFormat(l.output, "2006-01-02T15:04:05.000000000Z07:00")
		l.output = append(l.output, ' ')
	}
	l.output = append(l.output, entry.text...)
	if l.lineStart = !entry.partial; l.lineStart {
		l.output = append(l.output, '\n')
	}
	if l.left >= 0 {
		if n := int64(len(l.output) - before); n > l.left {
			l.output = l.output[:before+int(l.left)]
			l.left = 0
		} else {
			l.left -= n
		}
	}
}

// logLine is a line of a log file.
type logLine struct {
	at      time.Time
	partial bool // the next one goes on with it
	text    []byte
}

// parseLine takes a line of a log file apart. Its time is read only if that is wanted:
// it takes longer than all the rest.
func parseLine(line []byte, timed bool) (entry logLine, ok bool) {
	stamp, rest, ok1 := bytes.Cut(line, []byte{' '})
	stream, rest, ok2 := bytes.Cut(rest, []byte{' '})
	if !ok1 || !ok2 || string(stream) != "stdout" && string(stream) != "stderr" {
		return logLine{}, false
	}
	var at time.Time
	if timed {
		var err error
		if at, err = time.Parse(time.RFC3339Nano, string(stamp)); err != nil {
			return logLine{}, false
		}
	} else if len(stamp) < len("2006-01-02T15:04:05Z") || stamp[4] != '-' || stamp[10] != 'T' {
		return logLine{}, false
	}
	// Tags are separated by colons; the first says whether the line is whole.
	tags, text, _ := bytes.Cut(rest, []byte{' '})
	first, _, _ := bytes.Cut(tags, []byte{':'})
	if string(first) != "P" && string(first) != "F" {
		return logLine{}, false
	}
	return logLine{at: at, partial: string(first) == "P", text: text}, true
}

// seekTail goes to where the last n lines of the file begin. A line that the
// runtime has written in parts counts as those.
func seekTail(file *os.File, n int64) error {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil || n <= 0 {
		return err
	}
	block := make([]byte, 32<<10)
	// The end of the last line is not the beginning of another.
	for end, seen := size, int64(-1); end > 0; {
		begin := max(end-int64(len(block)), 0)
		part := block[:end-begin]
		if _, err := file.ReadAt(part, begin); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if end == size && len(part) > 0 && part[len(part)-1] != '\n' {
			seen = 0 // a line is being written; it comes in addition
		}
		for i := len(part) - 1; i >= 0; i-- {
			if part[i] != '\n' {
				continue
			}
			if seen++; seen == n {
				_, err := file.Seek(begin+int64(i)+1, io.SeekStart)
				return err
			}
		}
		end = begin
	}
	_, err = file.Seek(0, io.SeekStart)
	return err
}

// seekSince goes to a line before which all lines are older than since, and not far
// before the first that is not: lines of a log are in the order of their times.
func seekSince(file *os.File, since time.Time) error {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	block := make([]byte, 64<<10)
	begin, end := int64(0), size // a line begins at begin
	for end-begin > int64(len(block)) {
		middle := begin + (end-begin)/2
		n, err := file.ReadAt(block, middle)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		_, rest, whole := bytes.Cut(block[:n], []byte{'\n'})
		next := middle + int64(n-len(rest))
		line, _, ends := bytes.Cut(rest, []byte{'\n'})
		entry, ok := parseLine(line, true)
		if !whole || !ends || !ok || next >= end {
			break // what cannot be read here is read from begin on
		}
		if entry.at.Before(since) {
			begin = next
		} else {
			end = middle
		}
	}
	_, err = file.Seek(begin, io.SeekStart)
	return err
}
