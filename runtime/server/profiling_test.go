package server

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProfiling(t *testing.T) {
	f := newFixture(t, nil)
	require.Contains(t, string(f.send("GET /debug/pprof/", "").body), "goroutine")
	for _, path := range []string{"/debug/pprof/heap?gc=1", "/debug/pprof/profile?seconds=0.05", "/debug/pprof/allocs"} {
		a := f.send("GET "+path, "")
		require.Equal(t, 200, a.code, path)
		require.Equal(t, []byte{0x1f, 0x8b}, a.body[:2], "profiles are compressed protobuf: %s", path)
	}
	require.NotEmpty(t, f.send("GET /debug/pprof/trace?seconds=0.01", "").body)
	require.Contains(t, string(f.send("GET /debug/pprof/goroutine?debug=1", "").body), "goroutine profile")
	require.Equal(t, 404, f.send("GET /debug/pprof/nothing", "").code)
	require.Equal(t, 400, f.send("GET /debug/pprof/profile?seconds=-1", "").code)
	a := f.send("GET /debug/pprof/heap", "", "Authorization", "Bearer bob")
	require.Equal(t, 403, a.code, "only for those who may read the path")
	require.Contains(t, a.message(t), `User "bob" cannot get path "/debug/pprof/heap"`)

	off := newFixture(t, func(o *Options) { o.DisableProfiling = true })
	require.Equal(t, 404, off.send("GET /debug/pprof/heap", "").code)
}
