package volume_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: name}, Data: data}
}

func TestConfigMapFollowsItsObject(t *testing.T) {
	f := newFixture(t)
	cm := create(f, configMap("settings", map[string]string{"a": "1", "b": "2"}))
	pod := f.pod(named("conf", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}))
	mounts := f.mounted(pod)
	require.Len(t, mounts, 1)
	dir := mounts[0].HostPath
	require.Equal(t, filepath.Join(f.root, "pods", string(pod.UID), "volumes", "kubernetes.io~configmap", "conf"), dir)
	require.Equal(t, "/conf", mounts[0].ContainerPath)
	require.True(t, mounts[0].ReadOnly, "content of the API is not to be written")
	require.Equal(t, "1", f.content(filepath.Join(dir, "a")))
	info, err := os.Stat(filepath.Join(dir, "a"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o644), info.Mode())

	cm.Data = map[string]string{"a": "3", "c": "4"}
	require.NoError(t, client.Of[corev1.ConfigMap](f.c).Update(t.Context(), cm))
	f.eventuallyHolds(filepath.Join(dir, "a"), "3")
	f.eventually(func() error {
		if _, err := os.Lstat(filepath.Join(dir, "b")); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("b is still there: %w", err)
		}
		return nil
	})
	require.Equal(t, "4", f.content(filepath.Join(dir, "c")))

	// What was mounted stays when the object goes.
	require.NoError(t, client.Of[corev1.ConfigMap](f.c).In("default").Delete(t.Context(), "settings"))
	require.NoError(t, f.volumes.Mount(t.Context(), pod))
	require.Equal(t, "3", f.content(filepath.Join(dir, "a")))

	create(f, configMap("settings", map[string]string{"a": "5"}))
	f.eventuallyHolds(filepath.Join(dir, "a"), "5")

	require.NoError(t, f.volumes.Unmount(t.Context(), pod.UID))
	_, err = os.Lstat(filepath.Join(f.root, "pods", string(pod.UID)))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestImmutableContentIsLeftAlone(t *testing.T) {
	f := newFixture(t)
	cm := configMap("settings", map[string]string{"a": "1"})
	cm.Immutable = ptr(true)
	create(f, cm)
	pod := f.pod(append(
		named("fixed", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}),
		named("follows", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "other"}}})...))
	create(f, configMap("other", map[string]string{"a": "1"}))
	mounts := f.mounted(pod)
	require.NoError(t, client.Of[corev1.ConfigMap](f.c).In("default").Delete(t.Context(), "settings"))
	create(f, configMap("settings", map[string]string{"a": "2"}))
	_, err := client.Of[corev1.ConfigMap](f.c).In("default").Modify(t.Context(), "other", func(cm *corev1.ConfigMap) error {
		cm.Data["a"] = "2"
		return nil
	})
	require.NoError(t, err)
	f.eventuallyHolds(filepath.Join(mounts[1].HostPath, "a"), "2")
	require.Equal(t, "1", f.content(filepath.Join(mounts[0].HostPath, "a")))
}

