package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// tryWeb rolls a Deployment out, scales it, rolls it on and back.
func tryWeb(t *testing.T, s *space) {
	s.apply(t, fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{%s, ports: [{containerPort: 8080}], readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`, box("web", "serve")))
	contains(t, s.run(t, "rollout", "status", "deployment/web", "--timeout=90s"), "successfully rolled out")
	answers := func(version string) {
		t.Helper()
		for _, ip := range strings.Fields(s.run(t, "get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.podIP}")) {
			eventually(t, 20*time.Second, func() error {
				out, err := fetch(t, "http://"+ip+":8080/")
				if err != nil || !strings.HasPrefix(out, "web-") || !strings.HasSuffix(strings.TrimSpace(out), " "+version) {
					return fmt.Errorf("%s answers %q %v", ip, out, err)
				}
				return nil
			})
		}
	}
	answers("1")
	s.run(t, "scale", "deployment/web", "--replicas=3")
	s.run(t, "wait", "deployment/web", "--for=jsonpath={.status.readyReplicas}=3", "--timeout=90s")
	s.run(t, "set", "image", "deployment/web", "web=nucleus.local/box:2")
	s.run(t, "rollout", "status", "deployment/web", "--timeout=90s")
	eventually(t, 60*time.Second, func() error {
		if n := len(strings.Fields(s.run(t, "get", "pods", "-l", "app=web", "-o", "name"))); n != 3 {
			return fmt.Errorf("%d Pods", n)
		}
		return nil
	})
	answers("2")
	s.run(t, "rollout", "undo", "deployment/web")
	s.run(t, "rollout", "status", "deployment/web", "--timeout=90s")
	contains(t, s.run(t, "get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"), "box:1")
	eventually(t, 30*time.Second, func() error {
		out, err := s.try(t.Context(), "", "get", "--raw", "/api/v1/namespaces/"+s.namespace+"/services/web/proxy/")
		if err != nil || !strings.HasPrefix(out, "web-") {
			return fmt.Errorf("the Service answers %q %v", out, err)
		}
		return nil
	})
}

// tryProbes makes a container sick and well again, by each kind of probe.
func tryProbes(t *testing.T, s *space) {
	s.pod(t, "ready", fmt.Sprintf(`{containers: [{%s, readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1, failureThreshold: 1}}]}`, box("c", "serve")))
	s.pod(t, "live", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, containers: [{%s, livenessProbe: {exec: {command: [/box, test, -d, /tmp/alive]}, periodSeconds: 1, failureThreshold: 2}}]}`,
		box("c", "echo begins", "sleep 1h")))
	s.pod(t, "starts", fmt.Sprintf(`{containers: [{%s, startupProbe: {tcpSocket: {port: 8080}, periodSeconds: 1, failureThreshold: 60}}]}`, box("c", "sleep 2", "serve")))
	s.ready(t, "ready")
	s.run(t, "exec", "ready", "--", "/box", "write", "/tmp/sick", "yes")
	s.reaches(t, "ready", ".status.conditions[?(@.type=='Ready')].status", "False")
	contains(t, s.event(t, "ready", "Unhealthy"), "Readiness probe failed: HTTP probe failed with statuscode: 500")
	s.run(t, "exec", "ready", "--", "/box", "rm", "/tmp/sick")
	s.ready(t, "ready")
	if n := s.field(t, "ready", ".status.containerStatuses[0].restartCount"); n != "0" {
		t.Errorf("a container that is not ready was restarted %s times", n)
	}
	eventually(t, 60*time.Second, func() error {
		if n := s.field(t, "live", ".status.containerStatuses[0].restartCount"); n == "0" || n == "" {
			return fmt.Errorf("restarts: %q", n)
		}
		return nil
	})
	contains(t, s.event(t, "live", "Killing"), "Container c failed liveness probe, will be restarted")
	contains(t, s.run(t, "logs", "live", "--previous"), "begins")
	s.ready(t, "starts")
	if s.field(t, "starts", ".status.containerStatuses[0].started") != "true" {
		t.Error("a container that passed its startup probe is not started")
	}
}

// tryMemory has a container take more memory than it may.
func tryMemory(t *testing.T, s *space) {
	s.pod(t, "hungry", fmt.Sprintf(`{restartPolicy: Never, containers: [{%s, resources: {limits: {memory: 40Mi}}}]}`, box("c", "allocate 200", "sleep 1h")))
	s.reaches(t, "hungry", ".status.phase", "Failed")
	if got := s.field(t, "hungry", ".status.containerStatuses[0].state.terminated['reason','exitCode']"); got != "OOMKilled 137" {
		t.Errorf("the container ended with %q, want OOMKilled 137", got)
	}
}

// tryCrashLoop has a container fail again and again.
func tryCrashLoop(t *testing.T, s *space) {
	s.pod(t, "fails", fmt.Sprintf(`{containers: [{%s, terminationMessagePath: /dev/termination-log}]}`, box("c", "echo tried", "write /dev/termination-log it was like this", "exit 3")))
	s.reaches(t, "fails", ".status.containerStatuses[0].state.waiting.reason", "CrashLoopBackOff")
	if got := s.field(t, "fails", ".status.containerStatuses[0].lastState.terminated['exitCode','reason']"); got != "3 Error" {
		t.Errorf("the last run ended with %q, want 3 Error", got)
	}
	contains(t, s.field(t, "fails", ".status.containerStatuses[0].lastState.terminated.message"), "it was like this")
	contains(t, s.event(t, "fails", "BackOff"), "Back-off restarting failed container c in pod fails_"+s.namespace)
	contains(t, s.run(t, "logs", "fails"), "tried")
	eventually(t, 60*time.Second, func() error {
		if got := s.run(t, "get", "pod", "fails"); !strings.Contains(got, "CrashLoopBackOff") {
			return fmt.Errorf("it is shown as\n%s", got)
		}
		return nil
	})
	s.pod(t, "nothing", `{restartPolicy: Never, containers: [{name: c, image: "nucleus.local/box:1", command: [/no/such/program]}]}`)
	eventually(t, 60*time.Second, func() error {
		got := s.field(t, "nothing", ".status.containerStatuses[0].state")
		if !strings.Contains(got, "no such file or directory") {
			return fmt.Errorf("state is %s", got)
		}
		return nil
	})
}

