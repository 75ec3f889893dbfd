package kubelet_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

const gib = uint64(1) << 30

// roomy is a machine with enough of everything.
func roomy() *machine {
	disk := kubelet.FilesystemReading{Capacity: 100 * gib, Available: 60 * gib, Inodes: 1000, InodesFree: 900}
	return &machine{
		info: kubelet.MachineInfo{
			Capacity: corev1.ResourceList{
				corev1.ResourceCPU: quantity.MustParse("8"), corev1.ResourceMemory: quantity.MustParse("4Gi"),
				corev1.ResourceEphemeralStorage: quantity.MustParse("100Gi"), "hugepages-2Mi": quantity.MustParse("4Mi"),
			},
			Info: corev1.NodeSystemInfo{MachineID: "m", SystemUUID: "s", BootID: "b", KernelVersion: "6.1", OSImage: "Debian"},
		},
		readings: kubelet.Readings{
			Memory: kubelet.MemoryReading{Total: 4 * gib, Available: 2 * gib}, NodeFS: disk, ImageFS: disk,
			Processes: kubelet.ProcessReading{Max: 1000, Running: 100},
		},
	}
}

func TestNodeIsWhatTheMachineIs(t *testing.T) {
	m, a := roomy(), newAble()
	a.images = []kubelet.StoredImage{{ID: "1", Names: []string{"small"}, Size: 5}, {ID: "2", Names: []string{"a", "b", "c", "d", "e", "f"}, Size: 50}}
	opts := kubelet.Options{Machine: m, Capacity: corev1.ResourceList{"example.com/gpu": quantity.MustParse("2")}, Info: corev1.NodeSystemInfo{OSImage: "mine"}}
	inBubbleWith(t, nil, a, opts, func(t *testing.T, c *cluster) {
		n := c.node()
		text := func(list corev1.ResourceList) map[corev1.ResourceName]string {
			all := map[corev1.ResourceName]string{}
			for name, q := range list {
				all[name] = q.String()
			}
			return all
		}
		require.Equal(t, map[corev1.ResourceName]string{
			"cpu": "8", "memory": "4Gi", "ephemeral-storage": "100Gi", "hugepages-2Mi": "4Mi", "pods": "110", "example.com/gpu": "2",
		}, text(n.Status.Capacity))
		require.Equal(t, map[corev1.ResourceName]string{
			"cpu": "8", "memory": "3996Mi", "ephemeral-storage": "90Gi", "hugepages-2Mi": "4Mi", "pods": "110", "example.com/gpu": "2",
		}, text(n.Status.Allocatable), "what evicts Pods is not promised to them")
		require.Equal(t, "mine", n.Status.NodeInfo.OSImage)
		require.Equal(t, "6.1", n.Status.NodeInfo.KernelVersion)
		require.Equal(t, "b", n.Status.NodeInfo.BootID)
		time.Sleep(12 * time.Second)
		require.Equal(t, []corev1.ContainerImage{{Names: []string{"a", "b", "c", "d", "e"}, SizeBytes: 50}, {Names: []string{"small"}, SizeBytes: 5}}, c.node().Status.Images)
	})
}

