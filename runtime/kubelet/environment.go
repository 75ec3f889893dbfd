package kubelet

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// environment makes the environment of one container. Variables come in the
// order of the spec, those of envFrom and of services behind, by name.
type environment struct {
	k   *Kubelet
	pod *corev1.Pod // with the addresses in its status that are told
	c   *corev1.Container

	values map[string]string // what was set so far
	order  []string
	// more are the variables that env may refer to and does not have to name:
	// those of envFrom.
	more     map[string]string
	services map[string]string
	// read once each: a container often takes many keys of one object.
	configMaps map[string]*corev1.ConfigMap
	secrets    map[string]*corev1.Secret
	files      map[string]map[string]string
}

// environment returns the variables of a container. ips are the Pod's addresses.
// An error is the reason of a CreateContainerConfigError.
func (k *Kubelet) environment(ctx context.Context, c *containerStart) ([]EnvVar, error) {
	e := &environment{
		k: k, pod: k.withAddresses(c.pod, c.ips), c: c.spec, values: map[string]string{}, more: map[string]string{},
		configMaps: map[string]*corev1.ConfigMap{}, secrets: map[string]*corev1.Secret{}, files: map[string]map[string]string{},
	}
	var err error
	if e.services, err = k.serviceVariables(ctx, c.pod); err != nil {
		return nil, err
	}
	for i := range c.spec.EnvFrom {
		if err := e.from(ctx, &c.spec.EnvFrom[i]); err != nil {
			return nil, err
		}
	}
	for i := range c.spec.Env {
		if err := e.variable(ctx, &c.spec.Env[i]); err != nil {
			return nil, err
		}
	}
	all := make([]EnvVar, 0, len(e.order)+len(e.more)+len(e.services))
	for _, name := range e.order {
		all = append(all, EnvVar{name, e.values[name]})
	}
	for _, source := range []map[string]string{e.more, e.services} {
		for _, name := range slices.Sorted(maps.Keys(source)) {
			if _, set := e.values[name]; !set {
				e.values[name] = source[name]
				all = append(all, EnvVar{name, source[name]})
			}
		}
	}
	return all, nil
}

// withAddresses returns the Pod with addresses in its status, which may not have
// been written yet.
func (k *Kubelet) withAddresses(pod *corev1.Pod, ips []netip.Addr) *corev1.Pod {
	copied := *pod
	rep := k.reporter()
	rep.hosts(&copied.Status)
	if pod.Spec.HostNetwork {
		ips = rep.hostIPs
	}
	setPodIPs(&copied.Status, ips)
	return &copied
}

// from adds all entries of a ConfigMap or Secret.
func (e *environment) from(ctx context.Context, source *corev1.EnvFromSource) error {
	data := map[string]string{}
	var kind, name string
	switch {
	case source.ConfigMapRef != nil:
		kind, name = "configMap", source.ConfigMapRef.Name
		object, err := e.configMap(ctx, name, source.ConfigMapRef.Optional)
		if err != nil {
			return err
		}
		if object != nil {
			data = object.Data
		}
	case source.SecretRef != nil:
		kind, name = "secret", source.SecretRef.Name
		object, err := e.secret(ctx, name, source.SecretRef.Optional)
		if err != nil {
			return err
		}
		if object != nil {
			for key, value := range object.Data {
				data[key] = string(value)
			}
		}
	}
	var invalid []string
	for _, key := range slices.Sorted(maps.Keys(data)) {
		variable := source.Prefix + key
		if len(names.EnvVarName(variable)) > 0 {
			invalid = append(invalid, variable)
			continue
		}
		e.more[variable] = data[key]
	}
	if len(invalid) > 0 {
		e.k.events.Warning(e.pod, "InvalidEnvironmentVariableNames",
			"Keys [%s] from the EnvFrom %s %s/%s were skipped since they are considered invalid environment variable names.",
			strings.Join(invalid, ", "), kind, e.pod.Namespace, name)
	}
	return nil
}

