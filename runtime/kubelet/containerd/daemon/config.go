package daemon

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// writeConfig writes containerd's configuration and returns its path.
func (d *Daemon) writeConfig() (string, error) {
	plugins, err := pluginDir()
	if err != nil {
		return "", err
	}
	snapshotter := "overlayfs"
	if onOverlay(d.root) {
		snapshotter = "native" // an overlay's upper directory cannot be on another
	}
	var b strings.Builder
	set := func(indent int, key string, value any) {
		text := fmt.Sprint(value)
		if s, ok := value.(string); ok {
			text = strconv.Quote(s)
		}
		fmt.Fprintf(&b, "%s%s = %s\n", strings.Repeat("  ", indent), key, text)
	}
	b.WriteString("# Written at each start; changes are lost.\n")
	set(0, "version", 2)
	set(0, "root", d.root)
	set(0, "state", d.state)
	// Never lowered: that takes a privilege that the machine may not give.
	set(0, "oom_score", 0)
	// Of what else containerd can do nothing is needed.
	quoted := make([]string, len(unused))
	for i := range unused {
		quoted[i] = strconv.Quote(unused[i])
	}
	fmt.Fprintf(&b, "disabled_plugins = [%s]\n", strings.Join(quoted, ", "))
	b.WriteString("\n[grpc]\n")
	set(1, "address", d.socket)
	b.WriteString("\n[plugins.\"io.containerd.internal.v1.opt\"]\n")
	set(1, "path", filepath.Join(d.root, "opt"))
	b.WriteString("\n[plugins.\"io.containerd.grpc.v1.cri\"]\n")
	set(1, "sandbox_image", d.opts.SandboxImage)
	set(1, "restrict_oom_score_adj", !mayRaiseLimits())
	set(1, "netns_mounts_under_state_dir", true)
	set(1, "stream_server_address", "127.0.0.1")
	set(1, "stream_server_port", "0")
	set(1, "tolerate_missing_hugetlb_controller", true)
	set(1, "enable_unprivileged_ports", true)
	set(1, "enable_unprivileged_icmp", true)
	b.WriteString("\n  [plugins.\"io.containerd.grpc.v1.cri\".cni]\n")
	set(2, "bin_dir", plugins)
	set(2, "conf_dir", d.cniDir())
	b.WriteString("\n  [plugins.\"io.containerd.grpc.v1.cri\".containerd]\n")
	set(2, "snapshotter", snapshotter)
	set(2, "default_runtime_name", "runc")
	b.WriteString("\n    [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n")
	set(3, "runtime_type", "io.containerd.runc.v2")
	b.WriteString("\n      [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n")
	set(4, "SystemdCgroup", false)
	b.WriteString("\n  [plugins.\"io.containerd.grpc.v1.cri\".registry]\n")
	set(2, "config_path", d.hostsDir())
	path := filepath.Join(d.opts.Dir, "config.toml")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		return "", fmt.Errorf("configuration of containerd: %w", err)
	}
	return path, nil
}

// unused are plug-ins of containerd that are not needed, some of which take time to
// find out that they cannot work.
var unused = [...]string{
	"io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
	"io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.blockfile", "io.containerd.internal.v1.restart",
	"io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing", "io.containerd.nri.v1.nri",
}

// writeHosts tells containerd where the registries are that Options.Registries
// names. It reads them at each pull.
func (d *Daemon) writeHosts() error {
	for host, url := range d.opts.Registries {
		if host == "" || strings.ContainsAny(host, "/\x00") || host == "." || host == ".." {
			return fmt.Errorf("registry %q is not the name of a host", host)
		}
		dir := filepath.Join(d.hostsDir(), host)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("registry %s: %w", host, err)
		}
		text := fmt.Sprintf("server = %q\n\n[host.%q]\n  capabilities = [\"pull\", \"resolve\"]\n", url, url)
		if err := os.WriteFile(filepath.Join(dir, "hosts.toml"), []byte(text), 0o644); err != nil {
			return fmt.Errorf("registry %s: %w", host, err)
		}
	}
	return nil
}

// capSysResource is the privilege to raise limits and to be spared when memory
// runs out.
const capSysResource = 24

// mayRaiseLimits reports whether this process has the privilege, and so what it
// starts.
func mayRaiseLimits() bool {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if hex, ok := strings.CutPrefix(lines.Text(), "CapEff:"); ok {
			set, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			return err == nil && set&(1<<capSysResource) != 0
		}
	}
	return false
}

// Types of file systems on which an overlay cannot have its upper directory.
const (
	overlayMagic = 0x794c7630
	nfsMagic     = 0x6969
	fuseMagic    = 0x65735546
)

func onOverlay(dir string) bool {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return false
	}
	return slices.Contains([]int64{overlayMagic, nfsMagic, fuseMagic}, int64(stat.Type))
}
