package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tryResize gives a container that runs more of what the node has: as its policy says
// it runs on, or begins anew.
func tryResize(t *testing.T, s *space) {
	s.pod(t, "grows", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, containers: [{%s, resources: {requests: {cpu: 50m, memory: 32Mi}, limits: {cpu: 200m, memory: 64Mi}},
  resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}, {resourceName: memory, restartPolicy: RestartContainer}]}]}`, box("c", "serve")))
	s.ready(t, "grows")
	id := s.field(t, "grows", ".status.containerStatuses[0].containerID")
	group := strings.TrimPrefix(id, "containerd://")
	pod := s.field(t, "grows", ".metadata.uid")
	s.run(t, "patch", "pod", "grows", "--subresource=resize", "-p", `{"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"300m"}}}]}}`)
	s.reaches(t, "grows", ".status.containerStatuses[0].resources.limits.cpu", "300m")
	contains(t, s.event(t, "grows", "ResizeStarted"), `Pod resize started: {"containers":[{"name":"c","resources":{"limits":{"cpu":"300m","memory":"64Mi"},"requests":{"cpu":"50m","memory":"32Mi"}}}],"generation":2}`)
	contains(t, s.event(t, "grows", "ResizeCompleted"), `Pod resize completed: {"containers":[`, `"generation":2}`)
	if got := s.field(t, "grows", ".status.containerStatuses[0]['containerID','restartCount']"); got != id+" 0" {
		t.Errorf("with other processors it is %s, was %s", got, id)
	}
	below := filepath.Join("kubepods", "burstable", "pod"+pod, group)
	found := false
	for file, want := range map[string]string{"/sys/fs/cgroup/cpu/" + below + "/cpu.cfs_quota_us": "30000", "/sys/fs/cgroup/" + below + "/cpu.max": "30000 100000"} {
		if data, err := os.ReadFile(file); err == nil {
			found = true
			if got := strings.TrimSpace(string(data)); got != want {
				t.Errorf("%s has %s, want %s", file, got, want)
			}
		}
	}
	if !found {
		t.Error("the container has no cgroup")
	}
	s.run(t, "patch", "pod", "grows", "--subresource=resize", "-p", `{"spec":{"containers":[{"name":"c","resources":{"limits":{"memory":"80Mi"}}}]}}`)
	s.reaches(t, "grows", ".status.containerStatuses[0]['restartCount','resources.limits.memory']", "1 80Mi")
	s.ready(t, "grows")
	contains(t, s.event(t, "grows", "Killing"), "Container c resize requires restart")
	contains(t, s.fails(t, "patch", "pod", "grows", "--subresource=resize", "-p", `{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"900"},"limits":{"cpu":"900"}}}]}}`), "cpu")
}