func TestEvictionForMemory(t *testing.T) {
	m, a := roomy(), newAble()
	inBubbleWith(t, nil, a, kubelet.Options{Machine: m}, func(t *testing.T, c *cluster) {
		use := func(pod *corev1.Pod, request string, priority int32, bytes uint64) {
			if request != "" {
				pod.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceMemory: quantity.MustParse(request)}
			}
			c.create(pod)
			p := c.until(pod.Name, "ready", ready)
			a.set(func() {
				a.usage = append(a.usage, kubelet.Usage{PodUID: p.UID, Container: "web", WorkingSet: bytes}, kubelet.Usage{PodUID: p.UID})
			})
		}
		use(podOf("modest", "web"), "1Gi", 0, 900<<20)
		use(podOf("greedy", "web"), "100Mi", 0, 700<<20)
		use(annotated(podOf("hungry", "web"), map[string]string{hollow.StopAfterAnnotation: "1m"}), "", 0, 800<<20)
		use(podOf("little", "web"), "", 0, 10<<20)

		m.set(func() { m.readings.Memory.Available = 50 << 20 })
		gone := c.until("hungry", "evicted", inPhase(corev1.PodFailed))
		require.Equal(t, "Evicted", gone.Status.Reason)
		const message = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container web was using 800Mi, request is 0, has larger consumption of memory. "
		require.Equal(t, message, gone.Status.Message)
		target := condition(gone, corev1.DisruptionTarget)
		require.Equal(t, corev1.ConditionTrue, target.Status)
		require.Equal(t, "TerminationByKubelet", target.Reason)
		require.Equal(t, message, target.Message)
		require.EqualValues(t, 137, gone.Status.ContainerStatuses[0].State.Terminated.ExitCode, "there is no time for its minute")
		m.set(func() { m.readings.Memory.Available = 200 << 20 })
		for _, name := range []string{"modest", "greedy", "little"} {
			p, err := c.pods().Get(c.ctx, name)
			require.NoError(t, err)
			require.True(t, ready(p), name)
		}

		time.Sleep(time.Second)
		// The node says so, and takes none that asks for nothing.
		short := nodeCondition(c.node(), corev1.NodeMemoryPressure)
		require.Equal(t, corev1.ConditionTrue, short.Status)
		require.Equal(t, "KubeletHasInsufficientMemory", short.Reason)
		require.Equal(t, "kubelet has insufficient memory available", short.Message)
		c.create(podOf("late", "web"))
		late := c.until("late", "refused", inPhase(corev1.PodFailed))
		require.Equal(t, "Evicted", late.Status.Reason)
		require.Equal(t, "Pod was rejected: The node had condition: [MemoryPressure]. ", late.Status.Message)
		asks := podOf("asks", "web")
		asks.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceMemory: quantity.MustParse("1Mi")}
		c.create(asks)
		c.until("asks", "ready", ready)
		bears := podOf("bears", "web")
		bears.Spec.Tolerations = []corev1.Toleration{{Key: "node.kubernetes.io/memory-pressure", Operator: corev1.TolerationOpExists}}
		c.create(bears)
		c.until("bears", "ready", ready)

		// Five minutes later it is well again.
		time.Sleep(6 * time.Minute)
		require.Equal(t, corev1.ConditionFalse, nodeCondition(c.node(), corev1.NodeMemoryPressure).Status)
		c.create(podOf("later", "web"))
		c.until("later", "ready", ready)
	})
}

func TestEvictionForDisk(t *testing.T) {
	m, a := roomy(), newAble()
	a.images = []kubelet.StoredImage{{ID: "old", Names: []string{"unused"}, Size: int64(gib)}, {ID: "web", Names: []string{"registry.example.com/web:1"}, Size: 7}}
	inBubbleWith(t, nil, a, kubelet.Options{Machine: m}, func(t *testing.T, c *cluster) {
		c.create(podOf("web", "web"))
		p := c.until("web", "ready", ready)
		critical := podOf("critical", "web")
		critical.Spec.PriorityClassName = "system-node-critical"
		priority := int32(2000001000)
		critical.Spec.Priority = &priority
		critical.Namespace = "default"
		c.create(critical)
		c.until("critical", "ready", ready)
		a.set(func() {
			a.usage = []kubelet.Usage{{PodUID: p.UID, Container: "web", WritableBytes: gib, LogBytes: gib}}
		})
		time.Sleep(5 * time.Minute)
		m.set(func() { m.readings.NodeFS.Available = 9 * gib })
		gone := c.until("web", "evicted", inPhase(corev1.PodFailed))
		require.Equal(t, "The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 9Gi. "+
			"Container web was using 2Gi, request is 0, has larger consumption of ephemeral-storage. ", gone.Status.Message)
		a.set(func() { require.Equal(t, []string{"old"}, a.removed, "images that nobody uses go first") })
		time.Sleep(time.Second)
		require.Equal(t, "KubeletHasDiskPressure", nodeCondition(c.node(), corev1.NodeDiskPressure).Reason)
		time.Sleep(5 * time.Minute)
		still, err := c.pods().Get(c.ctx, "critical")
		require.NoError(t, err)
		require.True(t, ready(still))
		asks := podOf("asks", "web")
		asks.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceMemory: quantity.MustParse("1Mi")}
		c.create(asks)
		require.Equal(t, "Pod was rejected: The node had condition: [DiskPressure]. ", c.until("asks", "refused", inPhase(corev1.PodFailed)).Status.Message)
	})
}