// tryOrder holds that init containers run one after another, sidecars beside what
// follows them, and that sidecars end last.
func tryOrder(t *testing.T, s *space) {
	mount := `volumeMounts: [{name: shared, mountPath: /shared}]`
	s.pod(t, "ordered", fmt.Sprintf(`{restartPolicy: Never, volumes: [{name: shared, emptyDir: {}}],
  initContainers: [{%s, %s}, {%s, %s, restartPolicy: Always, startupProbe: {exec: {command: [/box, test, -d, /tmp]}, periodSeconds: 1, timeoutSeconds: 30, failureThreshold: 60}}, {%s, %s}],
  containers: [{%s, %s}]}`,
		box("first", "sleep 0.3", "write /shared/first yes"), mount, box("side", "cat /shared/first", "serve 127.0.0.1:9000"), mount,
		box("second", "cat /shared/first", "get http://127.0.0.1:9000/healthz", "write /shared/second yes"), mount,
		box("main", "cat /shared/second", "get http://127.0.0.1:9000/healthz", "echo main is through"), mount))
	s.reaches(t, "ordered", ".status.phase", "Succeeded")
	contains(t, s.run(t, "logs", "ordered", "-c", "main"), "yes\nok\nmain is through")
	contains(t, s.run(t, "logs", "ordered", "-c", "side"), "stopped serving")
	if got := s.field(t, "ordered", ".status.initContainerStatuses[*].state.terminated.exitCode"); got != "0 0 0" {
		t.Errorf("init containers ended with %q, want 0 0 0", got)
	}
	s.pod(t, "stuck", fmt.Sprintf(`{restartPolicy: Never, initContainers: [{%s}], containers: [{%s}]}`, box("bad", "exit 4"), box("main", "echo never")))
	s.reaches(t, "stuck", ".status.phase", "Failed")
	contains(t, s.run(t, "get", "pod", "stuck"), "Init:Error")
}

// tryTermination deletes Pods that end in order, and such that do not.
func tryTermination(t *testing.T, s *space) {
	s.pod(t, "polite", fmt.Sprintf(`{terminationGracePeriodSeconds: 30, containers: [{%s}]}`, box("c", "linger 1s")))
	s.pod(t, "deaf", fmt.Sprintf(`{terminationGracePeriodSeconds: 2, containers: [{%s}]}`, box("c", "deaf")))
	s.ready(t, "polite")
	s.ready(t, "deaf")
	lines, end := s.stream(t, "-n", s.namespace, "logs", "-f", "polite")
	defer end()
	began := time.Now()
	s.run(t, "delete", "pod", "polite", "deaf", "--wait=true", "--timeout=60s")
	if took := time.Since(began); took < time.Second || took > patient(25*time.Second) {
		t.Errorf("it took %v, want about 2 s", took)
	}
	text := readAll(t, lines)
	contains(t, text, "told to end", "ends in order")
	contains(t, s.event(t, "polite", "Killing"), "Stopping container c")
	s.pod(t, "forced", fmt.Sprintf(`{containers: [{%s}]}`, box("c", "deaf")))
	s.ready(t, "forced")
	began = time.Now()
	s.run(t, "delete", "pod", "forced", "--now", "--timeout=60s")
	if took := time.Since(began); took > patient(15*time.Second) {
		t.Errorf("a deletion now took %v", took)
	}
}

// tryHooks runs commands after a container's start and before its end.
func tryHooks(t *testing.T, s *space) {
	s.pod(t, "hooked", fmt.Sprintf(`{volumes: [{name: v, hostPath: {path: %s, type: DirectoryOrCreate}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}],
  lifecycle: {postStart: {exec: {command: [/box, write, /v/started, after start]}}, preStop: {exec: {command: [/box, write, /v/stopping, before end]}}}}]}`,
		hostDir(t, "hooks"), box("c", "wait /v/started", "cat /v/started", "linger 0s")))
	s.ready(t, "hooked")
	eventually(t, 20*time.Second, func() error {
		if out := s.run(t, "logs", "hooked"); !strings.Contains(out, "after start") {
			return fmt.Errorf("log: %q", out)
		}
		return nil
	})
	s.run(t, "delete", "pod", "hooked", "--timeout=60s")
	contains(t, read(t, hostDir(t, "hooks")+"/stopping"), "before end")
	s.pod(t, "badly", fmt.Sprintf(`{containers: [{%s, lifecycle: {postStart: {exec: {command: [/box, exit, "7"]}}}}]}`, box("c", "linger 0s")))
	contains(t, s.event(t, "badly", "FailedPostStartHook"), "PostStartHook failed")
}

// tryJobs runs a Job to its end.
func tryJobs(t *testing.T, s *space) {
	s.apply(t, fmt.Sprintf(`
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec: {completions: 2, parallelism: 2, template: {spec: {restartPolicy: Never, containers: [{%s}]}}}
`, box("c", "echo done by $(HOSTNAME)")))
	s.run(t, "wait", "job/work", "--for=condition=complete", "--timeout=90s")
	contains(t, s.run(t, "logs", "job/work"), "done by")
}
