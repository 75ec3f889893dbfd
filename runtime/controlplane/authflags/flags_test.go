package authflags_test

import (
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/runtime/controlplane/authflags"
)

func TestFlags(t *testing.T) {
	apply := func(args ...string) (controlplane.Options, error) {
		var f authflags.Flags
		set := pflag.NewFlagSet("test", pflag.ContinueOnError)
		f.Register(set)
		require.NoError(t, set.Parse(args))
		var o controlplane.Options
		return o, f.Apply(&o)
	}
	_, err := apply()
	require.NoError(t, err)
	_, err = apply("--authorization-mode=Magic,RBAC,RBAC", "--service-account-issuer=", "--service-account-max-token-expiration=1m")
	require.ErrorContains(t, err, `--authorization-mode: "Magic" is not one of Node, RBAC, AlwaysAllow, AlwaysDeny`)
	require.ErrorContains(t, err, `"RBAC" is given twice`)
	require.ErrorContains(t, err, "--service-account-issuer: must not be empty")
	require.ErrorContains(t, err, "--service-account-max-token-expiration: must be between")
}

func TestKubeletFlags(t *testing.T) {
	apply := func(args ...string) (controlplane.Options, error) {
		var f authflags.Kubelets
		set := pflag.NewFlagSet("test", pflag.ContinueOnError)
		f.Register(set)
		require.NoError(t, set.Parse(args))
		var o controlplane.Options
		err := f.Apply(&o)
		return o, err
	}
	o, err := apply("--kubelet-certificate-authority=ca", "--kubelet-client-certificate=c", "--kubelet-client-key=k")
	require.NoError(t, err)
	require.Equal(t, []string{"ca", "c", "k"}, []string{o.KubeletCAFile, o.KubeletCertFile, o.KubeletKeyFile})
	_, err = apply("--kubelet-client-certificate=c")
	require.ErrorContains(t, err, "must be given together with --kubelet-client-key")
}
