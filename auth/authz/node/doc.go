// Package node decides what nodes may do: what every kubelet needs, and of
// Secrets, ConfigMaps, volumes and the like only what the Pods on the node refer to.
//
//	a := node.New(reader, podsOnNode, rules)
//
// Kubernetes keeps a graph of all Pods and what they refer to. Here the Pods of
// the one node are looked at when it asks: they are few, found by an index, and
// nothing has to be kept for a cluster of many Pods, nor can it be behind.
package node
