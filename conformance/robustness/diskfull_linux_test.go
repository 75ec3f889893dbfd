package robustness_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// TestFullDisk fills the disk under a server: writes are refused with a Status
// that says why, reads and deletions go on, and once there is space all works
// again, also for a server that starts on what is left.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("mounting a small disk takes root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	s := startServer(t, dir) // it ends before the disk goes
	maps := client.Of[corev1.ConfigMap](connect(t, s)).In("default")
	create := func(name string) error {
		return maps.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: name}, Data: map[string]string{"x": strings.Repeat("x", 10_000)}})
	}
	for i := range 20 {
		if err := create(fmt.Sprint("before-", i)); err != nil {
			t.Fatal(err)
		}
	}

	filler := filepath.Join(dir, "filler")
	fillUp(t, dir, filler, 16<<20) // an eighth of the disk, 12 MiB, is kept for the store to tidy up
	refused := 0
	for deadline := time.Now().Add(30 * time.Second); refused < 10; {
		err := create(fmt.Sprint("full-", time.Now().UnixNano()))
		var status *meta.StatusError
		switch {
		case err == nil: // the server asks the disk once a second
			if time.Now().After(deadline) {
				t.Fatal("writes go on although the disk is full")
			}
			time.Sleep(10 * time.Millisecond)
		case !errors.As(err, &status) || status.Status.Code != 503 || !strings.Contains(status.Status.Message, "no space left"):
			t.Fatalf("a write was refused with %v", err)
		default:
			refused++
		}
	}
	list, err := maps.List(t.Context(), meta.ListOptions{})
	if err != nil || len(list.Items) < 20 {
		t.Fatalf("a list has %d objects, and error %v", len(list.Items), err)
	}
	if _, err := maps.Get(t.Context(), "before-0"); err != nil {
		t.Fatal(err)
	}
	if err := maps.Delete(t.Context(), "before-0", meta.DeleteOptions{}); err != nil {
		t.Fatalf("a deletion was refused, which would make room: %v", err)
	}
	for range 2 { // with the disk full, too
		if err := s.Restart(t.Context(), syscall.SIGKILL); err != nil {
			t.Fatalf("%v\nserver's log:\n%s", err, s.Log())
		}
		if list, err := maps.List(t.Context(), meta.ListOptions{}); err != nil || len(list.Items) < 19 {
			t.Fatalf("after a restart a list has %d objects, and error %v", len(list.Items), err)
		}
		if err := os.RemoveAll(filler); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := create(fmt.Sprint("after-", time.Now().UnixNano())); err == nil {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("writes are refused although there is space: %v", err)
		}
	}
	if _, err := maps.Get(t.Context(), "before-0"); !meta.IsNotFound(err) {
		t.Fatalf("what was deleted is back: %v", err)
	}
}

// fillUp writes a file until only so many bytes are left of a disk.
func fillUp(t *testing.T, dir, file string, left uint64) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 256<<10)
	for {
		var disk syscall.Statfs_t
		if err := syscall.Statfs(dir, &disk); err != nil {
			t.Fatal(err)
		}
		if free := disk.Bavail * uint64(disk.Bsize); free <= left+uint64(len(block)) {
			return
		}
		if _, err := f.Write(block); err != nil {
			t.Fatal(err)
		}
	}
}
