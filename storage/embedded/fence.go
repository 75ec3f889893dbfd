package embedded

import (
	"errors"
	"io"
	"os"
	"sync"

	"github.com/cockroachdb/pebble/vfs"
)

// errFenced is what an engine gets that was given up.
var errFenced = errors.New("store engine was given up")

// fence is one engine's way to the file system. Once it is shut nothing that the
// engine still does reaches the disk, so that another can be opened on the same
// files although the first cannot be ended. Reading goes on.
type fence struct {
	vfs.FS

	mu   sync.RWMutex // held shared while something is changed
	shut bool

	filesMu sync.Mutex
	files   map[*fencedFile]struct{}
}

func newFence(fs vfs.FS) *fence { return &fence{FS: fs, files: make(map[*fencedFile]struct{})} }

// close waits for what is being changed at the moment and lets nothing through
// any more.
func (f *fence) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shut = true
}

// closeFiles closes what an engine has left open that nobody uses any more.
func (f *fence) closeFiles() {
	f.filesMu.Lock()
	files := f.files
	f.files = make(map[*fencedFile]struct{})
	f.filesMu.Unlock()
	for file := range files {
		_ = file.File.Close() // nothing is to be written to it
	}
}

// change carries out what changes the file system.
func (f *fence) change(do func() error) error {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.shut {
		return errFenced
	}
	return do()
}

// open makes a file fenced.
func (f *fence) open(do func() (vfs.File, error)) (vfs.File, error) {
	file, err := do()
	if err != nil {
		return nil, err
	}
	fenced := &fencedFile{File: file, fence: f}
	f.filesMu.Lock()
	defer f.filesMu.Unlock()
	f.files[fenced] = struct{}{}
	return fenced, nil
}

// make is open where that changes the file system.
func (f *fence) make(do func() (vfs.File, error)) (file vfs.File, err error) {
	err = f.change(func() (err error) { file, err = f.open(do); return err })
	return file, err
}

// Lock does nothing: the Store holds the lock of the directory, for as long as
// any of its engines lasts.
func (f *fence) Lock(string) (io.Closer, error) { return nopCloser{}, nil }

type nopCloser struct{}

func (nopCloser) Close() error { return nil }

func (f *fence) Create(name string) (vfs.File, error) {
	return f.make(func() (vfs.File, error) { return f.FS.Create(name) })
}

func (f *fence) ReuseForWrite(from, to string) (vfs.File, error) {
	return f.make(func() (vfs.File, error) { return f.FS.ReuseForWrite(from, to) })
}

func (f *fence) OpenReadWrite(name string, opts ...vfs.OpenOption) (vfs.File, error) {
	return f.make(func() (vfs.File, error) { return f.FS.OpenReadWrite(name, opts...) })
}

func (f *fence) Open(name string, opts ...vfs.OpenOption) (vfs.File, error) {
	return f.open(func() (vfs.File, error) { return f.FS.Open(name, opts...) })
}

func (f *fence) OpenDir(name string) (vfs.File, error) {
	return f.open(func() (vfs.File, error) { return f.FS.OpenDir(name) })
}

func (f *fence) Link(from, to string) error {
	return f.change(func() error { return f.FS.Link(from, to) })
}

func (f *fence) Remove(name string) error {
	return f.change(func() error { return f.FS.Remove(name) })
}

func (f *fence) RemoveAll(name string) error {
	return f.change(func() error { return f.FS.RemoveAll(name) })
}

func (f *fence) Rename(from, to string) error {
	return f.change(func() error { return f.FS.Rename(from, to) })
}

func (f *fence) MkdirAll(dir string, mode os.FileMode) error {
	return f.change(func() error { return f.FS.MkdirAll(dir, mode) })
}

// fencedFile is a file of an engine.
type fencedFile struct {
	vfs.File
	fence *fence
}

func (f *fencedFile) Close() error {
	f.fence.filesMu.Lock()
	_, open := f.fence.files[f]
	delete(f.fence.files, f)
	f.fence.filesMu.Unlock()
	if !open {
		return os.ErrClosed
	}
	return f.File.Close()
}

func (f *fencedFile) Write(p []byte) (n int, err error) {
	err = f.fence.change(func() error { n, err = f.File.Write(p); return err })
	return n, err
}

func (f *fencedFile) WriteAt(p []byte, at int64) (n int, err error) {
	err = f.fence.change(func() error { n, err = f.File.WriteAt(p, at); return err })
	return n, err
}

func (f *fencedFile) Preallocate(offset, length int64) error {
	return f.fence.change(func() error { return f.File.Preallocate(offset, length) })
}

func (f *fencedFile) Sync() error { return f.fence.change(f.File.Sync) }

func (f *fencedFile) SyncData() error { return f.fence.change(f.File.SyncData) }

func (f *fencedFile) SyncTo(length int64) (full bool, err error) {
	err = f.fence.change(func() error { full, err = f.File.SyncTo(length); return err })
	return full, err
}
