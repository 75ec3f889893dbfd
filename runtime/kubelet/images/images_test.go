package images

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestImagesAreTheSameEachTime(t *testing.T) {
	spec := Spec{Files: []File{{Path: "/bin/b", Mode: 0o755, Data: []byte("program")}, {Path: "/tmp", Mode: fs.ModeDir | fs.ModeSticky | 0o777}, {Path: "/bin/a", Mode: fs.ModeSymlink, Data: []byte("/bin/b")}},
		Entrypoint: []string{"/bin/b"}, Env: []string{"X=1"}, Ports: []string{"80/tcp"}}
	first, err := Build(spec)
	require.NoError(t, err)
	second, err := Build(spec)
	require.NoError(t, err)
	a, err := first.Digest()
	require.NoError(t, err)
	b, err := second.Digest()
	require.NoError(t, err)
	require.Equal(t, a, b)
	config, err := first.ConfigFile()
	require.NoError(t, err)
	require.Equal(t, []string{"/bin/b"}, config.Config.Entrypoint)
	require.Equal(t, runtime.GOARCH, config.Architecture)
	require.Contains(t, config.Config.ExposedPorts, "80/tcp")

	layers, err := first.Layers()
	require.NoError(t, err)
	content, err := layers[0].Uncompressed()
	require.NoError(t, err)
	var names []string
	for r := tar.NewReader(content); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		names = append(names, h.Name)
		if h.Name == "tmp/" {
			require.EqualValues(t, 0o1777, h.Mode)
		}
	}
	require.Equal(t, []string{"bin/", "bin/a", "bin/b", "tmp/"}, names)
	_, err = Build(Spec{Files: []File{{Path: "/"}}})
	require.ErrorContains(t, err, "is not the path of a file")
}

func TestStoreServesWhatItKeeps(t *testing.T) {
	dir := t.TempDir()
	image, err := Build(Spec{Files: []File{{Path: "/x", Mode: 0o644, Data: []byte("content")}}})
	require.NoError(t, err)
	digest, err := image.Digest()
	require.NoError(t, err)
	store, err := Open(dir)
	require.NoError(t, err)
	get := func(s *Store, method, path string, body io.Reader) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest(method, path, body)
		r.Header.Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	require.NoError(t, store.Put("team/app:1", image))
	require.ErrorContains(t, store.Put("app", image), "not of the form name:tag")
	for _, reference := range []string{"1", digest.String()} {
		require.Equal(t, http.StatusOK, get(store, http.MethodGet, "/v2/team/app/manifests/"+reference, nil).Code)
	}
	// It is there for the next process, with its content, and what that puts is
	// there for this one.
	next, err := Open(dir)
	require.NoError(t, err)
	manifest := get(next, http.MethodGet, "/v2/team/app/manifests/1", nil)
	require.Equal(t, http.StatusOK, manifest.Code)
	layers, err := image.Layers()
	require.NoError(t, err)
	layer, err := layers[0].Digest()
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, get(next, http.MethodGet, "/v2/team/app/blobs/"+layer.String(), nil).Code)
	require.Equal(t, http.StatusNotFound, get(store, http.MethodGet, "/v2/team/app/manifests/2", nil).Code)
	require.NoError(t, next.Put("team/app:2", image))
	require.Equal(t, http.StatusOK, get(store, http.MethodGet, "/v2/team/app/manifests/2", nil).Code)
	// What others push is kept, too, until they delete it.
	require.Equal(t, http.StatusCreated, get(store, http.MethodPut, "/v2/team/app/manifests/3", bytes.NewReader(manifest.Body.Bytes())).Code)
	third, err := Open(dir)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, get(third, http.MethodGet, "/v2/team/app/manifests/3", nil).Code)
	require.Less(t, get(third, http.MethodDelete, "/v2/team/app/manifests/3", nil).Code, 300)
	fourth, err := Open(dir)
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, get(fourth, http.MethodGet, "/v2/team/app/manifests/3", nil).Code)
	// Names lead nowhere else.
	get(store, http.MethodPut, "/v2/..%2f..%2fescape/manifests/1", strings.NewReader("{}"))
	require.NoFileExists(t, filepath.Join(filepath.Dir(dir), "escape"))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifests", "bad.json"), []byte("{"), 0o600))
	_, err = Open(dir)
	require.ErrorContains(t, err, "bad.json")
}

// TestPauseHoldsASandbox runs the program as the first process of a namespace, the
// way sandboxes have it.
func TestPauseHoldsASandbox(t *testing.T) {
	program, err := pauseProgram(runtime.GOARCH)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "pause")
	require.NoError(t, os.WriteFile(path, program, 0o755))
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		cmd := exec.Command(path)
		if os.Geteuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
		}
		require.NoError(t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		// Once it ignores the ends of children and sleeps, it waits to be told.
		require.Eventually(t, func() bool {
			data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(cmd.Process.Pid), "status"))
			if err != nil || !strings.Contains(string(data), "State:\tS") {
				return false
			}
			// What this process ignores, such as SIGINT in the background, is ignored there too.
			_, mask, _ := strings.Cut(string(data), "SigIgn:\t")
			mask, _, _ = strings.Cut(mask, "\n")
			ignored, err := strconv.ParseUint(mask, 16, 64)
			return err == nil && ignored&(1<<(syscall.SIGCHLD-1)) != 0
		}, 20*time.Second, time.Millisecond)
		select {
		case err := <-ended:
			t.Fatalf("it ended by itself: %v", err)
		default:
		}
		require.NoError(t, cmd.Process.Signal(sig))
		if err := <-ended; err != nil && os.Geteuid() == 0 {
			t.Errorf("told to end by %v it ended with %v", sig, err)
		}
	}
	_, err = Pause("pdp11")
	require.ErrorContains(t, err, "no pause program for pdp11; there is one for amd64, arm64")
}

// TestPauseIsWhatItsSourceSays assembles the source, where there is an assembler.
func TestPauseIsWhatItsSourceSays(t *testing.T) {
	for arch, triple := range map[string]string{"amd64": "x86_64", "arm64": "aarch64"} {
		t.Run(arch, func(t *testing.T) {
			assembler, err := exec.LookPath("llvm-mc")
			if err != nil {
				t.Skip("llvm-mc is not installed")
			}
			extract, err := exec.LookPath("llvm-objcopy")
			if err != nil {
				t.Skip("llvm-objcopy is not installed")
			}
			dir := t.TempDir()
			object, code := filepath.Join(dir, "o"), filepath.Join(dir, "code")
			for _, cmd := range []*exec.Cmd{
				exec.Command(assembler, "-triple="+triple, "-filetype=obj", "-o", object, "pause/"+arch+".S"), exec.Command(extract, "-O", "binary", "-j", ".text", object, code),
			} {
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, string(out))
			}
			want, err := os.ReadFile(code)
			require.NoError(t, err)
			program, err := pauseProgram(arch)
			require.NoError(t, err)
			require.Equal(t, want, program[elfHeaderSize+elfSegmentSize:])
		})
	}
}
