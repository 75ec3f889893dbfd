package client

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// transport returns what sends the requests of config.
func transport(config *Config) (http.RoundTripper, error) {
	if config.Transport != nil {
		return config.Transport, nil
	}
	tlsConfig, err := config.TLS.tlsConfig()
	if err != nil {
		return nil, err
	}
	proxy := http.ProxyFromEnvironment
	if config.ProxyURL != "" {
		u, err := url.Parse(config.ProxyURL)
		if err != nil {
			return nil, fmt.Errorf("proxy: %w", err)
		}
		proxy = http.ProxyURL(u)
	}
	return &http.Transport{
		Proxy:               proxy,
		TLSClientConfig:     tlsConfig,
		TLSHandshakeTimeout: 10 * time.Second,
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:   true,
		DisableCompression:  config.DisableCompression,
		// HTTP/2 carries all requests of a client over one connection. Pings
		// find out that it is dead; otherwise a watch would wait for ever.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
		// For servers that only speak HTTP/1.1.
		MaxIdleConnsPerHost: 25,
		IdleConnTimeout:     90 * time.Second,
	}, nil
}

// identity puts into requests what says who makes them.
type identity struct {
	config *Config

	mu    sync.Mutex // guards what follows
	token string
	read  time.Time
}

// tokenLife is how long a token read from a file is used. Kubernetes renews
// tokens minutes before they expire.
const tokenLife = time.Minute

func (id *identity) sign(h http.Header) error {
	c := id.config
	switch {
	case c.BearerTokenFile != "":
		token, err := id.fileToken()
		if err != nil {
			return err
		}
		h.Set("Authorization", "Bearer "+token)
	case c.BearerToken != "":
		h.Set("Authorization", "Bearer "+c.BearerToken)
	case c.Username != "":
		r := http.Request{Header: h}
		r.SetBasicAuth(c.Username, c.Password)
	}
	if as := c.Impersonate; as.User != "" {
		h.Set("Impersonate-User", as.User)
		if as.UID != "" {
			h.Set("Impersonate-Uid", as.UID)
		}
		for _, g := range as.Groups {
			h.Add("Impersonate-Group", g)
		}
		for key, values := range as.Extra {
			for _, v := range values {
				h.Add("Impersonate-Extra-"+url.PathEscape(key), v)
			}
		}
	}
	h.Set("User-Agent", c.UserAgent)
	return nil
}

func (id *identity) fileToken() (string, error) {
	id.mu.Lock()
	defer id.mu.Unlock()
	if id.token != "" && time.Since(id.read) < tokenLife {
		return id.token, nil
	}
	data, err := os.ReadFile(id.config.BearerTokenFile)
	token := strings.TrimSpace(string(data))
	switch {
	case err == nil && token != "":
		id.token, id.read = token, time.Now()
	case id.token == "" && err == nil:
		return "", fmt.Errorf("bearer token: %s is empty", id.config.BearerTokenFile)
	case id.token == "":
		return "", fmt.Errorf("bearer token: %w", err)
	}
	// A file that is being replaced may be missing for a moment; the token that
	// was in it is still good.
	return id.token, nil
}
