package registry

import "context"

// RepairServices is one round of what Run does from time to time.
func (r *Registry) RepairServices(ctx context.Context) error { return r.services.repair(ctx) }
