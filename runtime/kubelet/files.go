package kubelet

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// The kubelet keeps a directory for each Pod: its hosts file and, for each run of
// a container, the file for its last words. Volumes are in there, too, but are
// not the business of this file.

const hostsPath = "/etc/hosts"

// Whatever a container has said at its end, so much of it is told.
const (
	largestMessage    = 4096
	largestLogMessage = 2048
	longestLogMessage = 80 // lines
)

func (k *Kubelet) podDirectory(uid meta.UID) string {
	return filepath.Join(k.opts.RootDir, "pods", string(uid))
}

func (k *Kubelet) hostsFile(uid meta.UID) string {
	return filepath.Join(k.podDirectory(uid), "etc-hosts")
}

// messageFile is where a run of a container leaves its last words.
func (k *Kubelet) messageFile(uid meta.UID, container string, attempt int32) string {
	return filepath.Join(k.podDirectory(uid), "containers", container, strconv.Itoa(int(attempt)))
}

// logDirectory is where the logs of a Pod's containers are, "" where the runtime
// decides.
func (k *Kubelet) logDirectory(pod *corev1.Pod) string {
	if k.opts.LogDir == "" {
		return ""
	}
	return filepath.Join(k.opts.LogDir, pod.Namespace+"_"+pod.Name+"_"+string(pod.UID))
}

// ownMounts makes the files that a container gets from the kubelet itself, and
// mounts them where it has nothing of its own.
func (k *Kubelet) ownMounts(c *containerStart) ([]Mount, error) {
	if k.opts.RootDir == "" {
		return nil, nil
	}
	var mounts []Mount
	own := func(path string) bool {
		return slices.ContainsFunc(c.spec.VolumeMounts, func(m corev1.VolumeMount) bool { return filepath.Clean(m.MountPath) == path })
	}
	ips := c.ips
	if c.pod.Spec.HostNetwork {
		ips = k.reporter().hostIPs
	}
	if len(ips) > 0 && !own(hostsPath) {
		content, err := k.hosts(c.pod, ips)
		if err != nil {
			return nil, err
		}
		path := k.hostsFile(c.pod.UID)
		if err := writeFile(path, content, 0o644); err != nil {
			return nil, err
		}
		readOnly := c.spec.SecurityContext != nil && isTrue(c.spec.SecurityContext.ReadOnlyRootFilesystem)
		mounts = append(mounts, Mount{HostPath: path, ContainerPath: hostsPath, ReadOnly: readOnly})
	}
	if path := c.spec.TerminationMessagePath; path != "" && !own(path) {
		file := k.messageFile(c.pod.UID, c.spec.Name, c.attempt)
		if err := writeFile(file, nil, 0o666); err != nil {
			return nil, err
		}
		mounts = append(mounts, Mount{HostPath: file, ContainerPath: path})
	}
	return mounts, nil
}

