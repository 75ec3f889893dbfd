package appsv1_test

import (
	"fmt"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Rules are plain functions of typed objects.
func ExampleValidateDeployment() {
	d := &appsv1.Deployment{ObjectMeta: meta.ObjectMeta{Name: "web", Namespace: "default"}}
	d.Spec.Selector = &meta.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
	d.Spec.Template.Labels = map[string]string{"app": "shop"}
	d.Spec.Template.Spec.Containers = []corev1.Container{{Name: "web", Image: "nginx"}}

	appsv1.DefaultDeployment(d)
	fmt.Println(*d.Spec.Replicas, d.Spec.Strategy.Type)
	for _, fault := range appsv1.ValidateDeployment(d) {
		fmt.Println(fault)
	}
	// Output:
	// 1 RollingUpdate
	// spec.template.metadata.labels: Invalid value: {"app":"shop"}: `selector` does not match template `labels`
}
