package device

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	protocol "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// checkpointName is the file of what was given, in the directory of the plug-ins.
const checkpointName = "kubelet_internal_checkpoint"

// checkpoint is its content, shaped as Kubernetes' own is but for the checksum.
type checkpoint struct {
	Data struct {
		PodDeviceEntries  []checkpointEntry
		RegisteredDevices map[corev1.ResourceName][]string
	}
}

type checkpointEntry struct {
	PodUID        meta.UID
	ContainerName string
	ResourceName  corev1.ResourceName
	DeviceIDs     map[string][]string // by part of the machine, -1 for none
	AllocResp     []byte              // what the plug-in said
}

const noNode = "-1"

func (m *Manager) checkpoint() string { return filepath.Join(m.dir, checkpointName) }

// load reads what was given before. A file that cannot be read is as bad as none:
// containers that run keep their devices, but nobody knows which.
func (m *Manager) load() error {
	data, err := os.ReadFile(m.checkpoint())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errCheckpoint, err)
	}
	entries, resources, err := decodeCheckpoint(data)
	if err != nil {
		m.log.Warn("devices that were given are forgotten", "file", m.checkpoint(), "error", err)
		return nil
	}
	m.given = entries
	for name, devices := range resources {
		r := m.resourceOf(name)
		r.stopped = time.Now()
		for _, id := range devices {
			r.healthy[id] = false // until its plug-in says else
		}
	}
	return nil
}

func decodeCheckpoint(data []byte) (map[meta.UID][]*grant, map[corev1.ResourceName][]string, error) {
	var c checkpoint
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, nil, err
	}
	given := map[meta.UID][]*grant{}
	for _, e := range c.Data.PodDeviceEntries {
		g := &grant{container: e.ContainerName, resource: e.ResourceName, needs: &protocol.ContainerAllocateResponse{}}
		for _, ids := range e.DeviceIDs {
			g.devices = append(g.devices, ids...)
		}
		slices.Sort(g.devices)
		if err := proto.Unmarshal(e.AllocResp, g.needs); err != nil {
			return nil, nil, fmt.Errorf("container %s of Pod %s: %w", e.ContainerName, e.PodUID, err)
		}
		given[e.PodUID] = append(given[e.PodUID], g)
	}
	return given, c.Data.RegisteredDevices, nil
}

// save writes what is given now.
func (m *Manager) save() error {
	m.saving.Lock()
	defer m.saving.Unlock()
	data, err := m.encode()
	if err != nil {
		return fmt.Errorf("%w: %w", errCheckpoint, err)
	}
	if err := os.MkdirAll(m.dir, 0o750); err != nil {
		return fmt.Errorf("%w: %w", errCheckpoint, err)
	}
	next := m.checkpoint() + ".new"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return fmt.Errorf("%w: %w", errCheckpoint, err)
	}
	if err := os.Rename(next, m.checkpoint()); err != nil {
		return fmt.Errorf("%w: %w", errCheckpoint, err)
	}
	return nil
}

func (m *Manager) encode() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var c checkpoint
	for _, uid := range slices.Sorted(maps.Keys(m.given)) {
		for _, g := range m.given[uid] {
			if g.needs == nil {
				continue
			}
			response, err := proto.Marshal(g.needs)
			if err != nil {
				return nil, err
			}
			c.Data.PodDeviceEntries = append(c.Data.PodDeviceEntries, checkpointEntry{
				PodUID: uid, ContainerName: g.container, ResourceName: g.resource, DeviceIDs: map[string][]string{noNode: g.devices}, AllocResp: response,
			})
		}
	}
	c.Data.RegisteredDevices = map[corev1.ResourceName][]string{}
	for name, r := range m.resources {
		c.Data.RegisteredDevices[name] = slices.SortedFunc(maps.Keys(r.healthy), strings.Compare)
	}
	return json.Marshal(&c)
}
