package certificate_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet/certificate"
)

func TestJoin(t *testing.T) {
	s := clienttest.Start(t, clienttest.Options{Bootstrap: true})
	a := newAuthority(t, time.Hour)
	background(t, func(ctx context.Context) error { return a.run(ctx, s.Local) })
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	conn, err := tls.Dial("tcp", u.Host, &tls.Config{InsecureSkipVerify: true})
	require.NoError(t, err)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: conn.ConnectionState().PeerCertificates[0].Raw})
	require.NoError(t, conn.Close())

	dir := t.TempDir()
	first := filepath.Join(dir, "bootstrap.conf")
	token := client.Config{Host: s.URL, TLS: client.TLS{CAData: ca}, BearerToken: "abcdef.0123456789abcdef"}
	require.NoError(t, client.NewKubeconfig("bootstrap", token).Write(first))
	opts := certificate.JoinOptions{
		Node: "node-1", Dir: filepath.Join(dir, "pki"), Kubeconfig: filepath.Join(dir, "kubelet.conf"),
		BootstrapKubeconfig: first, Scheme: s.Registry.Scheme(), Logger: quiet(),
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	j, err := certificate.Join(opts)
	require.NoError(t, err)
	require.Equal(t, ca, j.CA)
	stop := background(t, j.Run)
	require.NoError(t, j.WaitReady(ctx))
	_, err = client.Of[corev1.Namespace](j.Client).Get(ctx, "default")
	require.NoError(t, err)
	stop()
	require.Len(t, a.asked, 1)

	// From now on the bootstrap token is not needed, nor is anybody asked.
	require.NoError(t, os.Remove(first))
	j, err = certificate.Join(opts)
	require.NoError(t, err)
	background(t, j.Run)
	require.NoError(t, j.WaitReady(ctx))
	_, err = client.Of[corev1.Namespace](j.Client).List(ctx, meta.ListOptions{})
	require.NoError(t, err)
	require.Len(t, a.asked, 1)

	// Other credentials are taken as they are.
	require.NoError(t, client.NewKubeconfig("other", token).Write(opts.Kubeconfig))
	j, err = certificate.Join(opts)
	require.NoError(t, err)
	require.Nil(t, j.Manager)

	require.NoError(t, os.Remove(opts.Kubeconfig))
	_, err = certificate.Join(opts)
	require.ErrorContains(t, err, "is there")
}
