package controllers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
)

const binder = "persistentvolume-binder-controller"

func volumeOf(name, size, class string, change ...func(*corev1.PersistentVolume)) *corev1.PersistentVolume {
	pv := &corev1.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: name},
		Spec: corev1.PersistentVolumeSpec{
			Capacity: corev1.ResourceList{"storage": quantity.MustParse(size)}, AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/x"}}, StorageClassName: class,
		},
	}
	for _, c := range change {
		c(pv)
	}
	return pv
}

func claimFor(name, size string, class *string, change ...func(*corev1.PersistentVolumeClaim)) *corev1.PersistentVolumeClaim {
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: name},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}, StorageClassName: class,
			Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{"storage": quantity.MustParse(size)}},
		},
	}
	for _, c := range change {
		c(claim)
	}
	return claim
}

// createGlobal creates an object that is in no namespace.
func createGlobal[T any, P client.Pointer[T]](k *cluster, obj *T) {
	k.t.Helper()
	require.NoError(k.t, client.Of[T, P](k.c).Create(k.ctx, obj))
}

func bound(c *corev1.PersistentVolumeClaim) bool { return c.Status.Phase == corev1.ClaimBound }

func phase(want corev1.PersistentVolumePhase) func(*corev1.PersistentVolume) bool {
	return func(pv *corev1.PersistentVolume) bool { return pv.Status.Phase == want }
}

func str(s string) *string { return &s }

func TestClaimsAreBound(t *testing.T) {
	k := newCluster(t, 0, binder)
	create(k, claimFor("a", "2Gi", str("")))
	k.waitEvent("a", "FailedBinding", "no persistent volumes available for this claim and no storage class is set")
	createGlobal(k, volumeOf("small", "1Gi", ""))
	createGlobal(k, volumeOf("large", "9Gi", ""))
	waitFor(k, "small", phase(corev1.VolumeAvailable))
	a := waitFor(k, "a", bound)
	require.Equal(t, "large", a.Spec.VolumeName)
	require.Equal(t, "yes", a.Annotations[storagev1.AnnotationBindCompleted])
	require.Equal(t, "yes", a.Annotations[storagev1.AnnotationBoundByController])
	require.Equal(t, a.Spec.AccessModes, a.Status.AccessModes)
	size := a.Status.Capacity["storage"]
	require.Equal(t, "9Gi", size.String())
	pv := waitFor(k, "large", phase(corev1.VolumeBound))
	require.Equal(t, a.UID, pv.Spec.ClaimRef.UID)
	require.Equal(t, "PersistentVolumeClaim", pv.Spec.ClaimRef.Kind)
	require.NotNil(t, pv.Status.LastPhaseTransitionTime)

	// One that its user has chosen, and one that is kept for a claim.
	create(k, claimFor("named", "1Gi", str(""), func(c *corev1.PersistentVolumeClaim) { c.Spec.VolumeName = "small" }))
	named := waitFor(k, "named", bound)
	require.Empty(t, named.Annotations[storagev1.AnnotationBoundByController])
	createGlobal(k, volumeOf("kept", "50Gi", "", func(pv *corev1.PersistentVolume) {
		pv.Spec.ClaimRef = &corev1.ObjectReference{Namespace: "default", Name: "later"}
	}))
	waitFor(k, "kept", phase(corev1.VolumeAvailable))
	create(k, claimFor("later", "1Gi", str("")))
	require.Equal(t, "kept", waitFor(k, "later", bound).Spec.VolumeName)
	require.Empty(t, waitFor(k, "kept", phase(corev1.VolumeBound)).Annotations[storagev1.AnnotationBoundByController])

	createGlobal(k, volumeOf("tiny", "1Mi", ""))
	create(k, claimFor("mismatch", "1Gi", str(""), func(c *corev1.PersistentVolumeClaim) { c.Spec.VolumeName = "tiny" }))
	k.waitEvent("mismatch", "VolumeMismatch", `Cannot bind to requested volume "tiny": requested PV is too small`)
	create(k, claimFor("second", "1Gi", str(""), func(c *corev1.PersistentVolumeClaim) { c.Spec.VolumeName = "large" }))
	k.waitEvent("second", "FailedBinding", `volume "large" already bound to a different claim.`)
}

