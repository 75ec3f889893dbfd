// Package servicecidr looks after ServiceCIDRs, the ranges that Services get
// their addresses from.
//
// A range gets a finalizer and is said to be Ready. One that somebody deletes is
// said not to be, with reason Terminating, as long as an address that is taken
// would be left in no range: until its IPAddress is gone, or another ServiceCIDR
// covers it. Then a grace period passes, so that every API server has seen that
// nothing may be taken from the range any more, and the finalizer goes.
package servicecidr
