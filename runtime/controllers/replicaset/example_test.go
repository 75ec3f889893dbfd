package replicaset_test

import (
	"fmt"
	"time"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/controllers/replicaset"
)

func ExampleDecide() {
	three := int32(3)
	set := &appsv1.ReplicaSet{Spec: appsv1.ReplicaSetSpec{Replicas: &three}}
	pods := []*corev1.Pod{
		{Status: corev1.PodStatus{Phase: corev1.PodRunning}},
		{Status: corev1.PodStatus{Phase: corev1.PodFailed}}, // counts no more
	}
	decision := replicaset.Decide(set, pods, nil, time.Now())
	fmt.Println("make", decision.Create, "delete", len(decision.Delete))
	// Output: make 2 delete 0
}
