package schedulingv1

// Priorities that are not free to use.
const (
	DefaultPriorityWhenNoDefaultClassExists int32 = 0          // of a Pod that names no class, when no class is the default
	HighestUserDefinablePriority            int32 = 1000000000 // what is above is the system's
	SystemCriticalPriority                  int32 = 2000000000 // of system-cluster-critical; system-node-critical is 1000 above
)

// Names of the classes that every cluster has.
const (
	SystemPriorityClassPrefix = "system-" // classes of users may not begin so
	SystemClusterCritical     = "system-cluster-critical"
	SystemNodeCritical        = "system-node-critical"
)
