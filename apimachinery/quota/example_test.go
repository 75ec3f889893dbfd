package quota_test

import (
	"fmt"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quota"
)

func ExampleOf() {
	service := &corev1.Service{Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeNodePort, Ports: make([]corev1.ServicePort, 2)}}
	used := quota.Of(meta.GroupResource{Resource: "services"}).Usage(service, time.Now())
	for _, name := range []corev1.ResourceName{"services", "services.nodeports"} {
		fmt.Println(name, used[name].String())
	}
	// Output:
	// services 1
	// services.nodeports 2
}
