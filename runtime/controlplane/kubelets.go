package controlplane

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/pki"
	"github.com/kubenucleus/nucleus/runtime/server"
)

// Kubelets reaches kubelets over the network. They know this server by a client
// certificate of kube-apiserver-kubelet-client, a member of system:masters, which
// the control plane's own authority signs, or by the one of the options.
func (c *ControlPlane) Kubelets() *server.Kubelets { return c.kubelets }

func (c *ControlPlane) openKubelets() error {
	var roots *x509.CertPool
	if file := c.opts.KubeletCAFile; file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("authority of kubelets: %w", err)
		}
		if roots, err = pki.PoolFromPEM(data); err != nil {
			return fmt.Errorf("authority of kubelets: %s: %w", file, err)
		}
	}
	fromFiles := func() (*tls.Certificate, error) {
		certificate, err := tls.LoadX509KeyPair(c.opts.KubeletCertFile, c.opts.KubeletKeyFile)
		if err != nil {
			return nil, fmt.Errorf("client certificate for kubelets: %w", err)
		}
		return &certificate, nil
	}
	if c.opts.KubeletCertFile != "" {
		if _, err := fromFiles(); err != nil {
			return err
		}
		c.kubelets = server.NewKubelets(server.KubeletOptions{RootCAs: roots, Certificate: fromFiles})
		return nil
	}
	c.kubelets = server.NewKubelets(server.KubeletOptions{RootCAs: roots, Certificate: func() (*tls.Certificate, error) {
		// Made when it is first needed: a control plane without Pods never is asked.
		pair, err := c.pki.Client("apiserver-kubelet-client", "kube-apiserver-kubelet-client", auth.GroupMasters)
		if err != nil {
			return nil, err
		}
		certificate := pair.TLS()
		return &certificate, nil
	}})
	return nil
}

func (c *ControlPlane) nodeConnector() server.NodeConnector {
	if c.opts.NodeConnector != nil {
		return c.opts.NodeConnector
	}
	return c.kubelets
}
