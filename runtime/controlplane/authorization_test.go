package controlplane_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
)

// asker sends requests as the holders of some tokens.
type asker struct {
	t       *testing.T
	address string
	c       *http.Client
}

func newAsker(t *testing.T, opts controlplane.Options, tokens string) (*asker, *controlplane.ControlPlane) {
	t.Helper()
	opts.TokenAuthFile = filepath.Join(t.TempDir(), "tokens.csv")
	if err := os.WriteFile(opts.TokenAuthFile, []byte(tokens), 0o600); err != nil {
		t.Fatal(err)
	}
	cp, _ := started(t, opts)
	address, err := cp.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Who the server is does not matter here; who the client is does.
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	t.Cleanup(c.CloseIdleConnections)
	return &asker{t, address, c}, cp
}

// get holds that a path is answered with a code and a text; headers are pairs.
func (a *asker) get(token, path string, code int, says string, headers ...string) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), "GET", a.address+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	resp, err := a.c.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		a.t.Fatal(err)
	}
	text := strings.ReplaceAll(string(body), `\"`, `"`)
	if resp.StatusCode != code || !strings.Contains(text, says) {
		a.t.Errorf("%s as %q %v: got %d %.300s; want %d and %q", path, token, headers, resp.StatusCode, text, code, says)
	}
}

func TestActingAsOthers(t *testing.T) {
	a, cp := newAsker(t, controlplane.Options{}, "b,bob,1\nn,nan,2\nr,root,3,system:masters\n")
	c := cp.Client(&auth.User{Name: "tester", Groups: []string{auth.GroupMasters}})
	grant := func(name, to string, rules ...rbacv1.PolicyRule) {
		t.Helper()
		role := &rbacv1.ClusterRole{ObjectMeta: meta.ObjectMeta{Name: name}, Rules: rules}
		if err := client.Of[rbacv1.ClusterRole](c).Create(t.Context(), role); err != nil {
			t.Fatal(err)
		}
		binding := &rbacv1.ClusterRoleBinding{ObjectMeta: meta.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
			Subjects: []rbacv1.Subject{{Kind: "User", APIGroup: rbacv1.GroupName, Name: to}}}
		if err := client.Of[rbacv1.ClusterRoleBinding](c).Create(t.Context(), binding); err != nil {
			t.Fatal(err)
		}
	}
	rule := func(verb, group, resource string, names ...string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{Verbs: []string{verb}, APIGroups: []string{group}, Resources: []string{resource}, ResourceNames: names}
	}
	grant("list", "ann", rule("list", "", "pods"))
	// bob may be ann for lists of Pods alone, nan may be ann for everything.
	grant("constrained", "bob", rule("impersonate-on:user-info:list", "", "pods"), rule("impersonate:user-info", "authentication.k8s.io", "users", "ann"))
	grant("legacy", "nan", rule("impersonate", "", "users", "ann"))
	const pods = "/api/v1/pods"
	// The bindings count as soon as they are seen, which is soon, but not at once.
	waitFor(t, func() bool {
		r, err := http.NewRequestWithContext(t.Context(), "GET", a.address+pods, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer n")
		r.Header.Set("Impersonate-User", "ann")
		resp, err := a.c.Do(r)
		return err == nil && resp.Body.Close() == nil && resp.StatusCode == 200
	})
	a.get("b", pods, 200, "PodList", "Impersonate-User", "ann")
	a.get("b", pods, 403, `User "bob" cannot list resource "pods"`)
	a.get("b", pods+"?watch=1", 403, `User "bob" cannot impersonate-on:user-info:watch resource "pods"`, "Impersonate-User", "ann")
	a.get("b", pods, 403, `User "bob" cannot impersonate:user-info resource "users" in API group "authentication.k8s.io"`, "Impersonate-User", "eve")
	a.get("b", pods, 403, `User "bob" cannot impersonate:user-info resource "groups"`, "Impersonate-User", "ann", "Impersonate-Group", "system:masters")
	a.get("b", pods, 403, `cannot impersonate-on:serviceaccount:list resource "pods"`, "Impersonate-User", "system:serviceaccount:ns:x")
	a.get("b", pods, 403, `cannot impersonate-on:arbitrary-node:list resource "pods"`, "Impersonate-User", "system:node:n")
	a.get("n", pods, 200, "PodList", "Impersonate-User", "ann")
	a.get("n", pods, 403, `User "nan" cannot impersonate-on:user-info:list resource "pods"`, "Impersonate-User", "eve")
	a.get("r", pods, 403, `User "anybody" cannot list`, "Impersonate-User", "anybody")
	a.get("r", pods, 400, "without impersonating a user", "Impersonate-Group", "devs")
	a.get("r", "/api", 403, `User "system:anonymous"`, "Impersonate-User", "system:anonymous")
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for range 2000 {
		if done() {
			return
		}
	}
	t.Fatal("waited in vain")
}

func TestModes(t *testing.T) {
	a, _ := newAsker(t, controlplane.Options{AuthorizationModes: []string{controlplane.ModeAlwaysAllow}}, "b,bob,1\n")
	a.get("b", "/api/v1/secrets", 200, "SecretList")
	a.get("", "/api/v1/secrets", 200, "SecretList")

	a, _ = newAsker(t, controlplane.Options{AuthorizationModes: []string{controlplane.ModeAlwaysDeny}}, "b,bob,1\nr,root,3,system:masters\n")
	a.get("b", "/api", 403, `cannot get path "/api"`)
	a.get("r", "/api/v1/secrets", 200, "SecretList")
	a.get("", "/readyz", 200, "ok")

	a, _ = newAsker(t, controlplane.Options{Authentication: controlplane.AuthenticationOptions{DisableAnonymous: true}}, "b,bob,1\n")
	a.get("", "/readyz", 401, "Unauthorized")
	a.get("b", "/api", 200, "APIVersions")

	for _, modes := range [][]string{{"Magic"}, {controlplane.ModeRBAC, controlplane.ModeRBAC}} {
		if cp, err := controlplane.New(t.Context(), controlplane.Options{AuthorizationModes: modes}); err == nil {
			t.Errorf("%v was accepted", modes)
			_ = cp.Close()
		}
	}
}
