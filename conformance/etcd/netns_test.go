package etcd

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// network is hosts in network namespaces of their own, joined by a bridge in one
// more. This process reaches them through a cable to the bridge.
type network struct {
	t     *testing.T
	id    string // what the names of everything begin with
	third int    // the third byte of all addresses, which are of 198.18.0.0/15, kept for such tests
	hosts int
}

// newNetwork skips the test where namespaces cannot be made.
func newNetwork(t *testing.T) *network {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("cutting connections in network namespaces takes root")
	}
	for _, program := range []string{"ip", "nft"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("cutting connections in network namespaces takes %s (Debian: iproute2, nftables)", program)
		}
	}
	number := rand.IntN(1 << 16)
	n := &network{t: t, id: fmt.Sprintf("nt%04x", number), third: number % 256}
	if err := n.try("ip", "netns", "add", n.id+"hub"); err != nil {
		t.Skipf("network namespaces cannot be made here: %v", err)
	}
	t.Cleanup(func() { n.run("ip", "netns", "del", n.id+"hub") })
	n.run("ip", "-n", n.id+"hub", "link", "add", "name", "bridge", "type", "bridge")
	n.run("ip", "-n", n.id+"hub", "link", "set", "dev", "bridge", "up")
	n.run("ip", "link", "add", n.id+"r", "type", "veth", "peer", "name", "root", "netns", n.id+"hub")
	n.run("ip", "address", "add", fmt.Sprintf("198.18.%d.1/24", n.third), "dev", n.id+"r")
	n.run("ip", "link", "set", n.id+"r", "up") // it goes with the namespace of its other end
	n.plug("root")
	return n
}

// plug joins an interface of the hub to the bridge.
func (n *network) plug(name string) {
	n.t.Helper()
	n.run("ip", "-n", n.id+"hub", "link", "set", name, "master", "bridge", "up")
}

func (n *network) try(command ...string) error {
	cmd := exec.Command(command[0], command[1:]...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

func (n *network) run(command ...string) {
	n.t.Helper()
	require.NoError(n.t, n.try(command...))
}

// host is one of a network.
type host struct {
	n         *network
	namespace string
	address   string
}

// host makes one more.
func (n *network) host() *host {
	n.t.Helper()
	n.hosts++
	h := &host{n: n, namespace: fmt.Sprint(n.id, n.hosts), address: fmt.Sprintf("198.18.%d.%d", n.third, 1+n.hosts)}
	n.run("ip", "netns", "add", h.namespace)
	n.t.Cleanup(func() { n.run("ip", "netns", "del", h.namespace) })
	port := fmt.Sprint("p", n.hosts)
	n.run("ip", "link", "add", "eth0", "netns", h.namespace, "type", "veth", "peer", "name", port, "netns", n.id+"hub")
	n.plug(port)
	n.run("ip", "-n", h.namespace, "address", "add", h.address+"/24", "dev", "eth0")
	n.run("ip", "-n", h.namespace, "link", "set", "eth0", "up")
	n.run("ip", "-n", h.namespace, "link", "set", "lo", "up")
	return h
}

// command is what runs a program on the host.
func (h *host) command() []string { return []string{"ip", "netns", "exec", h.namespace} }

// way is a direction of packets, as a host sees it.
type way string

const (
	incoming way = "input"
	outgoing way = "output"
)

// cut lets no packets through to or from others, or with "reject with tcp reset"
// as verdict says so to those who send them, until the host is mended.
func (h *host) cut(others []*host, verdict string, ways ...way) error {
	var addresses []string
	for _, o := range others {
		addresses = append(addresses, o.address)
	}
	var rules strings.Builder
	rules.WriteString("table ip cut {\n")
	for _, w := range ways {
		field := "saddr"
		if w == outgoing {
			field = "daddr"
		}
		fmt.Fprintf(&rules, "chain %s { type filter hook %s priority 0; ip %s { %s } meta l4proto tcp %s; }\n", w, w, field, strings.Join(addresses, ", "), verdict)
	}
	rules.WriteString("}\n")
	cmd := exec.Command("ip", append(h.command()[1:], "nft", "-f", "-")...)
	cmd.Stdin = strings.NewReader(rules.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cut %s: %w: %s", h.namespace, err, bytes.TrimSpace(out))
	}
	return nil
}

// mend undoes cut.
func (h *host) mend() error {
	return h.n.try(append(h.command(), "nft", "delete", "table", "ip", "cut")...)
}

// unplug takes the host's cable out, and plugIn puts it back.
func (h *host) unplug() error {
	return h.n.try("ip", "-n", h.namespace, "link", "set", "eth0", "down")
}

func (h *host) plugIn() error {
	return h.n.try("ip", "-n", h.namespace, "link", "set", "eth0", "up")
}
