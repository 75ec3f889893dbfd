package certificates

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
)

const legacySigner = "kubernetes.io/legacy-unknown"

// checks are the signers there are, and what each of them refuses to sign.
var checks = map[string]func(asked *x509.CertificateRequest, usages []certificatesv1.KeyUsage) error{
	certificatesv1.KubeAPIServerClientSignerName:        checkClient,
	certificatesv1.KubeAPIServerClientKubeletSignerName: checkNodeClient,
	certificatesv1.KubeletServingSignerName:             checkServing,
	legacySigner:                                        func(*x509.CertificateRequest, []certificatesv1.KeyUsage) error { return nil },
}

func checkClient(_ *x509.CertificateRequest, usages []certificatesv1.KeyUsage) error {
	return checkUsages(usages, certificatesv1.UsageClientAuth)
}

// checkUsages wants the one usage, and nothing else beside what goes with it.
func checkUsages(usages []certificatesv1.KeyUsage, wanted certificatesv1.KeyUsage) error {
	if !slices.Contains(usages, wanted) {
		return fmt.Errorf("usages did not match %v: %q is missing", usages, wanted)
	}
	for _, u := range usages {
		switch u {
		case wanted, certificatesv1.UsageDigitalSignature, certificatesv1.UsageKeyEncipherment:
		default:
			return fmt.Errorf("usages did not match %v: %q is not for this signer", usages, u)
		}
	}
	return nil
}

// checkNode wants the subject of a node.
func checkNode(asked *x509.CertificateRequest) error {
	switch {
	case !slices.Equal(asked.Subject.Organization, []string{"system:nodes"}):
		return errors.New("subject organization is not system:nodes")
	case !strings.HasPrefix(asked.Subject.CommonName, "system:node:"):
		return errors.New("subject common name does not begin with system:node:")
	case len(asked.EmailAddresses) > 0:
		return errors.New("email subjectAltNames are not allowed")
	case len(asked.URIs) > 0:
		return errors.New("URI subjectAltNames are not allowed")
	}
	return nil
}

func checkNodeClient(asked *x509.CertificateRequest, usages []certificatesv1.KeyUsage) error {
	if err := checkNode(asked); err != nil {
		return err
	}
	switch {
	case len(asked.DNSNames) > 0:
		return errors.New("DNS subjectAltNames are not allowed")
	case len(asked.IPAddresses) > 0:
		return errors.New("IP subjectAltNames are not allowed")
	}
	return checkNodeUsages(usages, certificatesv1.UsageClientAuth)
}

func checkServing(asked *x509.CertificateRequest, usages []certificatesv1.KeyUsage) error {
	if err := checkNode(asked); err != nil {
		return err
	}
	if len(asked.DNSNames) == 0 && len(asked.IPAddresses) == 0 {
		return errors.New("DNS or IP subjectAltName is required")
	}
	return checkNodeUsages(usages, certificatesv1.UsageServerAuth)
}

// checkNodeUsages wants exactly what kubelets ask for.
func checkNodeUsages(usages []certificatesv1.KeyUsage, wanted certificatesv1.KeyUsage) error {
	if err := checkUsages(usages, wanted); err != nil {
		return err
	}
	if !slices.Contains(usages, certificatesv1.UsageDigitalSignature) {
		return fmt.Errorf("usages did not match %v: %q is missing", usages, certificatesv1.UsageDigitalSignature)
	}
	return nil
}
