package images

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Store keeps images in a directory and serves them as an OCI registry: it is the
// http.Handler of one. Make one with [Open]. It is safe for concurrent use, also by
// several processes: what one puts into the directory another one serves.
type Store struct {
	dir      string
	registry http.Handler

	mu   sync.Mutex           // of writes to the directory, and of
	seen map[string]time.Time // manifests' files, as last read or written
}

// manifest is how one is kept: beside the bytes, what they were said to be.
type manifest struct {
	Repository string `json:"repository"`
	Reference  string `json:"reference"` // tag or digest
	MediaType  string `json:"mediaType"`
	Content    []byte `json:"content"`
}

// Open opens the store of a directory, which is made if missing.
func Open(dir string) (*Store, error) {
	blobs := filepath.Join(dir, "blobs")
	for _, d := range []string{blobs, filepath.Join(dir, "manifests")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, fmt.Errorf("registry: %w", err)
		}
	}
	s := &Store{dir: dir, registry: registry.New(
		registry.WithBlobHandler(registry.NewDiskBlobHandler(blobs)), registry.Logger(log.New(io.Discard, "", 0)),
		registry.WithReferrersSupport(true),
	), seen: map[string]time.Time{}}
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	return s, nil
}

// load tells the registry of the manifests that were kept: it only remembers them.
// Those of lists come after what they list.
func (s *Store) load() error {
	var all []manifest
	err := filepath.WalkDir(filepath.Join(s.dir, "manifests"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		m, err := s.read(path)
		all = append(all, m)
		return err
	})
	if err != nil {
		return err
	}
	for _, lists := range []bool{false, true} {
		for _, m := range all {
			if isList(m.MediaType) != lists {
				continue
			}
			if err := s.serve(context.Background(), http.MethodPut, manifestURL(m.Repository, m.Reference), m.MediaType, m.Content); err != nil {
				return fmt.Errorf("%s:%s: %w", m.Repository, m.Reference, err)
			}
		}
	}
	return nil
}

// read reads a manifest's file. Times are read first: a newer file is read again.
func (s *Store) read(file string) (m manifest, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return m, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%s: %w", file, err)
	}
	s.seen[file] = info.ModTime()
	return m, nil
}

// refresh takes notice of a manifest that another process has put here.
func (s *Store) refresh(ctx context.Context, repository, reference string) {
	file := s.manifestFile(repository, reference)
	info, err := os.Stat(file)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[file].Equal(info.ModTime()) {
		return
	}
	if m, err := s.read(file); err == nil {
		_ = s.serve(ctx, http.MethodPut, manifestURL(m.Repository, m.Reference), m.MediaType, m.Content) // whoever asks is told of it
	}
}

func isList(mediaType string) bool {
	return strings.Contains(mediaType, "index") || strings.Contains(mediaType, "list")
}

func manifestURL(repository, reference string) string {
	return "/v2/" + repository + "/manifests/" + reference
}

// serve has the registry answer a request of our own.
func (s *Store) serve(ctx context.Context, method, path, mediaType string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, method, "http://registry"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if mediaType != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	w := &answer{header: http.Header{}}
	s.registry.ServeHTTP(w, r)
	if w.code >= 300 {
		return fmt.Errorf("%s %s: %d %s", method, path, w.code, bytes.TrimSpace(w.body.Bytes()))
	}
	return nil
}

// answer takes what the registry answers to ourselves.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(code int)        { a.code = code }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// largestManifest bounds what is read of a manifest that is pushed.
const largestManifest = 8 << 20

// ServeHTTP is an OCI registry.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	repository, reference, ok := manifestPath(r.URL.Path)
	if ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		s.refresh(r.Context(), repository, reference)
	}
	if !ok || r.Method != http.MethodPut && r.Method != http.MethodDelete {
		s.registry.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestManifest))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	defer s.mu.Unlock()
	noted := &status{ResponseWriter: w}
	s.registry.ServeHTTP(noted, r)
	if noted.code >= 300 {
		return
	}
	if r.Method == http.MethodDelete {
		_ = os.Remove(s.manifestFile(repository, reference))
		return
	}
	// The answer has gone out: a disk that is full costs the image at the next start.
	_ = s.keep(manifest{Repository: repository, Reference: reference, MediaType: r.Header.Get("Content-Type"), Content: body})
}

// status notes the code of an answer.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

func manifestPath(path string) (repository, reference string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/v2/")
	if !ok {
		return "", "", false
	}
	at := strings.LastIndex(rest, "/manifests/")
	if at <= 0 {
		return "", "", false
	}
	return rest[:at], rest[at+len("/manifests/"):], true
}

// manifestFile is where a manifest is kept. Names are escaped: they come from
// outside.
func (s *Store) manifestFile(repository, reference string) string {
	return filepath.Join(s.dir, "manifests", url.QueryEscape(repository)+"@"+url.QueryEscape(reference)+".json")
}

func (s *Store) keep(m manifest) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	file := s.manifestFile(m.Repository, m.Reference)
	if err := os.WriteFile(file+".new", data, 0o644); err != nil {
		return err
	}
	if err := os.Rename(file+".new", file); err != nil {
		return err
	}
	if info, err := os.Stat(file); err == nil {
		s.seen[file] = info.ModTime()
	}
	return nil
}

// Put stores an image under a name and tag, such as hello:1.
func (s *Store) Put(name string, image v1.Image) error {
	repository, tag, ok := strings.Cut(name, ":")
	if !ok || repository == "" || tag == "" {
		return fmt.Errorf("image name %q is not of the form name:tag", name)
	}
	if err := s.put(repository, tag, image); err != nil {
		return fmt.Errorf("image %s: %w", name, err)
	}
	return nil
}

func (s *Store) put(repository, tag string, image v1.Image) error {
	layers, err := image.Layers()
	if err != nil {
		return err
	}
	for _, l := range layers {
		digest, err := l.Digest()
		if err != nil {
			return err
		}
		content, err := l.Compressed()
		if err != nil {
			return err
		}
		data, err := io.ReadAll(content)
		if err := errors.Join(err, content.Close()); err != nil {
			return err
		}
		if err := s.putBlob(repository, digest, data); err != nil {
			return err
		}
	}
	config, err := image.RawConfigFile()
	if err != nil {
		return err
	}
	name, err := image.ConfigName()
	if err != nil {
		return err
	}
	if err := s.putBlob(repository, name, config); err != nil {
		return err
	}
	content, err := image.RawManifest()
	if err != nil {
		return err
	}
	mediaType, err := image.MediaType()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.serve(context.Background(), http.MethodPut, manifestURL(repository, tag), string(mediaType), content); err != nil {
		return err
	}
	return s.keep(manifest{Repository: repository, Reference: tag, MediaType: string(mediaType), Content: content})
}

// putBlob stores content, unless it is there already.
func (s *Store) putBlob(repository string, digest v1.Hash, data []byte) error {
	if s.serve(context.Background(), http.MethodHead, "/v2/"+repository+"/blobs/"+digest.String(), "", nil) == nil {
		return nil
	}
	return s.serve(context.Background(), http.MethodPost, "/v2/"+repository+"/blobs/uploads/?digest="+url.QueryEscape(digest.String()), "application/octet-stream", data)
}