func TestItemsModesAndOwners(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	create(f, &corev1.Secret{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "key"}, Data: map[string][]byte{"private": []byte("p"), "public": []byte("q"), "unused": nil}})
	pod := f.pod(named("keys", corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
		SecretName: "key", DefaultMode: ptr(int32(0o400)),
		Items: []corev1.KeyToPath{{Key: "private", Path: "ssh/id"}, {Key: "public", Path: "ssh/deep/id.pub", Mode: ptr(int32(0o444))}},
	}}), func(p *corev1.Pod) { p.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: ptr(int64(2000))} })
	// The server drops owners as long as the cluster does not use them.
	keys := pod.Spec.Volumes[0].Secret
	keys.DefaultUser, keys.Items[1].User = ptr(int64(1234)), ptr(int64(4321))
	dir := f.mounted(pod)[0].HostPath
	for path, want := range map[string]struct {
		mode     fs.FileMode
		uid, gid uint32
	}{"ssh/id": {0o440, 1234, 2000}, "ssh/deep/id.pub": {0o444, 4321, 2000}} {
		info, err := os.Stat(filepath.Join(dir, path))
		require.NoError(t, err)
		st := info.Sys().(*syscall.Stat_t)
		require.Equal(t, want.mode, info.Mode(), path)
		require.Equal(t, want.uid, st.Uid, path)
		require.Equal(t, want.gid, st.Gid, path)
	}
	_, err := os.Lstat(filepath.Join(dir, "unused"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	at, mounted, err := mount.At(dir)
	require.NoError(t, err)
	require.True(t, mounted)
	require.Equal(t, "tmpfs", at.Type, "a secret must not get onto the disk")
}

func TestMissingContent(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	create(f, configMap("there", map[string]string{"a": "1"}))
	ref := func(name string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: name} }
	items := []corev1.KeyToPath{{Key: "missing", Path: "x"}}
	for _, c := range []struct {
		source corev1.VolumeSource
		want   string
	}{
		{corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: ref("y")}}, `MountVolume.SetUp failed for volume "x" : configmap "y" not found`},
		{corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "y"}}, `MountVolume.SetUp failed for volume "x" : secret "y" not found`},
		{
			corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: ref("there"), Items: items}},
			`MountVolume.SetUp failed for volume "x" : configmap references non-existent config key: missing`,
		},
		{
			corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{Secret: &corev1.SecretProjection{LocalObjectReference: ref("s")}}, {ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: ref("c")}},
			}}},
			`MountVolume.SetUp failed for volume "x" : [secret "s" not found, configmap "c" not found]`,
		},
		{
			corev1.VolumeSource{GCEPersistentDisk: &corev1.GCEPersistentDiskVolumeSource{PDName: "d"}},
			`MountVolume.SetUp failed for volume "x" : no volume plugin matched: GCEPersistentDisk`,
		},
	} {
		pod := f.pod(named("x", c.source))
		require.EqualError(t, f.volumes.Mount(t.Context(), pod), c.want)
		mounts, err := mount.Under(f.root)
		require.NoError(t, err)
		require.Empty(t, mounts, "what cannot be had leaves nothing mounted")
	}
	for _, source := range []corev1.VolumeSource{
		{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: ref("y"), Optional: ptr(true)}},
		{Secret: &corev1.SecretVolumeSource{SecretName: "y", Optional: ptr(true)}},
		{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: ref("there"), Items: items, Optional: ptr(true)}},
	} {
		mounts := f.mounted(f.pod(named("x", source)))
		_, err := os.Lstat(filepath.Join(mounts[0].HostPath, "x"))
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
	// An optional object that appears is seen.
	pod := f.pod(named("x", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: ref("late"), Optional: ptr(true)}}))
	dir := f.mounted(pod)[0].HostPath
	create(f, configMap("late", map[string]string{"a": "1"}))
	f.eventuallyHolds(filepath.Join(dir, "a"), "1")
}

func TestOneBadVolumeDoesNotKeepOthers(t *testing.T) {
	f := newFixture(t)
	pod := f.pod(append(
		named("bad", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "y"}}}),
		named("good", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}})...))
	require.ErrorContains(t, f.volumes.Mount(t.Context(), pod), `configmap "y" not found`)
	require.DirExists(t, filepath.Join(f.root, "pods", string(pod.UID), "volumes", "kubernetes.io~empty-dir", "good"))
	_, err := f.volumes.Container(t.Context(), pod, &pod.Spec.Containers[0], 0, nil)
	require.ErrorContains(t, err, `configmap "y" not found`)
	create(f, configMap("y", nil))
	require.Len(t, f.mounted(pod), 2)
}

