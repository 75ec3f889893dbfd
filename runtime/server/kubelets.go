package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// KubeletOptions tunes [Kubelets]. The zero value works with kubelets that let
// everybody in.
type KubeletOptions struct {
	// Certificate returns the certificate by which kubelets know the server. It is
	// asked for each new connection. Nil: none is shown.
	Certificate func() (*tls.Certificate, error)
	// RootCAs are who vouches for the certificates of kubelets. Nil: any
	// certificate will do, since most kubelets sign their own.
	RootCAs *x509.CertPool
	// AddressTypes are the addresses of a Node by which it is reached, the best
	// one first. Nil: InternalIP, ExternalIP, InternalDNS, ExternalDNS, Hostname.
	AddressTypes []corev1.NodeAddressType
	// Timeout bounds the time to connect. Zero means 5 s.
	Timeout time.Duration
}

// Kubelets reaches kubelets over the network, at the address and port that their
// Nodes name. It is a [NodeConnector].
type Kubelets struct {
	types     []corev1.NodeAddressType
	transport *http.Transport
}

// NewKubelets returns a connector that keeps idle connections for a while; Close
// ends them.
func NewKubelets(opts KubeletOptions) *Kubelets {
	if opts.AddressTypes == nil {
		opts.AddressTypes = []corev1.NodeAddressType{corev1.NodeInternalIP, corev1.NodeExternalIP, corev1.NodeInternalDNS, corev1.NodeExternalDNS, corev1.NodeHostName}
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 5 * time.Second
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: opts.RootCAs, InsecureSkipVerify: opts.RootCAs == nil} //nolint:gosec // as documented
	if opts.Certificate != nil {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return opts.Certificate() }
	}
	return &Kubelets{types: opts.AddressTypes, transport: &http.Transport{
		TLSClientConfig:     config,
		DialContext:         (&net.Dialer{Timeout: opts.Timeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second, MaxIdleConnsPerHost: 4,
		// Connections are to be upgraded, which HTTP/2 cannot.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}}
}

// defaultKubeletPort is where kubelets listen that do not say.
const defaultKubeletPort = 10250

// Connect implements [NodeConnector].
func (k *Kubelets) Connect(_ context.Context, node *corev1.Node) (*url.URL, http.RoundTripper, error) {
	port := int(node.Status.DaemonEndpoints.KubeletEndpoint.Port)
	if port == 0 {
		port = defaultKubeletPort
	}
	for _, t := range k.types {
		for _, a := range node.Status.Addresses {
			if a.Type == t && a.Address != "" {
				return &url.URL{Scheme: "https", Host: net.JoinHostPort(a.Address, strconv.Itoa(port))}, k.transport, nil
			}
		}
	}
	return nil, nil, meta.InternalError(fmt.Errorf("no preferred addresses found; known addresses: %v", node.Status.Addresses))
}

// Close ends idle connections. The connector can still be used.
func (k *Kubelets) Close() { k.transport.CloseIdleConnections() }
