package kubelet_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

func annotated(pod *corev1.Pod, annotations map[string]string) *corev1.Pod {
	pod.Annotations = annotations
	return pod
}

func runs(count int32) func(*corev1.Pod) bool {
	return func(p *corev1.Pod) bool {
		s := p.Status.ContainerStatuses
		return len(s) > 0 && s[0].State.Running != nil && s[0].RestartCount == count
	}
}

func TestRestartsBackOff(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := c.create(annotated(podOf("crash", "web"), map[string]string{hollow.RunForAnnotation: "1s", hollow.ExitCodeAnnotation: "3"}))
		var gaps []time.Duration
		var ended time.Time
		for i := range int32(9) {
			p := c.until("crash", "running", runs(i))
			began := p.Status.ContainerStatuses[0].State.Running.StartedAt.Time
			if i > 0 {
				last := p.Status.ContainerStatuses[0].LastTerminationState.Terminated
				require.EqualValues(t, 3, last.ExitCode)
				require.Equal(t, "Error", last.Reason)
				require.Equal(t, ended, last.FinishedAt.Time)
				gaps = append(gaps, began.Sub(ended))
			}
			ended = began.Add(time.Second)
			if i == 1 {
				p = c.until("crash", "waiting", func(p *corev1.Pod) bool { return p.Status.ContainerStatuses[0].State.Waiting != nil })
				require.Equal(t, corev1.ContainerStateWaiting{
					Reason:  "CrashLoopBackOff",
					Message: "back-off 10s restarting failed container=web pod=crash_default(" + string(pod.UID) + ")",
				}, *p.Status.ContainerStatuses[0].State.Waiting)
				require.EqualValues(t, 1, p.Status.ContainerStatuses[0].RestartCount)
				require.Equal(t, corev1.PodRunning, p.Status.Phase)
				require.Equal(t, "Ready=False ContainersNotReady: containers with unready status: [web]", summary(p)[2])
			}
		}
		require.Equal(t, []time.Duration{0, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second,
			300 * time.Second, 300 * time.Second}, gaps)
	})
}

// duringStart makes starts take long, and returns what is told of a Pod's container after
// a while, when the next run of it is being started.
func duringStart(t *testing.T, c *cluster, f *faulty, name string, after time.Duration) corev1.ContainerState {
	t.Helper()
	f.set(func() {
		f.start = func(kubelet.ContainerConfig) error {
			time.Sleep(5 * time.Second)
			return nil
		}
	})
	time.Sleep(after)
	_, err := c.pods().Modify(c.ctx, name, func(p *corev1.Pod) error { p.Labels = map[string]string{"look": "here"}; return nil })
	require.NoError(t, err)
	time.Sleep(time.Second)
	p, err := c.pods().Get(c.ctx, name)
	require.NoError(t, err)
	return p.Status.ContainerStatuses[0].State
}

// waits says that the one container of a Pod waits, and why.
func waits(reason string) func(p *corev1.Pod) bool {
	return func(p *corev1.Pod) bool {
		s := p.Status.ContainerStatuses
		return len(s) == 1 && s[0].State.Waiting != nil && s[0].State.Waiting.Reason == reason
	}
}

// While a run is being started, nobody waits for it.
func TestRestartUnderWayIsNoBackOff(t *testing.T) {
	f := &faulty{}
	inBubbleOn(t, f, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(annotated(podOf("again", "web"), map[string]string{hollow.RunForAnnotation: "1s"}))
		c.until("again", "running", runs(0))
		state := duringStart(t, c, f, "again", 3*time.Second)
		require.Nil(t, state.Waiting)
		require.NotNil(t, state.Terminated)
		c.until("again", "running again", runs(1))
	})
}

// What a container waits for is told until it runs.
func TestBackOffIsToldUntilTheNextRun(t *testing.T) {
	f := &faulty{}
	inBubbleOn(t, f, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(annotated(podOf("crash", "web"), map[string]string{hollow.RunForAnnotation: "1s", hollow.ExitCodeAnnotation: "3"}))
		told := c.until("crash", "backed off", waits("CrashLoopBackOff")).Status.ContainerStatuses[0].State
		state := duringStart(t, c, f, "crash", 12*time.Second)
		require.Equal(t, told, state)
		c.until("crash", "running again", runs(2))
	})
}

