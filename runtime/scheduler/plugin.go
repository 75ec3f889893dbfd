package scheduler

// Filter rules out nodes for a Pod. Implementations must be safe for
// concurrent use; they are asked again for every decision.
type Filter interface {
	// Name appears in logs; it is the plug-in's name in Kubernetes where there is one.
	Name() string
	// Prepare looks once at what the decision is about and returns the check of
	// one node. nil means that every node will do. The check must not keep the
	// node, and neither may change anything.
	Prepare(pod *Pod, cluster *Cluster) func(node *Node) Verdict
}

// Refuser is a Filter that can tell that no node will do, whatever nodes there are.
type Refuser interface {
	// Refuse returns why, in the words that users see in events; "" to look at nodes.
	Refuse(pod *Pod, cluster *Cluster) string
}

// Change is what may happen to a cluster, as a set of bits.
type Change uint8

const (
	NodeChanged      Change = 1 << iota // a node is there, or offers something else
	PodGone                             // a Pod is gone from a node, or asks for less
	PodPlaced                           // a Pod is on a node, or has other labels
	NamespaceChanged                    // a namespace has other labels
	StorageChanged                      // a claim, a volume, a class or what drivers say

	anyChange Change = 1<<iota - 1
)

// Hinted is a Filter that knows after which changes it may let a Pod pass that it
// has refused. Pods refused by others are tried again after every change.
type Hinted interface {
	HelpedBy() Change
}

// Score prefers some nodes to others. Implementations must be safe for
// concurrent use.
type Score interface {
	Name() string
	// Weight is how much the score counts beside others.
	Weight() int64
	// Rate returns the function that rates nodes, or nil for no preference.
	// It is given the nodes that passed all filters and returns one rating a
	// node, in order, from 0 to [MaxScore].
	Rate(pod *Pod, cluster *Cluster) func(nodes []*Node) []int64
}

// MaxScore is the best rating of a node.
const MaxScore = 100

// Verdict is what a filter says of one node. The zero value lets it pass.
type Verdict struct {
	// Reason is why the node will not do, in the words that users see in events.
	Reason string
	// Further reasons of the same filter.
	More []string
	// Final means that evicting Pods from the node cannot change it.
	Final bool

	helpedBy Change // filled in by who asked the filter
}

// Passes reports whether the node will do.
func (v Verdict) Passes() bool { return v.Reason == "" }

func final(reason string) Verdict { return Verdict{Reason: reason, Final: true} }

// Plugins is a set of rules to decide by.
type Plugins struct {
	Filters []Filter
	Scores  []Score
}

// DefaultPlugins returns the rules that Kubernetes' default scheduler decides
// by. The slices belong to the caller, to add to or to take from.
func DefaultPlugins() Plugins {
	return Plugins{
		Filters: []Filter{
			Unschedulable{}, NodeName{}, TaintToleration{}, NodeAffinity{}, NodePorts{}, ResourcesFit{},
			VolumeRestrictions{}, VolumeLimits{}, VolumeBinding{}, VolumeZone{}, TopologySpread{}, InterPodAffinity{},
		},
		Scores: []Score{
			TaintToleration{}, NodeAffinity{}, TopologySpread{}, InterPodAffinity{},
			ResourcesFit{}, BalancedAllocation{}, ImageLocality{},
		},
	}
}

// normalise maps ratings onto 0..MaxScore, the highest to MaxScore; reversed,
// the lowest to it.
func normalise(ratings []int64, reversed bool) []int64 {
	var highest int64
	for _, r := range ratings {
		highest = max(highest, r)
	}
	for i, r := range ratings {
		switch {
		case highest > 0:
			r = r * MaxScore / highest
			if reversed {
				r = MaxScore - r
			}
		case reversed:
			r = MaxScore
		}
		ratings[i] = r
	}
	return ratings
}
