package kubelet_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/stats"
)

// metered is a runtime whose containers use more each time that they are measured.
type metered struct {
	*processes
	measured uint64
}

func (m *metered) Usage(ctx context.Context) ([]kubelet.Usage, error) {
	m.measured++
	all, err := m.Pods(ctx)
	var list []kubelet.Usage
	for _, pod := range all {
		for _, c := range pod.Containers {
			list = append(list, kubelet.Usage{
				PodUID: pod.UID, Namespace: pod.Namespace, Pod: pod.Name, Container: c.Name, ContainerID: c.ID,
				At: time.Unix(1000, 0).Add(time.Duration(m.measured) * 10 * time.Second), StartedAt: time.Unix(900, 0),
				CPUNanoseconds: m.measured * 5e9, MemoryUsage: 300 << 20, WorkingSet: 200 << 20, RSS: 100 << 20,
				WritableBytes: 10 << 20, LogBytes: 1 << 20,
			})
		}
		list = append(list, kubelet.Usage{
			PodUID: pod.UID, Namespace: pod.Namespace, Pod: pod.Name, At: time.Unix(1000, 0),
			Interface: "eth0", ReceivedBytes: 11, TransmittedBytes: 12,
		})
	}
	return list, err
}

// gauges is a Machine that reads the same always.
type gauges struct{}

func (gauges) Describe(context.Context) (kubelet.MachineInfo, error) {
	return kubelet.MachineInfo{BootAt: time.Unix(500, 0), Info: corev1.NodeSystemInfo{MachineID: "m", BootID: "b", SystemUUID: "s"}}, nil
}

func (gauges) Read(context.Context) (kubelet.Readings, error) {
	return kubelet.Readings{
		At: time.Unix(1000, 0), CPUNanoseconds: 77e9,
		Memory: kubelet.MemoryReading{Total: 8 << 30, Available: 6 << 30, WorkingSet: 2 << 30, SwapTotal: 100, SwapUsed: 30},
		NodeFS: kubelet.FilesystemReading{Capacity: 100 << 30, Available: 60 << 30, Used: 40 << 30, Inodes: 10, InodesFree: 6, InodesUsed: 4},
		Interfaces: []kubelet.InterfaceReading{
			{Name: "lo", ReceivedBytes: 9}, {Name: "eth0", ReceivedBytes: 5, TransmittedBytes: 6},
		},
	}, nil
}

// ask asks the kubelet and returns what it answers.
func (c *cluster) ask(method, path string) (int, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.ctx, method, "http://node"+path, nil)
	require.NoError(c.t, err)
	answer, err := kubelet.InProcess(c.kubelet.Handler()).RoundTrip(r)
	require.NoError(c.t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(c.t, err)
	return answer.StatusCode, string(body)
}

func startMetered(t *testing.T) *cluster {
	t.Helper()
	logs := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(logs, "syslog"), []byte("a line\n"), 0o600))
	c := startWithout(t)
	c.custom = &metered{processes: newProcesses(t)}
	c.run(kubelet.Options{Machine: gauges{}, SystemLogDir: logs, Port: 10250})
	pod := podOf("web", "web")
	pod.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: quantity.MustParse("256Mi")}
	c.create(pod)
	c.until("web", "ready", ready)
	return c
}