// tryStatic has the node run a Pod of a file, of which the API has an image.
func tryStatic(t *testing.T, s *space) {
	node := strings.TrimSpace(s.do(t, "get nodes -o jsonpath={.items[0].metadata.name}"))
	file, mirror := filepath.Join(s.dir, "manifests", "own.yaml"), "own-"+node
	manifest := fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: own, namespace: %s}\nspec: {terminationGracePeriodSeconds: 1, containers: [{%s}]}\n", s.namespace, box("c", "serve"))
	write(t, file, manifest)
	s.ready(t, mirror)
	contains(t, s.field(t, mirror, ".metadata.annotations"), `"kubernetes.io/config.source":"file"`, `"kubernetes.io/config.mirror":`)
	ip := s.field(t, mirror, ".status.podIP")
	contains(t, s.run(t, "logs", mirror), "serving on")
	contains(t, s.run(t, "exec", mirror, "--", "/box", "hostname"), mirror)
	// What is deleted is the image: the Pod runs on, and has another soon.
	uid := s.field(t, mirror, ".metadata.uid")
	s.run(t, "delete", "pod", mirror, "--timeout=60s")
	eventually(t, 60*time.Second, func() error {
		now, err := s.try(t.Context(), "", "-n", s.namespace, "get", "pod", mirror, "-o", "jsonpath={.metadata.uid} {.status.podIP}")
		if err != nil || now == uid+" "+ip || !strings.HasSuffix(now, " "+ip) {
			return fmt.Errorf("it is %q %v, was %s %s", now, err, uid, ip)
		}
		return nil
	})
	// Another text is another Pod.
	write(t, file, strings.Replace(manifest, "serve", "serve :8081", 1))
	eventually(t, 60*time.Second, func() error {
		now, err := s.try(t.Context(), "", "-n", s.namespace, "get", "pod", mirror, "-o", "jsonpath={.status.podIP}")
		if err != nil || now == "" {
			return fmt.Errorf("its address is %q %v", now, err)
		}
		got, err := fetch(t, "http://"+now+":8081/")
		if err != nil || !strings.HasPrefix(got, mirror+" ") {
			return fmt.Errorf("changed, it answers %q %v", got, err)
		}
		return nil
	})
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	s.run(t, "wait", "pod/"+mirror, "--for=delete", "--timeout=60s")
}

// tryUnable asks for what not every container runtime can: it works, or the Pod says
// what is missing.
func tryUnable(t *testing.T, s *space) {
	s.pod(t, "users", fmt.Sprintf(`{restartPolicy: Never, hostUsers: false, containers: [{%s}]}`, box("c", "cat /proc/self/uid_map")))
	s.pod(t, "below", fmt.Sprintf(`{restartPolicy: Never, volumes: [{name: v, hostPath: {path: %s}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v, readOnly: true, recursiveReadOnly: Enabled}]}]}`,
		hostDir(t, "recursive"), box("c", "sleep 1h")))
	s.pod(t, "possibly", fmt.Sprintf(`{restartPolicy: Never, volumes: [{name: v, hostPath: {path: %s}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v, readOnly: true, recursiveReadOnly: IfPossible}]}]}`,
		hostDir(t, "recursive"), box("c", "serve")))
	s.pod(t, "groups", fmt.Sprintf(`{restartPolicy: Never, securityContext: {supplementalGroupsPolicy: Strict, runAsUser: 1000, supplementalGroups: [4000]}, containers: [{%s}]}`, box("c", "id")))
	eventually(t, 60*time.Second, func() error {
		switch out, _ := s.try(t.Context(), "", "-n", s.namespace, "logs", "users"); {
		case strings.Contains(out, "65536"):
			return nil
		default:
			if events := s.run(t, "describe", "pod", "users"); !strings.Contains(events, "can't set `spec.hostUsers: false`, runtime does not support user namespaces") {
				return fmt.Errorf("neither a map of users nor a reason: %q\n%s", out, events)
			}
			return nil
		}
	})
	s.ready(t, "possibly")
	recursive := s.field(t, "possibly", ".status.containerStatuses[0].volumeMounts[?(@.name=='v')].recursiveReadOnly")
	switch recursive {
	case "Enabled":
		s.ready(t, "below")
	case "Disabled":
		s.reaches(t, "below", ".status.containerStatuses[0].state.waiting.reason", "CreateContainerConfigError")
		contains(t, s.field(t, "below", ".status.containerStatuses[0].state.waiting.message"), `volume "v" requested recursive read-only mode, but it is not supported by the runtime`)
	default:
		t.Errorf("recursiveReadOnly is %q", recursive)
	}
	if has := s.do(t, "get nodes -o jsonpath={.items[0].status.features.supplementalGroupsPolicy}"); has == "true" {
		s.reaches(t, "groups", ".status.phase", "Succeeded")
		contains(t, s.run(t, "logs", "groups"), "4000")
	} else {
		s.reaches(t, "groups", ".status.reason", "SupplementalGroupsPolicyNotSupported")
	}
}