func TestSoftEviction(t *testing.T) {
	m, a := roomy(), newAble()
	opts := kubelet.Options{Machine: m, Eviction: kubelet.EvictionOptions{
		Hard: map[string]string{}, Soft: map[string]string{"memory.available": "25%", "pid.available": "10"},
		SoftGracePeriod: map[string]time.Duration{"memory.available": time.Minute, "pid.available": time.Hour}, MaxPodGracePeriod: 20 * time.Second,
	}}
	inBubbleWith(t, nil, a, opts, func(t *testing.T, c *cluster) {
		c.create(annotated(podOf("web", "web"), map[string]string{hollow.StopAfterAnnotation: "15s"}))
		c.until("web", "ready", ready)
		m.set(func() { m.readings.Memory.Available, m.readings.Processes.Running = gib-1, 995 })
		began := time.Now()
		time.Sleep(15 * time.Second)
		require.Equal(t, corev1.ConditionTrue, nodeCondition(c.node(), corev1.NodeMemoryPressure).Status)
		require.Equal(t, corev1.ConditionTrue, nodeCondition(c.node(), corev1.NodePIDPressure).Status)
		// A short relief begins the time anew.
		m.set(func() { m.readings.Memory.Available = gib })
		time.Sleep(15 * time.Second)
		m.set(func() { m.readings.Memory.Available = gib - 1 })
		gone := c.until("web", "evicted", inPhase(corev1.PodFailed))
		require.InDelta(t, 110, time.Since(began).Seconds(), 10, "a minute after the second time, and the time to end")
		require.Zero(t, gone.Status.ContainerStatuses[0].State.Terminated.ExitCode, "it had the time it needs")
	})
}

func TestLimitsOfDisk(t *testing.T) {
	size, limit := quantity.MustParse("1Mi"), quantity.MustParse("10Mi")
	for name, test := range map[string]struct {
		volume  uint64
		layer   uint64
		message string
	}{
		"within":  {1 << 20, 8 << 20, ""},
		"volume":  {2 << 20, 0, `Usage of EmptyDir volume "scratch" exceeds the limit "1Mi". `},
		"layer":   {0, 11 << 20, `Container web exceeded its local ephemeral storage limit "10Mi". `},
		"both":    {1 << 20, 10 << 20, "Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. "},
		"nothing": {0, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v, a := &volumes{used: map[string]kubelet.VolumeUsage{"scratch": {Used: test.volume, Ephemeral: true}}}, newAble()
			inBubbleWith(t, nil, a, kubelet.Options{Machine: roomy(), Volumes: v}, func(t *testing.T, c *cluster) {
				pod := podOf("web", "web")
				pod.Spec.Volumes = []corev1.Volume{{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &size}}}}
				pod.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceEphemeralStorage: limit}
				c.create(pod)
				p := c.until("web", "ready", ready)
				a.set(func() { a.usage = []kubelet.Usage{{PodUID: p.UID, Container: "web", WritableBytes: test.layer}} })
				if test.message == "" {
					time.Sleep(5 * time.Minute)
					p, err := c.pods().Get(c.ctx, "web")
					require.NoError(t, err)
					require.True(t, ready(p))
					return
				}
				gone := c.until("web", "evicted", inPhase(corev1.PodFailed))
				require.Equal(t, test.message, gone.Status.Message)
				require.Equal(t, "Evicted", gone.Status.Reason)
			})
		})
	}
}

