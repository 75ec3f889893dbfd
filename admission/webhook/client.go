package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// maxAnswer bounds what a webhook may answer, in bytes: it may well send back
// a patch of an object of the largest size.
const maxAnswer = 10 << 20

// clients keeps connections to webhooks: one client for each way of trusting and
// finding them.
type clients struct {
	mutex sync.Mutex
	known map[[sha256.Size]byte]*http.Client
}

// maxClients is how many are kept. Configurations change rarely; what is more has been
// replaced.
const maxClients = 64

func (c *clients) of(key [sha256.Size]byte, build func() (*http.Client, error)) (*http.Client, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if have := c.known[key]; have != nil {
		return have, nil
	}
	made, err := build()
	if err != nil {
		return nil, err
	}
	if c.known == nil || len(c.known) >= maxClients {
		for _, old := range c.known {
			old.CloseIdleConnections()
		}
		c.known = map[[sha256.Size]byte]*http.Client{}
	}
	c.known[key] = made
	return made, nil
}

func (c *clients) close() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, client := range c.known {
		client.CloseIdleConnections()
	}
	c.known = nil
}

// post sends a review and returns the answer.
func (w *Webhooks) post(ctx context.Context, h *hook, body []byte, timeout time.Duration) ([]byte, error) {
	where, client, err := w.endpoint(h)
	if err != nil {
		return nil, err
	}
	separator := "?"
	if strings.Contains(where, "?") {
		separator = "&"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, where+separator+"timeout="+strconv.Itoa(int(timeout/time.Second))+"s", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json, */*")
	request.Header.Set("User-Agent", "kube-apiserver-admission")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxAnswer:
		return nil, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	case response.StatusCode < 200 || response.StatusCode > 206:
		return nil, errors.New(wordsFor(response.StatusCode))
	}
	return data, nil
}

// wordsFor is what Kubernetes' clients say of a status that comes without an
// explanation.
func wordsFor(code int) string {
	switch code {
	case http.StatusUnauthorized:
		return "the server has asked for the client to provide credentials"
	case http.StatusForbidden:
		return "unknown"
	case http.StatusNotFound:
		return "the server could not find the requested resource"
	case http.StatusMethodNotAllowed:
		return "the server does not allow this method on the requested resource"
	case http.StatusConflict:
		return "the server reported a conflict"
	case http.StatusUnprocessableEntity:
		return "the server rejected our request due to an error in our request"
	case http.StatusTooManyRequests:
		return "the server has received too many requests and has asked us to try again later"
	case http.StatusServiceUnavailable:
		return "the server is currently unable to handle the request"
	case http.StatusGatewayTimeout:
		return "the server was unable to return a response in the time allotted, but may still be processing the request"
	}
	if code >= 500 {
		return `an error on the server ("unknown") has prevented the request from succeeding`
	}
	return "the server rejected our request for an unknown reason"
}

// endpoint returns the URL of a webhook and the client to call it with.
func (w *Webhooks) endpoint(h *hook) (string, *http.Client, error) {
	c := &h.ClientConfig
	key := sha256.New()
	key.Write(c.CABundle)
	where, serverName := "", ""
	var dial func(ctx context.Context, network, address string) (net.Conn, error)
	switch {
	case c.URL != nil:
		where = *c.URL
	case c.Service != nil:
		s, port := c.Service, int32(443)
		if s.Port != nil {
			port = *s.Port
		}
		serverName = s.Name + "." + s.Namespace + ".svc"
		where = "https://" + net.JoinHostPort(serverName, strconv.Itoa(int(port)))
		if s.Path != nil {
			where += "/" + strings.TrimPrefix(*s.Path, "/")
		}
		fmt.Fprintf(key, "|%s:%d", serverName, port)
		dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			address, err := w.options.Resolve(ctx, s.Namespace, s.Name, port)
			if err != nil {
				return nil, err
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
	default:
		return "", nil, errors.New("webhook configuration must have either service or URL")
	}
	client, err := w.clients.of([sha256.Size]byte(key.Sum(nil)), func() (*http.Client, error) {
		config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: serverName}
		if len(c.CABundle) > 0 {
			config.RootCAs = x509.NewCertPool()
			if !config.RootCAs.AppendCertsFromPEM(c.CABundle) {
				return nil, errors.New("unable to load root certificates: unable to parse bytes as PEM block")
			}
		}
		return &http.Client{
			Transport: &http.Transport{TLSClientConfig: config, DialContext: dial, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second},
			// A webhook is where its configuration says.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}, nil
	})
	return where, client, err
}

var services = meta.GroupVersionResource{Version: "v1", Resource: "services"}

// clusterIP finds a Service by its cluster IP, or the name that it is for.
func (w *Webhooks) clusterIP(ctx context.Context, namespace, name string, port int32) (string, error) {
	obj, err := w.reader.Get(ctx, services, namespace, name)
	if err != nil {
		if meta.IsNotFound(err) {
			return "", fmt.Errorf("service %q not found", name)
		}
		return "", err
	}
	service, ok := obj.(*corev1.Service)
	if !ok {
		return "", fmt.Errorf("%q is not a Service but a %T", name, obj)
	}
	number := strconv.Itoa(int(port))
	if service.Spec.Type == corev1.ServiceTypeExternalName {
		return net.JoinHostPort(service.Spec.ExternalName, number), nil
	}
	for i := range service.Spec.Ports {
		if service.Spec.Ports[i].Port == port {
			if ip := service.Spec.ClusterIP; ip != "" && ip != "None" {
				return net.JoinHostPort(ip, number), nil
			}
			return "", fmt.Errorf("service %q has no cluster IP", name)
		}
	}
	return "", fmt.Errorf("no service port %d found for service %q", port, name)
}
