package registry

import "context"

// RepairServices is one round of what Run does from time to time.
func (r *Registry) RepairServices(ctx context.Context) error { return r.services.repair(ctx) }

// TendFlows is one round of what [Registry.Run] does every minute.
func (r *Registry) TendFlows(ctx context.Context) error {
	return r.tendFlows(ctx, r.collectionNamed(flowcontrolGroup, "flowschemas"), r.collectionNamed(flowcontrolGroup, "prioritylevelconfigurations"))
}

// MarkAvailability is one round of what [Registry.Run] does when something changes.
func (r *Registry) MarkAvailability(ctx context.Context) error {
	return r.markAvailability(ctx, r.backends())
}
