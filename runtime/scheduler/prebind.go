package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/persistentvolume"
)

// volumeTimeout is how long a Pod waits on its node for its volumes before another
// node may be looked for.
const volumeTimeout = 10 * time.Minute

// errGone says that the Pod is not there any more.
var errGone = errors.New("the pod is gone")

// bindVolumes writes what a plan says and waits until all of the Pod's claims are
// bound. While it waits it holds no slot.
func (s *Scheduler) bindVolumes(ctx context.Context, leave func(), pod *Pod, node string, plan VolumePlan) error {
	for _, b := range plan.Bind {
		if err := s.giveVolume(ctx, b); err != nil {
			return err
		}
	}
	wrote := map[client.Key]string{} // the claims' versions, by name
	for _, claim := range plan.Provision {
		version, err := s.selectNode(ctx, claim, node)
		if err != nil {
			return err
		}
		wrote[claim] = version
	}
	leave()
	ctx, cancel := context.WithTimeout(ctx, volumeTimeout)
	defer cancel()
	s.bePatient(1)
	defer s.bePatient(-1)
	for {
		s.mu.Lock()
		done, err := s.volumesReady(pod, node, wrote)
		stirred := s.stirred
		s.mu.Unlock()
		if done || err != nil {
			return err
		}
		select {
		case <-stirred:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Scheduler) bePatient(by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.patient += by
}

var errDone = errors.New("done already")

// giveVolume keeps a volume for a claim; who binds both sides sees that.
func (s *Scheduler) giveVolume(ctx context.Context, b VolumeBind) error {
	claim, err := client.Of[corev1.PersistentVolumeClaim](s.client).In(b.Claim.Namespace).Get(ctx, b.Claim.Name)
	if err != nil {
		return err
	}
	_, err = client.Of[corev1.PersistentVolume](s.client).Modify(ctx, b.Volume, func(pv *corev1.PersistentVolume) error {
		switch ref := pv.Spec.ClaimRef; {
		case ref == nil:
			if pv.Annotations == nil {
				pv.Annotations = map[string]string{}
			}
			pv.Annotations[storagev1.AnnotationBoundByController] = "yes"
		case !persistentvolume.IsFor(pv, claim):
			return fmt.Errorf("volume %q already bound to a different claim", pv.Name)
		case ref.UID == claim.UID:
			return errDone
		}
		pv.Spec.ClaimRef = &corev1.ObjectReference{
			APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID, ResourceVersion: claim.ResourceVersion,
		}
		return nil
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// selectNode says on a claim for which node its volume is to be made, and returns
// the version of the claim from which on it does; "" if that is not needed.
func (s *Scheduler) selectNode(ctx context.Context, key client.Key, node string) (version string, err error) {
	claim, err := client.Of[corev1.PersistentVolumeClaim](s.client).In(key.Namespace).Modify(ctx, key.Name, func(claim *corev1.PersistentVolumeClaim) error {
		if claim.Spec.VolumeName != "" {
			return errDone
		}
		if claim.Annotations[storagev1.AnnotationSelectedNode] == node {
			version = claim.ResourceVersion
			return errDone
		}
		if claim.Annotations == nil {
			claim.Annotations = map[string]string{}
		}
		claim.Annotations[storagev1.AnnotationSelectedNode] = node
		return nil
	})
	switch {
	case errors.Is(err, errDone):
		return version, nil
	case err != nil:
		return "", err
	}
	return claim.ResourceVersion, nil
}

// volumesReady reports whether all claims of a Pod are bound, to volumes that its
// node reaches. The error says that waiting longer makes no sense.
func (s *Scheduler) volumesReady(pod *Pod, node string, wrote map[client.Key]string) (bool, error) {
	n := s.cluster.Node(node)
	switch {
	case s.assumed[pod.Key] != pod.Object.UID:
		return false, errGone
	case n == nil:
		return false, fmt.Errorf("node %q not found", node)
	}
	claims := client.CacheOf[corev1.PersistentVolumeClaim](s.caches)
	ready := true
	for _, c := range pod.claims {
		claim, ok := claims.GetKey(c.key)
		if !ok {
			return false, fmt.Errorf("persistentvolumeclaim %q not found", c.key.Name)
		}
		if !isBound(claim) {
			// A provisioner that can make no volume for a node takes the node off the
			// claim.
			if version := wrote[c.key]; version != "" && claims.Saw(version) && claim.Spec.VolumeName == "" && claim.Annotations[storagev1.AnnotationSelectedNode] != node {
				return false, fmt.Errorf("provisioning failed for PVC %q", c.key.Name)
			}
			ready = false
			continue
		}
		pv := s.cluster.Storage.Volumes[claim.Spec.VolumeName]
		if pv == nil {
			ready = false // volumes come by another watch, which may be behind
			continue
		}
		if !reaches(pv, n.Object) {
			return false, fmt.Errorf("pv %q node affinity doesn't match node %q", pv.Name, node)
		}
	}
	return ready, nil
}
