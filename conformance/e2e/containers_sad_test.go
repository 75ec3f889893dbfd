package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// trySad has Pods that do not come up, and holds what kubectl says of each.
func trySad(t *testing.T, s *space) {
	node := strings.TrimSpace(s.do(t, "get nodes -o jsonpath={.items[0].metadata.name}"))
	bound := "nodeName: " + node + ", "
	pods := map[string]struct{ spec, status, text string }{
		"config":    {`containers: [{%s, env: [{name: A, valueFrom: {configMapKeyRef: {name: none, key: x}}}]}]`, "CreateContainerConfigError", `configmap "none" not found`},
		"profile":   {`containers: [{%s, securityContext: {seccompProfile: {type: Localhost, localhostProfile: none.json}}}]`, "CreateContainerError", "none.json"},
		"program":   {`restartPolicy: Never, containers: [{%s, command: [/none]}]`, "StartError", "no such file or directory"},
		"again":     {`containers: [{%s, command: [/none]}]`, "CrashLoopBackOff|RunContainerError", "no such file or directory"},
		"image":     {`containers: [{name: c, image: "Nucleus.local/BOX::1"}]`, "InvalidImageName", "must be lowercase"},
		"never":     {`containers: [{name: c, image: "nucleus.local/none:1", imagePullPolicy: Never}]`, "ErrImageNeverPull", "is not present with pull policy of Never"},
		"pull":      {`containers: [{name: c, image: "nucleus.local/none:1"}]`, "ErrImagePull|ImagePullBackOff", "not found"},
		"hook":      {`terminationGracePeriodSeconds: 1, containers: [{%s, lifecycle: {postStart: {exec: {command: [/box, exit, "7"]}}}}]`, "PostStartHookError|CrashLoopBackOff", "PostStartHook failed"},
		"first":     {`initContainers: [{name: i, image: "nucleus.local/box:1", args: [exit, "3"]}], containers: [{%s}]`, "Init:CrashLoopBackOff", "Back-off restarting failed container i"},
		"beginning": {`initContainers: [{name: i, image: "nucleus.local/box:1", args: [sleep, 1h]}], containers: [{%s}]`, "Init:0/1", "Started"},
		"cpu":       {bound + `containers: [{%s, resources: {requests: {cpu: "1000"}}}]`, "OutOfcpu", "Node didn't have enough resource: cpu"},
		"label":     {bound + `nodeSelector: {none: here}, containers: [{%s}]`, "NodeAffinity", "node(s) didn't match Pod's node affinity/selector"},
		"sysctl":    {bound + `securityContext: {sysctls: [{name: kernel.msgmax, value: "1"}]}, containers: [{%s}]`, "SysctlForbidden", "forbidden sysctl"},
		"done":      {`restartPolicy: Never, containers: [{name: c, image: "nucleus.local/box:1", args: [echo, x]}]`, "Completed", "Started"},
		"error":     {`restartPolicy: Never, containers: [{name: c, image: "nucleus.local/box:1", args: [exit, "3"]}]`, "Error", "Started"},
		"rule": {`restartPolicy: Never, containers: [{name: c, image: "nucleus.local/box:1", args: [exit, "42"], restartPolicy: Never,
  restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]}]`, "CrashLoopBackOff", "Back-off restarting failed container c"},
	}
	for name, p := range pods {
		spec := p.spec
		if strings.Contains(spec, "%s") {
			spec = fmt.Sprintf(spec, box("c", "sleep 1h"))
		}
		s.pod(t, name, "{"+spec+"}")
	}
	for name, p := range pods {
		eventually(t, 90*time.Second, func() error {
			fields := strings.Fields(s.run(t, "get", "pod", name, "--no-headers"))
			for _, want := range strings.Split(p.status, "|") {
				if len(fields) > 2 && fields[2] == want {
					return nil
				}
			}
			return fmt.Errorf("%s is shown as %q, want %s", name, fields, p.status)
		})
		eventually(t, 30*time.Second, func() error {
			if text := s.run(t, "describe", "pod", name); !strings.Contains(text, p.text) {
				return fmt.Errorf("the description of %s lacks %q:\n%s", name, p.text, text)
			}
			return nil
		})
	}
}

// tryStartOrder holds that a container's hook after its start holds back the
// containers after it, and that a rule has all containers begin anew.
func tryStartOrder(t *testing.T, s *space) {
	s.pod(t, "held", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, containers: [{%s, lifecycle: {postStart: {exec: {command: [/box, sleep, 2s]}}}}, {%s}]}`, box("first", "sleep 1h"), box("second", "sleep 1h")))
	s.pod(t, "anew", fmt.Sprintf(`{restartPolicy: Never, terminationGracePeriodSeconds: 1, volumes: [{name: v, emptyDir: {}}],
  initContainers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}], containers: [{%s, restartPolicy: Never, restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]}, {%s}]}`,
		box("init", "echo begins"), box("watcher", "sleep 2s", "exit 88"), box("worker", "sleep 1h")))
	s.ready(t, "held")
	var began [2]time.Time
	for i := range began {
		text := s.field(t, "held", fmt.Sprintf(".status.containerStatuses[%d].state.running.startedAt", i))
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		began[i] = at
	}
	if apart := began[1].Sub(began[0]); apart < time.Second {
		t.Errorf("the second container began %v after the first, whose hook takes 2 s", apart)
	}
	eventually(t, 60*time.Second, func() error {
		if got := s.field(t, "anew", ".status['initContainerStatuses','containerStatuses'][*].restartCount"); got != "1 1 1" && got != "2 2 2" {
			return fmt.Errorf("restarts are %q", got)
		}
		return nil
	})
	if got := s.field(t, "anew", ".status.conditions[?(@.type=='AllContainersRestarting')].status"); got == "" {
		t.Error("no condition tells that all containers began anew")
	}
}
