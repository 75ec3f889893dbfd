package coordinationv1

// OldestEmulationVersion gives a Lease to the candidate that emulates the oldest
// version, so that an upgrade can be taken back.
const OldestEmulationVersion CoordinatedLeaseStrategy = "OldestEmulationVersion"
