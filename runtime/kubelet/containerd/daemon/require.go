package daemon

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// MissingError says what is not installed.
type MissingError struct {
	Programs []string
	Packages []string // of Debian, that have them
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("not installed: %s (Debian: apt-get install %s)", strings.Join(e.Programs, ", "), strings.Join(e.Packages, " "))
}

// ErrNotRoot is returned by [Require] to those who may not start containers.
var ErrNotRoot = errors.New("real containers need root")

// required are programs and the packages of Debian that have them.
var required = [...][2]string{
	{"containerd", "containerd"}, {"containerd-shim-runc-v2", "containerd"}, {"runc", "runc"},
	{"nft", "nftables"}, {"ip", "iproute2"}, {"iptables", "iptables"},
}

// plugins are those of CNI that are needed.
var plugins = [...]string{"bridge", "host-local", "loopback", "portmap"}

// pluginDirs are where CNI plug-ins are found: Debian's folder, and upstream's.
var pluginDirs = [...]string{"/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"}

// Require reports what a machine lacks to run containers: [ErrNotRoot], a
// *[MissingError], or both.
func Require() error {
	var errs []error
	if os.Geteuid() != 0 {
		errs = append(errs, ErrNotRoot)
	}
	var missing MissingError
	lack := func(program, pkg string) {
		missing.Programs = append(missing.Programs, program)
		if !slices.Contains(missing.Packages, pkg) {
			missing.Packages = append(missing.Packages, pkg)
		}
	}
	for _, r := range required {
		if _, err := look(r[0]); err != nil {
			lack(r[0], r[1])
		}
	}
	if _, err := pluginDir(); err != nil {
		lack("CNI plug-ins "+strings.Join(plugins[:], ", "), "containernetworking-plugins")
	}
	if len(missing.Programs) > 0 {
		errs = append(errs, &missing)
	}
	return errors.Join(errs...)
}

// look finds a program, also where those of the system are that a user's path may
// not have.
func look(program string) (string, error) {
	if path, err := exec.LookPath(program); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"} {
		if path, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w", program, exec.ErrNotFound)
}

// pluginDir returns the first directory that has all plug-ins.
func pluginDir() (string, error) {
	for _, dir := range pluginDirs {
		if !slices.ContainsFunc(plugins[:], func(p string) bool { _, err := os.Stat(filepath.Join(dir, p)); return err != nil }) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("CNI plug-ins %s are in none of %s", strings.Join(plugins[:], ", "), strings.Join(pluginDirs[:], ", "))
}