// A container that has run for long is forgiven what was before.
func TestBackOffEndsAfterALongRun(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(annotated(podOf("steady", "web"), map[string]string{hollow.RunForAnnotation: "11m"}))
		var ended time.Time
		for i := range int32(4) {
			began := c.until("steady", "running", runs(i)).Status.ContainerStatuses[0].State.Running.StartedAt.Time
			if i > 0 {
				require.Equal(t, ended, began)
			}
			ended = began.Add(11 * time.Minute)
		}
	})
}

func TestPodsThatEnd(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	for name, test := range map[string]struct {
		policy      corev1.RestartPolicy
		annotations map[string]string
		change      func(*corev1.Pod)
		phase       corev1.PodPhase
		restarts    int32
		exit        int32
		conditions  []string
	}{
		"Never succeeds": {
			policy: corev1.RestartPolicyNever, phase: corev1.PodSucceeded,
			conditions: []string{"PodReadyToStartContainers=False", "Initialized=True PodCompleted", "Ready=False PodCompleted",
				"ContainersReady=False PodCompleted", "PodScheduled=True"},
		},
		"Never fails": {
			policy: corev1.RestartPolicyNever, annotations: map[string]string{hollow.ExitCodeAnnotation: "42"}, phase: corev1.PodFailed, exit: 42,
			conditions: []string{"PodReadyToStartContainers=False", "Initialized=True", "Ready=False PodFailed",
				"ContainersReady=False PodFailed", "PodScheduled=True"},
		},
		"OnFailure succeeds": {policy: corev1.RestartPolicyOnFailure, phase: corev1.PodSucceeded},
		"an init container fails": {
			policy: corev1.RestartPolicyNever, annotations: map[string]string{hollow.ExitCodeAnnotation + ".prepare": "1"}, phase: corev1.PodFailed,
			change: func(p *corev1.Pod) { p.Spec.InitContainers = []corev1.Container{{Name: "prepare", Image: "init"}} }, exit: -1,
			conditions: []string{"PodReadyToStartContainers=False", "Initialized=False ContainersNotInitialized: containers with incomplete status: [prepare]",
				"Ready=False PodFailed", "ContainersReady=False PodFailed", "PodScheduled=True"},
		},
		"sidecars do not count": {
			policy: corev1.RestartPolicyNever, phase: corev1.PodSucceeded,
			change: func(p *corev1.Pod) {
				p.Spec.InitContainers = []corev1.Container{{Name: "proxy", Image: "proxy", RestartPolicy: &always}}
			},
		},
		"a rule restarts it": {
			policy: corev1.RestartPolicyNever, annotations: map[string]string{hollow.ExitCodeAnnotation: "7"}, restarts: 2,
			change: func(p *corev1.Pod) {
				never := corev1.ContainerRestartPolicyNever
				p.Spec.Containers[0].RestartPolicy = &never
				p.Spec.Containers[0].RestartPolicyRules = []corev1.ContainerRestartRule{{
					Action:    corev1.ContainerRestartRuleActionRestart,
					ExitCodes: &corev1.ContainerRestartRuleOnExitCodes{Operator: corev1.ContainerRestartRuleOnExitCodesOpIn, Values: []int32{7}},
				}}
			},
		},
		"OnFailure fails again and again": {
			policy: corev1.RestartPolicyOnFailure, annotations: map[string]string{hollow.ExitCodeAnnotation: "1"}, restarts: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
				pod := annotated(podOf("job", "work"), test.annotations)
				pod.Spec.RestartPolicy = test.policy
				if test.change != nil {
					test.change(pod)
				}
				c.create(pod)
				if test.restarts > 0 {
					c.until("job", "restarted", runs(test.restarts))
					return
				}
				done := c.until("job", "done", inPhase(test.phase))
				work := done.Status.ContainerStatuses[0]
				require.NotEmpty(t, done.Status.PodIP, "what has ended keeps its address in the status")
				if test.exit < 0 {
					require.Equal(t, &corev1.ContainerStateWaiting{Reason: "PodInitializing"}, work.State.Waiting)
				} else {
					require.Equal(t, test.exit, work.State.Terminated.ExitCode)
					require.Equal(t, time.Second, work.State.Terminated.FinishedAt.Sub(work.State.Terminated.StartedAt.Time))
				}
				if test.conditions != nil {
					require.Equal(t, test.conditions, summary(done))
				}
				// It stays so, and goes at once when it is deleted.
				time.Sleep(time.Hour)
				still, err := c.pods().Get(c.ctx, "job")
				require.NoError(t, err)
				require.Equal(t, done.ResourceVersion, still.ResourceVersion, "an ended Pod is not written again")
				require.NoError(t, c.pods().Delete(c.ctx, "job"))
				c.untilGone("job")
			})
		})
	}
}

