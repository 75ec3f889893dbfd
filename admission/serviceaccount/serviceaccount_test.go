package serviceaccount

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func pod(change func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "p", Namespace: "n"}, Spec: corev1.PodSpec{
		InitContainers: []corev1.Container{{Name: "i"}}, Containers: []corev1.Container{{Name: "c"}},
	}}
	if change != nil {
		change(p)
	}
	return p
}

func account(name string, change func(*corev1.ServiceAccount)) *corev1.ServiceAccount {
	a := &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n"}}
	if change != nil {
		change(a)
	}
	return a
}

func TestPlugin(t *testing.T) {
	yes, no := true, false
	var objects admissiontest.Objects
	resource := accounts.GroupResource()
	objects.Put(resource, account("default", func(a *corev1.ServiceAccount) { a.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "s"}} }))
	objects.Put(resource, account("quiet", func(a *corev1.ServiceAccount) { a.AutomountServiceAccountToken = &no }))
	plugin := New(&objects)
	admit := func(p *corev1.Pod) error { return plugin.Admit(t.Context(), admissiontest.Create(pods, p)) }

	t.Run("a default account with its token and secrets", func(t *testing.T) {
		p := pod(nil)
		require.NoError(t, admit(p))
		require.Equal(t, "default", p.Spec.ServiceAccountName)
		require.Equal(t, "default", p.Spec.DeprecatedServiceAccount)
		require.Equal(t, []corev1.LocalObjectReference{{Name: "s"}}, p.Spec.ImagePullSecrets)
		require.Len(t, p.Spec.Volumes, 1)
		volume := p.Spec.Volumes[0]
		require.True(t, strings.HasPrefix(volume.Name, "kube-api-access-") && len(volume.Name) == len("kube-api-access-")+5, volume.Name)
		require.Len(t, volume.Projected.Sources, 3)
		for _, c := range []corev1.Container{p.Spec.InitContainers[0], p.Spec.Containers[0]} {
			require.Equal(t, []corev1.VolumeMount{{Name: volume.Name, ReadOnly: true, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount"}}, c.VolumeMounts)
		}
		// A second run, as after a conflict, changes nothing.
		require.NoError(t, admit(p))
		require.Len(t, p.Spec.Volumes, 1)
		require.Len(t, p.Spec.Containers[0].VolumeMounts, 1)
	})
	t.Run("what is mounted in its place stays", func(t *testing.T) {
		p := pod(func(p *corev1.Pod) {
			p.Spec.InitContainers = nil
			p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "own", MountPath: mountPath}}
			p.Spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "own"}}
		})
		require.NoError(t, admit(p))
		require.Empty(t, p.Spec.Volumes)
		require.Len(t, p.Spec.Containers[0].VolumeMounts, 1)
		require.Equal(t, []corev1.LocalObjectReference{{Name: "own"}}, p.Spec.ImagePullSecrets)
	})
	t.Run("whose word counts", func(t *testing.T) {
		for _, tc := range []struct {
			account string
			pod     *bool
			want    int
		}{{"default", &no, 0}, {"quiet", nil, 0}, {"quiet", &yes, 1}} {
			p := pod(func(p *corev1.Pod) {
				p.Spec.ServiceAccountName, p.Spec.AutomountServiceAccountToken = tc.account, tc.pod
			})
			require.NoError(t, admit(p))
			require.Len(t, p.Spec.Volumes, tc.want)
		}
	})
	t.Run("no such account", func(t *testing.T) {
		require.EqualError(t, admit(pod(func(p *corev1.Pod) { p.Spec.ServiceAccountName = "x" })),
			`pods "p" is forbidden: error looking up service account n/x: serviceaccount "x" not found`)
	})
	t.Run("mirror pods", func(t *testing.T) {
		mirror := map[string]string{mirrorAnnotation: "h"}
		p := pod(func(p *corev1.Pod) { p.Annotations = mirror })
		require.NoError(t, admit(p))
		require.Empty(t, p.Spec.ServiceAccountName)
		require.EqualError(t, admit(pod(func(p *corev1.Pod) { p.Annotations, p.Spec.ServiceAccountName = mirror, "default" })),
			`pods "p" is forbidden: a mirror pod may not reference service accounts`)
	})
}
