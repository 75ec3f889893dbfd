package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tryContent mounts what the API makes up for a Pod: tokens, authorities whom it may
// trust, and what is said of itself.
func tryContent(t *testing.T, s *space) {
	bundle := authority(t, "first of "+s.namespace)
	s.apply(t, fmt.Sprintf(`
apiVersion: certificates.k8s.io/v1
kind: ClusterTrustBundle
metadata: {name: roots-of-%s}
spec: {trustBundle: %q}
`, s.namespace, bundle))
	s.apply(t, fmt.Sprintf(`
apiVersion: v1
kind: Pod
metadata: {name: reader, labels: {app: reader, tier: one}, annotations: {note: "say \"hi\""}}
spec:
  terminationGracePeriodSeconds: 1
  volumes:
  - name: all
    projected:
      defaultMode: 0440
      sources:
      - serviceAccountToken: {path: token, expirationSeconds: 600}
      - serviceAccountToken: {path: vault/token, audience: vault, expirationSeconds: 7200}
      - clusterTrustBundle: {name: roots-of-%[1]s, path: roots.pem}
      - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: note, fieldRef: {fieldPath: "metadata.annotations['note']"}}, {path: memory, resourceFieldRef: {containerName: c, resource: limits.memory, divisor: 1Mi}}]}
  containers: [{%[2]s, resources: {limits: {memory: 64Mi}}, volumeMounts: [{name: all, mountPath: /all}]}]
`, s.namespace, box("c", "serve")))
	s.ready(t, "reader")
	cat := func(path string) string { return s.run(t, "exec", "reader", "--", "/box", "cat", path) }
	if got := cat("/all/roots.pem"); strings.TrimSpace(got) != strings.TrimSpace(bundle) {
		t.Errorf("the authorities are %q, want %q", got, bundle)
	}
	contains(t, cat("/all/labels"), "app=\"reader\"\ntier=\"one\"")
	if note, memory := cat("/all/note"), cat("/all/memory"); note != `say "hi"` || memory != "64" {
		t.Errorf("it is told %q and %q", note, memory)
	}
	contains(t, s.run(t, "exec", "reader", "--", "/box", "ls", "/all/.."), "all")

	// A token is the account's, tells of the Pod, and is for its audience only.
	token := cat("/all/token")
	contains(t, s.run(t, "auth", "whoami", "--kubeconfig", s.tokenless(t), "--token", token), "system:serviceaccount:"+s.namespace+":default", "authentication.kubernetes.io/pod-name", "reader")
	contains(t, s.fails(t, "auth", "whoami", "--kubeconfig", s.tokenless(t), "--token", cat("/all/vault/token")), "must be logged in")
	for path, want := range map[string]struct {
		audience string
		life     int64
	}{"/all/token": {"", 600}, "/all/vault/token": {"vault", 7200}} {
		var claims struct {
			Aud      []string
			Exp, Iat int64
		}
		_, body, _ := strings.Cut(cat(path), ".")
		body, _, _ = strings.Cut(body, ".")
		text, err := base64.RawURLEncoding.DecodeString(body)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &claims); err != nil {
			t.Fatal(err)
		}
		if claims.Exp-claims.Iat != want.life || want.audience != "" && (len(claims.Aud) != 1 || claims.Aud[0] != want.audience) {
			t.Errorf("%s is %s", path, text)
		}
	}

	// What changes is changed in the volume.
	next := authority(t, "second of "+s.namespace)
	s.run(t, "label", "pod", "reader", "tier=two", "--overwrite")
	s.run(t, "patch", "clustertrustbundle", "roots-of-"+s.namespace, "--type=merge", "-p", fmt.Sprintf(`{"spec":{"trustBundle":%q}}`, next))
	eventually(t, 90*time.Second, func() error {
		if labels, roots := cat("/all/labels"), cat("/all/roots.pem"); !strings.Contains(labels, `tier="two"`) || strings.TrimSpace(roots) != strings.TrimSpace(next) {
			return fmt.Errorf("it has %q and %q", labels, roots)
		}
		return nil
	})
	// A token ends with its Pod.
	s.run(t, "delete", "pod", "reader", "--timeout=60s")
	contains(t, s.fails(t, "auth", "whoami", "--kubeconfig", s.tokenless(t), "--token", token), "must be logged in")
	s.do(t, "delete clustertrustbundle roots-of-"+s.namespace)
}

