package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// mostRedirects are followed.
const mostRedirects = 10

// get carries out an HTTP probe.
func get(ctx context.Context, target kubelet.ProbeTarget, action *corev1.HTTPGetAction, timeout time.Duration) (ok bool, output string, err error) {
	// The client's own timeout words the error; what ends earlier is given up.
	given := ctx
	ctx, cancel := context.WithCancel(context.WithoutCancel(given))
	defer cancel()
	stop := context.AfterFunc(given, func() {
		if !errors.Is(given.Err(), context.DeadlineExceeded) {
			cancel()
		}
	})
	defer stop()
	request, err := request(ctx, target, action, "kube-probe/"+version)
	if err != nil {
		return false, "", err
	}
	c := httpClient(action)
	c.Timeout = timeout
	defer c.CloseIdleConnections()
	answer, err := c.Do(request)
	if err != nil {
		return false, err.Error(), nil
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestOutput))
	switch {
	case err != nil:
		return false, "", err
	case answer.StatusCode < 200 || answer.StatusCode >= 400:
		return false, fmt.Sprintf("HTTP probe failed with statuscode: %d", answer.StatusCode), nil
	case answer.StatusCode >= 300:
		return true, fmt.Sprintf("Probe terminated redirects, Response body: %v", string(body)), nil
	}
	return true, "", nil
}

// request makes the request that an action asks for.
func request(ctx context.Context, target kubelet.ProbeTarget, action *corev1.HTTPGetAction, agent string) (*http.Request, error) {
	where, err := address(target, action.Host, action.Port)
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(action.Path)
	if err != nil {
		at = &url.URL{Path: action.Path}
	}
	at.Scheme, at.Host = "http", where
	if action.Scheme == corev1.URISchemeHTTPS {
		at.Scheme = "https"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	for _, h := range action.HTTPHeaders {
		r.Header.Add(h.Name, h.Value)
	}
	for name, value := range map[string]string{"User-Agent": agent, "Accept": "*/*"} {
		switch have, given := r.Header[name]; {
		case !given:
			r.Header.Set(name, value)
		case len(have) > 0 && have[0] == "" && name == "Accept":
			r.Header.Del(name) // that is how one asks to send none
		}
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	return r, nil
}

// httpClient returns a client for one request.
func httpClient(action *corev1.HTTPGetAction) *http.Client {
	transport := &http.Transport{
		TLSClientConfig:    &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see the package's comment
		DisableKeepAlives:  true,
		DisableCompression: true,
		DialContext:        dialer().DialContext,
	}
	if action.Protocol != nil && *action.Protocol == corev1.HTTPProtocolHTTP2 {
		transport.Protocols = &http.Protocols{}
		transport.Protocols.SetHTTP2(true)
		transport.Protocols.SetUnencryptedHTTP2(true)
	}
	return &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		switch {
		case r.URL.Hostname() != via[0].URL.Hostname():
			return http.ErrUseLastResponse // another host says nothing about this one
		case len(via) >= mostRedirects:
			return errors.New("stopped after 10 redirects")
		}
		return nil
	}}
}

// Run implements [kubelet.Hooks].
func (p *Prober) Run(ctx context.Context, target kubelet.ProbeTarget, handler *corev1.LifecycleHandler) error {
	about := fmt.Sprintf("for Container %q in Pod %q failed", target.Container.Name,
		fmt.Sprintf("%s_%s(%s)", target.Pod.Name, target.Pod.Namespace, target.Pod.UID))
	switch {
	case handler.Exec != nil:
		if p.exec == nil {
			return fmt.Errorf("Exec lifecycle hook (%v) %s - error: %w", handler.Exec.Command, about, errNoExec)
		}
		result, err := p.exec.Exec(ctx, target.ContainerID, handler.Exec.Command, 0)
		if err == nil && result.ExitCode != 0 {
			err = fmt.Errorf("command '%s' exited with %d: %s", strings.Join(handler.Exec.Command, " "), result.ExitCode, result.Stderr)
		}
		if err != nil {
			return fmt.Errorf("Exec lifecycle hook (%v) %s - error: %w, message: %q", handler.Exec.Command, about, err, outputOf(result))
		}
		return nil
	case handler.HTTPGet != nil:
		if err := tell(ctx, target, handler.HTTPGet); err != nil {
			return fmt.Errorf("HTTP lifecycle hook (%s) %s - error: %w", handler.HTTPGet.Path, about, err)
		}
		return nil
	}
	return errors.New("invalid handler: it has neither a command nor an HTTP request")
}

// tell sends the request of a hook. Whatever the answer is, the container has
// been told.
func tell(ctx context.Context, target kubelet.ProbeTarget, action *corev1.HTTPGetAction) error {
	r, err := request(ctx, target, action, "kube-lifecycle/"+version)
	if err != nil {
		return err
	}
	c := httpClient(action)
	defer c.CloseIdleConnections()
	answer, err := c.Do(r)
	if err != nil && r.URL.Scheme == "https" && strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		// Hooks once ignored the scheme; manifests that never worked otherwise still do.
		r = r.Clone(ctx)
		r.URL.Scheme = "http"
		r.Header.Del("Authorization")
		answer, err = c.Do(r)
	}
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, largestOutput))
	return answer.Body.Close()
}
