package machine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/machine"
)

// images is a store of which only the place counts.
type images struct {
	kubelet.ImageStore
	path string
	err  error
}

func (i images) ImageFilesystem(context.Context) (string, error) { return i.path, i.err }

func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for path, content := range files {
		path = filepath.Join(root, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
}

func TestReadingsOfAMachine(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{
		"/proc/meminfo": "MemTotal:        1000 kB\nMemFree:          200 kB\nInactive(file):   300 kB\nAnonPages:  100 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\n",
		"/proc/vmstat":  "pgfault 7\npgmajfault 3\n",
		"/proc/stat":    "cpu  100 10 20 999 5 1 2 3 0 0\ncpu0 1 1 1 1 1 1 1 1\nbtime 1700000000\n",
		"/proc/loadavg": "0.1 0.2 0.3 2/345 9999\n", "/proc/sys/kernel/pid_max": "4194304\n", "/proc/sys/kernel/threads-max": "30000\n",
		"/proc/net/dev":                   "Inter-| Receive\n face |bytes\n    lo: 5 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0\n  eth0: 10 1 2 0 0 0 0 0 30 1 4 0 0 0 0 0\n",
		"/etc/machine-id":                 "abc\n",
		"/etc/os-release":                 "NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
		"/proc/sys/kernel/random/boot_id": "b-1\n", "/proc/sys/kernel/osrelease": "6.1.0\n",
		"/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages": "4\n",
	})
	m := machine.New(machine.Options{Root: root, RootDir: root, Images: images{path: root}})
	info, err := m.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Debian GNU/Linux 12 (bookworm)", info.Info.OSImage)
	require.Equal(t, "abc", info.Info.MachineID)
	require.Equal(t, "abc", info.Info.SystemUUID, "where there is no other")
	require.Equal(t, "b-1", info.Info.BootID)
	require.Equal(t, "6.1.0", info.Info.KernelVersion)
	require.EqualValues(t, 50<<10, *info.Info.Swap.Capacity)
	memory, huge := info.Capacity[corev1.ResourceMemory], info.Capacity["hugepages-2Mi"]
	require.Equal(t, "1000Ki", memory.String())
	require.Equal(t, "8Mi", huge.String())
	require.Equal(t, time.Unix(1700000000, 0), info.BootAt)

	r, err := m.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, kubelet.MemoryReading{
		Total: 1000 << 10, Usage: 800 << 10, WorkingSet: 500 << 10, Available: 500 << 10, RSS: 100 << 10,
		PageFaults: 7, MajorFaults: 3, SwapTotal: 50 << 10, SwapUsed: 30 << 10,
	}, r.Memory)
	require.EqualValues(t, 136*10*time.Millisecond, r.CPUNanoseconds)
	require.Equal(t, kubelet.ProcessReading{Max: 30000, Running: 345}, r.Processes)
	require.Equal(t, []kubelet.InterfaceReading{{Name: "eth0", ReceivedBytes: 10, ReceiveErrors: 2, TransmittedBytes: 30, TransmissionErrors: 4}}, r.Interfaces)
	require.Equal(t, r.NodeFS, r.ImageFS)
	require.Positive(t, r.NodeFS.Capacity)
	require.LessOrEqual(t, r.NodeFS.Available+r.NodeFS.Used, r.NodeFS.Capacity)
}

func TestThisMachine(t *testing.T) {
	m := machine.New(machine.Options{})
	info, err := m.Describe(t.Context())
	require.NoError(t, err)
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		q := info.Capacity[name]
		require.Positive(t, q.Sign(), name)
	}
	require.NotEmpty(t, info.Info.KernelVersion)
	r, err := m.Read(t.Context())
	require.NoError(t, err)
	require.Positive(t, r.CPUNanoseconds)
	require.Positive(t, r.Memory.Available)
	require.Positive(t, r.Processes.Running)
}

func TestMachinesThatCannotBeRead(t *testing.T) {
	root := t.TempDir()
	_, err := machine.New(machine.Options{Root: root}).Describe(t.Context())
	require.ErrorContains(t, err, "does not say how much memory there is")
	write(t, root, map[string]string{"/proc/meminfo": "MemTotal: 1000 kB\n"})
	_, err = machine.New(machine.Options{Root: root, RootDir: root + "/none"}).Describe(t.Context())
	require.ErrorContains(t, err, "file system of "+root+"/none")
	_, err = machine.New(machine.Options{Root: root, Images: images{err: errors.New("away")}}).Read(t.Context())
	require.EqualError(t, err, "file system of images: away")
	_, err = machine.New(machine.Options{Root: root}).Read(t.Context())
	require.NoError(t, err, "what else there is can be done without")
}
