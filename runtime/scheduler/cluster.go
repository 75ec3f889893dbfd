package scheduler

import (
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Cluster is what the scheduler knows: the nodes, the Pods on them, including
// those that it has decided on and that the server does not show yet. It is
// plain data without locks; whoever owns it keeps others away while it changes.
type Cluster struct {
	nodes      map[string]*Node
	order      []*Node // sorted by name, so that decisions are repeatable
	namespaces map[string]map[string]string
	pods       map[client.Key]*Pod // those on a node
	nominated  map[client.Key]nomination
	images     map[string]int // on how many nodes an image is
	budgets    map[client.Key]*budget
	groups     map[string]map[client.Key]labels.Selector // by namespace: what Services select
	owners     map[meta.UID]labels.Selector              // what controllers of Pods select

	// Storage is what there is of volumes. Who owns the Cluster keeps it up to date.
	Storage *Storage
}

type nomination struct {
	pod  *Pod
	node string
}

// Node is one node with what is on it.
type Node struct {
	Object *corev1.Node
	// Pods are those that run or are to run there.
	Pods []*Pod
	// demanding are those of Pods that have a say about who else is near.
	demanding []*Pod
	// Requested is the sum of what they ask for.
	Requested Resources
	// NonZero is the same, with a small amount counted for containers that ask
	// for none, so that such Pods spread too.
	NonZero Resources
	// Allocatable is what the node has to give.
	Allocatable Resources

	images map[string]int64 // sizes in bytes, by name
}

// NewCluster returns an empty cluster.
func NewCluster() *Cluster {
	return &Cluster{
		nodes: map[string]*Node{}, namespaces: map[string]map[string]string{},
		pods: map[client.Key]*Pod{}, nominated: map[client.Key]nomination{}, images: map[string]int{},
		budgets: map[client.Key]*budget{},
		groups:  map[string]map[client.Key]labels.Selector{}, owners: map[meta.UID]labels.Selector{}, Storage: newStorage(),
	}
}

// Nodes returns the nodes by name. Read-only, until the Cluster changes.
func (c *Cluster) Nodes() []*Node { return c.order }

// Node returns the node of that name, or nil.
func (c *Cluster) Node(name string) *Node {
	if n := c.nodes[name]; n != nil && n.Object != nil {
		return n
	}
	return nil
}

// SetNode adds a node or takes note of its change.
func (c *Cluster) SetNode(object *corev1.Node) {
	n := c.nodes[object.Name]
	if n == nil {
		n = &Node{}
		c.nodes[object.Name] = n
	}
	if n.Object == nil {
		at, _ := slices.BinarySearchFunc(c.order, object.Name, func(n *Node, name string) int { return strings.Compare(n.Object.Name, name) })
		n.Object = object
		c.order = slices.Insert(c.order, at, n)
	}
	n.Object = object
	n.Allocatable = resourcesOf(object.Status.Allocatable)
	c.countImages(n, -1)
	n.images = map[string]int64{}
	for _, image := range object.Status.Images {
		for _, name := range image.Names {
			n.images[name] = image.SizeBytes
		}
	}
	c.countImages(n, 1)
}

func (c *Cluster) countImages(n *Node, by int) {
	for name := range n.images {
		c.images[name] += by
		if c.images[name] <= 0 {
			delete(c.images, name)
		}
	}
}

// RemoveNode forgets a node. Pods on it are remembered, in case it comes back
// before they are gone.
func (c *Cluster) RemoveNode(name string) {
	n := c.nodes[name]
	if n == nil || n.Object == nil {
		return
	}
	c.countImages(n, -1)
	n.Object, n.images = nil, nil
	// The slice may be in use by a decision's copy: never change it in place.
	c.order = slices.DeleteFunc(slices.Clone(c.order), func(o *Node) bool { return o == n })
	if len(n.Pods) == 0 {
		delete(c.nodes, name)
	}
}

// SetNamespace notes the labels of a namespace; nil labels forget it.
func (c *Cluster) SetNamespace(name string, labels map[string]string) {
	if labels == nil {
		delete(c.namespaces, name)
		return
	}
	c.namespaces[name] = labels
}

// Place puts a Pod on a node, or moves it, or takes note of its change.
func (c *Cluster) Place(pod *Pod, node string) {
	c.Remove(pod.Key)
	n := c.nodes[node]
	if n == nil {
		n = &Node{}
		c.nodes[node] = n
	}
	pod.node = node
	c.pods[pod.Key] = pod
	n.add(pod)
}

// Remove takes a Pod off its node, if it is on one, and ends its nomination.
func (c *Cluster) Remove(key client.Key) {
	delete(c.nominated, key)
	pod := c.pods[key]
	if pod == nil {
		return
	}
	delete(c.pods, key)
	n := c.nodes[pod.node]
	n.remove(pod)
	if n.Object == nil && len(n.Pods) == 0 {
		delete(c.nodes, pod.node)
	}
}

// Placed returns the Pod of that key if it is on a node, and which.
func (c *Cluster) Placed(key client.Key) (pod *Pod, node string, ok bool) {
	pod = c.pods[key]
	if pod == nil {
		return nil, "", false
	}
	return pod, pod.node, true
}

// Nominate keeps room on a node for a Pod for which others are being evicted.
// An empty node ends that.
func (c *Cluster) Nominate(pod *Pod, node string) {
	if node == "" {
		delete(c.nominated, pod.Key)
		return
	}
	c.nominated[pod.Key] = nomination{pod, node}
}

// reserved returns, by node, the Pods for which room is kept that are not less
// important than pod. nil if there are none.
func (c *Cluster) reserved(pod *Pod) map[string][]*Pod {
	var by map[string][]*Pod
	for key, n := range c.nominated {
		if key != pod.Key && n.pod.Priority >= pod.Priority {
			if by == nil {
				by = map[string][]*Pod{}
			}
			by[n.node] = append(by[n.node], n.pod)
		}
	}
	return by
}

// lessImportant returns the Pods nominated to a node that are less important than pod.
func (c *Cluster) lessImportant(pod *Pod, node string) []*Pod {
	var pods []*Pod
	for key, n := range c.nominated {
		if n.node == node && key != pod.Key && n.pod.Priority < pod.Priority {
			pods = append(pods, n.pod)
		}
	}
	return pods
}

// changed returns a copy in which some Pods are gone from one node and others are
// there besides. The original and its nodes are not touched.
func (c *Cluster) changed(node *Node, gone map[*Pod]bool, more []*Pod) (*Cluster, *Node) {
	other := &Node{Object: node.Object, Allocatable: node.Allocatable, images: node.images}
	for _, p := range node.Pods {
		if !gone[p] {
			other.add(p)
		}
	}
	for _, p := range more {
		other.add(p)
	}
	copied := *c
	copied.order = slices.Clone(c.order)
	copied.order[slices.Index(c.order, node)] = other
	return &copied, other
}

func (n *Node) add(pod *Pod) {
	n.Pods = append(n.Pods, pod)
	if pod.isDemanding() {
		n.demanding = append(n.demanding, pod)
	}
	n.Requested.add(pod.Requests, 1)
	n.NonZero.add(pod.nonZero, 1)
}

func (n *Node) remove(pod *Pod) {
	at := slices.Index(n.Pods, pod)
	if at < 0 {
		return
	}
	n.Pods = slices.Delete(slices.Clone(n.Pods), at, at+1)
	if pod.isDemanding() {
		n.demanding = slices.DeleteFunc(slices.Clone(n.demanding), func(p *Pod) bool { return p == pod })
	}
	n.Requested.add(pod.Requests, -1)
	n.NonZero.add(pod.nonZero, -1)
}