func TestResourceMetrics(t *testing.T) {
	c := startMetered(t)
	code, body := c.ask("GET", "/metrics/resource")
	require.Equal(t, 200, code)
	for _, line := range []string{
		`# TYPE container_cpu_usage_seconds_total counter`,
		`container_cpu_usage_seconds_total{container="web",namespace="default",pod="web"} 5 1010000`,
		`container_memory_working_set_bytes{container="web",namespace="default",pod="web"} 2.097152e+08 1010000`,
		`container_start_time_seconds{container="web",namespace="default",pod="web"} 900`,
		`pod_cpu_usage_seconds_total{namespace="default",pod="web"} 5 1010000`,
		`pod_memory_working_set_bytes{namespace="default",pod="web"} 2.097152e+08 1010000`,
		`node_cpu_usage_seconds_total 77 1000000`,
		`node_memory_working_set_bytes 2.147483648e+09 1000000`,
		`resource_scrape_error 0`,
	} {
		require.Contains(t, body, line+"\n")
	}
	code, body = c.ask("GET", "/metrics/cadvisor")
	require.Equal(t, 200, code)
	require.Regexp(t, `container_memory_rss\{container="web",id="/[^"]+",image="registry.example.com/web:1",name="[^"]+",namespace="default",pod="web"\} 1.048576e\+08 1010000`, body)
	require.Contains(t, body, `container_network_receive_bytes_total{`)
	require.Contains(t, body, `machine_memory_bytes{boot_id="b",machine_id="m",system_uuid="s"} 8.589934592e+09`)
	code, body = c.ask("GET", "/metrics")
	require.Equal(t, 200, code)
	for _, line := range []string{
		`kubelet_node_name{node="node-1"} 1`, `kubelet_running_pods 1`, `kubelet_running_containers{container_state="running"} 1`,
		`kubelet_http_requests_total{long_running="false",method="GET",path="metrics",server_type="readwrite"} 3`,
		`kubelet_pod_start_duration_seconds_count 1`, `kubelet_pod_start_sli_duration_seconds_count 1`, `kubelet_started_pods_total 1`,
		`kubelet_started_containers_total{container_type="container"} 1`, `kubernetes_build_info{git_version="v1.37.1-nucleus"} 1`,
	} {
		require.Contains(t, body, line+"\n")
	}
	code, body = c.ask("GET", "/debug/pprof/cmdline")
	require.Equal(t, 200, code)
	require.NotEmpty(t, body)
}

func TestProbeMetrics(t *testing.T) {
	inBubble(t, kubelet.Options{Prober: newHealth()}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web")
		pod.Spec.Containers[0].ReadinessProbe = tcp(80)
		uid := string(c.create(pod).UID)
		c.until("web", "ready", ready)
		line := `prober_probe_total{container="web",namespace="default",pod="web",pod_uid="` + uid + `",probe_type="Readiness",result="successful"}`
		_, body := c.ask("GET", "/metrics/probes")
		require.Contains(t, body, line)
		require.Contains(t, body, `prober_probe_duration_seconds_count{`)
		require.NoError(t, c.pods().Delete(c.ctx, "web"))
		c.untilGone("web")
		synctest.Wait()
		_, body = c.ask("GET", "/metrics/probes")
		require.NotContains(t, body, uid, "what is counted for a Pod goes with it")
	})
}

func TestSummary(t *testing.T) {
	c := startMetered(t)
	var s stats.Summary
	code, body := c.ask("GET", "/stats/summary")
	require.Equal(t, 200, code)
	require.NoError(t, json.Unmarshal([]byte(body), &s))
	require.Equal(t, nodeName, s.Node.Name)
	require.EqualValues(t, 77e9, *s.Node.CPU.UsageCoreNanoSeconds)
	require.Equal(t, "eth0", s.Node.Network.Name)
	require.EqualValues(t, 60<<30, *s.Node.FS.AvailableBytes)
	require.EqualValues(t, 70, *s.Node.Swap.SwapAvailableBytes)
	require.Len(t, s.Pods, 1)
	pod := s.Pods[0]
	require.Equal(t, "web", pod.PodRef.Name)
	require.Equal(t, "eth0", pod.Network.Name)
	require.Nil(t, pod.CPU.UsageNanoCores, "nothing was measured before")
	require.EqualValues(t, 11<<20, *pod.EphemeralStorage.UsedBytes)
	web := pod.Containers[0]
	require.EqualValues(t, 200<<20, *web.Memory.WorkingSetBytes)
	require.EqualValues(t, 56<<20, *web.Memory.AvailableBytes)
	require.EqualValues(t, 10<<20, *web.Rootfs.UsedBytes)
	require.EqualValues(t, 1<<20, *web.Logs.UsedBytes)
	for _, name := range []string{`"podRef"`, `"ephemeral-storage"`, `"usageCoreNanoSeconds"`, `"workingSetBytes"`, `"rlimit"`, `"imageFs"`, `"startTime": "1970-01-01T00:08:20Z"`} {
		require.Contains(t, body, name)
	}

	// Half a core was used in between.
	require.Eventually(t, func() bool {
		_, body := c.ask("GET", "/stats/summary?only_cpu_and_memory=true")
		s = stats.Summary{}
		require.NoError(t, json.Unmarshal([]byte(body), &s))
		return s.Pods[0].CPU.UsageNanoCores != nil
	}, patience, 100*time.Millisecond)
	require.EqualValues(t, 5e8, *s.Pods[0].Containers[0].CPU.UsageNanoCores)
	require.EqualValues(t, 5e8, *s.Pods[0].CPU.UsageNanoCores)
	require.Nil(t, s.Pods[0].Containers[0].Rootfs)
	require.Nil(t, s.Node.FS)
}

