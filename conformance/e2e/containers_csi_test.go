package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// tryCSI has a driver come to the node whose volumes are attached, staged once and
// published to each Pod, and all of that undone; and one whose volume is the Pod's own.
func tryCSI(t *testing.T, s *space) {
	node := strings.TrimSpace(s.do(t, "get nodes -o jsonpath={.items[0].metadata.name}"))
	name := fmt.Sprintf("disks-%d.example.com", os.Getpid())
	driver, stop := startCSIDriver(t, name, filepath.Join(s.dir, "node", "kubelet", "plugins_registry"))
	eventually(t, 30*time.Second, func() error {
		got, err := s.try(t.Context(), "", "get", "csinode", node, "-o", "jsonpath={.spec.drivers[?(@.name=='"+name+"')]['nodeID','allocatable.count']}")
		if err != nil || got != "machine-7 5" {
			return fmt.Errorf("of the driver the node says %q %v", got, err)
		}
		return nil
	})
	if told := <-driver.status; !told.PluginRegistered || told.Error != "" {
		t.Errorf("the driver was told %v", told)
	}
	s.apply(t, fmt.Sprintf(`
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: %[1]s}
spec: {attachRequired: true, podInfoOnMount: true, volumeLifecycleModes: [Persistent, Ephemeral], fsGroupPolicy: File}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {passphrase: hush}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: csi-of-%[2]s}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: ""
  persistentVolumeReclaimPolicy: Retain
  csi: {driver: %[1]s, volumeHandle: disk-1, fsType: ext4, volumeAttributes: {speed: fast}, nodeStageSecretRef: {name: key, namespace: %[2]s}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", volumeName: csi-of-%[2]s, resources: {requests: {storage: 1Gi}}}
`, name, s.namespace))
	pod := func(name string) {
		s.pod(t, name, fmt.Sprintf(`{terminationGracePeriodSeconds: 1, securityContext: {fsGroup: 4321}, volumes: [{name: data, persistentVolumeClaim: {claimName: data}}], containers: [{%s, volumeMounts: [{name: data, mountPath: /data}]}]}`, box("c", "serve")))
	}
	pod("writer")
	// What attaches a driver's volumes runs elsewhere: here this test does that.
	attachment := ""
	eventually(t, 60*time.Second, func() error {
		out, err := s.try(t.Context(), "", "get", "volumeattachments", "-o", `jsonpath={range .items[*]}{.metadata.name} {.spec.attacher} {.spec.nodeName} {.spec.source.persistentVolumeName}{"\n"}{end}`)
		for line := range strings.Lines(out) {
			if id, rest, _ := strings.Cut(strings.TrimSpace(line), " "); rest == name+" "+node+" csi-of-"+s.namespace {
				attachment = id
			}
		}
		if err != nil || attachment == "" {
			return fmt.Errorf("nobody asks for the volume to be attached: %q %v", out, err)
		}
		return nil
	})
	if calls := driver.done(); len(calls) > 0 {
		t.Errorf("before it was attached the driver was asked to %v", calls)
	}
	s.do(t, `patch volumeattachment `+attachment+` --subresource=status --type=merge -p {"status":{"attached":true,"attachmentMetadata":{"device":"slot-3"}}}`)
	s.ready(t, "writer")
	if calls := driver.done(); !slices.Equal(calls, []string{"stage disk-1", "publish disk-1"}) {
		t.Errorf("the driver was asked to %v", calls)
	}
	context, secrets, device := driver.told("disk-1")
	if context["speed"] != "fast" || context["csi.storage.k8s.io/pod.name"] != "writer" || context["csi.storage.k8s.io/pod.namespace"] != s.namespace || context["csi.storage.k8s.io/ephemeral"] != "false" {
		t.Errorf("the driver was told %v", context)
	}
	if secrets["passphrase"] != "hush" || device != "slot-3" {
		t.Errorf("staging had the secrets %v and the device %q", secrets, device)
	}
	s.run(t, "exec", "writer", "--", "/box", "write", "/data/row", "kept")
	contains(t, s.run(t, "exec", "writer", "--", "/box", "ls", "/data"), ":4321 row")
	attached := s.do(t, "get node "+node+" -o jsonpath={.status.volumesAttached[*].name}{.status.volumesInUse}")
	contains(t, attached, "kubernetes.io/csi/"+name+"^disk-1", `["kubernetes.io/csi/`+name+`^disk-1"]`)

	// The next Pod shares what is staged, and reads what the first has written.
	pod("reader")
	s.ready(t, "reader")
	if got := s.run(t, "exec", "reader", "--", "/box", "cat", "/data/row"); got != "kept\n" {
		t.Errorf("the other Pod reads %q", got)
	}
	s.run(t, "delete", "pod", "writer", "--timeout=60s")
	if got := s.run(t, "exec", "reader", "--", "/box", "cat", "/data/row"); got != "kept\n" {
		t.Errorf("when the first is gone the other Pod reads %q", got)
	}
	s.run(t, "delete", "pod", "reader", "--timeout=60s")
	s.run(t, "wait", "volumeattachment/"+attachment, "--for=delete", "--timeout=60s")
	if calls := driver.done(); !slices.Equal(calls, []string{"publish disk-1", "unpublish disk-1", "unpublish disk-1", "unstage disk-1"}) {
		t.Errorf("then the driver was asked to %v", calls)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "node", "kubelet", "plugins", "kubernetes.io", "csi", name, "*")); len(left) > 0 {
		t.Errorf("of staging is left: %v", left)
	}

	// One of the Pod's own is neither attached nor staged.
	s.pod(t, "own", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, volumes: [{name: v, csi: {driver: %s, volumeAttributes: {greeting: hello}}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, name, box("c", "serve")))
	s.ready(t, "own")
	if got := s.run(t, "exec", "own", "--", "/box", "cat", "/v/greeting"); got != "hello" {
		t.Errorf("its own volume says %q", got)
	}
	s.run(t, "delete", "pod", "own", "--timeout=60s")
	if calls := driver.done(); len(calls) != 2 || !strings.HasPrefix(calls[0], "publish csi-") || !strings.HasPrefix(calls[1], "unpublish csi-") {
		t.Errorf("for the Pod's own volume the driver was asked to %v", calls)
	}
	driver.refusePublishing(errors.New("the disk is on fire"))
	s.pod(t, "refused", fmt.Sprintf(`{volumes: [{name: v, csi: {driver: %s}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, name, box("c", "serve")))
	contains(t, s.event(t, "refused", "FailedMount"), `MountVolume.SetUp failed for volume "v" : rpc error: code = Unknown desc = the disk is on fire`)
	s.run(t, "delete", "pod", "refused", "--timeout=60s")
	stop()
	eventually(t, 30*time.Second, func() error {
		if got, err := s.try(t.Context(), "", "get", "csinode", node, "-o", "jsonpath={.spec}"); err != nil || strings.Contains(got, name) {
			return fmt.Errorf("of the driver that has gone the node says %q %v", got, err)
		}
		return nil
	})
	s.pod(t, "late", fmt.Sprintf(`{volumes: [{name: v, csi: {driver: %s}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, name, box("c", "serve")))
	contains(t, s.event(t, "late", "FailedMount"), "driver name "+name+" not found in the list of registered CSI drivers")
	s.run(t, "delete", "pod", "late", "--timeout=60s")
	s.run(t, "delete", "pvc", "data", "--timeout=60s")
	s.do(t, "delete csidriver/"+name+" pv/csi-of-"+s.namespace+" --timeout=60s")
}