// tokenless is the file to reach the cluster as nobody.
func (s *space) tokenless(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	write(t, file, fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: x, clusters: [{name: x, cluster: {server: %q, insecure-skip-tls-verify: true}}], contexts: [{name: x, context: {cluster: x, user: x}}], users: [{name: x, user: {}}]}`, s.address))
	return file
}

// authority makes a certificate of one, in PEM.
func authority(t *testing.T, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// tryParts mounts parts of volumes that lead elsewhere, and volumes whose kinds not
// every machine has.
func tryParts(t *testing.T, s *space) {
	// The Pod itself makes the link, in its own volume; its next container may not follow.
	s.pod(t, "escapes", fmt.Sprintf(`{restartPolicy: Never, volumes: [{name: v, emptyDir: {}}], initContainers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}],
  containers: [{%s, volumeMounts: [{name: v, mountPath: /v, subPath: out/etc}]}]}`, box("i", "ln / /v/out"), box("c", "ls /v")))
	contains(t, s.event(t, "escapes", "Failed"), "failed to prepare subPath for volumeMount")
	// Within the volume a link may lead where it wants.
	s.pod(t, "stays", fmt.Sprintf(`{restartPolicy: Never, volumes: [{name: v, emptyDir: {}}], initContainers: [{%s, volumeMounts: [{name: v, mountPath: /v}, {name: v, mountPath: /deep, subPath: a/b}]}],
  containers: [{%s, volumeMounts: [{name: v, mountPath: /v, subPath: link}]}]}`, box("i", "write /deep/file found", "ln a/b /v/link"), box("c", "cat /v/file")))
	s.reaches(t, "stays", ".status.phase", "Succeeded")
	contains(t, s.run(t, "logs", "stays"), "found")
	contains(t, s.kubectlInFails(t, fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: up}\nspec: {volumes: [{name: v, emptyDir: {}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v, subPath: ../x}]}]}\n", box("c", "serve")),
		"-n", s.namespace, "apply", "-f", "-"), "must not contain '..'")

	for name, is := range map[string]struct{ kind, path, fails string }{
		"file": {"File", "file", ""}, "none": {"File", "absent", "hostPath type check failed: "}, "not-dir": {"Directory", "file", "is not a directory"},
		"socket": {"Socket", "file", "is not a socket file"}, "made": {"FileOrCreate", "new", ""}, "device": {"CharDevice", "file", "is not a character device"},
	} {
		dir := hostDir(t, "kinds")
		write(t, filepath.Join(dir, "file"), "there")
		s.pod(t, name, fmt.Sprintf(`{restartPolicy: Never, volumes: [{name: v, hostPath: {path: %s, type: %s}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`,
			filepath.Join(dir, is.path), is.kind, box("c", "cat /v")))
		if is.fails == "" {
			s.reaches(t, name, ".status.phase", "Succeeded")
			continue
		}
		contains(t, s.event(t, name, "FailedMount"), `MountVolume.SetUp failed for volume "v" : hostPath type check failed: `, is.fails)
	}
	// With a kernel that has no such filesystem, or nobody at the address, it says so.
	s.pod(t, "remote", fmt.Sprintf(`{volumes: [{name: v, nfs: {server: 127.0.0.1, path: /none}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, box("c", "serve")))
	contains(t, s.event(t, "remote", "FailedMount"), `MountVolume.SetUp failed for volume "v" : `)
	s.pod(t, "picture", fmt.Sprintf(`{restartPolicy: Never, volumes: [{name: v, image: {reference: "nucleus.local/box:2", pullPolicy: IfNotPresent}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, box("c", "ls /v/bin")))
	eventually(t, 60*time.Second, func() error {
		if phase := s.field(t, "picture", ".status.phase"); phase == "Succeeded" {
			contains(t, s.run(t, "logs", "picture"), "cat")
			return nil
		}
		if about := s.run(t, "describe", "pod", "picture"); !strings.Contains(about, "volumes that are an image need containerd 2.1") {
			return fmt.Errorf("it neither has the image nor says why:\n%s", about)
		}
		return nil
	})
}
