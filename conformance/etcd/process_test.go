package etcd

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"

	"github.com/kubenucleus/nucleus/storage"
)

// memberEnv makes this test's program a member of etcd: it holds a [memberSpec].
const memberEnv = "NUCLEUS_TEST_ETCD_MEMBER"

// memberSpec is what a member in a process of its own has to know.
type memberSpec struct {
	Name, Dir, Client, Peer, Cluster string
}

func TestMain(m *testing.M) {
	if text := os.Getenv(memberEnv); text != "" {
		if err := runMember(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// runMember is a member until the process is asked to end.
func runMember(text string) error {
	var spec memberSpec
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	cfg := memberConfig(spec.Name, spec.Dir)
	cfg.InitialCluster = spec.Cluster
	for _, u := range []struct {
		text              string
		listen, advertise *[]url.URL
	}{
		{spec.Client, &cfg.ListenClientUrls, &cfg.AdvertiseClientUrls},
		{spec.Peer, &cfg.ListenPeerUrls, &cfg.AdvertisePeerUrls},
	} {
		parsed, err := url.Parse(u.text)
		if err != nil {
			return err
		}
		*u.listen, *u.advertise = []url.URL{*parsed}, []url.URL{*parsed}
	}
	etcd, err := embed.StartEtcd(cfg)
	if err != nil {
		return err
	}
	defer etcd.Close()
	select {
	case <-ctx.Done():
		return nil
	case err := <-etcd.Err():
		return err
	}
}

// memberProcess is a member that can be killed and stopped as processes are.
type memberProcess struct {
	spec    memberSpec
	command []string // before the program
	process *exec.Cmd
}

// startMembers starts a cluster of as many members as there are addresses, each
// by its command. They end with the test.
func startMembers(t *testing.T, addresses []string, commands [][]string) []*memberProcess {
	t.Helper()
	dir := t.TempDir()
	var members []*memberProcess
	var initial []string
	for i, address := range addresses {
		spec := memberSpec{Name: fmt.Sprint("m", i), Client: "http://" + address + ":2379", Peer: "http://" + address + ":2380"}
		spec.Dir = filepath.Join(dir, spec.Name)
		initial = append(initial, spec.Name+"="+spec.Peer)
		members = append(members, &memberProcess{spec: spec, command: commands[i]})
	}
	for _, m := range members {
		m.spec.Cluster = strings.Join(initial, ",")
		m.start(t)
		t.Cleanup(m.kill)
	}
	for _, m := range members {
		m.await(t)
	}
	return members
}

func (m *memberProcess) start(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	text, err := json.Marshal(m.spec)
	require.NoError(t, err)
	command := append(append([]string{}, m.command...), self)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), memberEnv+"="+string(text))
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	m.process = cmd
}

// await waits until the member serves, which takes a leader.
func (m *memberProcess) await(t *testing.T) {
	t.Helper()
	direct, err := clientv3.New(clientv3.Config{Endpoints: []string{m.spec.Client}, DialTimeout: time.Minute})
	require.NoError(t, err)
	defer direct.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		attempt, done := context.WithTimeout(ctx, 2*time.Second)
		_, err := direct.Get(attempt, "a")
		done()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s did not become ready: %v", m.spec.Name, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (m *memberProcess) kill() {
	if m.process == nil {
		return
	}
	_ = m.process.Process.Signal(syscall.SIGKILL) // that it is gone is what Wait says
	_ = m.process.Wait()
	m.process = nil
}

// signal stops the process, or lets it go on.
func (m *memberProcess) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	require.NoError(t, m.process.Process.Signal(s))
}

// leads tells whether the member is the leader, as far as it knows.
func (m *memberProcess) leads(ctx context.Context) bool {
	direct, err := clientv3.New(clientv3.Config{Endpoints: []string{m.spec.Client}, DialTimeout: time.Second})
	if err != nil {
		return false
	}
	defer direct.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	status, err := direct.Status(ctx, m.spec.Client)
	return err == nil && status.Leader == status.Header.MemberId
}

// memberConfig is what members have in common.
func memberConfig(name, dir string) *embed.Config {
	cfg := embed.NewConfig()
	cfg.Name, cfg.Dir = name, dir
	cfg.LogLevel = "fatal"
	cfg.LogOutputs = []string{"/dev/null"}
	cfg.MaxRequestBytes = storage.MaxValueBytes + 1<<20
	cfg.UnsafeNoFsync = true // the machine is not killed here
	cfg.TickMs, cfg.ElectionMs = 50, 500
	return cfg
}
