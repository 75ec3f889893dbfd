package podsecurity

import (
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// restrictedChecks are what restricted has besides, in the order of their names in
// Kubernetes.
func restrictedChecks() []check {
	return []check{
		{run: escalation, since: 8},
		{run: noCapabilities, since: 22},
		{run: procMountDefault, since: procMountSplit},
		{run: plainVolumes},
		{run: notRoot},
		{run: notUserZero, since: 23},
		{run: seccompOn, since: 19},
	}
}

// elsewhere says that a check is about something which Windows does not have.
func (s *subject) elsewhere() bool { return s.minor >= 25 && s.windows() }

func escalation(s *subject) (Violation, bool) {
	if s.elsewhere() {
		return Violation{}, false
	}
	who := s.which(func(c container) bool { return !isFalse(c.sc.AllowPrivilegeEscalation) })
	return Violation{"allowPrivilegeEscalation != false", counted("container", who) + " must set securityContext.allowPrivilegeEscalation=false"}, len(who) > 0
}

func noCapabilities(s *subject) (Violation, bool) {
	if s.elsewhere() {
		return Violation{}, false
	}
	keeping := s.which(func(c container) bool {
		return c.sc.Capabilities == nil || !slices.Contains(c.sc.Capabilities.Drop, "ALL")
	})
	adding, found := s.added("NET_BIND_SERVICE")
	var details []string
	if len(keeping) > 0 {
		details = append(details, counted("container", keeping)+` must set securityContext.capabilities.drop=["ALL"]`)
	}
	if len(adding) > 0 {
		details = append(details, counted("container", adding)+" must not include "+quoted(found.sorted())+" in securityContext.capabilities.add")
	}
	return Violation{"unrestricted capabilities", strings.Join(details, "; ")}, len(details) > 0
}

// sortOfVolume names what a volume is of that restricted does not let Pods use.
func sortOfVolume(v *corev1.VolumeSource) string {
	for _, s := range []struct {
		name string
		used bool
	}{
		{"hostPath", v.HostPath != nil}, {"gcePersistentDisk", v.GCEPersistentDisk != nil}, {"awsElasticBlockStore", v.AWSElasticBlockStore != nil},
		{"gitRepo", v.GitRepo != nil}, {"nfs", v.NFS != nil}, {"iscsi", v.ISCSI != nil}, {"glusterfs", v.Glusterfs != nil}, {"rbd", v.RBD != nil},
		{"flexVolume", v.FlexVolume != nil}, {"cinder", v.Cinder != nil}, {"cephfs", v.CephFS != nil}, {"flocker", v.Flocker != nil}, {"fc", v.FC != nil},
		{"azureFile", v.AzureFile != nil}, {"vsphereVolume", v.VsphereVolume != nil}, {"quobyte", v.Quobyte != nil}, {"azureDisk", v.AzureDisk != nil},
		{"photonPersistentDisk", v.PhotonPersistentDisk != nil}, {"portworxVolume", v.PortworxVolume != nil}, {"scaleIO", v.ScaleIO != nil}, {"storageos", v.StorageOS != nil},
	} {
		if s.used {
			return s.name
		}
	}
	return ""
}

func plainVolumes(s *subject) (Violation, bool) {
	var who names
	sorts := set{}
	for i := range s.spec.Volumes {
		if sort := sortOfVolume(&s.spec.Volumes[i].VolumeSource); sort != "" {
			who.add(s.spec.Volumes[i].Name)
			sorts.add(sort)
		}
	}
	return Violation{"restricted volume types", counted("volume", who) + plural(len(who), " uses ", " use ") +
		plural(len(sorts), "restricted volume type ", "restricted volume types ") + quoted(sorts.sorted())}, len(who) > 0
}

// sparesUsers says that users in the Pod are nobody on the node.
func (s *subject) sparesUsers() bool { return s.minor >= procMountSplit && s.ownUsers() }

func notRoot(s *subject) (Violation, bool) {
	const reason = "runAsNonRoot != true"
	if s.sparesUsers() {
		return Violation{}, false
	}
	root := setters(isFalse(s.pod.RunAsNonRoot), s.which(func(c container) bool { return isFalse(c.sc.RunAsNonRoot) }))
	if root != "" {
		return Violation{reason, root + " must not set securityContext.runAsNonRoot=false"}, true
	}
	if s.pod.RunAsNonRoot != nil {
		return Violation{}, false
	}
	silent := s.which(func(c container) bool { return c.sc.RunAsNonRoot == nil })
	return Violation{reason, "pod or " + counted("container", silent) + " must set securityContext.runAsNonRoot=true"}, len(silent) > 0
}

func notUserZero(s *subject) (Violation, bool) {
	if s.sparesUsers() {
		return Violation{}, false
	}
	zero := func(n *int64) bool { return n != nil && *n == 0 }
	who := setters(zero(s.pod.RunAsUser), s.which(func(c container) bool { return zero(c.sc.RunAsUser) }))
	return Violation{"runAsUser=0", who + " must not set runAsUser=0"}, who != ""
}

func seccompOn(s *subject) (Violation, bool) {
	if s.elsewhere() {
		return Violation{}, false
	}
	const reason, on = "seccompProfile", `securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
	if who, found := s.seccompOff(); who != "" {
		return Violation{reason, who + " must not set securityContext.seccompProfile.type to " + quoted(found.sorted())}, true
	}
	if s.pod.SeccompProfile != nil {
		return Violation{}, false
	}
	silent := s.which(func(c container) bool { return c.sc.SeccompProfile == nil })
	return Violation{reason, "pod or " + counted("container", silent) + " must set " + on}, len(silent) > 0
}