// lookup finds what a reference in a value stands for.
func (e *environment) lookup(name string) (string, bool) {
	for _, source := range []map[string]string{e.values, e.more, e.services} {
		if value, ok := source[name]; ok {
			return value, true
		}
	}
	return "", false
}

func (e *environment) variable(ctx context.Context, v *corev1.EnvVar) error {
	value, set, err := v.Value, true, error(nil)
	switch from := v.ValueFrom; {
	case v.Value != "":
		value = expand(v.Value, e.lookup)
	case from == nil:
	case from.FieldRef != nil:
		value, err = corev1.FieldValue(e.pod, from.FieldRef.FieldPath)
	case from.ResourceFieldRef != nil:
		value, err = corev1.ResourceFieldValue(e.pod, e.c, from.ResourceFieldRef, e.k.allocatable())
	case from.ConfigMapKeyRef != nil:
		value, set, err = e.configMapKey(ctx, from.ConfigMapKeyRef)
	case from.SecretKeyRef != nil:
		value, set, err = e.secretKey(ctx, from.SecretKeyRef)
	case from.FileKeyRef != nil:
		value, set, err = e.fileKey(ctx, from.FileKeyRef)
	}
	if err != nil || !set {
		return err
	}
	if _, before := e.values[v.Name]; !before {
		e.order = append(e.order, v.Name)
	}
	e.values[v.Name] = value
	return nil
}

func (e *environment) configMapKey(ctx context.Context, ref *corev1.ConfigMapKeySelector) (value string, set bool, err error) {
	object, err := e.configMap(ctx, ref.Name, ref.Optional)
	if err != nil || object == nil {
		return "", false, err
	}
	value, set = object.Data[ref.Key]
	if !set && !isTrue(ref.Optional) {
		return "", false, fmt.Errorf("couldn't find key %v in ConfigMap %v/%v", ref.Key, e.pod.Namespace, ref.Name)
	}
	return value, set, nil
}

func (e *environment) secretKey(ctx context.Context, ref *corev1.SecretKeySelector) (value string, set bool, err error) {
	object, err := e.secret(ctx, ref.Name, ref.Optional)
	if err != nil || object == nil {
		return "", false, err
	}
	data, set := object.Data[ref.Key]
	if !set && !isTrue(ref.Optional) {
		return "", false, fmt.Errorf("couldn't find key %v in Secret %v/%v", ref.Key, e.pod.Namespace, ref.Name)
	}
	return string(data), set, nil
}

// configMap reads a ConfigMap of the Pod's namespace: nil if it is not there and
// need not be.
func (e *environment) configMap(ctx context.Context, name string, optional *bool) (*corev1.ConfigMap, error) {
	if object, ok := e.configMaps[name]; ok {
		return object, nil
	}
	object, err := client.Of[corev1.ConfigMap](e.k.client).In(e.pod.Namespace).Get(ctx, name)
	if err != nil {
		return nil, e.absent(err, "configmap", name, optional)
	}
	e.configMaps[name] = object
	return object, nil
}

func (e *environment) secret(ctx context.Context, name string, optional *bool) (*corev1.Secret, error) {
	if object, ok := e.secrets[name]; ok {
		return object, nil
	}
	object, err := client.Of[corev1.Secret](e.k.client).In(e.pod.Namespace).Get(ctx, name)
	if err != nil {
		return nil, e.absent(err, "secret", name, optional)
	}
	e.secrets[name] = object
	return object, nil
}

func (e *environment) absent(err error, what, name string, optional *bool) error {
	switch {
	case !meta.IsNotFound(err):
		return fmt.Errorf("couldn't get %s %v/%v, %w", what, e.pod.Namespace, name, err)
	case isTrue(optional):
		return nil
	}
	return fmt.Errorf("%s %q not found", what, name)
}

func isTrue(b *bool) bool { return b != nil && *b }

// allocatable is what the node can give to Pods.
func (k *Kubelet) allocatable() corev1.ResourceList {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.node == nil {
		return nil
	}
	return k.node.Status.Allocatable
}
