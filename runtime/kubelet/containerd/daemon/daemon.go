package daemon

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/kubenucleus/nucleus/runtime/kubelet/containerd"
)

// Options tunes a [Daemon].
type Options struct {
	// Dir is where everything is kept that outlives the machine's being up:
	// configuration, images, containers, and the log; and the socket. It is made if
	// missing. Two daemons never share one.
	Dir string
	// StateDir is where the rest is: what containers run on. The users of Pods that
	// have their own must be able to pass to it, so everybody may pass all that it is
	// in. "" is /run/nucleus-ID, with an ID of Dir.
	StateDir string
	// SandboxImage is the image of Pods' sandboxes.
	SandboxImage string
	// Registries are where images of a host's name are got from instead: a URL,
	// such as http://127.0.0.1:5000, for each name.
	Registries map[string]string
	// PodRange is where Pods get addresses from on a node that has no range.
	PodRange netip.Prefix
	// StopGrace is how long containers may take to end in order when Run ends; zero
	// is 5 s. Less than 0 leaves them running.
	StopGrace time.Duration
	Logger    *slog.Logger // nil: slog.Default()
}

// Daemon is a containerd of one's own. Make one with [New]. Its methods are safe
// for concurrent use.
type Daemon struct {
	opts   Options
	log    *slog.Logger
	id     string // of the directory
	root   string
	state  string
	socket string

	mu      sync.Mutex
	ready   chan struct{} // closed once containerd answers
	process *os.Process   // nil while none runs
	failed  error
}

// New returns the Daemon of a directory. It starts nothing.
func New(opts Options) (*Daemon, error) {
	if opts.Dir == "" {
		return nil, errors.New("containerd: Options.Dir is missing")
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("containerd: %w", err)
	}
	opts.Dir = dir
	opts.StopGrace = cmp.Or(opts.StopGrace, 5*time.Second)
	opts.Logger = cmp.Or(opts.Logger, slog.Default())
	sum := sha256.Sum256([]byte(dir))
	d := &Daemon{opts: opts, log: opts.Logger, id: hex.EncodeToString(sum[:4]), ready: make(chan struct{})}
	d.root, d.state, d.socket = filepath.Join(dir, "root"), opts.StateDir, filepath.Join(dir, "containerd.sock")
	if d.state == "" {
		d.state = "/run/nucleus-" + d.id
	}
	if !filepath.IsAbs(d.state) {
		return nil, fmt.Errorf("containerd: Options.StateDir %q is not absolute", d.state)
	}
	if len(d.socket) > longestSocket {
		d.socket = "/run/nucleus-" + d.id + ".sock/containerd.sock"
	}
	return d, nil
}

// longestSocket is how long the path of a socket may be, less what containerd
// appends to it for another one.
const longestSocket = 107 - len(".ttrpc")

// Socket is where the CRI is served.
func (d *Daemon) Socket() string { return d.socket }

// LogFile is what containerd writes.
func (d *Daemon) LogFile() string { return filepath.Join(d.opts.Dir, "containerd.log") }

// CNI is the network that sandboxes of this containerd get.
func (d *Daemon) CNI() containerd.CNI {
	_, err := look("iptables")
	return containerd.CNI{
		ConfDir: d.cniDir(), StateDir: filepath.Join(d.opts.Dir, "cni", "networks"), Bridge: "nuc" + d.id, Range: d.opts.PodRange, Ports: err == nil,
	}
}

func (d *Daemon) cniDir() string   { return filepath.Join(d.opts.Dir, "cni", "net.d") }
func (d *Daemon) hostsDir() string { return filepath.Join(d.opts.Dir, "hosts") }

