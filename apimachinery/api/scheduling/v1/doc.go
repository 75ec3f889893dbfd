// Package schedulingv1 holds scheduling.k8s.io/v1: PriorityClasses, which say
// how important Pods are to the scheduler.
package schedulingv1
