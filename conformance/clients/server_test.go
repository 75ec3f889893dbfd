package clients

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// guestToken is of somebody who may do nothing.
const guestToken = "guest-token"

// shared is the cluster that all tests use but those that have to stop one.
var shared *server

func TestMain(m *testing.M) {
	if os.Getenv("NUCLEUS") == "" {
		fmt.Println("skipped: NUCLEUS does not name a nucleus binary; run make clients")
		return
	}
	klog.SetLogger(logr.Discard()) // what clients log of what tests do to them on purpose
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "nucleus-clients-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	tokens := filepath.Join(dir, "tokens.csv")
	if err = os.WriteFile(tokens, []byte(guestToken+",guest,1\n"), 0o600); err == nil {
		if shared, err = newServer(filepath.Join(dir, "data"), "--token-auth-file", tokens); err == nil {
			err = shared.start()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if code != 0 {
		fmt.Fprintf(os.Stderr, "the end of the server's log:\n%s\n", shared.log)
	}
	return code
}

// server is a nucleus that can be stopped and started again with its data, at
// the address it had.
type server struct {
	dir     string
	port    int
	args    []string
	log     *tail
	process *exec.Cmd
	ended   chan error
}

func newServer(dir string, args ...string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return &server{dir: dir, port: l.Addr().(*net.TCPAddr).Port, args: args, log: &tail{}}, nil
}

// start runs the server and waits until it is ready.
func (s *server) start() error {
	s.process = exec.Command(os.Getenv("NUCLEUS"), append([]string{"--data-dir", s.dir, "--secure-port", strconv.Itoa(s.port)}, s.args...)...)
	s.process.Stdout, s.process.Stderr = s.log, s.log
	if err := s.process.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- s.process.Wait() }()
	s.ended = ended
	deadline := time.After(time.Minute)
	for {
		if config, err := s.config(); err == nil {
			if ready(config) {
				return nil
			}
		}
		select {
		case err := <-ended:
			return fmt.Errorf("nucleus ended before it was ready: %v\n%s", err, s.log)
		case <-deadline:
			return errors.Join(fmt.Errorf("nucleus was not ready in time:\n%s", s.log), s.stop())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func ready(config *rest.Config) bool {
	cs, err := kubernetes.NewForConfig(config)
	if err != nil {
		return false
	}
	_, err = cs.Discovery().ServerVersion()
	return err == nil
}

// stop ends the server as Ctrl-C does.
func (s *server) stop() error {
	if err := s.process.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		if err != nil {
			return fmt.Errorf("nucleus ended with: %w", err)
		}
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("nucleus did not stop"), s.kill())
	}
}

// kill ends the server as a power cut does.
func (s *server) kill() error {
	err := s.process.Process.Kill()
	<-s.ended
	return err
}

func (s *server) config() (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(s.dir, "kubeconfig"))
	if err != nil {
		return nil, err
	}
	config.QPS = -1 // what is tested is the server, not how patient a client is
	return config, nil
}

// tail keeps the last of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *tail) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.buf.Len() > 1<<16 {
		w.buf.Next(w.buf.Len() - 1<<12)
	}
	return w.buf.Write(p)
}

func (w *tail) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.buf.Bytes()
	return string(b[max(0, len(b)-4096):])
}

// config returns how to reach the shared cluster.
func config(t *testing.T) *rest.Config {
	t.Helper()
	c, err := shared.config()
	must(t, err)
	return c
}

// clientset returns a typed client of the shared cluster.
func clientset(t *testing.T) *kubernetes.Clientset {
	t.Helper()
	cs, err := kubernetes.NewForConfig(config(t))
	must(t, err)
	return cs
}

// newNamespace makes a Namespace that is deleted when the test is over.
func newNamespace(t *testing.T, cs kubernetes.Interface) string {
	t.Helper()
	ns, err := cs.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "clients-"}}, metav1.CreateOptions{})
	must(t, err)
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if err := cs.CoreV1().Namespaces().Delete(context.WithoutCancel(t.Context()), ns.Name, metav1.DeleteOptions{}); err != nil {
			t.Errorf("delete namespace %s: %v", ns.Name, err)
		}
	})
	return ns.Name
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually asks again and again until the answer is nil.
func eventually(t *testing.T, what string, ask func() error) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