// WaitReady waits until containerd answers, or it is clear that it will not. Run has
// to be running.
func (d *Daemon) WaitReady(ctx context.Context) error {
	select {
	case <-d.ready:
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.failed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Run starts containerd and keeps it running until ctx ends; then it stops and
// removes all that was started. A Daemon can be run once.
func (d *Daemon) Run(ctx context.Context) (err error) {
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		select {
		case <-d.ready:
		default:
			d.failed = cmp.Or(err, context.Canceled)
			close(d.ready)
		}
	}()
	if err := Require(); err != nil {
		return fmt.Errorf("containerd: %w", err)
	}
	for _, dir := range []string{d.opts.Dir, d.root, d.state, d.cniDir(), d.hostsDir(), filepath.Dir(d.socket)} {
		if err := os.MkdirAll(dir, 0o711); err != nil {
			return fmt.Errorf("containerd: %w", err)
		}
	}
	if err := os.Chmod(d.state, 0o711); err != nil { // whatever the umask is
		return fmt.Errorf("containerd: %w", err)
	}
	unlock, err := lock(filepath.Join(d.opts.Dir, "lock"))
	if err != nil {
		return fmt.Errorf("containerd: %s: %w", d.opts.Dir, err)
	}
	defer unlock()
	if err := d.writeHosts(); err != nil {
		return err
	}
	config, err := d.writeConfig()
	if err != nil {
		return err
	}
	// One that a killed process has left behind may have another configuration;
	// its containers stay.
	if err := d.endStray(config); err != nil {
		return err
	}
	err = d.keep(ctx, config)
	if d.opts.StopGrace < 0 || err != nil {
		return errors.Join(err, d.endStray(config))
	}
	return d.stop(config)
}

// keep runs containerd, again and again, until ctx ends. It fails if the first
// start does.
func (d *Daemon) keep(ctx context.Context, config string) error {
	for first := true; ; first = false {
		began := time.Now()
		exited, err := d.start(config)
		if err == nil {
			err = d.await(ctx, exited)
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			if first {
				return fmt.Errorf("%w; the end of its log:\n%s", err, d.logTail())
			}
			d.log.ErrorContext(ctx, "containerd not started", "error", err)
		} else {
			if first {
				close(d.ready)
			}
			select {
			case <-ctx.Done():
				return nil // it still runs, and is needed to stop what it has
			case err := <-exited:
				d.log.WarnContext(ctx, "containerd has ended and is started again", "error", err)
			}
		}
		// One that ends at once must not be started without a pause.
		pause := time.NewTimer(max(time.Second-time.Since(began), 10*time.Millisecond))
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
	}
}

// start starts containerd and returns where its end is told.
func (d *Daemon) start(config string) (<-chan error, error) {
	program, err := look("containerd")
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(d.LogFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("containerd: %w", err)
	}
	defer func() { _ = log.Close() }()
	if info, err := log.Stat(); err == nil && info.Size() > largestLog {
		_ = log.Truncate(0)
	}
	cmd := exec.Command(program, "--config", config)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin")
	// What a terminal sends to us is not for it: it is stopped when all it has is.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("containerd: %w", err)
	}
	d.setProcess(cmd.Process)
	exited := make(chan error, 1)
	go func() { // ends with the process, which stop ends
		err := cmd.Wait()
		d.setProcess(nil)
		exited <- cmp.Or(err, errors.New("it ended by itself"))
	}()
	return exited, nil
}

// largestLog is how long containerd's log may be before a start begins a new one.
const largestLog = 16 << 20

func (d *Daemon) setProcess(p *os.Process) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.process = p
}

// Process returns the process that runs at present, nil if none does.
func (d *Daemon) Process() *os.Process {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.process
}

// startTimeout is how long containerd may take to answer.
const startTimeout = 60 * time.Second

// await waits until containerd answers.
func (d *Daemon) await(ctx context.Context, exited <-chan error) error {
	r, err := containerd.Dial(d.socket, containerd.Options{Logger: d.log, CgroupParent: "-"})
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	deadline := time.Now().Add(startTimeout)
	for pause := 5 * time.Millisecond; ; pause = min(pause*3/2, 200*time.Millisecond) {
		// A socket that is not there yet would make the connection back off.
		if _, err := os.Stat(d.socket); err == nil {
			try, cancel := context.WithTimeout(ctx, 2*time.Second)
			info, err := r.Info(try)
			cancel()
			if err == nil && info.NotReady == "" {
				return nil
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case err := <-exited:
			timer.Stop()
			return fmt.Errorf("containerd: %w", err)
		case <-timer.C:
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("containerd does not answer at %s after %v", d.socket, startTimeout)
		}
	}
}

// logTail is the end of what containerd wrote.
func (d *Daemon) logTail() string {
	data, err := os.ReadFile(d.LogFile())
	if err != nil {
		return err.Error()
	}
	return string(data[max(len(data)-2000, 0):])
}

// lock makes sure that a directory has one Daemon. The lock goes with the process.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, errors.New("another process runs a containerd there")
	}
	return func() { _ = file.Close() }, nil
}
