package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// version is the Kubernetes version that containers see in User-Agent headers.
const version = "1.37"

// largestOutput is how much is kept of what a container answers.
const largestOutput = 10 << 10

// Prober carries out probes and hooks. Make one with [New].
type Prober struct {
	exec kubelet.Execer
}

var (
	_ kubelet.Prober = (*Prober)(nil)
	_ kubelet.Hooks  = (*Prober)(nil)
)

// New returns a Prober. runtime runs commands in containers if it is a
// [kubelet.Execer]; of others they are errors.
func New(runtime any) *Prober {
	exec, _ := runtime.(kubelet.Execer)
	return &Prober{exec: exec}
}

// Probe implements [kubelet.Prober].
func (p *Prober) Probe(ctx context.Context, target kubelet.ProbeTarget, probe *corev1.Probe) (ok bool, output string, err error) {
	timeout := time.Duration(max(probe.TimeoutSeconds, 1)) * time.Second
	switch {
	case probe.Exec != nil:
		return p.command(ctx, target, probe.Exec.Command, timeout)
	case probe.HTTPGet != nil:
		return get(ctx, target, probe.HTTPGet, timeout)
	case probe.TCPSocket != nil:
		address, err := address(target, probe.TCPSocket.Host, probe.TCPSocket.Port)
		if err != nil {
			return false, "", err
		}
		ok, output = connect(ctx, address, timeout)
		return ok, output, nil
	case probe.GRPC != nil:
		address, err := address(target, "", intstr.FromInt(probe.GRPC.Port))
		if err != nil {
			return false, "", err
		}
		ok, output = checkHealth(ctx, address, probe.GRPC, timeout)
		return ok, output, nil
	}
	return false, "", errors.New("missing probe handler")
}

// command runs a command in the container.
func (p *Prober) command(ctx context.Context, target kubelet.ProbeTarget, command []string, timeout time.Duration) (bool, string, error) {
	if p.exec == nil {
		return false, "", errNoExec
	}
	result, err := p.exec.Exec(ctx, target.ContainerID, command, timeout)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return false, fmt.Sprintf("command timed out: %q timed out after %s", strings.Join(command, " "), timeout), nil
	case err != nil:
		return false, "", err
	case result.ExitCode == 0:
		return true, "", nil
	}
	return false, outputOf(result), nil
}

var errNoExec = errors.New("the node's container runtime does not run commands in containers")

func outputOf(result kubelet.ExecResult) string {
	output := append(append([]byte(nil), result.Stdout...), result.Stderr...)
	return string(output[:min(len(output), largestOutput)])
}

// connect reports whether a connection can be made.
func connect(ctx context.Context, address string, timeout time.Duration) (ok bool, output string) {
	d := dialer()
	d.Timeout = timeout
	connection, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return false, err.Error()
	}
	_ = connection.Close() // that there was one is all that counts
	return true, ""
}

// dialer makes connections of which nothing lingers for long when they are
// closed: a node with many probes would run out of ports.
func dialer() *net.Dialer {
	return &net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			// Without it the probe is as good.
			_ = syscall.SetsockoptLinger(int(fd), syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1, Linger: 1})
		})
	}}
}

// address is where the target is reached.
func address(target kubelet.ProbeTarget, host string, port intstr.IntOrString) (string, error) {
	number, err := portOf(target.Container, port)
	if err != nil {
		return "", err
	}
	if host == "" {
		if target.PodIP == (netip.Addr{}) {
			return "", errors.New("the Pod has no address")
		}
		host = target.PodIP.String()
	}
	return net.JoinHostPort(host, strconv.Itoa(number)), nil
}

// portOf is the number of a port, which may be given by its name.
func portOf(c *corev1.Container, port intstr.IntOrString) (int, error) {
	number := int(port.IntVal)
	if port.Type == intstr.String {
		number = 0
		for i := range c.Ports {
			if c.Ports[i].Name == port.StrVal {
				number = int(c.Ports[i].ContainerPort)
			}
		}
		if number == 0 {
			var err error
			if number, err = strconv.Atoi(port.StrVal); err != nil {
				return 0, err
			}
		}
	}
	if number <= 0 || number > 65535 {
		return 0, fmt.Errorf("invalid port number: %v", number)
	}
	return number, nil
}