func TestImagesAreCollected(t *testing.T) {
	m, a := roomy(), newAble()
	a.images = []kubelet.StoredImage{
		{ID: "web", Names: []string{"registry.example.com/web:1"}, Size: int64(5 * gib)}, {ID: "pause", Names: []string{"pause"}, Size: int64(gib), Pinned: true},
		{ID: "a", Names: []string{"a"}, Size: int64(3 * gib)}, {ID: "b", Names: []string{"b"}, Size: int64(3 * gib)}, {ID: "c", Names: []string{"c"}, Size: int64(3 * gib)},
	}
	a.freed = func(bytes int64) { m.set(func() { m.readings.ImageFS.Available += uint64(bytes) }) }
	inBubbleWith(t, nil, a, kubelet.Options{Machine: m}, func(t *testing.T, c *cluster) {
		c.create(podOf("web", "web"))
		c.until("web", "ready", ready)
		used := podOf("used", "c")
		used.Spec.Containers[0].Image = "c"
		c.create(used)
		c.until("used", "ready", ready)
		time.Sleep(6 * time.Minute)
		require.NoError(t, c.pods().Delete(c.ctx, "used"))
		c.untilGone("used")
		time.Sleep(6 * time.Minute)
		a.set(func() { require.Empty(t, a.removed, "there is room") })
		// 15.5% are left; 80% in use are 4.5 GiB less.
		m.set(func() { m.readings.ImageFS.Available = 15*gib + gib/2 })
		time.Sleep(6 * time.Minute)
		a.set(func() {
			require.Equal(t, []string{"a", "b"}, a.removed, "what was never used first, and no more than needed")
			a.removed = nil
		})
		m.set(func() { m.readings.ImageFS.Available = 10 * gib })
		time.Sleep(6 * time.Minute)
		a.set(func() { require.Equal(t, []string{"c"}, a.removed) })
	})
}

func TestOptionsThatCannotBe(t *testing.T) {
	c := &cluster{t: t}
	for text, opts := range map[string]kubelet.Options{
		`Options.Eviction.Hard["disk"]: no such signal`:                          {Eviction: kubelet.EvictionOptions{Hard: map[string]string{"disk": "1"}}},
		`Options.Eviction.Hard["memory.available"]: "120%" is no percentage`:     {Eviction: kubelet.EvictionOptions{Hard: map[string]string{"memory.available": "120%"}}},
		`Options.Eviction.SoftGracePeriod["memory.available"] is missing`:        {Eviction: kubelet.EvictionOptions{Soft: map[string]string{"memory.available": "1Gi"}}},
		`Options.Images: thresholds of 50 and 60 percent cannot be`:              {Images: kubelet.ImageOptions{HighThresholdPercent: 50, LowThresholdPercent: 60}},
		`Options.ContainerLogMaxSize "much" is no size`:                          {ContainerLogMaxSize: "much"},
		`Options.ContainerLogMaxFiles 1 is less than 2`:                          {ContainerLogMaxFiles: 1},
		`Options.RootDir "here" is not absolute`:                                 {RootDir: "here"},
		`Options.Eviction.PressureTransitionPeriod -1s is negative`:              {Eviction: kubelet.EvictionOptions{PressureTransitionPeriod: -time.Second}},
		`Options.ClusterDomain "_": a lowercase RFC 1123 subdomain must consist`: {ClusterDomain: "_"},
	} {
		_, err := kubelet.New(c.client, nodeName, hollow.New(hollow.Options{}), opts)
		require.ErrorContains(t, err, text)
	}
}

func TestParseThresholds(t *testing.T) {
	got, err := kubelet.ParseThresholds([]string{"memory.available<100Mi", "nodefs.available<10%"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"memory.available": "100Mi", "nodefs.available": "10%"}, got)
	_, err = kubelet.ParseThresholds([]string{"memory.available", "<1"})
	require.ErrorContains(t, err, `"memory.available" is not of the form signal<amount`)
	require.ErrorContains(t, err, `"<1" is not of the form`)
}