func TestInitContainersAndSidecarsStartInOrder(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		always := corev1.ContainerRestartPolicyAlways
		pod := annotated(podOf("ordered", "web"), map[string]string{
			hollow.RunForAnnotation + ".first": "10s", hollow.RunForAnnotation + ".last": "10s",
			hollow.StopAfterAnnotation: "3s",
		})
		pod.Spec.InitContainers = []corev1.Container{
			{Name: "first", Image: "first"},
			{Name: "proxy", Image: "proxy", RestartPolicy: &always, StartupProbe: &corev1.Probe{
				ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{}}, InitialDelaySeconds: 5,
			}},
			{Name: "last", Image: "last"},
			{Name: "store", Image: "store", RestartPolicy: &always},
		}
		pod.Spec.InitContainers[1].StartupProbe.TCPSocket.Port.IntVal = 80
		c.create(pod)
		first := c.until("ordered", "in its first init container", func(p *corev1.Pod) bool {
			return len(p.Status.InitContainerStatuses) > 0 && p.Status.InitContainerStatuses[0].State.Running != nil
		})
		require.Equal(t, corev1.PodPending, first.Status.Phase)
		require.Equal(t, []string{
			"PodReadyToStartContainers=True",
			"Initialized=False ContainersNotInitialized: containers with incomplete status: [first proxy last store]",
			"Ready=False ContainersNotReady: containers with unready status: [proxy store web]",
			"ContainersReady=False ContainersNotReady: containers with unready status: [proxy store web]",
			"PodScheduled=True",
		}, summary(first))
		require.Equal(t, "PodInitializing", first.Status.ContainerStatuses[0].State.Waiting.Reason)
		require.Equal(t, "PodInitializing", first.Status.InitContainerStatuses[2].State.Waiting.Reason)

		done := c.until("ordered", "ready", ready)
		at := map[string]time.Duration{}
		began := first.Status.InitContainerStatuses[0].State.Running.StartedAt
		for _, s := range done.Status.InitContainerStatuses {
			if s.State.Running != nil {
				at[s.Name] = s.State.Running.StartedAt.Sub(began.Time)
			} else {
				require.True(t, s.Ready)
				at[s.Name] = s.State.Terminated.StartedAt.Sub(began.Time)
			}
		}
		at["web"] = done.Status.ContainerStatuses[0].State.Running.StartedAt.Sub(began.Time)
		require.Equal(t, map[string]time.Duration{
			"first": 0, "proxy": 10 * time.Second, "last": 15 * time.Second, "store": 25 * time.Second, "web": 25 * time.Second,
		}, at)

		// The other way round at the end: sidecars from the last to the first.
		require.NoError(t, c.pods().Delete(c.ctx, "ordered"))
		last := c.untilGone("ordered")
		ended := map[string]time.Duration{}
		asked := last.Status.ContainerStatuses[0].State.Terminated.FinishedAt.Add(-3 * time.Second)
		for _, s := range last.Status.InitContainerStatuses {
			ended[s.Name] = s.State.Terminated.FinishedAt.Sub(asked)
		}
		require.Equal(t, 6*time.Second, ended["store"])
		require.Equal(t, 9*time.Second, ended["proxy"])
	})
}

func TestActiveDeadline(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := podOf("limited", "web")
		limit := int64(60)
		pod.Spec.ActiveDeadlineSeconds = &limit
		c.create(pod)
		up := c.until("limited", "ready", ready)
		failed := c.until("limited", "failed", inPhase(corev1.PodFailed))
		require.Equal(t, "DeadlineExceeded", failed.Status.Reason)
		require.Equal(t, "Pod was active on the node longer than the specified deadline", failed.Status.Message)
		ended := failed.Status.ContainerStatuses[0].State.Terminated.FinishedAt
		require.Equal(t, time.Minute, ended.Sub(up.Status.StartTime.Time))
	})
}