func TestDownwardAPIFollowsThePod(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	field := func(path, field string) corev1.DownwardAPIVolumeFile {
		return corev1.DownwardAPIVolumeFile{Path: path, FieldRef: &corev1.ObjectFieldSelector{FieldPath: field}}
	}
	pod := f.pod(named("info", corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: []corev1.DownwardAPIVolumeFile{
		field("labels", "metadata.labels"), field("one", "metadata.labels['tier']"), field("annotations", "metadata.annotations"), field("name", "metadata.name"),
		{Path: "cpu", Mode: ptr(int32(0o600)), ResourceFieldRef: &corev1.ResourceFieldSelector{ContainerName: "main", Resource: "limits.cpu", Divisor: quantity.MustParse("1m")}},
		{Path: "memory", ResourceFieldRef: &corev1.ResourceFieldSelector{ContainerName: "main", Resource: "limits.memory", Divisor: quantity.MustParse("1Mi")}},
	}}}), func(p *corev1.Pod) {
		p.Labels = map[string]string{"tier": "web", "app": "x"}
		p.Annotations = map[string]string{"note": "two\nlines"}
		p.Spec.Containers[0].Resources.Limits = corev1.ResourceList{"cpu": quantity.MustParse("250m")}
	})
	dir := f.mounted(pod)[0].HostPath
	require.Equal(t, "app=\"x\"\ntier=\"web\"", f.content(filepath.Join(dir, "labels")))
	require.Equal(t, "web", f.content(filepath.Join(dir, "one")))
	require.Equal(t, `note="two\nlines"`, f.content(filepath.Join(dir, "annotations")))
	require.Equal(t, pod.Name, f.content(filepath.Join(dir, "name")))
	require.Equal(t, "250", f.content(filepath.Join(dir, "cpu")))
	require.Equal(t, "1024", f.content(filepath.Join(dir, "memory")), "without a limit it is what the node has")

	_, err := client.Of[corev1.Pod](f.c).In("default").Modify(t.Context(), pod.Name, func(p *corev1.Pod) error {
		p.Labels["tier"] = "db"
		return nil
	})
	require.NoError(t, err)
	f.eventuallyHolds(filepath.Join(dir, "one"), "db")
	require.Equal(t, "app=\"x\"\ntier=\"db\"", f.content(filepath.Join(dir, "labels")))
}

// What the admission plug-in gives every Pod.
func accessVolume() []corev1.Volume {
	return named("kube-api-access-abcde", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
		DefaultMode: ptr(int32(0o644)),
		Sources: []corev1.VolumeProjection{
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{ExpirationSeconds: ptr(int64(3607)), Path: "token"}},
			{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"}, Items: []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}}}},
			{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{{Path: "namespace", FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"}}}}},
		},
	}})
}

func TestAccessToTheAPI(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	create(f, configMap("kube-root-ca.crt", map[string]string{"ca.crt": "PEM"}))
	pod := f.pod(accessVolume())
	dir := f.mounted(pod)[0].HostPath
	require.Equal(t, "default/default for [] of "+pod.Name+" #1", f.content(filepath.Join(dir, "token")))
	require.Equal(t, "PEM", f.content(filepath.Join(dir, "ca.crt")))
	require.Equal(t, "default", f.content(filepath.Join(dir, "namespace")))
	info, err := os.Stat(filepath.Join(dir, "token"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o644), info.Mode())

	// A new root certificate costs no new token.
	_, err = client.Of[corev1.ConfigMap](f.c).In("default").Modify(t.Context(), "kube-root-ca.crt", func(cm *corev1.ConfigMap) error {
		cm.Data["ca.crt"] = "NEW"
		return nil
	})
	require.NoError(t, err)
	f.eventuallyHolds(filepath.Join(dir, "ca.crt"), "NEW")
	require.Contains(t, f.content(filepath.Join(dir, "token")), "#1")

	// A Pod that says who it runs as has the token for itself.
	own := f.pod(accessVolume(), func(p *corev1.Pod) { p.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: ptr(int64(77))} })
	info, err = os.Stat(filepath.Join(f.mounted(own)[0].HostPath, "token"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
	require.Equal(t, uint32(77), info.Sys().(*syscall.Stat_t).Uid)

	grouped := f.pod(accessVolume(), func(p *corev1.Pod) { p.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: ptr(int64(88))} })
	info, err = os.Stat(filepath.Join(f.mounted(grouped)[0].HostPath, "token"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o640), info.Mode())
	require.Equal(t, uint32(88), info.Sys().(*syscall.Stat_t).Gid)
}

func TestTokensAreRenewed(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	f.tokens.life = 2 * time.Second // renewed after 1 s, with what the jitter takes off
	pod := f.pod(named("t", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Audience: "vault", Path: "vault/token"}},
	}}}))
	dir := f.mounted(pod)[0].HostPath
	token := filepath.Join(dir, "vault", "token")
	first := f.content(token)
	require.Contains(t, first, "for [vault]")
	f.eventually(func() error {
		if f.content(token) == first {
			return errors.New("the token is the same")
		}
		return nil
	})
}

