package e2e

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"
)

// tryPullSecrets gets images from a registry that asks who one is.
func tryPullSecrets(t *testing.T, s *space) {
	behind := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: s.registry})
	}}
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "reader" || subtle.ConstantTimeCompare([]byte(password), []byte("open sesame")) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="images"`)
			http.Error(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`, http.StatusUnauthorized)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(registry.Close)
	host := strings.TrimPrefix(registry.URL, "http://")
	for name, password := range map[string]string{"right": "open sesame", "wrong": "open barley"} {
		s.run(t, "create", "secret", "docker-registry", name, "--docker-server="+host, "--docker-username=reader", "--docker-password="+password)
	}
	pod := func(name, secrets string) {
		s.pod(t, name, fmt.Sprintf(`{terminationGracePeriodSeconds: 1, imagePullSecrets: [%s], containers: [{name: c, image: %q, imagePullPolicy: Always, args: [serve]}]}`, secrets, host+"/box:1"))
	}
	pod("none", "")
	pod("wrong", "{name: wrong}")
	pod("lost", "{name: lost}, {name: right}")
	for _, name := range []string{"none", "wrong"} {
		eventually(t, 60*time.Second, func() error {
			reason := s.field(t, name, ".status.containerStatuses[0].state.waiting.reason")
			if reason != "ErrImagePull" && reason != "ImagePullBackOff" {
				return fmt.Errorf("%s waits for %q", name, reason)
			}
			return nil
		})
		contains(t, s.event(t, name, "Failed"), `Error: `)
		contains(t, s.run(t, "describe", "pod", name), `Failed to pull image "`+host+`/box:1"`, "401 Unauthorized")
	}
	// One Secret that is not there keeps nobody from those that are.
	s.ready(t, "lost")
	contains(t, s.event(t, "lost", "FailedToRetrieveImagePullSecret"), "Unable to retrieve some image pull secrets (lost); attempting to pull the image may not succeed.")
	// As soon as the password is right the next try succeeds; what the service account
	// names counts for its Pods, too.
	s.run(t, "patch", "serviceaccount", "default", "-p", `{"imagePullSecrets":[{"name":"right"}]}`)
	pod("of-account", "")
	s.ready(t, "of-account")
	s.run(t, "delete", "secret", "wrong")
	s.run(t, "create", "secret", "docker-registry", "wrong", "--docker-server="+host, "--docker-username=reader", "--docker-password=open sesame")
	s.ready(t, "wrong")
}
