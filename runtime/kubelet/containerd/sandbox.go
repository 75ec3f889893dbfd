package containerd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// StartSandbox implements [kubelet.Runtime].
func (r *Runtime) StartSandbox(ctx context.Context, config kubelet.SandboxConfig) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, longTimeout)
	defer cancel()
	pod := config.Pod
	handler := ""
	if class := pod.Spec.RuntimeClassName; class != nil {
		if r.opts.Handler == nil {
			return "", fmt.Errorf("runtime class %q: this node has none", *class)
		}
		var err error
		if handler, err = r.opts.Handler(ctx, *class); err != nil {
			return "", fmt.Errorf("runtime class %q: %w", *class, err)
		}
	}
	sandbox := r.sandboxConfig(config)
	if ownUsers(pod) {
		done, err := r.giveUsers(ctx, pod, handler, sandbox)
		if err != nil {
			return "", err
		}
		defer done()
	}
	if err := os.MkdirAll(sandbox.LogDirectory, 0o755); err != nil {
		return "", fmt.Errorf("logs of pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	if err := r.cgroups.makePod(pod); err != nil {
		return "", fmt.Errorf("cgroup of pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	calling, stop := lingering(ctx, sandboxLinger)
	defer stop()
	response, err := r.runtime.RunPodSandbox(calling, &cri.RunPodSandboxRequest{Config: sandbox, RuntimeHandler: handler})
	if err != nil {
		r.removeCgroup(context.WithoutCancel(ctx), string(pod.UID))
		return "", r.wrapWhole("start sandbox", err)
	}
	r.mu.Lock()
	r.configs[response.PodSandboxId] = sandbox
	r.mu.Unlock()
	return response.PodSandboxId, nil
}

// sandboxLinger is how much longer a sandbox may take that nobody wants any more. One
// that is given up half made leaves things behind of which nobody knows; one that is
// made can be removed in order.
const sandboxLinger = 10 * time.Second

// lingering returns a context that ends a while after ctx, or when stop is called.
func lingering(ctx context.Context, while time.Duration) (later context.Context, stop func()) {
	later, cancel := context.WithTimeout(context.WithoutCancel(ctx), longTimeout)
	timer := time.AfterFunc(longTimeout, cancel)
	forget := context.AfterFunc(ctx, func() { timer.Reset(while) })
	return later, func() {
		forget()
		timer.Stop()
		cancel()
	}
}

// sandboxConfig words a sandbox for the CRI.
func (r *Runtime) sandboxConfig(config kubelet.SandboxConfig) *cri.PodSandboxConfig {
	pod := config.Pod
	logs := config.LogDirectory
	if logs == "" {
		logs = filepath.Join(r.opts.LogDir, fmt.Sprintf("%s_%s_%s", pod.Namespace, pod.Name, pod.UID))
	}
	c := &cri.PodSandboxConfig{
		Metadata: &cri.PodSandboxMetadata{
			Name: pod.Name, Namespace: pod.Namespace, Uid: string(pod.UID), Attempt: uint32(max(config.Attempt, 0)),
		},
		Hostname:     config.Hostname,
		LogDirectory: logs,
		Labels:       map[string]string{},
		Annotations:  map[string]string{annotationLogDir: logs},
		Linux: &cri.LinuxPodSandboxConfig{
			CgroupParent:    r.cgroups.podPath(pod),
			SecurityContext: r.sandboxSecurity(pod),
			Sysctls:         map[string]string{},
			Resources:       podResources(pod),
		},
	}
	for k, v := range pod.Labels {
		c.Labels[k] = v
	}
	c.Labels[labelPodName], c.Labels[labelPodNamespace], c.Labels[labelPodUID] = pod.Name, pod.Namespace, string(pod.UID)
	for k, v := range pod.Annotations {
		c.Annotations[k] = v
	}
	if dns := config.DNS; dns != nil {
		c.DnsConfig = &cri.DNSConfig{Servers: dns.Servers, Searches: dns.Searches, Options: dns.Options}
	}
	if pod.Spec.HostNetwork && c.Hostname == "" {
		// A name is only set where the Pod has its own; containerd refuses others.
		c.Hostname = ""
	}
	if context := pod.Spec.SecurityContext; context != nil {
		for _, s := range context.Sysctls {
			c.Linux.Sysctls[strings.ReplaceAll(s.Name, "/", ".")] = s.Value
		}
	}
	if !pod.Spec.HostNetwork {
		c.PortMappings = portMappings(pod)
	}
	return c
}

// portMappings are the ports of the node that lead to the Pod.
func portMappings(pod *corev1.Pod) []*cri.PortMapping {
	var all []*cri.PortMapping
	add := func(containers []corev1.Container) {
		for i := range containers {
			for _, p := range containers[i].Ports {
				if p.HostPort <= 0 {
					continue
				}
				all = append(all, &cri.PortMapping{
					Protocol: cri.Protocol(cri.Protocol_value[string(p.Protocol)]), ContainerPort: p.ContainerPort,
					HostPort: p.HostPort, HostIp: p.HostIP,
				})
			}
		}
	}
	add(pod.Spec.InitContainers)
	add(pod.Spec.Containers)
	return all
}

// namespaces says which namespaces a Pod's containers have of their own.
func namespaces(pod *corev1.Pod) *cri.NamespaceOption {
	n := &cri.NamespaceOption{Network: cri.NamespaceMode_POD, Pid: cri.NamespaceMode_CONTAINER, Ipc: cri.NamespaceMode_POD}
	if pod.Spec.HostNetwork {
		n.Network = cri.NamespaceMode_NODE
	}
	if pod.Spec.HostIPC {
		n.Ipc = cri.NamespaceMode_NODE
	}
	switch {
	case pod.Spec.HostPID:
		n.Pid = cri.NamespaceMode_NODE
	case pod.Spec.ShareProcessNamespace != nil && *pod.Spec.ShareProcessNamespace:
		n.Pid = cri.NamespaceMode_POD
	}
	return n
}

// configOf returns the config of a sandbox, also of one that a process before this
// one has started: containers are created with it.
func (r *Runtime) configOf(ctx context.Context, id string, pod *corev1.Pod) (*cri.PodSandboxConfig, error) {
	r.mu.Lock()
	config := r.configs[id]
	r.mu.Unlock()
	if config != nil {
		return config, nil
	}
	response, err := r.runtime.PodSandboxStatus(ctx, &cri.PodSandboxStatusRequest{PodSandboxId: id})
	if err != nil {
		return nil, r.wrap("status of sandbox", err)
	}
	status := response.GetStatus()
	config = r.sandboxConfig(kubelet.SandboxConfig{
		Pod: pod, Attempt: int32(status.GetMetadata().GetAttempt()), LogDirectory: status.GetAnnotations()[annotationLogDir],
	})
	if base, ok := baseOf(status.GetAnnotations()); ok {
		setUsers(config, base)
	}
	r.mu.Lock()
	r.configs[id] = config
	r.mu.Unlock()
	return config, nil
}

// StopSandbox implements [kubelet.Runtime].
func (r *Runtime) StopSandbox(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, longTimeout)
	defer cancel()
	if _, err := r.runtime.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: id}); err != nil && !gone(err) {
		return r.wrap("stop sandbox", err)
	}
	r.states.forget(id)
	return nil
}

