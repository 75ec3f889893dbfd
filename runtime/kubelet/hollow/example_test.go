package hollow_test

import (
	"context"
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

// A Pod of a Job, as it were, lives its whole life on a simulated node.
func Example() {
	s, stop, err := clienttest.Run(clienttest.Options{Bootstrap: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = stop() }()
	fleet, err := hollow.NewFleet(s.Local, hollow.FleetOptions{Count: 2, Kubelet: kubelet.Options{Logger: quiet}})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- fleet.Run(ctx) }()
	defer func() { cancel(); <-ended }()

	pods := client.Of[corev1.Pod](s.Local).In("default")
	pod := &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Name: "sum", Annotations: map[string]string{
			hollow.RunForAnnotation: "20ms", hollow.ExitCodeAnnotation: "3",
		}},
		Spec: corev1.PodSpec{
			NodeName: "hollow-1", RestartPolicy: corev1.RestartPolicyNever,
			Containers: []corev1.Container{{Name: "work", Image: "work:1"}},
		},
	}
	if err := pods.Create(ctx, pod); err != nil {
		fmt.Println(err)
		return
	}
	for change, err := range pods.Watch(ctx, meta.ListOptions{ResourceVersion: pod.ResourceVersion}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if s := &change.Object.Status; s.Phase == corev1.PodFailed {
			fmt.Println(s.Phase, "with code", s.ContainerStatuses[0].State.Terminated.ExitCode)
			return
		}
	}
	// Output: Failed with code 3
}