func TestVolumesOutliveTheirClaims(t *testing.T) {
	k := newCluster(t, 0, binder)
	for name, policy := range map[string]corev1.PersistentVolumeReclaimPolicy{"retained": "Retain", "deleted": "Delete", "provisioned": "Delete"} {
		createGlobal(k, volumeOf(name, "1Gi", name, func(pv *corev1.PersistentVolume) {
			pv.Spec.PersistentVolumeReclaimPolicy = policy
			if name == "provisioned" {
				pv.Annotations = map[string]string{storagev1.AnnotationDynamicallyProvisioned: "example.com/disks"}
			}
		}))
		create(k, claimFor(name, "1Gi", str(name)))
		waitFor[corev1.PersistentVolumeClaim](k, name, bound)
		require.NoError(t, client.Of[corev1.PersistentVolumeClaim](k.c).In("default").Delete(k.ctx, name))
	}
	waitFor(k, "retained", phase(corev1.VolumeReleased))
	waitFor(k, "provisioned", phase(corev1.VolumeReleased))
	failed := waitFor(k, "deleted", phase(corev1.VolumeFailed))
	require.Equal(t, "VolumeFailedDelete", failed.Status.Reason)
	k.waitEvent("deleted", "VolumeFailedDelete", `error getting deleter volume plugin for volume "deleted": no deletable volume plugin matched`)

	// A claim of that name is another claim: the data is not its.
	create(k, claimFor("retained", "1Gi", str("retained")))
	k.waitEvent("retained", "ProvisioningFailed", `storageclass.storage.k8s.io "retained" not found`)

	// A person frees it.
	_, err := client.Of[corev1.PersistentVolume](k.c).Modify(k.ctx, "retained", func(pv *corev1.PersistentVolume) error {
		pv.Spec.ClaimRef = nil
		return nil
	})
	require.NoError(t, err)
	waitFor[corev1.PersistentVolumeClaim](k, "retained", bound)

	require.NoError(t, client.Of[corev1.PersistentVolume](k.c).Delete(k.ctx, "retained"))
	waitFor(k, "retained", func(c *corev1.PersistentVolumeClaim) bool { return c.Status.Phase == corev1.ClaimLost })
	k.waitEvent("retained", "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!")
}

func TestClassesOfClaims(t *testing.T) {
	k := newCluster(t, 2, binder)
	create(k, claimFor("plain", "1Gi", nil))
	waitFor(k, "plain", func(c *corev1.PersistentVolumeClaim) bool { return c.Status.Phase == corev1.ClaimPending })
	createGlobal(k, &storagev1.StorageClass{
		ObjectMeta:  meta.ObjectMeta{Name: "standard", Annotations: map[string]string{storagev1.AnnotationIsDefaultStorageClass: "true"}},
		Provisioner: "example.com/disks",
	})
	plain := waitFor(k, "plain", func(c *corev1.PersistentVolumeClaim) bool {
		return c.Spec.StorageClassName != nil && c.Annotations[storagev1.AnnotationStorageProvisioner] != ""
	})
	require.Equal(t, "standard", *plain.Spec.StorageClassName)
	require.Equal(t, "example.com/disks", plain.Annotations[storagev1.AnnotationStorageProvisioner])
	k.waitEvent("plain", "ExternalProvisioning", "Waiting for a volume to be created either by the external provisioner 'example.com/disks'")

	// The provisioner makes one for that claim.
	createGlobal(k, volumeOf("made", "1Gi", "standard", func(pv *corev1.PersistentVolume) {
		pv.Spec.ClaimRef = &corev1.ObjectReference{Namespace: "default", Name: "plain", UID: plain.UID}
	}))
	require.Equal(t, "made", waitFor(k, "plain", bound).Spec.VolumeName)

	wait := storagev1.VolumeBindingWaitForFirstConsumer
	createGlobal(k, &storagev1.StorageClass{ObjectMeta: meta.ObjectMeta{Name: "local"}, Provisioner: "kubernetes.io/no-provisioner", VolumeBindingMode: &wait})
	for _, node := range []string{"node-0", "node-1"} {
		createGlobal(k, volumeOf("disk-of-"+node, "1Gi", "local", func(pv *corev1.PersistentVolume) {
			pv.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
			}}}}
		}))
		waitFor(k, "disk-of-"+node, phase(corev1.VolumeAvailable))
	}
	create(k, claimFor("db", "1Gi", str("local")))
	k.waitEvent("db", "WaitForFirstConsumer", "waiting for first consumer to be created before binding")
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "db", Namespace: "default"}, Spec: corev1.PodSpec{
		Containers: []corev1.Container{{Name: "c", Image: "x"}},
		Volumes:    []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "db"}}}},
		NodeName:   "node-1",
	}}
	create(k, pod)
	require.Equal(t, "disk-of-node-1", waitFor(k, "db", bound).Spec.VolumeName)
}

// However many claims there are for a volume, it goes to one.
func TestOneVolumeForManyClaims(t *testing.T) {
	k := newCluster(t, 0, binder)
	for _, name := range []string{"a", "b", "c", "d"} {
		create(k, claimFor(name, "1Gi", str("")))
	}
	for _, name := range []string{"v1", "v2", "v3", "v4"} {
		createGlobal(k, volumeOf(name, "1Gi", ""))
	}
	seen := map[string]bool{}
	for _, name := range []string{"a", "b", "c", "d"} {
		seen[waitFor[corev1.PersistentVolumeClaim](k, name, bound).Spec.VolumeName] = true
	}
	require.Len(t, seen, 4)
}
