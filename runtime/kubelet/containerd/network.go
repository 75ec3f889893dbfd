package containerd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// CNI is the network of a node's Pods: a bridge of its own.
type CNI struct {
	// ConfDir is where the runtime looks for its configuration. Empty leaves the
	// network to others.
	ConfDir string
	// StateDir is where taken addresses are noted. Empty is /var/lib/cni/networks.
	StateDir string
	// Bridge is the name of the bridge, at most 15 characters, another one for each
	// node on a machine. Empty is cni0.
	Bridge string
	// Range is where Pods get addresses from on a node that has no range.
	Range netip.Prefix
	// Ports says that the machine can map ports of the node to Pods, which takes
	// the portmap plug-in and iptables.
	Ports bool
	// DisableMasquerade leaves the addresses of Pods as they are where packets leave
	// their range.
	DisableMasquerade bool
}

func (c *CNI) bridge() string {
	if c.Bridge == "" {
		return "cni0"
	}
	return c.Bridge
}

// configFile sorts before what else there may be: runtimes take the first.
const configFile = "05-nucleus.conflist"

// configure makes the range's network the one that the next sandbox gets.
func (c *CNI) configure(ctx context.Context, cidr netip.Prefix) error {
	cidr = cidr.Masked()
	if err := c.free(cidr); err != nil {
		return err
	}
	data, err := c.conflist(cidr)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.ConfDir, 0o755); err != nil {
		return fmt.Errorf("network of Pods: %w", err)
	}
	file := filepath.Join(c.ConfDir, configFile)
	if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, data) {
		// Whoever watches the directory must not see half of it.
		if err := os.WriteFile(file+".new", data, 0o644); err != nil {
			return fmt.Errorf("network of Pods: %w", err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			return fmt.Errorf("network of Pods: %w", err)
		}
	}
	if c.DisableMasquerade {
		return nil
	}
	return c.masquerade(ctx, cidr)
}

// free reports an error if the range is already in use on this machine by somebody
// else: packets for Pods would go there.
func (c *CNI) free(cidr netip.Prefix) error {
	links, err := net.Interfaces()
	if err != nil {
		return fmt.Errorf("network interfaces: %w", err)
	}
	for _, link := range links {
		if link.Name == c.bridge() {
			continue
		}
		addresses, err := link.Addrs()
		if err != nil {
			continue // it went away
		}
		for _, a := range addresses {
			if other, err := netip.ParsePrefix(a.String()); err == nil && other.Overlaps(cidr) {
				return fmt.Errorf("range %s for Pods overlaps with %s of interface %s: choose another", cidr, other.Masked(), link.Name)
			}
		}
	}
	return nil
}

// conflist words the network for CNI.
func (c *CNI) conflist(cidr netip.Prefix) ([]byte, error) {
	everywhere := "0.0.0.0/0"
	if cidr.Addr().Is6() {
		everywhere = "::/0"
	}
	ipam := map[string]any{
		"type": "host-local", "ranges": [][]map[string]string{{{"subnet": cidr.String()}}}, "routes": []map[string]string{{"dst": everywhere}},
	}
	if c.StateDir != "" {
		ipam["dataDir"] = c.StateDir
	}
	plugins := []map[string]any{{
		"type": "bridge", "bridge": c.bridge(), "isGateway": true, "hairpinMode": true, "ipMasq": false, "ipam": ipam,
	}}
	if c.Ports {
		plugins = append(plugins, map[string]any{"type": "portmap", "capabilities": map[string]bool{"portMappings": true}})
	}
	data, err := json.MarshalIndent(map[string]any{"cniVersion": "0.4.0", "name": c.bridge(), "plugins": plugins}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("network of Pods: %w", err)
	}
	return append(data, '\n'), nil
}

// table is the name of this network's table of nftables.
func (c *CNI) table() string { return "nucleus-" + c.bridge() }

// masquerade lets Pods reach what is outside of the node: there nobody knows the
// way back to their addresses.
func (c *CNI) masquerade(ctx context.Context, cidr netip.Prefix) error {
	family := "ip"
	if cidr.Addr().Is6() {
		family = "ip6"
	}
	rules := fmt.Sprintf(`table %[1]s %[2]s
delete table %[1]s %[2]s
table %[1]s %[2]s {
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		%[1]s saddr %[3]s oifname != "%[4]s" masquerade
	}
}
`, family, c.table(), cidr, c.bridge())
	return nft(ctx, rules)
}

// nft applies rules, all or none of them.
func nft(ctx context.Context, rules string) error {
	cmd := exec.CommandContext(ctx, "nft", "-f", "-")
	cmd.Stdin = strings.NewReader(rules)
	if out, err := cmd.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return errors.New("nft is not installed: Pods cannot reach what is outside of the node (Debian: apt-get install nftables)")
		}
		return fmt.Errorf("nft: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// Remove takes the network away: bridge, rules, notes and configuration. Nothing
// may use it any more. What is gone already is no error.
func (c *CNI) Remove(ctx context.Context) error {
	var errs []error
	if c.ConfDir != "" {
		if err := os.Remove(filepath.Join(c.ConfDir, configFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	if _, err := net.InterfaceByName(c.bridge()); err == nil {
		if out, err := exec.CommandContext(ctx, "ip", "link", "delete", c.bridge()).CombinedOutput(); err != nil {
			errs = append(errs, fmt.Errorf("bridge %s: %w: %s", c.bridge(), err, bytes.TrimSpace(out)))
		}
	}
	if !c.DisableMasquerade {
		for _, family := range []string{"ip", "ip6"} {
			errs = append(errs, nft(ctx, fmt.Sprintf("table %[1]s %[2]s\ndelete table %[1]s %[2]s\n", family, c.table())))
		}
	}
	if c.StateDir != "" {
		errs = append(errs, os.RemoveAll(filepath.Join(c.StateDir, c.bridge())))
	}
	return errors.Join(errs...)
}
