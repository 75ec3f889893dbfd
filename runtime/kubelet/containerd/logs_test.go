package containerd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 678900000, time.UTC)

// logText is a file of lines, a second apart, the way containerd writes them.
func logText(lines ...string) string {
	var b strings.Builder
	for i, l := range lines {
		tag := "F"
		if rest, partial := strings.CutPrefix(l, "+"); partial {
			tag, l = "P", rest
		}
		fmt.Fprintf(&b, "%s stdout %s %s\n", epoch.Add(time.Duration(i)*time.Second).Format(time.RFC3339Nano), tag, l)
	}
	return b.String()
}

func openLog(t *testing.T, path string, options kubelet.LogOptions) *logReader {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	file, err := os.Open(path)
	require.NoError(t, err)
	l := &logReader{ctx: ctx, cancel: cancel, path: path, file: file, options: options, lineStart: true, left: -1}
	if options.LimitBytes != nil {
		l.left = *options.LimitBytes
	}
	if options.TailLines != nil {
		require.NoError(t, seekTail(file, *options.TailLines))
	}
	return l
}

func TestLogIsReadAsOptionsSay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "0.log")
	number := func(n int64) *int64 { return &n }
	require.NoError(t, os.WriteFile(path, []byte(logText("one", "+two ", "and more", "three", "", "five")), 0o600))
	stamp := func(i int) string {
		return epoch.Add(time.Duration(i) * time.Second).Format("2006-01-02T15:04:05.000000000Z07:00")
	}
	for name, c := range map[string]struct {
		options kubelet.LogOptions
		want    string
	}{
		"all":                  {kubelet.LogOptions{}, "one\ntwo and more\nthree\n\nfive\n"},
		"tail":                 {kubelet.LogOptions{TailLines: number(2)}, "\nfive\n"},
		"tail of parts":        {kubelet.LogOptions{TailLines: number(4)}, "and more\nthree\n\nfive\n"},
		"tail of more than is": {kubelet.LogOptions{TailLines: number(100)}, "one\ntwo and more\nthree\n\nfive\n"},
		"tail of none":         {kubelet.LogOptions{TailLines: number(0)}, ""},
		"since":                {kubelet.LogOptions{Since: epoch.Add(3 * time.Second)}, "three\n\nfive\n"},
		"since later":          {kubelet.LogOptions{Since: epoch.Add(time.Hour)}, ""},
		"limit":                {kubelet.LogOptions{LimitBytes: number(6)}, "one\ntw"},
		"limit of none":        {kubelet.LogOptions{LimitBytes: number(0)}, ""},
		"times":                {kubelet.LogOptions{Timestamps: true, TailLines: number(6), LimitBytes: number(90)}, (stamp(0) + " one\n" + stamp(1) + " two and more\n" + stamp(3) + " three\n")[:90]},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := io.ReadAll(openLog(t, path, c.options))
			require.NoError(t, err)
			require.Equal(t, c.want, string(got))
		})
	}
}

func TestTailIsFoundAcrossBlocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "0.log")
	lines := make([]string, 5000)
	for i := range lines {
		lines[i] = fmt.Sprintf("%d %s", i, strings.Repeat("x", i%97))
	}
	require.NoError(t, os.WriteFile(path, []byte(logText(lines...)), 0o600))
	for _, n := range []int64{1, 2, 499, 1000, 4999, 5000} {
		got, err := io.ReadAll(openLog(t, path, kubelet.LogOptions{TailLines: &n}))
		require.NoError(t, err)
		require.Equal(t, strings.Join(lines[5000-n:], "\n")+"\n", string(got), "tail of %d", n)
	}
}

// TestFollowedLog goes on over a rotation and to the end of the container.
func TestFollowedLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "0.log")
	require.NoError(t, os.WriteFile(path, []byte(logText("one")), 0o600))
	l := openLog(t, path, kubelet.LogOptions{Follow: true})
	var running atomic.Bool
	running.Store(true)
	l.running = func() (bool, error) { return running.Load(), nil }
	expect := func(want string) {
		t.Helper()
		got := make([]byte, len(want))
		_, err := io.ReadFull(l, got)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	expect("one\n")
	add := func(text string) {
		t.Helper()
		file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = file.WriteString(text)
		require.NoError(t, err)
		require.NoError(t, file.Close())
	}
	whole := logText("two")
	add(whole[:10]) // the runtime is in the middle of a line
	add(whole[10:])
	expect("two\n")
	require.NoError(t, os.Rename(path, path+".20260102-030405"))
	require.NoError(t, os.WriteFile(path, []byte(logText("three")), 0o600))
	expect("three\n")
	add(logText("four"))
	running.Store(false)
	rest, err := io.ReadAll(l)
	require.NoError(t, err)
	require.Equal(t, "four\n", string(rest))
}

func TestFollowedLogEndsWithItsReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "0.log")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	l := openLog(t, path, kubelet.LogOptions{Follow: true})
	l.running = func() (bool, error) { return true, nil }
	ended := make(chan error, 1)
	go func() { _, err := io.ReadAll(l); ended <- err }()
	require.NoError(t, l.Close())
	require.ErrorIs(t, <-ended, context.Canceled)
}

func FuzzLog(f *testing.F) {
	f.Add([]byte(logText("one", "+two", "three")), int64(2), int64(10))
	f.Add([]byte("2026-01-02T03:04:05Z stdout F\n\n x y z\n"), int64(0), int64(-1))
	f.Fuzz(func(t *testing.T, data []byte, tail, limit int64) {
		path := filepath.Join(t.TempDir(), "0.log")
		require.NoError(t, os.WriteFile(path, data, 0o600))
		all, err := io.ReadAll(openLog(t, path, kubelet.LogOptions{}))
		require.NoError(t, err)
		if tail < 0 || limit < 0 {
			return
		}
		end, err := io.ReadAll(openLog(t, path, kubelet.LogOptions{TailLines: &tail}))
		require.NoError(t, err)
		if !bytes.HasSuffix(all, end) {
			t.Errorf("the tail %q is no end of %q", end, all)
		}
		begin, err := io.ReadAll(openLog(t, path, kubelet.LogOptions{LimitBytes: &limit}))
		require.NoError(t, err)
		if want := all[:min(int64(len(all)), limit)]; !bytes.Equal(begin, want) {
			t.Errorf("the first %d bytes are %q, want %q", limit, begin, want)
		}
	})
}

// A long log is not read from its beginning to find what is new.
func TestSinceBeginsWhereLinesAreNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "0.log")
	lines := make([]string, 20000)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d %s", i, strings.Repeat("x", i%100))
	}
	text := logText(lines...)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	for _, first := range []int{0, 1, 77, 9999, 19999, 30000} {
		at := epoch.Add(time.Duration(first) * time.Second)
		require.NoError(t, seekSince(file, at))
		begin, err := file.Seek(0, io.SeekCurrent)
		require.NoError(t, err)
		wanted := len(text)
		if first < len(lines) {
			wanted = strings.Index(text, fmt.Sprintf("line %d ", first))
		}
		require.LessOrEqual(t, int(begin), wanted, "since line %d", first)
		require.Greater(t, int(begin)+200<<10, wanted, "since line %d", first)
		require.True(t, begin == 0 || text[begin-1] == '\n')
		l := openLog(t, path, kubelet.LogOptions{Since: at})
		require.NoError(t, seekSince(l.file, at))
		got, err := io.ReadAll(l)
		require.NoError(t, err)
		require.Equal(t, max(len(lines)-first, 0), bytes.Count(got, []byte("\n")))
	}
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("nothing that a runtime writes\n", 5000)), 0o600))
	require.NoError(t, seekSince(file, epoch), "what cannot be read is left to the reader")
}

func BenchmarkReadLog(b *testing.B) {
	path := filepath.Join(b.TempDir(), "0.log")
	text := logText(strings.Split(strings.Repeat("a line as programs write them, not short and not long\n", 100000), "\n")...)
	require.NoError(b, os.WriteFile(path, []byte(text), 0o600))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		file, err := os.Open(path)
		require.NoError(b, err)
		ctx, cancel := context.WithCancel(b.Context())
		l := &logReader{ctx: ctx, cancel: cancel, path: path, file: file, lineStart: true, left: -1}
		_, err = io.Copy(io.Discard, l)
		require.NoError(b, err)
	}
}
