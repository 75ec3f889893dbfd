package volume_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
)

// greeting is a plug-in: a volume with one file. It answers for gitRepo volumes,
// which nobody else serves any more.
type greeting struct{}

func (greeting) Name() string { return "example.com/greeting" }

func (greeting) Supports(spec *volume.Spec) bool { return spec.Volume.GitRepo != nil }

func (greeting) Mount(_ context.Context, r *volume.Request) (volume.Result, error) {
	if err := os.MkdirAll(r.Dir(), 0o755); err != nil {
		return volume.Result{}, err
	}
	text := "hello, " + r.Pod.Name
	return volume.Result{Path: r.Dir(), ReadOnly: true}, os.WriteFile(filepath.Join(r.Dir(), "greeting"), []byte(text), 0o644)
}

func (greeting) Unmount(_ context.Context, at volume.Location) error { return volume.TakeDown(at) }

// A kind of volume of one's own.
func Example() {
	server, stop, err := clienttest.Run(clienttest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer stop()
	root, err := os.MkdirTemp("", "kubelet")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)

	volumes, err := volume.New(server.Local, volume.Options{RootDir: root, NodeName: "node-1", Plugins: []volume.Plugin{greeting{}}})
	if err != nil {
		log.Fatal(err)
	}
	pod := &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "web-0", UID: "1234"},
		Spec: corev1.PodSpec{
			Volumes:    []corev1.Volume{{Name: "words", VolumeSource: corev1.VolumeSource{GitRepo: &corev1.GitRepoVolumeSource{}}}},
			Containers: []corev1.Container{{Name: "web", VolumeMounts: []corev1.VolumeMount{{Name: "words", MountPath: "/words"}}}},
		},
	}
	ctx := context.Background()
	if err := volumes.Mount(ctx, pod); err != nil {
		log.Fatal(err)
	}
	all, err := volumes.Container(ctx, pod, &pod.Spec.Containers[0], 0, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range all.Mounts {
		text, _ := os.ReadFile(filepath.Join(m.HostPath, "greeting"))
		fmt.Println(m.ContainerPath, m.ReadOnly, string(text))
	}
	fmt.Println(volumes.Unmount(ctx, pod.UID))
	// Output:
	// /words true hello, web-0
	// <nil>
}
