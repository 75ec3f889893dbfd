package serviceaccount

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
)

const (
	// DefaultName is the account of Pods that name none.
	DefaultName = "default"
	// volumePrefix begins the name of the volume that is added.
	volumePrefix = "kube-api-access-"
	// mountPath is where programs look for it. A container that mounts something
	// else there gets none.
	mountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
	// tokenSeconds is an hour and some: the seconds over mark tokens of this
	// volume, which are honoured longer when a client does not reload them.
	tokenSeconds int64 = 3607
	// rootConfigMap holds the certificate authority of the API server.
	rootConfigMap = "kube-root-ca.crt"
	volumeMode    = 0o644
	// mirrorAnnotation marks Pods that a kubelet made from a file of its own.
	mirrorAnnotation = "kubernetes.io/config.mirror"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader admission.Reader
}

// New returns the rule. It knows accounts from reader.
func New(reader admission.Reader) *Plugin {
	return &Plugin{admission.On{admission.Create}, reader}
}

var (
	pods     = meta.GroupResource{Resource: "pods"}
	accounts = meta.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
)

// Admit implements admission.Mutator.
func (p *Plugin) Admit(ctx context.Context, r *admission.Request) error {
	pod, ok := r.Object.(*corev1.Pod)
	if !ok || !r.Is(pods) {
		return nil
	}
	if _, mirror := pod.Annotations[mirrorAnnotation]; mirror {
		return checkMirror(r, pod)
	}
	spec := &pod.Spec
	if spec.ServiceAccountName == "" {
		spec.ServiceAccountName = DefaultName
	}
	spec.DeprecatedServiceAccount = spec.ServiceAccountName
	obj, err := p.account(ctx, r.Namespace, spec.ServiceAccountName)
	if err != nil {
		return r.Forbidden(fmt.Errorf("error looking up service account %s/%s: %w", r.Namespace, spec.ServiceAccountName, err))
	}
	account, ok := obj.(*corev1.ServiceAccount)
	if !ok {
		return fmt.Errorf("service account %s/%s is a %T", r.Namespace, spec.ServiceAccountName, obj)
	}
	if mounts(account, spec) {
		mountToken(spec)
	}
	if len(spec.ImagePullSecrets) == 0 {
		spec.ImagePullSecrets = slices.Clone(account.ImagePullSecrets)
	}
	return nil
}

func (p *Plugin) account(ctx context.Context, namespace, name string) (meta.Object, error) {
	if problems := names.PathSegment(name); len(problems) > 0 {
		return nil, fmt.Errorf("invalid resource name %q: %v", name, problems)
	}
	obj, err := p.reader.Get(ctx, accounts, namespace, name)
	if meta.IsNotFound(err) {
		return nil, meta.NotFound(meta.GroupResource{Resource: "serviceaccount"}, name) // in the singular, as clients know it
	}
	return obj, err
}

// mounts reports whether the Pod is to have a token: it says so itself, else
// its account does, else yes.
func mounts(account *corev1.ServiceAccount, spec *corev1.PodSpec) bool {
	switch {
	case spec.AutomountServiceAccountToken != nil:
		return *spec.AutomountServiceAccountToken
	case account.AutomountServiceAccountToken != nil:
		return *account.AutomountServiceAccountToken
	}
	return true
}

// mountToken adds the volume to the containers that have nothing in its place.
func mountToken(spec *corev1.PodSpec) {
	// A Pod that was admitted before keeps its volume.
	at := slices.IndexFunc(spec.Volumes, func(v corev1.Volume) bool { return strings.HasPrefix(v.Name, volumePrefix) })
	name := ""
	if at >= 0 {
		name = spec.Volumes[at].Name
	} else {
		name = names.Random{}.Generate(volumePrefix)
	}
	needed := false
	for _, list := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			c := &list[i]
			if slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == mountPath }) {
				continue
			}
			needed = true
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: name, ReadOnly: true, MountPath: mountPath})
		}
	}
	if needed && at < 0 {
		spec.Volumes = append(spec.Volumes, tokenVolume(name))
	}
}

// tokenVolume holds the token, the server's authority and the Pod's namespace.
func tokenVolume(name string) corev1.Volume {
	mode, seconds := int32(volumeMode), tokenSeconds
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
		DefaultMode: &mode,
		Sources: []corev1.VolumeProjection{
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token", ExpirationSeconds: &seconds}},
			{ConfigMap: &corev1.ConfigMapProjection{
				LocalObjectReference: corev1.LocalObjectReference{Name: rootConfigMap},
				Items:                []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}},
			}},
			{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{{
				Path: "namespace", FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"},
			}}}},
		},
	}}}
}

// checkMirror refuses mirror Pods that refer to API objects: the kubelet runs
// them without the API server, so it could not follow the reference.
func checkMirror(r *admission.Request, pod *corev1.Pod) error {
	if pod.Spec.ServiceAccountName != "" {
		return r.Forbidden(errors.New("a mirror pod may not reference service accounts"))
	}
	for _, v := range pod.Spec.Volumes {
		if v.Secret != nil {
			return r.Forbidden(errors.New("a mirror pod may not reference secrets"))
		}
		if v.Projected == nil {
			continue
		}
		for _, source := range v.Projected.Sources {
			if source.ServiceAccountToken != nil {
				return r.Forbidden(errors.New("a mirror pod may not use ServiceAccountToken volume projections"))
			}
		}
	}
	return nil
}
