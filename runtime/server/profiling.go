package server

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// profilingPath is where kube-apiserver has its profiles, and where `go tool
// pprof` looks for them. They are answered from runtime/pprof: net/http/pprof
// would also put itself into http.DefaultServeMux, which belongs to the program
// and asks nobody who they are.
const profilingPath = "/debug/pprof"

func isProfile(path string) bool {
	return strings.HasPrefix(path, profilingPath) && (len(path) == len(profilingPath) || path[len(profilingPath)] == '/')
}

// maxProfile bounds how long a CPU profile, a trace or a difference is taken.
const maxProfile = 10 * time.Minute

// serveProfile answers what is below profilingPath. Whoever may read that path
// sees much of what goes on in the process, so it is for masters unless the
// authorizer says otherwise.
func (s *Server) serveProfile(c *call) {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodPost {
		c.w.Header().Set("Allow", http.MethodGet)
		c.fail(meta.NoSuchMethod())
		return
	}
	name := strings.TrimPrefix(c.info.Path, profilingPath)
	switch name {
	case "":
		http.Redirect(c.w, c.r, profilingPath+"/", http.StatusMovedPermanently)
	case "/":
		c.profileIndex()
	case "/cmdline":
		c.plain(http.StatusOK, strings.Join(os.Args, "\x00"))
	case "/symbol":
		// Profiles of Go programs name their functions themselves.
		c.plain(http.StatusOK, "num_symbols: 0\n")
	case "/profile":
		c.profileFor(30*time.Second, "profile", pprof.StartCPUProfile, pprof.StopCPUProfile)
	case "/trace":
		c.profileFor(time.Second, "trace", trace.Start, trace.Stop)
	default:
		c.namedProfile(strings.TrimPrefix(name, "/"))
	}
}

func (c *call) profileIndex() {
	var text strings.Builder
	text.WriteString(profilingPath + "/\n\nProfiles:\n")
	for _, p := range pprof.Profiles() {
		fmt.Fprintf(&text, "%d\t%s\n", p.Count(), p.Name())
	}
	text.WriteString("\tprofile?seconds=30\n\ttrace?seconds=1\n")
	c.plain(http.StatusOK, text.String())
}

// profileFor answers with what is recorded during the time that the query asks
// for.
func (c *call) profileFor(usual time.Duration, name string, start func(io.Writer) error, stop func()) {
	d, err := c.profileTime(usual)
	if err != nil {
		c.fail(err)
		return
	}
	// Headers first: recording writes as soon as it starts.
	c.profileHeader(name)
	if err := start(c.w); err != nil { // somebody else is recording
		h := c.w.Header()
		h.Del("Content-Disposition")
		c.fail(meta.InternalError(err))
		return
	}
	defer stop()
	c.pause(d)
}

func (c *call) profileHeader(name string) {
	h := c.w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// pause waits, unless the client goes away or the server stops.
func (c *call) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.r.Context().Done():
	case <-c.server.stopping.Done():
	}
}

func (c *call) profileTime(usual time.Duration) (time.Duration, error) {
	text := c.query().Get("seconds")
	if text == "" {
		return usual, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || seconds <= 0 || seconds > maxProfile.Seconds() {
		return 0, meta.BadRequest(fmt.Sprintf("seconds must be a number up to %.0f", maxProfile.Seconds()))
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// namedProfile answers with one of the profiles that the Go runtime keeps, as
// text when debug is set.
func (c *call) namedProfile(name string) {
	p := pprof.Lookup(name)
	if p == nil {
		c.plain(http.StatusNotFound, "Unknown profile\n")
		return
	}
	if name == "heap" && c.query().Get("gc") != "" {
		runtime.GC()
	}
	debug, _ := strconv.Atoi(c.query().Get("debug"))
	if debug == 0 {
		c.profileHeader(name)
	} else {
		c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	c.written(p.WriteTo(c.w, debug))
}