func TestTokenThatCannotBeHad(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	f.tokens.set(func(i *issuer) { i.broken = errors.New("no key") })
	pod := f.pod(named("t", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}},
	}}}))
	err := f.volumes.Mount(t.Context(), pod)
	require.ErrorContains(t, err, `MountVolume.SetUp failed for volume "t" : failed to fetch token: `)
	require.ErrorContains(t, err, "no key")
	f.tokens.set(func(i *issuer) { i.broken = nil })
	require.NoError(t, f.volumes.Mount(t.Context(), pod))
}

func TestTrustBundles(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	one, two, three := certificate(t, 1), certificate(t, 2), certificate(t, 3)
	bundle := func(name, signer, text string) {
		create(f, &certificatesv1.ClusterTrustBundle{
			ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"use": "it"}},
			Spec:       certificatesv1.ClusterTrustBundleSpec{SignerName: signer, TrustBundle: text},
		})
	}
	source := func(s corev1.ClusterTrustBundleProjection) []corev1.Volume {
		s.Path = "ca.pem"
		return named("trust", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{ClusterTrustBundle: &s}}}})
	}
	err := f.volumes.Mount(t.Context(), f.pod(source(corev1.ClusterTrustBundleProjection{Name: ptr("own")})))
	require.ErrorContains(t, err, `clustertrustbundle "own" not found`)
	optional := f.pod(source(corev1.ClusterTrustBundleProjection{Name: ptr("own"), Optional: ptr(true)}))
	path := filepath.Join(f.mounted(optional)[0].HostPath, "ca.pem")
	require.Empty(t, f.content(path))
	create(f, &certificatesv1.ClusterTrustBundle{ObjectMeta: meta.ObjectMeta{Name: "own"}, Spec: certificatesv1.ClusterTrustBundleSpec{TrustBundle: one}})
	f.eventuallyHolds(path, one)
	bundle("example.com:s:one", "example.com/s", one+two)
	bundle("example.com:s:two", "example.com/s", two+three)
	bundle("example.com:other:two", "example.com/other", certificate(t, 4))
	signed := f.pod(source(corev1.ClusterTrustBundleProjection{SignerName: ptr("example.com/s"), LabelSelector: &meta.LabelSelector{MatchLabels: map[string]string{"use": "it"}}}))
	got := f.content(filepath.Join(f.mounted(signed)[0].HostPath, "ca.pem"))
	require.Equal(t, 3, strings.Count(got, "BEGIN"), got)
}

// sign has requests of Pods answered, until the test ends: each with a certificate, or
// with what refuse says.
func (f *fixture) sign(life time.Duration, refuse string) {
	f.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	f.Cleanup(func() { cancel(); done.Wait() })
	_, authority, err := ed25519.GenerateKey(nil)
	require.NoError(f, err)
	requests := client.Of[certificatesv1.PodCertificateRequest](f.c)
	done.Go(func() {
		for change, err := range client.ResumingWatch(ctx, requests, meta.ListOptions{}, nil) {
			if err != nil || change.Type != client.Added {
				continue
			}
			r := change.Object
			asked, err := x509.ParseCertificateRequest(r.Spec.StubPKCS10Request)
			if err != nil || asked.CheckSignature() != nil {
				continue // the volume waits in vain, and the test fails
			}
			r.Status.Conditions = []meta.Condition{{Type: "Issued", Status: meta.ConditionTrue, Reason: "Fine", LastTransitionTime: meta.Now()}}
			if refuse != "" {
				r.Status.Conditions[0].Type, r.Status.Conditions[0].Reason, r.Status.Conditions[0].Message = refuse, "Unknown", "not you"
			} else {
				begin := time.Now().Add(-life + 20*time.Minute).Truncate(time.Second)
				leaf := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: begin, NotAfter: begin.Add(life)}
				der, err := x509.CreateCertificate(nil, leaf, leaf, asked.PublicKey, authority)
				if err != nil {
					continue
				}
				refresh, from, until := meta.At(begin.Add(life-20*time.Minute+time.Second)), meta.At(leaf.NotBefore), meta.At(leaf.NotAfter)
				r.Status.CertificateChain = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
				r.Status.NotBefore, r.Status.NotAfter, r.Status.BeginRefreshAt = &from, &until, &refresh
			}
			_ = requests.In(r.Namespace).UpdateStatus(ctx, r)
		}
	})
}