func TestImagesThatCannotBePulled(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(annotated(podOf("broken", "web"), map[string]string{hollow.PullErrorAnnotation: "no such host"}))
		waits := func(reason string) func(*corev1.Pod) bool {
			return func(p *corev1.Pod) bool {
				s := p.Status.ContainerStatuses
				return len(s) == 1 && s[0].State.Waiting != nil && s[0].State.Waiting.Reason == reason
			}
		}
		p := c.until("broken", "failing", waits("ErrImagePull"))
		require.Equal(t, "no such host", p.Status.ContainerStatuses[0].State.Waiting.Message)
		require.Equal(t, corev1.PodPending, p.Status.Phase)
		p = c.until("broken", "waiting", waits("ImagePullBackOff"))
		require.Equal(t, `Back-off pulling image "registry.example.com/web:1": ErrImagePull: no such host`, p.Status.ContainerStatuses[0].State.Waiting.Message)

		_, err := c.kubelet.Logs(c.ctx, "default", "broken", "web", false, kubelet.LogOptions{})
		require.EqualError(t, err, `container "web" in pod "broken" is waiting to start: trying and failing to pull image`)

		// Another image is tried when it is its turn.
		_, err = c.pods().Modify(c.ctx, "broken", func(p *corev1.Pod) error {
			delete(p.Annotations, hollow.PullErrorAnnotation)
			return nil
		})
		require.NoError(t, err)
		p = c.until("broken", "ready", ready)
		require.Zero(t, p.Status.ContainerStatuses[0].RestartCount)

		never := podOf("never", "other")
		never.Spec.Containers[0].ImagePullPolicy = corev1.PullNever
		c.create(never)
		p = c.until("never", "failing", waits("ErrImageNeverPull"))
		require.Equal(t, `Container image "registry.example.com/other:1" is not present with pull policy of Never`, p.Status.ContainerStatuses[0].State.Waiting.Message)
	})
}

func TestAnnotationsThatCannotBeRead(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(annotated(podOf("odd", "web"), map[string]string{hollow.RunForAnnotation: "soon"}))
		p := c.until("odd", "failing", func(p *corev1.Pod) bool {
			s := p.Status.ContainerStatuses
			return len(s) == 1 && s[0].State.Waiting != nil && s[0].State.Waiting.Reason == "RunContainerError"
		})
		require.Contains(t, p.Status.ContainerStatuses[0].State.Waiting.Message, `"soon" is neither a duration`)
		require.Zero(t, p.Status.ContainerStatuses[0].RestartCount, "a run that the runtime never began is not one")
	})
}

// An image that is changed makes its container start anew, without a back-off.
func TestImageIsChanged(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web", "other")
		pod.Spec.Volumes = []corev1.Volume{{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
		pod.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "scratch", MountPath: "/tmp", ReadOnly: true}}
		c.create(pod)
		mounts := c.until("web", "ready", ready).Status.ContainerStatuses[0].VolumeMounts
		disabled := corev1.RecursiveReadOnlyMode("Disabled")
		require.Equal(t, []corev1.VolumeMountStatus{{Name: "scratch", MountPath: "/tmp", ReadOnly: true, RecursiveReadOnly: &disabled}}, mounts)
		began := time.Now()
		_, err := c.pods().Modify(c.ctx, "web", func(p *corev1.Pod) error { p.Spec.Containers[0].Image = "web:2"; return nil })
		require.NoError(t, err)
		p := c.until("web", "restarted", runs(1))
		require.Equal(t, "web:2", p.Status.ContainerStatuses[0].Image)
		require.Zero(t, p.Status.ContainerStatuses[1].RestartCount)
		require.Less(t, time.Since(began), time.Second)
		require.Equal(t, p.Generation, p.Status.ObservedGeneration)
	})
}

func TestEphemeralContainers(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(podOf("web", "web"))
		c.until("web", "ready", ready)
		_, err := c.pods().Subresource("ephemeralcontainers").Modify(c.ctx, "web", func(p *corev1.Pod) error {
			p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", Image: "tools"}}}
			return nil
		})
		require.NoError(t, err)
		p := c.until("web", "looked into", func(p *corev1.Pod) bool {
			s := p.Status.EphemeralContainerStatuses
			return len(s) == 1 && s[0].State.Running != nil
		})
		require.True(t, ready(p))
		require.NoError(t, c.pods().Delete(c.ctx, "web"))
		c.untilGone("web")
	})
}