// writeFile writes a file in the place where it is: it may be mounted already.
// The mode holds whatever the process's mask is.
func writeFile(path string, content []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	if have, err := os.ReadFile(path); err == nil && string(have) == string(content) {
		return os.Chmod(path, mode)
	}
	if err := os.WriteFile(path, content, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// hosts is the content of a Pod's hosts file.
func (k *Kubelet) hosts(pod *corev1.Pod, ips []netip.Addr) ([]byte, error) {
	var b strings.Builder
	if pod.Spec.HostNetwork {
		b.WriteString("# Kubernetes-managed hosts file (host network).\n")
		own, err := os.ReadFile(hostsPath)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		b.Write(own)
	} else {
		name, domain, err := hostnameOf(pod, k.opts.ClusterDomain)
		if err != nil {
			return nil, err
		}
		if isTrue(pod.Spec.SetHostnameAsFQDN) {
			name, _, _ = strings.Cut(name, ".")
		}
		b.WriteString("# Kubernetes-managed hosts file.\n" +
			"127.0.0.1\tlocalhost\n" +
			"::1\tlocalhost ip6-localhost ip6-loopback\n" +
			"fe00::0\tip6-localnet\n" +
			"fe00::0\tip6-mcastprefix\n" +
			"fe00::1\tip6-allnodes\n" +
			"fe00::2\tip6-allrouters\n")
		for _, ip := range ips {
			b.WriteString(ip.String() + "\t")
			if domain != "" {
				b.WriteString(name + "." + domain + "\t")
			}
			b.WriteString(name + "\n")
		}
	}
	if len(pod.Spec.HostAliases) > 0 {
		b.WriteString("\n# Entries added by HostAliases.\n")
		for _, alias := range pod.Spec.HostAliases {
			fmt.Fprintf(&b, "%s\t%s\n", alias.IP, strings.Join(alias.Hostnames, "\t"))
		}
	}
	return []byte(b.String()), nil
}

// lastWords reads what a run has left in its file for that.
func (k *Kubelet) lastWords(uid meta.UID, container string, attempt int32) string {
	if k.opts.RootDir == "" {
		return ""
	}
	file, err := os.Open(k.messageFile(uid, container, attempt))
	if err != nil {
		return "" // it has no such file
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err == nil && info.Size() > largestMessage {
		if _, err := file.Seek(-largestMessage, io.SeekEnd); err != nil {
			return ""
		}
	}
	data, err := io.ReadAll(io.LimitReader(file, largestMessage))
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(data), "\uFFFD")
}

// tail returns the end of a log, as it stands for last words.
func tail(log io.Reader) string {
	data, err := io.ReadAll(io.LimitReader(log, 1<<20))
	if err != nil && len(data) == 0 {
		return ""
	}
	if len(data) > largestLogMessage {
		data = data[len(data)-largestLogMessage:]
	}
	return strings.ToValidUTF8(string(data), "\uFFFD")
}

// removeFiles removes what the kubelet itself has kept for a Pod. The Pod's
// directory goes only when it is empty: what may still be mounted there is never
// deleted through.
func (k *Kubelet) removeFiles(pod *corev1.Pod) error {
	var errs []error
	if k.opts.RootDir != "" && pod.UID != "" {
		directory := k.podDirectory(pod.UID)
		errs = append(errs, os.RemoveAll(filepath.Join(directory, "containers")))
		for _, path := range []string{k.hostsFile(pod.UID), directory} {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) && path != directory {
				errs = append(errs, err)
			}
		}
	}
	if directory := k.logDirectory(pod); directory != "" && pod.UID != "" && pod.Name != "" {
		errs = append(errs, os.RemoveAll(directory))
	}
	return errors.Join(errs...)
}

// podDirectories are the Pods of which there is a directory.
func (k *Kubelet) podDirectories() []meta.UID {
	if k.opts.RootDir == "" {
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(k.opts.RootDir, "pods"))
	if err != nil {
		return nil // none was ever made
	}
	var uids []meta.UID
	for _, e := range entries {
		if e.IsDir() {
			uids = append(uids, meta.UID(e.Name()))
		}
	}
	return uids
}

// logDirectoryName is that of a Pod's directory of logs: namespace, name, UID.
var logDirectoryName = regexp.MustCompile(`^[a-z0-9.-]+_[a-z0-9.-]+_([0-9a-f-]{32,36})$`)

// removeLogs removes the logs of Pods that are no more.
func (k *Kubelet) removeLogs() {
	if k.opts.LogDir == "" {
		return
	}
	entries, err := os.ReadDir(k.opts.LogDir)
	if err != nil {
		return // none was ever made
	}
	for _, e := range entries {
		parts := logDirectoryName.FindStringSubmatch(e.Name())
		if parts == nil || !e.IsDir() || k.tracked(meta.UID(parts[1])) != nil {
			continue
		}
		if err := os.RemoveAll(filepath.Join(k.opts.LogDir, e.Name())); err != nil {
			k.log.Warn("logs not removed", "directory", e.Name(), "error", err)
		}
	}
}
