package scheduler

import (
	"fmt"
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// VolumeRestrictions keeps Pods from volumes that another Pod has for itself: those
// behind claims for a single Pod, and disks that machines cannot share.
type VolumeRestrictions struct{}

func (VolumeRestrictions) Name() string     { return "VolumeRestrictions" }
func (VolumeRestrictions) HelpedBy() Change { return NodeChanged | PodGone | StorageChanged }

func (VolumeRestrictions) Prepare(pod *Pod, cluster *Cluster) func(*Node) Verdict {
	// For a claim for a single Pod it does not matter where the other Pod is; but
	// evicting it helps only where it is.
	others := 0
	own := map[client.Key]bool{}
	for _, c := range pod.claims {
		if claim := cluster.Storage.Claims[c.key]; claim != nil && slices.Contains(claim.Spec.AccessModes, corev1.ReadWriteOncePod) {
			own[c.key] = true
		}
	}
	if len(own) > 0 {
		for _, n := range cluster.order {
			for _, other := range n.Pods {
				if usesAny(other, own) {
					others++
				}
			}
		}
	}
	disks := disksOf(pod.Object)
	if others == 0 && len(disks) == 0 {
		return nil
	}
	return func(n *Node) Verdict {
		for _, other := range n.Pods {
			for _, taken := range disksOf(other.Object) {
				if slices.ContainsFunc(disks, taken.excludes) {
					return Verdict{Reason: "node(s) had no available disk"}
				}
			}
		}
		if others > 0 {
			return Verdict{Reason: "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"}
		}
		return Verdict{}
	}
}

func usesAny(pod *Pod, claims map[client.Key]bool) bool {
	return slices.ContainsFunc(pod.claims, func(c podClaim) bool { return claims[c.key] })
}

// disk is a volume that a Pod names itself and that a machine has only once, or
// several times if nobody writes to it.
type disk struct {
	id       string
	readOnly bool
	shared   bool // readers do not disturb each other
}

func (d disk) excludes(o disk) bool {
	return d.id == o.id && !(d.shared && d.readOnly && o.readOnly)
}

func disksOf(pod *corev1.Pod) []disk {
	var disks []disk
	for i := range pod.Spec.Volumes {
		switch v := &pod.Spec.Volumes[i]; {
		case v.GCEPersistentDisk != nil:
			disks = append(disks, disk{"gce/" + v.GCEPersistentDisk.PDName, v.GCEPersistentDisk.ReadOnly, true})
		case v.AWSElasticBlockStore != nil:
			disks = append(disks, disk{"aws/" + v.AWSElasticBlockStore.VolumeID, false, false})
		case v.ISCSI != nil:
			disks = append(disks, disk{"iscsi/" + v.ISCSI.IQN, v.ISCSI.ReadOnly, true})
		case v.RBD != nil:
			for _, monitor := range v.RBD.CephMonitors {
				disks = append(disks, disk{fmt.Sprintf("rbd/%s/%s/%s", monitor, v.RBD.RBDPool, v.RBD.RBDImage), v.RBD.ReadOnly, true})
			}
		}
	}
	return disks
}

// VolumeLimits rules out nodes to which a CSI driver can attach no more volumes.
type VolumeLimits struct{}

func (VolumeLimits) Name() string     { return "NodeVolumeLimits" }
func (VolumeLimits) HelpedBy() Change { return NodeChanged | PodGone | StorageChanged }

// handle is one volume of a driver.
type handle struct{ driver, volume string }

func (VolumeLimits) Prepare(pod *Pod, cluster *Cluster) func(*Node) Verdict {
	s := cluster.Storage
	wanted := s.handlesOf(pod)
	if len(wanted) == 0 {
		return nil
	}
	return func(n *Node) Verdict {
		node := s.Nodes[n.Object.Name]
		missing := func(d string) bool {
			driver := s.Drivers[d]
			return driver != nil && driver.Spec.PreventPodSchedulingIfMissing != nil && *driver.Spec.PreventPodSchedulingIfMissing &&
				(node == nil || !slices.ContainsFunc(node.Spec.Drivers, func(have storagev1.CSINodeDriver) bool { return have.Name == d }))
		}
		for _, w := range wanted {
			if missing(w.driver) {
				return final("node(s) did not have the CSI driver of a volume installed")
			}
		}
		if node == nil {
			return Verdict{}
		}
		var there map[handle]bool
		for i := range node.Spec.Drivers {
			driver := &node.Spec.Drivers[i]
			if driver.Allocatable == nil || driver.Allocatable.Count == nil || !slices.ContainsFunc(wanted, func(h handle) bool { return h.driver == driver.Name }) {
				continue
			}
			if there == nil {
				there = s.handlesOn(n)
			}
			count, more := 0, 0
			for h := range there {
				if h.driver == driver.Name {
					count++
				}
			}
			for _, h := range wanted {
				if h.driver == driver.Name && !there[h] {
					more++
				}
			}
			if more > 0 && count+more > int(*driver.Allocatable.Count) {
				return Verdict{Reason: "node(s) exceed max volume count"}
			}
		}
		return Verdict{}
	}
}

// handlesOf returns the volumes of CSI drivers that a Pod uses through claims,
// each once.
func (s *Storage) handlesOf(pod *Pod) []handle {
	var handles []handle
	for _, c := range pod.claims {
		if driver, volume := s.driverOf(c.key); driver != "" && !slices.Contains(handles, handle{driver, volume}) {
			handles = append(handles, handle{driver, volume})
		}
	}
	return handles
}

// handlesOn returns the volumes that Pods of a node use or that are attached to it.
func (s *Storage) handlesOn(n *Node) map[handle]bool {
	all := map[handle]bool{}
	for _, pod := range n.Pods {
		for _, h := range s.handlesOf(pod) {
			all[h] = true
		}
	}
	for _, a := range s.Attachments {
		if a.Spec.NodeName != n.Object.Name || a.Spec.Source.PersistentVolumeName == nil {
			continue
		}
		if pv := s.Volumes[*a.Spec.Source.PersistentVolumeName]; pv != nil && pv.Spec.CSI != nil {
			all[handle{pv.Spec.CSI.Driver, pv.Spec.CSI.VolumeHandle}] = true
		}
	}
	return all
}

// VolumeZone rules out nodes that are not in the zone or region that the labels of
// a Pod's volumes name.
type VolumeZone struct{}

func (VolumeZone) Name() string     { return "VolumeZone" }
func (VolumeZone) HelpedBy() Change { return NodeChanged | StorageChanged }

// zoneLabels are labels of volumes, and what older releases called them.
var zoneLabels = [...]struct{ name, old string }{
	{"topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"},
	{"topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"},
}

func (VolumeZone) Prepare(pod *Pod, cluster *Cluster) func(*Node) Verdict {
	type place struct {
		name, old string
		values    []string // one of these
	}
	var places []place
	for _, c := range pod.claims {
		claim := cluster.Storage.Claims[c.key]
		if claim == nil || claim.Spec.VolumeName == "" {
			continue
		}
		pv := cluster.Storage.Volumes[claim.Spec.VolumeName]
		if pv == nil {
			continue
		}
		for _, l := range zoneLabels {
			for _, key := range []string{l.name, l.old} {
				if value, ok := pv.Labels[key]; ok {
					places = append(places, place{l.name, l.old, strings.Split(value, "__")})
				}
			}
		}
	}
	if len(places) == 0 {
		return nil
	}
	return func(n *Node) Verdict {
		if !hasZone(n.Object.Labels) {
			return Verdict{} // nobody says where it is
		}
		for _, p := range places {
			value, ok := n.Object.Labels[p.name]
			if !ok {
				value = n.Object.Labels[p.old]
			}
			if !slices.Contains(p.values, value) {
				return final("node(s) had no available volume zone")
			}
		}
		return Verdict{}
	}
}

func hasZone(have map[string]string) bool {
	for _, l := range zoneLabels {
		for _, key := range []string{l.name, l.old} {
			if _, ok := have[key]; ok {
				return true
			}
		}
	}
	return false
}