func TestOtherPages(t *testing.T) {
	c := startMetered(t)
	for path, want := range map[string]struct {
		code int
		has  string
	}{
		"/runningpods/":     {200, `"name":"web"`},
		"/pods/":            {200, `"kind":"PodList"`},
		"/configz":          {200, `"kubeletconfig":{`},
		"/logs/syslog":      {200, "a line"},
		"/logs/../../hosts": {404, ""},
		"/healthz/ping":     {200, "ok"},
	} {
		code, body := c.ask("GET", path)
		if path == "/logs/../../hosts" {
			require.NotEqual(t, 200, code)
			continue
		}
		require.Equal(t, want.code, code, path)
		require.Contains(t, body, want.has, path)
	}
	_, body := c.ask("GET", "/configz")
	var z struct{ KubeletConfig map[string]any }
	require.NoError(t, json.Unmarshal([]byte(body), &z))
	for field, want := range map[string]any{
		"maxPods": 110.0, "evictionHard": map[string]any{"imagefs.available": "15%", "imagefs.inodesFree": "5%", "memory.available": "100Mi", "nodefs.available": "10%", "nodefs.inodesFree": "5%"},
		"nodeStatusUpdateFrequency": "10s", "containerLogMaxSize": "10Mi", "clusterDNS": []any{}, "enforceNodeAllocatable": []any{"none"}, "cgroupDriver": "cgroupfs",
		"crashLoopBackOff": map[string]any{"maxContainerRestartPeriod": "5m0s"}, "registerWithTaints": []any{}, "systemReserved": map[string]any{},
	} {
		require.Equal(t, want, z.KubeletConfig[field], field)
	}
	for query, want := range map[string]struct {
		code int
		says string
	}{
		"/run/default/web/web?cmd=echo+said": {200, "said\n"},
		"/run/default/web/web?cmd=false":     {500, "command terminated with exit code 1\n"},
		"/run/default/web/web":               {400, "cmd: no command was given\n"},
		"/run/default/nope/web?cmd=true":     {404, "pod does not exist\n"},
		"/run/default/web/nope?cmd=true":     {500, "container not found (\"nope\")\n"},
		"/run/default/web/x/web?cmd=true":    {404, "pod not found\n"},
		"/exec/default/web/web?command=true": {400, "you must specify at least 1 of stdin, stdout, stderr\n"},
		"/exec/default/web/web?output=1":     {500, "no command was given\n"},
		"/attach/default/web/web?output=1":   {400, "Upgrade request required\n"},
		"/portForward/default/web?port=0":    {400, "port \"0\" must be > 0\n"},
		"/portForward/default/none":          {404, "pod does not exist\n"},
	} {
		code, body := c.ask("POST", query)
		require.Equal(t, want.code, code, query)
		require.Equal(t, want.says, body, query)
	}
}

// startWithout starts a server, and no kubelet yet.
func startWithout(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t, client: clienttest.Start(t, clienttest.Options{Bootstrap: true}).Local}
	var cancel context.CancelFunc
	c.ctx, cancel = context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return c
}