// RemoveSandbox implements [kubelet.Runtime]. What its containers have logged goes
// too, and with a Pod's last sandbox its cgroup.
func (r *Runtime) RemoveSandbox(ctx context.Context, id string) error {
	return r.removeSandbox(ctx, id, true)
}

// RemoveSandboxKeepingLogs removes a sandbox of a Pod that is to come back, as when
// a whole node is stopped.
func (r *Runtime) RemoveSandboxKeepingLogs(ctx context.Context, id string) error {
	return r.removeSandbox(ctx, id, false)
}

// RemoveCgroups removes the cgroups that were made for Pods in common, if there is
// none in them, and before that those of Pods that ended long ago.
func (r *Runtime) RemoveCgroups(ctx context.Context) error {
	err := r.Sweep(ctx, func(meta.UID) bool { return false })
	r.cgroups.removeAll()
	return err
}

func (r *Runtime) removeSandbox(ctx context.Context, id string, logs bool) error {
	ctx, cancel := context.WithTimeout(ctx, longTimeout)
	defer cancel()
	response, err := r.runtime.PodSandboxStatus(ctx, &cri.PodSandboxStatusRequest{PodSandboxId: id})
	if err != nil && !gone(err) {
		return r.wrap("status of sandbox", err)
	}
	status := response.GetStatus()
	containers, err := r.runtime.ListContainers(ctx, &cri.ListContainersRequest{Filter: &cri.ContainerFilter{PodSandboxId: id}})
	if err != nil {
		return r.wrap("list containers", err)
	}
	for _, c := range containers.Containers {
		if err := r.removeContainer(ctx, c.Id, logs); err != nil {
			return err
		}
	}
	if _, err := r.runtime.RemovePodSandbox(ctx, &cri.RemovePodSandboxRequest{PodSandboxId: id}); err != nil && !gone(err) {
		return r.wrap("remove sandbox", err)
	}
	r.mu.Lock()
	delete(r.configs, id)
	r.mu.Unlock()
	r.states.forget(id)
	uid := status.GetMetadata().GetUid()
	if uid == "" {
		return nil
	}
	if r.removeCgroup(ctx, uid) && logs {
		removeLogDir(status.GetAnnotations()[annotationLogDir])
	}
	return nil
}

