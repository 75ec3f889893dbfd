// Package priority gives Pods the priority of their PriorityClass, and guards
// the classes that all depends on.
package priority
