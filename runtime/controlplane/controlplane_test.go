package controlplane_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/runtime/server"
)

// started runs a control plane until the test ends, or stop is called.
func started(t *testing.T, opts controlplane.Options) (cp *controlplane.ControlPlane, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	opts.Listener = listener
	ctx, cancel := context.WithCancel(t.Context())
	cp, err = controlplane.New(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cp.Run(ctx) }()
	done := false
	stop = func() {
		if done {
			return
		}
		done = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(stop)
	wait, cancelWait := context.WithTimeout(ctx, time.Minute)
	defer cancelWait()
	if err := cp.WaitReady(wait); err != nil {
		t.Fatal(err)
	}
	return cp, stop
}

// TestDataOutlivesTheProcess stops a control plane and starts another on its data.
func TestDataOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	user := &auth.User{Name: "tester", Groups: []string{auth.GroupMasters}}
	cp, stop := started(t, controlplane.Options{DataDir: dir})
	made := &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "kept", Namespace: "default"}, Data: map[string]string{"a": "b"}}
	if err := client.Of[corev1.ConfigMap](cp.Client(user)).Create(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	stop()
	cp, _ = started(t, controlplane.Options{DataDir: dir})
	got, err := client.Of[corev1.ConfigMap](cp.Client(user)).In("default").Get(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	if got.UID != made.UID || got.ResourceVersion != made.ResourceVersion || got.Data["a"] != "b" {
		t.Errorf("after the restart it is %+v, was %+v", got, made)
	}
	if info, err := os.Stat(filepath.Join(dir, "kubeconfig")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("kubeconfig: %v, %v; want a file for its owner alone", info, err)
	}
}

// TestTwoInOneProcess holds that control planes share nothing.
func TestTwoInOneProcess(t *testing.T) {
	a, _ := started(t, controlplane.Options{Groups: api.Basic()})
	b, _ := started(t, controlplane.Options{})
	user := &auth.User{Name: "tester", Groups: []string{auth.GroupMasters}}
	if err := client.Of[corev1.ConfigMap](a.Client(user)).Create(t.Context(), &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "x", Namespace: "default"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Of[corev1.ConfigMap](b.Client(user)).In("default").Get(t.Context(), "x"); !meta.IsNotFound(err) {
		t.Errorf("the other one answers %v, want NotFound", err)
	}
}

// TestWhoIsLetIn asks with a token, with a wrong one and with none.
func TestWhoIsLetIn(t *testing.T) {
	tokens := filepath.Join(t.TempDir(), "tokens.csv")
	if err := os.WriteFile(tokens, []byte("good,root,1,system:masters\nweak,guest,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cp, _ := started(t, controlplane.Options{TokenAuthFile: tokens})
	address, err := cp.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Who the server is does not matter here; who the client is does.
	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	defer browser.CloseIdleConnections()
	for _, test := range []struct {
		token, path string
		code        int
		says        string
	}{
		{"good", "/api/v1/namespaces", 200, "kube-system"},
		{"weak", "/api/v1/namespaces", 403, `User \"guest\" cannot list resource \"namespaces\"`},
		{"wrong", "/api/v1/namespaces", 401, "Unauthorized"},
		{"", "/api/v1/namespaces", 403, "system:anonymous"},
		{"", "/readyz", 200, "ok"},
		{"", "/version", 200, "v1.37"},
		{"good", "/openapi/v3", 200, "apis/apps/v1"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", address+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.token != "" {
			r.Header.Set("Authorization", "Bearer "+test.token)
		}
		resp, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != test.code || !strings.Contains(string(body), test.says) {
			t.Errorf("%s with token %q: got %d %.200s; want %d and %q", test.path, test.token, resp.StatusCode, body, test.code, test.says)
		}
	}
}

// TestBadOptions holds that everything wrong is said at once, and nothing left behind.
// TestCA holds that what is handed to Pods verifies the server.
func TestCA(t *testing.T) {
	cp, _ := started(t, controlplane.Options{})
	address, err := cp.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(cp.CA()) {
		t.Fatalf("no certificate in %q", cp.CA())
	}
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer c.CloseIdleConnections()
	response, err := c.Get(address + "/livez")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}

func TestBadOptions(t *testing.T) {
	_, err := controlplane.New(t.Context(), controlplane.Options{BindAddress: "localhost", Port: -1})
	if err == nil || !strings.Contains(err.Error(), `"localhost" is not an IP address`) || !strings.Contains(err.Error(), "port -1") {
		t.Errorf("got %v", err)
	}
	dir := t.TempDir()
	if _, err := controlplane.New(t.Context(), controlplane.Options{DataDir: dir, TokenAuthFile: filepath.Join(dir, "missing")}); err == nil {
		t.Error("a missing token file was accepted")
	}
	// What failed holds no lock on the data.
	cp, err := controlplane.New(t.Context(), controlplane.Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := cp.Close(); err != nil {
		t.Error(err)
	}
}

// TestComponents reads what is not stored, whole, by name, and selected.
func TestComponents(t *testing.T) {
	cp, _ := started(t, controlplane.Options{Components: []server.Component{
		{Name: "scheduler", Check: func(context.Context) (string, error) { return "", errors.New("asleep") }},
	}})
	parts := client.Of[corev1.ComponentStatus](cp.Client(&auth.User{Name: "tester", Groups: []string{auth.GroupMasters}}))
	list, err := parts.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) != 2 || list.Items[0].Conditions[0].Message != "asleep" || list.Items[0].Conditions[0].Status != corev1.ConditionFalse {
		t.Errorf("got %+v", list.Items)
	}
	store, err := parts.Get(t.Context(), "etcd-0")
	if err != nil || store.Conditions[0].Status != corev1.ConditionTrue {
		t.Errorf("got %+v, %v", store, err)
	}
	if list, err = parts.List(t.Context(), meta.ListOptions{FieldSelector: "metadata.name=etcd-0"}); err != nil || len(list.Items) != 1 {
		t.Errorf("got %+v, %v", list, err)
	}
	if _, err = parts.Get(t.Context(), "nothing"); !meta.IsNotFound(err) {
		t.Errorf("got %v, want NotFound", err)
	}
}
