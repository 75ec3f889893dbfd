package authflags

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/runtime/controlplane"
)

// Kubelets are the flags that say how kubelets are reached.
type Kubelets struct{ authorities, certificate, key string }

// Register adds the flags to set.
func (f *Kubelets) Register(set *pflag.FlagSet) {
	set.StringVar(&f.authorities, "kubelet-certificate-authority", "", "PEM file of the authorities for the certificates of kubelets (default: any certificate will do)")
	set.StringVar(&f.certificate, "kubelet-client-certificate", "", "PEM file of the client certificate for kubelets (default: one of the authority in the data directory)")
	set.StringVar(&f.key, "kubelet-client-key", "", "PEM file of that certificate's key")
}

// Apply puts what was said into opts.
func (f *Kubelets) Apply(opts *controlplane.Options) error {
	if (f.certificate == "") != (f.key == "") {
		return errors.New("--kubelet-client-certificate: must be given together with --kubelet-client-key")
	}
	opts.KubeletCAFile, opts.KubeletCertFile, opts.KubeletKeyFile = f.authorities, f.certificate, f.key
	return nil
}
