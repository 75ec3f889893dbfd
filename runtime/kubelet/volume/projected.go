package volume

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"slices"
	"time"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func newProjected() *content {
	return &content{
		name: "kubernetes.io/projected", memory: true,
		supports: func(v *corev1.Volume) bool { return v.Projected != nil },
		collect: func(ctx context.Context, r *Request, to *files) error {
			s := r.Volume.Projected
			to.defaults(s.DefaultMode, s.DefaultUser)
			var errs []error
			for i := range s.Sources {
				if err := addProjection(ctx, r, to, i, &s.Sources[i]); err != nil {
					errs = append(errs, err)
				}
			}
			return aggregate(errs)
		},
	}
}

func addProjection(ctx context.Context, r *Request, to *files, index int, source *corev1.VolumeProjection) error {
	switch {
	case source.ConfigMap != nil:
		s := source.ConfigMap
		return addConfigMap(ctx, r, to, s.Name, s.Items, isTrue(s.Optional))
	case source.Secret != nil:
		s := source.Secret
		return addSecret(ctx, r, to, s.Name, s.Items, isTrue(s.Optional))
	case source.DownwardAPI != nil:
		return addDownward(ctx, r, to, source.DownwardAPI.Items)
	case source.ServiceAccountToken != nil:
		return addToken(ctx, r, to, source.ServiceAccountToken)
	case source.ClusterTrustBundle != nil:
		return addTrustBundle(ctx, r, to, source.ClusterTrustBundle)
	case source.PodCertificate != nil:
		return addCertificate(ctx, r, to, index, source.PodCertificate)
	}
	return nil
}

func addToken(ctx context.Context, r *Request, to *files, source *corev1.ServiceAccountTokenProjection) error {
	token, err := r.Token(ctx, source.Audience, source.ExpirationSeconds)
	if err != nil {
		return fmt.Errorf("failed to fetch token: %w", err)
	}
	to.sooner(token.Renewal)
	mode, user := privateTo(r, to, source.User)
	to.add(source.Path, []byte(token.Value), &mode, user)
	return nil
}

// privateTo is the mode and the owner of what is secret. It is for the Pod's own user,
// or its group, where one is known; else for all containers, whoever they run as.
func privateTo(r *Request, to *files, user *int64) (int32, *int64) {
	if user == nil {
		user = to.user
	}
	own := r.User()
	if user == nil {
		user = own
	}
	if own != nil || r.FSGroup() != nil || user != nil {
		return 0o600, user
	}
	return to.mode, user
}

// bundleAge is how soon a change among the bundles of a signer is seen.
const bundleAge = time.Minute

func addTrustBundle(ctx context.Context, r *Request, to *files, source *corev1.ClusterTrustBundleProjection) error {
	var bundles []string
	switch {
	case source.Name != nil:
		bundle, err := Object[certificatesv1.ClusterTrustBundle](ctx, r, "", *source.Name)
		switch {
		case err == nil:
			bundles = []string{bundle.Spec.TrustBundle}
		case !meta.IsNotFound(err) || !isTrue(source.Optional):
			return err
		}
	case source.SignerName != nil:
		if source.LabelSelector != nil {
			selector, err := labels.FromLabelSelector(source.LabelSelector)
			if err != nil {
				return err
			}
			for bundle, err := range client.Of[certificatesv1.ClusterTrustBundle](r.Client).All(ctx, meta.ListOptions{LabelSelector: selector.String()}) {
				if err != nil {
					return err
				}
				if bundle.Spec.SignerName == *source.SignerName {
					bundles = append(bundles, bundle.Spec.TrustBundle)
				}
			}
		}
		to.sooner(time.Now().Add(bundleAge))
		if len(bundles) == 0 && !isTrue(source.Optional) {
			return fmt.Errorf("combination of signerName and labelSelector matched zero ClusterTrustBundles")
		}
	}
	to.add(source.Path, certificates(bundles), nil, source.User)
	return nil
}

// certificates puts PEM bundles together, each certificate once, in an order that
// depends on nothing but them.
func certificates(bundles []string) []byte {
	var all [][]byte
	for _, bundle := range bundles {
		for block, rest := pem.Decode([]byte(bundle)); block != nil; block, rest = pem.Decode(rest) {
			all = append(all, block.Bytes)
		}
	}
	slices.SortFunc(all, bytes.Compare)
	all = slices.CompactFunc(all, bytes.Equal)
	var out bytes.Buffer
	for _, der := range all {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return out.Bytes()
}