func certified(keyType string) []corev1.Volume {
	return named("id", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{PodCertificate: &corev1.PodCertificateProjection{
		SignerName: "example.com/pods", KeyType: keyType, CredentialBundlePath: "bundle.pem", KeyPath: "key.pem", CertificateChainPath: "chain.pem",
		UserAnnotations: map[string]string{"example.com/use": "test"},
	}}}}})
}

func TestPodCertificates(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	for _, kind := range []string{"ED25519", "ECDSAP256", "ECDSAP384", "ECDSAP521", "RSA3072"} {
		pod := f.pod(certified(kind))
		waiting, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
		require.Error(t, f.volumes.Mount(waiting, pod), "nobody has signed it")
		stop()
	}
	f.sign(24*time.Hour, "")
	pod := f.pod(certified("ECDSAP256"), func(p *corev1.Pod) { p.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: ptr(int64(77))} })
	dir := f.mounted(pod)[0].HostPath
	pair := func() tls.Certificate {
		t.Helper()
		bundle := f.content(filepath.Join(dir, "bundle.pem"))
		c, err := tls.X509KeyPair([]byte(bundle), []byte(bundle))
		require.NoError(t, err, "key and certificate belong together")
		return c
	}
	first := pair()
	_, err := tls.LoadX509KeyPair(filepath.Join(dir, "chain.pem"), filepath.Join(dir, "key.pem"))
	require.NoError(t, err)
	info, err := os.Stat(filepath.Join(dir, "key.pem"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
	requests, err := client.Of[certificatesv1.PodCertificateRequest](f.c).In("default").List(t.Context())
	require.NoError(t, err)
	i := slices.IndexFunc(requests.Items, func(r certificatesv1.PodCertificateRequest) bool { return r.Spec.PodName == pod.Name })
	require.GreaterOrEqual(t, i, 0)
	spec := requests.Items[i].Spec
	require.Equal(t, pod.UID, spec.PodUID)
	require.Equal(t, meta.NodeName(node), spec.NodeName)
	require.Equal(t, map[string]string{"example.com/use": "test"}, spec.UnverifiedUserAnnotations)
	require.EqualValues(t, 86400, *spec.MaxExpirationSeconds)
	// It is renewed when its signer says, with another key.
	f.eventually(func() error {
		if now := pair(); bytes.Equal(now.Certificate[0], first.Certificate[0]) {
			return errors.New("the certificate is the same")
		}
		return nil
	})
}

func TestPodCertificateThatIsRefused(t *testing.T) {
	needMounts(t)
	f := newFixture(t)
	f.sign(time.Hour, "Denied")
	pod := f.pod(certified("ED25519"))
	for range 2 {
		require.ErrorContains(t, f.volumes.Mount(t.Context(), pod), `: Denied, reason="Unknown" message="not you"`)
	}
	requests, err := client.Of[certificatesv1.PodCertificateRequest](f.c).In("default").List(t.Context())
	require.NoError(t, err)
	require.Len(t, requests.Items, 1, "what is refused is not asked for again")
}

// certificate makes one of an authority, in PEM.
func certificate(t *testing.T, serial int64) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
