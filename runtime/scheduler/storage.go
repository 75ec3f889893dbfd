package scheduler

import (
	"maps"
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/persistentvolume"
)

// Storage is what decisions know of volumes: the objects as the server has them,
// by name, and what has been decided about them that the server does not show yet.
// Like the Cluster that it belongs to it has no locks.
type Storage struct {
	Claims      map[client.Key]*corev1.PersistentVolumeClaim
	Volumes     map[string]*corev1.PersistentVolume
	Classes     map[string]*storagev1.StorageClass
	Nodes       map[string]*storagev1.CSINode
	Drivers     map[string]*storagev1.CSIDriver
	Capacities  map[client.Key]*storagev1.CSIStorageCapacity
	Attachments map[string]*storagev1.VolumeAttachment

	promised map[client.Key]promise // what is on its way to the server
	taken    map[string]client.Key  // volumes in promised, by name
}

// promise is what has been decided about a claim: the volume that it gets, or, if
// that is "", the node for which one is to be made.
type promise struct{ volume, node string }

func newStorage() *Storage {
	return &Storage{
		Claims: map[client.Key]*corev1.PersistentVolumeClaim{}, Volumes: map[string]*corev1.PersistentVolume{},
		Classes: map[string]*storagev1.StorageClass{}, Nodes: map[string]*storagev1.CSINode{}, Drivers: map[string]*storagev1.CSIDriver{},
		Capacities: map[client.Key]*storagev1.CSIStorageCapacity{}, Attachments: map[string]*storagev1.VolumeAttachment{},
		promised: map[client.Key]promise{}, taken: map[string]client.Key{},
	}
}

// VolumePlan is what has to be written, and waited for, before a Pod can be bound
// to a node: claims that get a volume, and claims for which one is to be made.
type VolumePlan struct {
	Bind      []VolumeBind
	Provision []client.Key
}

// VolumeBind gives a volume to a claim.
type VolumeBind struct {
	Claim  client.Key
	Volume string
}

// Empty reports whether there is nothing to do.
func (p *VolumePlan) Empty() bool { return len(p.Bind) == 0 && len(p.Provision) == 0 }

// reserve keeps others from what a plan takes, until it is released.
func (s *Storage) reserve(plan *VolumePlan, node string) {
	for _, b := range plan.Bind {
		s.promised[b.Claim] = promise{volume: b.Volume, node: node}
		s.taken[b.Volume] = b.Claim
	}
	for _, claim := range plan.Provision {
		s.promised[claim] = promise{node: node}
	}
}

func (s *Storage) release(plan *VolumePlan) {
	for _, b := range plan.Bind {
		delete(s.promised, b.Claim)
		delete(s.taken, b.Volume)
	}
	for _, claim := range plan.Provision {
		delete(s.promised, claim)
	}
}

// isBound reports whether a claim has its volume, and both sides say so.
func isBound(claim *corev1.PersistentVolumeClaim) bool {
	return claim.Spec.VolumeName != "" && claim.Annotations[storagev1.AnnotationBindCompleted] != ""
}

// waitsForPod reports whether a claim gets its volume when a Pod that uses it is
// placed.
func (s *Storage) waitsForPod(claim *corev1.PersistentVolumeClaim) bool {
	class := s.Classes[persistentvolume.ClassOfClaim(claim)]
	return class != nil && class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer
}

// volumesOf returns the volumes of a class that a claim might get.
func (s *Storage) volumesOf(class string) []*corev1.PersistentVolume {
	var some []*corev1.PersistentVolume
	for _, pv := range s.Volumes {
		if persistentvolume.ClassOfVolume(pv) == class {
			some = append(some, pv)
		}
	}
	slices.SortFunc(some, func(a, b *corev1.PersistentVolume) int { return strings.Compare(a.Name, b.Name) })
	return some
}

// driverOf returns the CSI driver that a claim's volume is of or will be of, and
// what tells the volume from others of that driver; "" if it is of none.
func (s *Storage) driverOf(key client.Key) (driver, handle string) {
	claim := s.Claims[key]
	if claim == nil {
		return "", ""
	}
	if claim.Spec.VolumeName != "" {
		if pv := s.Volumes[claim.Spec.VolumeName]; pv != nil && pv.Spec.CSI != nil {
			return pv.Spec.CSI.Driver, pv.Spec.CSI.VolumeHandle
		}
		return "", ""
	}
	if class := s.Classes[persistentvolume.ClassOfClaim(claim)]; class != nil && s.Drivers[class.Provisioner] != nil {
		return class.Provisioner, key.String()
	}
	return "", ""
}

// capacitiesOf returns what is known of how much room there is for a class.
func (s *Storage) capacitiesOf(class string) []*storagev1.CSIStorageCapacity {
	return slices.Collect(func(yield func(*storagev1.CSIStorageCapacity) bool) {
		for c := range maps.Values(s.Capacities) {
			if c.StorageClassName == class && !yield(c) {
				return
			}
		}
	})
}
