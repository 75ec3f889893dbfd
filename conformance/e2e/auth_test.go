package e2e

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWhoMayDoWhat follows an administrator who lets others in.
func TestWhoMayDoWhat(t *testing.T) {
	c := start(t)
	// as runs kubectl with a token alone: without the administrator's certificate.
	as := func(token string, args ...string) (string, error) {
		config := filepath.Join(c.dataDir, "token.kubeconfig")
		text := "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: x, user: x}}]\n" +
			"clusters: [{name: x, cluster: {server: '" + c.address + "', certificate-authority: " + filepath.Join(c.dataDir, "pki", "ca.crt") + "}}]\n" +
			"users: [{name: x, user: {token: '" + token + "'}}]\n"
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		return c.try(ctx, "", append([]string{"--kubeconfig", config}, args...)...)
	}
	c.kubectl(t, "create", "serviceaccount", "robot")

	t.Run("create token", func(t *testing.T) {
		token := strings.TrimSpace(c.kubectl(t, "create", "token", "robot"))
		out, err := as(token, "auth", "whoami")
		if err != nil {
			t.Fatal(err, out)
		}
		contains(t, out, "system:serviceaccount:default:robot", "system:serviceaccounts:default", "system:authenticated")
		out, err = as(token, "get", "configmaps")
		if err == nil {
			t.Errorf("an account without rights lists: %s", out)
		}
		contains(t, out, `User "system:serviceaccount:default:robot" cannot list resource "configmaps"`)
		c.kubectl(t, "create", "rolebinding", "robot", "--clusterrole=view", "--serviceaccount=default:robot")
		soon(t, func() bool { _, err := as(token, "get", "configmaps"); return err == nil }, "the role view, filled by aggregation")
		if out, err = as(token, "get", "secrets"); err == nil {
			t.Errorf("view shows secrets: %s", out)
		}
		contains(t, c.kubectlFails(t, "create", "token", "nobody"), `serviceaccounts "nobody" not found`)
		contains(t, c.kubectlFails(t, "create", "token", "robot", "--duration=1m"), "may not specify a duration less than 10 minutes")
	})
	t.Run("a token dies with its Pod", func(t *testing.T) {
		c.kubectlIn(t, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"serviceAccountName":"robot","terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"i"}]}}`, "create", "-f", "-")
		token := strings.TrimSpace(c.kubectl(t, "create", "token", "robot", "--bound-object-kind=Pod", "--bound-object-name=p"))
		out, err := as(token, "auth", "whoami", "-o", "yaml")
		if err != nil {
			t.Fatal(err, out)
		}
		contains(t, out, "authentication.kubernetes.io/pod-name:", "authentication.kubernetes.io/credential-id:", "JTI=")
		c.kubectl(t, "delete", "pod", "p", "--force", "--wait")
		soon(t, func() bool {
			out, err := as(token, "auth", "whoami")
			return err != nil && strings.Contains(out, "Unauthorized")
		}, "the token to be void")
	})
	t.Run("can-i and acting as others", func(t *testing.T) {
		contains(t, c.kubectl(t, "auth", "can-i", "--list", "--as=system:serviceaccount:default:robot", "--as-group=system:authenticated"),
			"selfsubjectaccessreviews.authorization.k8s.io", "configmaps", "[/healthz]")
		contains(t, c.kubectlFails(t, "auth", "can-i", "delete", "pods", "--as=jane"), "no")
		contains(t, c.kubectlFails(t, "get", "pods", "--as=jane", "--as-group=devs"), `User "jane" cannot list resource "pods"`)
		c.kubectl(t, "create", "role", "reader", "--verb=get,list", "--resource=pods")
		c.kubectl(t, "create", "rolebinding", "devs", "--role=reader", "--group=devs")
		soon(t, func() bool {
			_, err := c.try(t.Context(), "", "get", "pods", "--as=jane", "--as-group=devs")
			return err == nil
		}, "the binding to count")
	})
	t.Run("nobody gives more than they have", func(t *testing.T) {
		c.kubectl(t, "create", "rolebinding", "admins", "--clusterrole=admin", "--user=ann")
		soon(t, func() bool {
			_, err := c.try(t.Context(), "", "get", "roles", "--as=ann")
			return err == nil
		}, "ann to be an admin of the namespace")
		contains(t, c.kubectlFails(t, "--as=ann", "create", "role", "big", "--verb=*", "--resource=nodes"),
			`user "ann" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held`)
		c.kubectl(t, "--as=ann", "create", "role", "small", "--verb=get", "--resource=pods")
	})
	t.Run("certificates", func(t *testing.T) {
		config := filepath.Join(c.dataDir, "dave.kubeconfig")
		key := filepath.Join(c.dataDir, "dave.key")
		request(t, c, "dave", "kubernetes.io/kube-apiserver-client", pkix.Name{CommonName: "dave", Organization: []string{"devs"}}, key, "client auth")
		contains(t, c.kubectl(t, "get", "csr", "dave"), "Pending", "kubernetes-admin")
		contains(t, c.kubectl(t, "certificate", "approve", "dave"), "approved")
		var certificate string
		soon(t, func() bool {
			certificate = c.kubectl(t, "get", "csr", "dave", "-o", "jsonpath={.status.certificate}")
			return certificate != ""
		}, "the certificate to be issued")
		data, err := base64.StdEncoding.DecodeString(certificate)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(c.dataDir, "dave.crt"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		text := "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: x, user: x}}]\n" +
			"clusters: [{name: x, cluster: {server: '" + c.address + "', certificate-authority: " + filepath.Join(c.dataDir, "pki", "ca.crt") + "}}]\n" +
			"users: [{name: x, user: {client-certificate: " + filepath.Join(c.dataDir, "dave.crt") + ", client-key: " + key + "}}]\n"
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		contains(t, c.kubectl(t, "--kubeconfig", config, "auth", "whoami"), "dave", "devs")
		c.kubectl(t, "--kubeconfig", config, "get", "pods")
	})
	t.Run("a machine joins", func(t *testing.T) {
		c.kubectlIn(t, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"bootstrap-token-abcdef","namespace":"kube-system"},"type":"bootstrap.kubernetes.io/token",
			"stringData":{"token-id":"abcdef","token-secret":"0123456789abcdef","usage-bootstrap-authentication":"true"}}`, "create", "-f", "-")
		const token = "abcdef.0123456789abcdef"
		out, err := as(token, "auth", "whoami")
		if err != nil {
			t.Fatal(err, out)
		}
		contains(t, out, "system:bootstrap:abcdef", "system:bootstrappers")
		body := requestBody(t, "node-n", "kubernetes.io/kube-apiserver-client-kubelet", pkix.Name{CommonName: "system:node:n", Organization: []string{"system:nodes"}},
			filepath.Join(c.dataDir, "n.key"), "digital signature", "client auth")
		file := filepath.Join(c.dataDir, "n.json")
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := as(token, "create", "-f", file); err != nil {
			t.Fatal(err, out)
		}
		soon(t, func() bool {
			return strings.Contains(c.kubectl(t, "get", "csr", "node-n"), "Approved,Issued")
		}, "the node's certificate, approved by nobody in particular")
		contains(t, c.kubectlFails(t, "get", "secrets", "-A", "--as=system:node:n", "--as-group=system:nodes"), "can only read namespaced object of this type")
	})
	t.Run("tokens in Secrets", func(t *testing.T) {
		c.kubectlIn(t, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"old","annotations":{"kubernetes.io/service-account.name":"robot"}},"type":"kubernetes.io/service-account-token"}`, "create", "-f", "-")
		var encoded string
		soon(t, func() bool {
			encoded = c.kubectl(t, "get", "secret", "old", "-o", "jsonpath={.data.token}")
			return encoded != ""
		}, "the Secret to be filled")
		token, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := as(string(token), "auth", "whoami"); err != nil || !strings.Contains(out, "system:serviceaccount:default:robot") {
			t.Errorf("%v: %s", err, out)
		}
		c.kubectl(t, "delete", "serviceaccount", "robot")
		soon(t, func() bool { _, err := c.try(t.Context(), "", "get", "secret", "old"); return err != nil }, "the Secret to go with its account")
	})
}

// request makes a certificate signing request as the administrator.
func request(t *testing.T, c *cluster, name, signer string, subject pkix.Name, keyFile string, usages ...string) {
	t.Helper()
	c.kubectlIn(t, requestBody(t, name, signer, subject, keyFile, usages...), "create", "-f", "-")
}

func requestBody(t *testing.T, name, signer string, subject pkix.Name, keyFile string, usages ...string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	if der, err = x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: subject}, key); err != nil {
		t.Fatal(err)
	}
	asked := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
	return `{"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"name":"` + name + `"},"spec":{"request":"` + asked +
		`","signerName":"` + signer + `","usages":["` + strings.Join(usages, `","`) + `"]}}`
}

// soon waits for something that other parts of the cluster do.
func soon(t *testing.T, done func() bool, what string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}
