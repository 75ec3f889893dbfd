package kubelet

import (
	"context"
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// prepare says all about a container that the runtime needs to create it. An
// error is the reason of a CreateContainerConfigError.
func (k *Kubelet) prepare(ctx context.Context, c *containerStart, image Image) (ContainerConfig, error) {
	config := ContainerConfig{SandboxID: c.sandbox, Attempt: c.attempt, Pod: c.pod, Container: c.spec, Image: image}
	if err := refuseRoot(c.pod, c.spec, image); err != nil {
		return config, err
	}
	var err error
	if config.Env, err = k.environment(ctx, c); err != nil {
		return config, err
	}
	config.Command, config.Args = expandAll(c.spec.Command, config.Env), expandAll(c.spec.Args, config.Env)
	if s := c.pod.Spec.SecurityContext; s != nil && s.FSGroup != nil {
		config.SupplementalGroups = append(config.SupplementalGroups, *s.FSGroup)
	}
	if v := k.opts.Volumes; v != nil {
		volumes, err := v.Container(ctx, c.pod, c.spec, c.attempt, config.Env)
		if err != nil {
			return config, err
		}
		config.Mounts, config.Devices = volumes.Mounts, volumes.Devices
		config.SupplementalGroups = append(config.SupplementalGroups, volumes.Groups...)
	}
	if d := k.opts.Devices; d != nil {
		devices, err := d.Container(ctx, c.pod, c.spec)
		if err != nil {
			return config, err
		}
		config.Env, config.Mounts = append(config.Env, devices.Env...), append(config.Mounts, devices.Mounts...)
		config.Devices, config.Annotations, config.CDIDevices = append(config.Devices, devices.Devices...), devices.Annotations, devices.CDI
	}
	own, err := k.ownMounts(c)
	if err != nil {
		return config, err
	}
	config.Mounts = append(config.Mounts, own...)
	return config, nil
}

// refuseRoot says why a container that must not run as root would.
func refuseRoot(pod *corev1.Pod, c *corev1.Container, image Image) error {
	var must *bool
	var user *int64
	if s := pod.Spec.SecurityContext; s != nil {
		must, user = s.RunAsNonRoot, s.RunAsUser
	}
	if s := c.SecurityContext; s != nil {
		if s.RunAsNonRoot != nil {
			must = s.RunAsNonRoot
		}
		if s.RunAsUser != nil {
			user = s.RunAsUser
		}
	}
	about := fmt.Sprintf("(pod: %q, container: %s)", podText(pod), c.Name)
	switch {
	case !isTrue(must):
		return nil
	case user != nil && *user == 0:
		return fmt.Errorf("container's runAsUser breaks non-root policy %s", about)
	case user != nil:
		return nil
	case image.UID != nil && *image.UID != 0:
		return nil
	case image.UID == nil && image.Username != "":
		return fmt.Errorf("container has runAsNonRoot and image has non-numeric user (%s), cannot verify user is non-root %s", image.Username, about)
	}
	return fmt.Errorf("container has runAsNonRoot and image will run as root %s", about)
}

// sandboxConfig says all about a sandbox that the runtime needs to make it.
func (k *Kubelet) sandboxConfig(pod *corev1.Pod, attempt int32) (SandboxConfig, error) {
	config := SandboxConfig{Pod: pod, Attempt: attempt, LogDirectory: k.logDirectory(pod)}
	if !pod.Spec.HostNetwork || pod.Spec.HostnameOverride != nil {
		name, _, err := hostnameOf(pod, k.opts.ClusterDomain)
		if err != nil {
			return config, err
		}
		config.Hostname = name
	}
	if k.opts.RootDir == "" {
		return config, nil // nothing will ever read a resolv.conf
	}
	var err error
	config.DNS, err = k.podDNS(pod, func(reason, message string) { k.events.Warning(pod, reason, "%s", message) })
	return config, err
}