// cleanTimeout bounds one try to remove what there is of a Pod.
const cleanTimeout = 200 * time.Millisecond

// CleanPod implements [kubelet.PodCleaner]. It is the Pod's cgroup that may be left.
func (r *Runtime) CleanPod(ctx context.Context, uid meta.UID) error {
	ctx, cancel := context.WithTimeout(ctx, cleanTimeout)
	defer cancel()
	if err := r.cgroups.removePod(ctx, string(uid)); err != nil {
		return fmt.Errorf("cgroup of pod %s: %w", uid, err)
	}
	return nil
}

// removeCgroup removes the cgroup of a Pod that has no sandbox any more, and reports
// whether it has none.
func (r *Runtime) removeCgroup(ctx context.Context, uid string) bool {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	left, err := r.runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{Filter: &cri.PodSandboxFilter{LabelSelector: map[string]string{labelPodUID: uid}}})
	if err == nil && len(left.Items) > 0 {
		return false
	}
	if err == nil {
		err = r.cgroups.removePod(ctx, uid)
	}
	if err != nil {
		// It is tried again when all of the Pod goes.
		r.log.WarnContext(ctx, "cgroup not removed", "pod", uid, "error", err)
	}
	return true
}

// removeLogDir removes a Pod's directory of logs: what is in the directories of its
// containers, and nothing else.
func removeLogDir(dir string) {
	if dir == "" {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		files, err := os.ReadDir(filepath.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		for _, f := range files {
			if isLog(f.Name()) {
				_ = os.Remove(filepath.Join(dir, e.Name(), f.Name()))
			}
		}
		_ = os.Remove(filepath.Join(dir, e.Name()))
	}
	_ = os.Remove(dir)
}

// isLog reports whether a file has the name of a log: ATTEMPT.log, and after a dot
// when it was rotated.
func isLog(name string) bool {
	attempt, rest, _ := strings.Cut(name, ".")
	_, err := strconv.ParseUint(attempt, 10, 32)
	return err == nil && (rest == "log" || strings.HasPrefix(rest, "log."))
}
