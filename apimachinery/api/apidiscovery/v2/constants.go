package apidiscoveryv2

// Whether a version's list of resources was fetched just now.
const (
	DiscoveryFreshnessCurrent DiscoveryFreshness = "Current"
	DiscoveryFreshnessStale   DiscoveryFreshness = "Stale" // its server did not answer; this is what it last said
)

// Where objects of a resource live.
const (
	ScopeCluster   ResourceScope = "Cluster"
	ScopeNamespace ResourceScope = "Namespaced"
)
