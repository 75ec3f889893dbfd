package workload

import (
	"iter"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// NodeIndex is the name for an index of Pods by the Node that they are on.
const NodeIndex = "node"

// PodsByNode returns the set's cache of Pods, with [NodeIndex].
func PodsByNode(caches *client.Caches) *client.Cache[corev1.Pod] {
	return client.CacheOf(caches, client.CacheOptions[corev1.Pod]{Indexers: map[string]func(*corev1.Pod) []string{
		NodeIndex: func(pod *corev1.Pod) []string {
			if pod.Spec.NodeName == "" {
				return nil
			}
			return []string{pod.Spec.NodeName}
		},
	}})
}

// OnNode yields the Pods of a Node, by name, from a cache that has [NodeIndex].
func OnNode(pods *client.Cache[corev1.Pod], node string) iter.Seq[*corev1.Pod] {
	return slices.Values(pods.ByIndex(NodeIndex, node))
}
