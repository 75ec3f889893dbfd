package csi

import (
	"context"
	"errors"
	"fmt"

	spec "github.com/container-storage-interface/spec/lib/go/csi"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
)

// Usage implements volume.Meter: it asks the driver, if that knows.
func (d *Drivers) Usage(ctx context.Context, at volume.Location, path string) (kubelet.VolumeUsage, error) {
	known, err := readData(at.Dir())
	if err != nil {
		return kubelet.VolumeUsage{}, err
	}
	driver, err := d.driver(known.Driver)
	if err != nil {
		return kubelet.VolumeUsage{}, err
	}
	if !driver.can[spec.NodeServiceCapability_RPC_GET_VOLUME_STATS] {
		return kubelet.VolumeUsage{}, fmt.Errorf("CSI driver %s does not measure volumes: %w", known.Driver, errors.ErrUnsupported)
	}
	ctx, cancel := context.WithTimeout(ctx, d.opts.Timeout)
	defer cancel()
	stats, err := driver.node.NodeGetVolumeStats(ctx, &spec.NodeGetVolumeStatsRequest{VolumeId: known.Handle, VolumePath: path})
	if err != nil {
		return kubelet.VolumeUsage{}, err
	}
	var usage kubelet.VolumeUsage
	for _, u := range stats.GetUsage() {
		used, total, free := positive(u.GetUsed()), positive(u.GetTotal()), positive(u.GetAvailable())
		switch u.GetUnit() {
		case spec.VolumeUsage_BYTES:
			usage.Used, usage.Capacity, usage.Available = used, total, free
		case spec.VolumeUsage_INODES:
			usage.InodesUsed, usage.Inodes, usage.InodesFree = used, total, free
		}
	}
	return usage, nil
}

func positive(n int64) uint64 { return uint64(max(n, 0)) }
