package resourcev1alpha3

import (
	"strconv"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// poolStatusColumns are what is printed of the answer to a question after pools.
func poolStatusColumns() []scheme.Column[ResourcePoolStatusRequest] {
	total := func(of func(*PoolStatus) *int32) func(*ResourcePoolStatusRequest) any {
		return func(r *ResourcePoolStatusRequest) any {
			if r.Status == nil {
				return cells.None
			}
			sum := 0
			for i := range r.Status.Pools {
				if n := of(&r.Status.Pools[i]); n != nil {
					sum += int(*n)
				}
			}
			return strconv.Itoa(sum)
		}
	}
	return []scheme.Column[ResourcePoolStatusRequest]{
		scheme.NameColumn[ResourcePoolStatusRequest](),
		{Name: "Driver", Help: cells.Help("resourcepoolstatusrequests", "Driver"), Cell: func(r *ResourcePoolStatusRequest) any { return r.Spec.Driver }},
		{Name: "Total", Help: "Devices that there are.", Cell: total(func(p *PoolStatus) *int32 { return p.TotalDevices })},
		{Name: "Available", Help: "Devices that can be had.", Cell: total(func(p *PoolStatus) *int32 { return p.AvailableDevices })},
		{Name: "Allocated", Help: "Devices that are taken.", Cell: total(func(p *PoolStatus) *int32 { return p.AllocatedDevices })},
		{Name: "Unavailable", Help: "Devices that cannot be had.", Cell: total(func(p *PoolStatus) *int32 { return p.UnavailableDevices })},
		{Name: "Errors", Help: "Pools that make no sense.", Cell: func(r *ResourcePoolStatusRequest) any {
			if r.Status == nil {
				return cells.None
			}
			bad := 0
			for i := range r.Status.Pools {
				if r.Status.Pools[i].ValidationError != nil {
					bad++
				}
			}
			return strconv.Itoa(bad)
		}},
		{Name: "Pools", Type: "integer", Help: "How many pools there are.", Cell: func(r *ResourcePoolStatusRequest) any {
			if r.Status == nil || r.Status.PoolCount == nil {
				return int64(0)
			}
			return int64(*r.Status.PoolCount)
		}},
		{Name: "Status", Help: "Whether the question is answered.", Cell: func(r *ResourcePoolStatusRequest) any {
			if c := decided(r); c != nil {
				return c.Type
			}
			return "Pending"
		}},
		{Name: "Completed", Help: "Since when.", Cell: func(r *ResourcePoolStatusRequest) any {
			if c := decided(r); c != nil {
				return scheme.Age(c.LastTransitionTime)
			}
			return cells.None
		}},
	}
}

// decided returns the condition that ends the request, or nil.
func decided(r *ResourcePoolStatusRequest) *meta.Condition {
	if r.Status == nil {
		return nil
	}
	for i := range r.Status.Conditions {
		if c := &r.Status.Conditions[i]; c.Status == meta.ConditionTrue && (c.Type == "Complete" || c.Type == "Failed") {
			return c
		}
	}
	return nil
}
