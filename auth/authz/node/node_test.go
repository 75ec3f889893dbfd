package node_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/auth/authz/node"
)

// objects is a reader of a few objects by "resource/namespace/name".
type objects map[string]meta.Object

func (o objects) Get(_ context.Context, r meta.GroupVersionResource, namespace, name string) (meta.Object, error) {
	if obj := o[r.Resource+"/"+namespace+"/"+name]; obj != nil {
		return obj, nil
	}
	return nil, meta.NotFound(r.GroupResource(), name)
}

// authorizer knows the node n1 with a Pod that uses something of everything, and
// the node n2 with nothing but a mirror Pod.
func authorizer() *node.Authorizer {
	claim := "rc"
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "p"}, Spec: corev1.PodSpec{
		NodeName: "n1", ServiceAccountName: "sa",
		ImagePullSecrets: []corev1.LocalObjectReference{{Name: "pull"}},
		InitContainers: []corev1.Container{{EnvFrom: []corev1.EnvFromSource{
			{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "from"}}},
		}}},
		Containers: []corev1.Container{{Env: []corev1.EnvVar{{ValueFrom: &corev1.EnvVarSource{
			ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "map"}},
		}}}}},
		Volumes: []corev1.Volume{
			{Name: "a", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "claim"}}},
			{Name: "b", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{Secret: &corev1.SecretProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "projected"}}},
			}}}},
			{Name: "e", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}},
		},
		ResourceClaims: []corev1.PodResourceClaim{{Name: "x", ResourceClaimName: &claim}},
	}}
	mirror := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "m", Annotations: map[string]string{"kubernetes.io/config.mirror": "x"}},
		Spec: corev1.PodSpec{NodeName: "n2", ImagePullSecrets: []corev1.LocalObjectReference{{Name: "pull"}}}}
	volume := &corev1.PersistentVolume{ObjectMeta: meta.ObjectMeta{Name: "pv"}}
	volume.Spec.ClaimRef = &corev1.ObjectReference{Namespace: "ns", Name: "claim"}
	volume.Spec.CSI = &corev1.CSIPersistentVolumeSource{
		NodeStageSecretRef:         &corev1.SecretReference{Namespace: "storage", Name: "stage"},
		ControllerPublishSecretRef: &corev1.SecretReference{Namespace: "storage", Name: "controller"},
	}
	bound := &corev1.PersistentVolumeClaim{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "claim"}}
	bound.Spec.VolumeName = "pv"
	attachment := &storagev1.VolumeAttachment{ObjectMeta: meta.ObjectMeta{Name: "va"}}
	attachment.Spec.NodeName = "n1"
	asked := &certificatesv1.PodCertificateRequest{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "req"}}
	asked.Spec.NodeName = "n1"
	all := []*corev1.Pod{pod, mirror}
	return node.New(
		objects{"pods/ns/p": pod, "persistentvolumes//pv": volume, "persistentvolumeclaims/ns/claim": bound, "volumeattachments//va": attachment, "podcertificaterequests/ns/req": asked},
		func(_ context.Context, name string) ([]*corev1.Pod, error) {
			var on []*corev1.Pod
			for _, p := range all {
				if p.Spec.NodeName == name {
					on = append(on, p)
				}
			}
			return on, nil
		},
		[]rbacv1.PolicyRule{{Verbs: []string{"get", "list", "watch"}, APIGroups: []string{""}, Resources: []string{"services"}},
			{Verbs: []string{"create", "update"}, APIGroups: []string{""}, Resources: []string{"nodes", "pods/status"}}},
	)
}

