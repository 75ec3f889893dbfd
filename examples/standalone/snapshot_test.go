package main

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
)

// TestSnapshotOfARunningServer saves while the server runs, restores, and finds
// what was there in a server on the new data.
func TestSnapshotOfARunningServer(t *testing.T) {
	dir, restored := t.TempDir(), filepath.Join(t.TempDir(), "new")
	file := filepath.Join(t.TempDir(), "store.snapshot")
	maps, stop := startServer(t, dir)
	made := &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "kept", Namespace: "default"}, Data: map[string]string{"a": "b"}}
	if err := maps.Create(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	for _, online := range []bool{true, false} {
		if !online {
			stop()
			file += "2"
		}
		var out bytes.Buffer
		if err := saveSnapshot(t.Context(), &out, dir, filepath.Join(dir, "kubeconfig"), file); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "checksum  sha256:") {
			t.Error(out.String())
		}
		if err := saveSnapshot(t.Context(), &out, dir, "", file); err == nil || !strings.Contains(err.Error(), "is there already") {
			t.Errorf("saving over a file: %v", err)
		}
	}
	var out bytes.Buffer
	if err := restoreSnapshot(t.Context(), &out, restored, file, 1000); err != nil {
		t.Fatal(err)
	}
	if err := restoreSnapshot(t.Context(), &out, restored, file, 1000); err == nil {
		t.Error("a second restore must be refused")
	}
	maps, _ = startServer(t, restored)
	got, err := maps.Get(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	if got.UID != made.UID || got.ResourceVersion != made.ResourceVersion || got.Data["a"] != "b" {
		t.Errorf("got %+v, made %+v", got, made)
	}
}

func startServer(t *testing.T, dir string) (maps client.Resource[corev1.ConfigMap], stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cp, err := controlplane.New(ctx, controlplane.Options{DataDir: dir, Listener: listener})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cp.Run(ctx) }()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(stop)
	wait, done := context.WithTimeout(ctx, time.Minute)
	defer done()
	if err := cp.WaitReady(wait); err != nil {
		t.Fatal(err)
	}
	user := &auth.User{Name: "tester", Groups: []string{auth.GroupMasters}}
	return client.Of[corev1.ConfigMap](cp.Client(user)).In("default"), stop
}
