package csi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	spec "github.com/container-storage-interface/spec/lib/go/csi"

	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

// dataFile says, beside each mount, what undoing it takes.
const dataFile = "vol_data.json"

// data is the content of a dataFile.
type data struct {
	Driver       string `json:"driverName"`
	Handle       string `json:"volumeHandle"`
	SpecName     string `json:"specVolID"`
	Node         string `json:"nodeName"`
	AttachmentID string `json:"attachmentID"`
	Mode         string `json:"volumeLifecycleMode"`
	Block        bool   `json:"block,omitempty"`
}

func (q *request) data() data {
	return data{q.driver.name, q.handle, q.Spec.Name(), q.NodeName, q.attachment, string(q.mode()), q.Block()}
}

// write stores d in a directory, so that a crash leaves the old file or the new.
func (d data) write(dir string) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, dataFile)
	if err := os.WriteFile(path+".new", text, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func readData(dir string) (data, error) {
	var d data
	text, err := os.ReadFile(filepath.Join(dir, dataFile))
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, fmt.Errorf("%s: %w", filepath.Join(dir, dataFile), err)
	}
	if d.Driver == "" || d.Handle == "" || strings.ContainsAny(d.Driver, "/\x00") {
		return d, fmt.Errorf("%s names no volume", filepath.Join(dir, dataFile))
	}
	return d, nil
}

// Unmount implements volume.Plugin.
func (d *Drivers) Unmount(ctx context.Context, at volume.Location) error {
	known, err := readData(at.Dir())
	if errors.Is(err, fs.ErrNotExist) {
		// Nothing was published: that is written down first.
		return volume.TakeDown(at)
	}
	if err != nil {
		return err
	}
	driver, err := d.driver(known.Driver)
	if err != nil {
		return fmt.Errorf("%s: Unmounter.TearDownAt failed to get CSI client: %w", pluginName, err)
	}
	defer d.lock(known.Driver, known.Handle)()
	target := targetPath(at.Dir(), known.Block)
	ctx, cancel := context.WithTimeout(ctx, d.opts.Timeout)
	defer cancel()
	if _, err := driver.node.NodeUnpublishVolume(ctx, &spec.NodeUnpublishVolumeRequest{VolumeId: known.Handle, TargetPath: target}); err != nil {
		return err
	}
	// Drivers are to remove what they made, but many leave it. What is written
	// down stays until all is done, so that a crash here is caught up on.
	if err := removeTarget(target); err != nil {
		return err
	}
	if err := d.unstage(ctx, driver, known, at); err != nil {
		return err
	}
	return volume.TakeDown(at)
}

// removeTarget removes an empty directory, or a file in place of a device.
func removeTarget(target string) error {
	mounted, err := mount.Is(target)
	if err == nil && mounted {
		return fmt.Errorf("%s: the driver has left %s mounted", pluginName, target)
	}
	if err != nil {
		return err
	}
	if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// unstage undoes staging if no other Pod has the volume. The volume is locked.
func (d *Drivers) unstage(ctx context.Context, driver *driver, known data, at volume.Location) error {
	dir := stagingDir(at.RootDir, known.Driver, known.Handle)
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	others, err := filepath.Glob(filepath.Join(at.RootDir, "pods", "*", "volumes", strings.ReplaceAll(pluginName, "/", "~"), "*"))
	if err != nil {
		return err
	}
	for _, other := range others {
		if other == at.Dir() {
			continue
		}
		if o, err := readData(other); err == nil && o.Driver == known.Driver && o.Handle == known.Handle {
			return nil
		}
	}
	path := stagingPath(at.RootDir, known.Driver, known.Handle)
	if driver.can[spec.NodeServiceCapability_RPC_STAGE_UNSTAGE_VOLUME] {
		if _, err := driver.node.NodeUnstageVolume(ctx, &spec.NodeUnstageVolumeRequest{VolumeId: known.Handle, StagingTargetPath: path}); err != nil {
			return fmt.Errorf("UnmountDevice: %w", err)
		}
	}
	if mounted, err := mount.Is(path); err != nil {
		return err
	} else if mounted {
		return fmt.Errorf("%s: the driver has left %s mounted", pluginName, path)
	}
	return mount.RemoveAll(dir)
}