// TestAuthorize reads lines: who, verb, group/resource[/subresource],
// namespace/name, field selector, and why not.
func TestAuthorize(t *testing.T) {
	const related = "no relationship found between node 'n2' and this object"
	a := authorizer()
	for _, line := range []string{
		"n1 get /secrets ns/pull - ",
		"n1 watch /secrets ns/from - ",
		"n1 list /secrets ns/projected - ",
		"n1 get /secrets storage/stage - ",
		"n1 get /secrets storage/controller - no relationship found between node 'n1' and this object",
		"n1 get /secrets other/pull - no relationship found between node 'n1' and this object",
		"n1 list /secrets ns/ - No Object name found",
		"n1 list /secrets / - can only read namespaced object of this type",
		"n1 update /secrets ns/pull - can only read resources of this type",
		"n2 get /secrets ns/pull - " + related,
		"n1 get /configmaps ns/map - ",
		"n2 get /configmaps ns/map - " + related,
		"n1 get /persistentvolumeclaims ns/claim - ",
		"n1 get /persistentvolumeclaims ns/p-e - ",
		"n1 patch /persistentvolumeclaims/status ns/claim - ",
		"n1 list /persistentvolumeclaims ns/ - can only get individual resources of this type",
		"n1 get /persistentvolumes /pv - ",
		"n2 get /persistentvolumes /pv - " + related,
		"n1 get resource.k8s.io/resourceclaims ns/rc - ",
		"n1 get storage.k8s.io/volumeattachments /va - ",
		"n2 get storage.k8s.io/volumeattachments /va - " + related,
		"n1 create /serviceaccounts/token ns/sa - ",
		"n1 create /serviceaccounts/token ns/other - no relationship found between node 'n1' and this object",
		"n1 create /serviceaccounts ns/sa - can only create tokens for individual service accounts",
		"n1 update coordination.k8s.io/leases kube-node-lease/n1 - ",
		"n1 update coordination.k8s.io/leases kube-node-lease/n2 - can only access node lease with the same name as the requesting node",
		"n1 update coordination.k8s.io/leases ns/n1 - can only access leases in the \"kube-node-lease\" system namespace",
		"n1 create storage.k8s.io/csinodes / - ",
		"n1 get storage.k8s.io/csinodes /n2 - can only access CSINode with the same name as the requesting node",
		"n1 create certificates.k8s.io/podcertificaterequests ns/ - ",
		"n1 get certificates.k8s.io/podcertificaterequests ns/req - ",
		"n2 get certificates.k8s.io/podcertificaterequests ns/req - " + related,
		"n2 get certificates.k8s.io/podcertificaterequests ns/none - " + related,
		"n1 watch certificates.k8s.io/podcertificaterequests / spec.nodeName=n1 ",
		"n2 list certificates.k8s.io/podcertificaterequests ns/ spec.nodeName=n1 can only list/watch podcertificaterequests with nodeName field selector",
		"n1 delete certificates.k8s.io/podcertificaterequests ns/req - nodes may not delete podcertificaterequests",
		"n1 update certificates.k8s.io/podcertificaterequests/status ns/req - nodes may not access the status subresource of PodCertificateRequests",
		"n1 list resource.k8s.io/resourceslices / spec.nodeName=n1 ",
		"n1 list resource.k8s.io/resourceslices / - can only list/watch/deletecollection resourceslices with nodeName field selector",
		"n1 get /nodes /n1 - ",
		"n1 get /nodes /n2 - node 'n1' cannot read 'n2', only its own Node object",
		"n1 list /nodes / - node 'n1' cannot read all nodes, only its own Node object",
		"n1 create /nodes / - ",
		"n1 get /pods ns/p - ",
		"n2 get /pods ns/p - " + related,
		"n1 watch /pods / spec.nodeName=n1 ",
		"n1 watch /pods / spec.nodeName=n2 can only list/watch pods with spec.nodeName field selector",
		"n1 update /pods/status ns/p - ",
		"n1 list /services / - ",
	} {
		p := strings.SplitN(line, " ", 6)
		require.Len(t, p, 6, line)
		group, resource, _ := strings.Cut(p[2], "/")
		resource, subresource, _ := strings.Cut(resource, "/")
		namespace, name, _ := strings.Cut(p[3], "/")
		r := &authz.Request{User: &auth.User{Name: "system:node:" + p[0], Groups: []string{"system:nodes"}}, ResourceRequest: true,
			Verb: p[1], Group: group, Resource: resource, Subresource: subresource, Namespace: namespace, Name: name}
		if p[4] != "-" {
			r.FieldSelector = p[4]
		}
		d, reason, err := a.Authorize(t.Context(), r)
		require.NoError(t, err, line)
		require.Equal(t, p[5], reason, line)
		require.Equal(t, p[5] == "", d == authz.Allow, line)
	}
}

func TestOthers(t *testing.T) {
	a := authorizer()
	for name, u := range map[string]*auth.User{
		"nobody":                nil,
		"not in the group":      {Name: "system:node:n1"},
		"in the group, no name": {Name: "bob", Groups: []string{"system:nodes"}},
	} {
		d, reason, err := a.Authorize(t.Context(), &authz.Request{User: u, ResourceRequest: true, Verb: "get", Resource: "secrets", Namespace: "ns", Name: "pull"})
		require.NoError(t, err)
		require.Equal(t, authz.NoOpinion, d, name)
		require.Empty(t, reason, name)
	}
	_, reason, _ := a.Authorize(t.Context(), &authz.Request{User: &auth.User{Name: "system:node:", Groups: []string{"system:nodes"}}})
	require.Equal(t, `unknown node for user "system:node:"`, reason)
}
