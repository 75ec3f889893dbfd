package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// tryChecks has containers asked how they are in the ways that tryProbes has not, and
// told of their beginning and end by HTTP.
func tryChecks(t *testing.T, s *space) {
	s.pod(t, "rpc", fmt.Sprintf(`{containers: [{%s, livenessProbe: {grpc: {port: 8080, service: box}, periodSeconds: 1, timeoutSeconds: 30, failureThreshold: 60},
  readinessProbe: {grpc: {port: 8080}, periodSeconds: 1, timeoutSeconds: 30, failureThreshold: 1}}]}`, box("c", "serve")))
	s.pod(t, "stranger", fmt.Sprintf(`{containers: [{%s, readinessProbe: {grpc: {port: 8080, service: other}, periodSeconds: 1, timeoutSeconds: 30}}]}`, box("c", "serve")))
	s.pod(t, "never-starts", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, containers: [{%s, startupProbe: {httpGet: {path: /healthz, port: web}, periodSeconds: 1, failureThreshold: 2}, ports: [{name: web, containerPort: 9999}]}]}`,
		box("c", "serve")))
	s.pod(t, "silent", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, containers: [{%s, livenessProbe: {tcpSocket: {port: 9999}, periodSeconds: 1, failureThreshold: 2}}]}`, box("c", "serve")))
	s.pod(t, "told", fmt.Sprintf(`{containers: [{%s, lifecycle: {postStart: {httpGet: {path: /said/begin, port: 8080, httpHeaders: [{name: X-Who, value: kubelet}]}},
  preStop: {httpGet: {path: /said/end, port: 8080}}}}]}`, box("c", "serve")))
	s.pod(t, "slow", fmt.Sprintf(`{terminationGracePeriodSeconds: 30, containers: [{%s, lifecycle: {preStop: {sleep: {seconds: 2}}}}]}`, box("c", "serve")))
	s.ready(t, "rpc")
	s.run(t, "exec", "rpc", "--", "/box", "write", "/tmp/sick", "yes")
	s.reaches(t, "rpc", ".status.conditions[?(@.type=='Ready')].status", "False")
	contains(t, s.run(t, "describe", "pod", "rpc"), `Readiness probe failed: service unhealthy (responded with "NOT_SERVING")`)
	s.run(t, "exec", "rpc", "--", "/box", "rm", "/tmp/sick")
	s.ready(t, "rpc")
	contains(t, s.event(t, "stranger", "Unhealthy"), "Readiness probe failed: error: health rpc probe failed: rpc error: code = NotFound desc = unknown service")

	for pod, probe := range map[string]string{"never-starts": "startup", "silent": "liveness"} {
		eventually(t, 60*time.Second, func() error {
			if n := s.field(t, pod, ".status.containerStatuses[0].restartCount"); n == "0" || n == "" {
				return fmt.Errorf("%s was restarted %q times", pod, n)
			}
			return nil
		})
		contains(t, s.event(t, pod, "Killing"), "Container c failed "+probe+" probe, will be restarted")
		contains(t, s.event(t, pod, "Unhealthy"), strings.ToUpper(probe[:1])+probe[1:]+" probe failed: ", "connect: connection refused")
	}
	if s.field(t, "never-starts", ".status.containerStatuses[0].started") != "false" {
		t.Error("a container counts as started that never passed its startup probe")
	}

	s.ready(t, "told")
	contains(t, s.run(t, "logs", "told"), "was told /said/begin kubelet")
	lines, end := s.stream(t, "-n", s.namespace, "logs", "-f", "told")
	defer end()
	s.run(t, "delete", "pod", "told", "--timeout=60s")
	contains(t, readAll(t, lines), "was told /said/end", "stopped serving")
	s.ready(t, "slow")
	began := time.Now()
	s.run(t, "delete", "pod", "slow", "--timeout=60s")
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("a Pod that is to sleep 2 s before its end ended after %v", took)
	}
}

// tryDiskLimits has Pods take more of the disk than they may.
func tryDiskLimits(t *testing.T, s *space) {
	s.pod(t, "volume", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, volumes: [{name: v, emptyDir: {sizeLimit: 1Mi}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, box("c", "fill /v/file 4000000", "sleep 1h")))
	s.pod(t, "container", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, containers: [{%s, resources: {limits: {ephemeral-storage: 1Mi}}}]}`, box("c", "fill /file 4000000", "sleep 1h")))
	s.pod(t, "within", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, volumes: [{name: v, emptyDir: {sizeLimit: 8Mi}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}], resources: {limits: {ephemeral-storage: 8Mi}}}]}`,
		box("c", "fill /v/file 1000000", "serve")))
	// A tmpfs is no larger than its limit.
	s.pod(t, "memory", fmt.Sprintf(`{restartPolicy: Never, volumes: [{name: v, emptyDir: {medium: Memory, sizeLimit: 1Mi}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, box("c", "fill /v/file 4000000")))
	for pod, message := range map[string]string{
		"volume": `Usage of EmptyDir volume "v" exceeds the limit "1Mi". `, "container": `Container c exceeded its local ephemeral storage limit "1Mi". `,
	} {
		s.reaches(t, pod, ".status['phase','reason']", "Failed Evicted")
		if got := s.field(t, pod, ".status.message"); got != message {
			t.Errorf("%s was evicted because %q, want %q", pod, got, message)
		}
		contains(t, s.event(t, pod, "Evicted"), strings.TrimSpace(message))
		contains(t, s.field(t, pod, ".status.conditions[?(@.type=='DisruptionTarget')].reason"), "TerminationByKubelet")
	}
	s.reaches(t, "memory", ".status.phase", "Failed")
	contains(t, s.run(t, "logs", "memory"), "no space left on device")
	s.ready(t, "within")
}
