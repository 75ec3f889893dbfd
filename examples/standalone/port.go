package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"time"

	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/certificate"
)

// kubeletPort opens the port of the node's kubelet, by which others than the API
// server of this process reach it: those who gather metrics. If none is asked for it
// is the usual one, or a free one where that is taken; the Node says which.
func kubeletPort(port int, address netip.Addr) (net.Listener, error) {
	at := func(port int) (net.Listener, error) {
		return net.Listen("tcp", net.JoinHostPort(address.String(), strconv.Itoa(port)))
	}
	if port != 0 {
		return at(port)
	}
	if l, err := at(kubelet.DefaultPort); err == nil {
		return l, nil
	}
	return at(0)
}

// newServer makes what answers there. Users are asked for the API server's opinion.
func (n *node) newServer(c client.Client, ca []byte, name string, address netip.Addr) (*kubelet.Server, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, errors.New("authorities of clients: no PEM certificate found")
	}
	own, err := certificate.SelfSigned(filepath.Join(n.dir, "pki"), []string{name, address.String()}, time.Now())
	if err != nil {
		return nil, fmt.Errorf("kubelet's port: %w", err)
	}
	return kubelet.NewServer(n.kubelet, kubelet.ServerOptions{
		Listener:    n.port,
		Certificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return own, nil },
		ClientCAs:   func() *x509.CertPool { return pool },
		Reviews:     kubelet.Reviews(c), Logger: n.log,
	})
}
