package volumeprotection_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/volumeprotection"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

const patience = 30 * time.Second

// start runs the controllers beside a server until the test ends.
func start(t *testing.T, c client.Client) {
	log := slog.New(slog.DiscardHandler)
	opts := workload.Options{Logger: log}
	caches := client.NewCaches(c, log)
	group := controller.Group{Logger: log}
	group.Add("caches", caches.Run)
	group.Add("claims", volumeprotection.NewClaims(caches, opts).Run)
	group.Add("volumes", volumeprotection.NewVolumes(caches, opts).Run)
	group.Add("classes", volumeprotection.NewClasses(caches, opts).Run)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- group.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	require.NoError(t, client.Of[corev1.Namespace](c).Create(t.Context(), &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "n"}}))
}

// await watches until the object of a name is as wanted; gone is nil.
func await[T any, P client.Pointer[T]](t *testing.T, c client.Client, name, what string, holds func(*T) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var last *T
	for change, err := range client.ResumingWatch(ctx, client.Of[T, P](c), meta.ListOptions{}, slog.New(slog.DiscardHandler)) {
		require.NoError(t, err)
		switch {
		case change.Type == client.Bookmark:
			// All that there is was shown.
		case P(change.Object).Metadata().Name != name:
			continue
		case change.Type == client.Deleted:
			last = nil
		default:
			last = change.Object
		}
		if holds(last) {
			return
		}
	}
	t.Fatalf("waited in vain until %s %s; last: %+v", name, what, last)
}

func gone[T any](obj *T) bool { return obj == nil }

func guarded[T any, P client.Pointer[T]](t *testing.T, c client.Client, name, finalizer string) {
	t.Helper()
	await[T, P](t, c, name, "is guarded", func(obj *T) bool { return obj != nil && slices.Contains(P(obj).Metadata().Finalizers, finalizer) })
}

func create[T any, P client.Pointer[T]](t *testing.T, c client.Client, obj *T) *T {
	t.Helper()
	require.NoError(t, client.Of[T, P](c).Create(t.Context(), obj))
	return obj
}

// remove deletes an object and checks that it stays for now.
func remove[T any, P client.Pointer[T]](t *testing.T, c client.Client, namespace, name string) {
	t.Helper()
	r := client.Of[T, P](c).In(namespace)
	require.NoError(t, r.Delete(t.Context(), name))
	obj, err := r.Get(t.Context(), name)
	require.NoError(t, err)
	require.NotNil(t, P(obj).Metadata().DeletionTimestamp)
}

func claim(name string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n", Finalizers: []string{volumeprotection.ClaimFinalizer}},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: quantity.MustParse("1Gi")}},
		},
	}
}

func pod(name, node string, volumes ...corev1.Volume) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n"},
		Spec:       corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{Name: "c", Image: "i"}}, Volumes: volumes},
	}
}

func of(claim string) corev1.Volume {
	return corev1.Volume{Name: "v", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}}}
}

func volume(name string) *corev1.PersistentVolume {
	return &corev1.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: name, Finalizers: []string{volumeprotection.VolumeFinalizer}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity: corev1.ResourceList{corev1.ResourceStorage: quantity.MustParse("1Gi")}, AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/x"}},
		},
	}
}

func TestClaimGoesAfterItsPods(t *testing.T) {
	clienttest.Each(t, clienttest.Options{}, func(t *testing.T, c client.Client) {
		start(t, c)
		unmarked := claim("used")
		unmarked.Finalizers = nil
		create(t, c, unmarked)
		guarded[corev1.PersistentVolumeClaim](t, c, "used", volumeprotection.ClaimFinalizer)
		create(t, c, pod("user", "somewhere", of("used")))
		remove[corev1.PersistentVolumeClaim](t, c, "n", "used")

		// That this one goes shows that the controller has looked.
		create(t, c, claim("free"))
		create(t, c, pod("pending", "", of("free")))
		require.NoError(t, client.Of[corev1.PersistentVolumeClaim](c).In("n").Delete(t.Context(), "free"))
		await(t, c, "free", "is gone", gone[corev1.PersistentVolumeClaim])

		_, err := client.Of[corev1.PersistentVolumeClaim](c).In("n").Get(t.Context(), "used")
		require.NoError(t, err)
		zero := int64(0)
		require.NoError(t, client.Of[corev1.Pod](c).In("n").Delete(t.Context(), "user", meta.DeleteOptions{GracePeriodSeconds: &zero}))
		await(t, c, "used", "is gone", gone[corev1.PersistentVolumeClaim])
	})
}

func TestVolumeGoesWhenNothingIsBoundToIt(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{}).Local
	start(t, c)
	create(t, c, volume("bound"))
	setPhase := func(phase corev1.PersistentVolumePhase) {
		v, err := client.Of[corev1.PersistentVolume](c).Get(t.Context(), "bound")
		require.NoError(t, err)
		v.Status.Phase = phase
		require.NoError(t, client.Of[corev1.PersistentVolume](c).UpdateStatus(t.Context(), v))
	}
	setPhase(corev1.VolumeBound)
	remove[corev1.PersistentVolume](t, c, "", "bound")

	create(t, c, volume("free"))
	require.NoError(t, client.Of[corev1.PersistentVolume](c).Delete(t.Context(), "free"))
	await(t, c, "free", "is gone", gone[corev1.PersistentVolume])

	setPhase(corev1.VolumeReleased)
	await(t, c, "bound", "is gone", gone[corev1.PersistentVolume])
}

func TestClassGoesWhenNothingHasIt(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{}).Local
	start(t, c)
	create(t, c, &storagev1.VolumeAttributesClass{ObjectMeta: meta.ObjectMeta{Name: "gold"}, DriverName: "d.example.com", Parameters: map[string]string{"iops": "9"}})
	guarded[storagev1.VolumeAttributesClass](t, c, "gold", volumeprotection.ClassFinalizer)
	gold := "gold"
	user := claim("user")
	user.Spec.VolumeAttributesClassName = &gold
	create(t, c, user)
	remove[storagev1.VolumeAttributesClass](t, c, "", "gold")
	require.NoError(t, client.Of[corev1.PersistentVolumeClaim](c).In("n").Delete(t.Context(), "user"))
	await(t, c, "gold", "is gone", gone[storagev1.VolumeAttributesClass])
}

func TestUses(t *testing.T) {
	own := claim("p-e")
	yes := true
	own.OwnerReferences = []meta.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: "p", UID: "1", Controller: &yes}}
	ephemeral := corev1.Volume{Name: "e", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}}
	p := pod("p", "somewhere", ephemeral)
	p.UID = "1"
	require.True(t, volumeprotection.Uses(p, own))
	require.False(t, volumeprotection.Uses(p, claim("p-e")), "a claim of that name that is not the Pod's")
	p.DeletionTimestamp, p.DeletionGracePeriodSeconds = &meta.Time{Time: time.Now()}, new(int64)
	require.False(t, volumeprotection.Uses(p, own), "its own Pod has been shut down")

	ended := pod("p", "somewhere", of("c"))
	ended.Status.Phase = corev1.PodSucceeded
	require.True(t, volumeprotection.Uses(ended, claim("c")))
	require.False(t, volumeprotection.Uses(ended, claim("d")))
	require.False(t, volumeprotection.Uses(pod("p", "", of("c")), claim("c")))
}
