package scheduler_test

import (
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/scheduler"
)

// Decide without a server: what would happen to a Pod on these nodes?
func ExamplePlugins_Decide() {
	cluster := scheduler.NewCluster()
	for _, name := range []string{"a", "b"} {
		n := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: name}}
		n.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse("2"), corev1.ResourceMemory: quantity.MustParse("4Gi"), corev1.ResourcePods: quantity.MustParse("10")}
		cluster.SetNode(n)
	}
	pod := func(name, cpu string) *scheduler.Pod {
		p := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name}}
		p.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse(cpu)}}}}
		return scheduler.NewPod(p)
	}
	cluster.Place(pod("there", "1"), "a")

	plugins := scheduler.DefaultPlugins()
	decision, err := plugins.Decide(pod("small", "1"), cluster, 0)
	fmt.Println(decision.Node, err)
	_, err = plugins.Decide(pod("large", "3"), cluster, 0)
	fmt.Println(err)
	// Output:
	// b <nil>
	// 0/2 nodes are available: 2 Insufficient cpu.
}
