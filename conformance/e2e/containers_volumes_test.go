package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tryClaims mounts volumes behind claims, and parts of volumes.
func tryClaims(t *testing.T, s *space) {
	disk := hostDir(t, "disk")
	node := strings.TrimSpace(s.do(t, "get nodes -o jsonpath={.items[0].metadata.name}"))
	s.apply(t, fmt.Sprintf(`
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: disks-of-%[3]s}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk-of-%[3]s}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: disks-of-%[3]s
  persistentVolumeReclaimPolicy: Retain
  local: {path: %[1]s}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [%[2]q]}]}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: disks-of-%[3]s, resources: {requests: {storage: 500Mi}}}
`, disk, node, s.namespace))
	pod := func(name string) {
		s.pod(t, name, fmt.Sprintf(`{securityContext: {fsGroup: 4321}, volumes: [{name: data, persistentVolumeClaim: {claimName: data}}],
  containers: [{%s, env: [{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}], volumeMounts: [{name: data, mountPath: /data}, {name: data, mountPath: /own, subPathExpr: logs/$(POD)}]}]}`, box("c", "serve")))
	}
	pod("writer")
	s.ready(t, "writer")
	s.run(t, "exec", "writer", "--", "/box", "write", "/data/row", "kept")
	s.run(t, "exec", "writer", "--", "/box", "write", "/own/log", "mine")
	if got := read(t, filepath.Join(disk, "row")); got != "kept\n" {
		t.Errorf("the disk has %q", got)
	}
	if got := read(t, filepath.Join(disk, "logs", "writer", "log")); got != "mine\n" {
		t.Errorf("the log on the disk has %q", got)
	}
	s.run(t, "delete", "pod", "writer", "--now", "--timeout=60s")
	pod("reader")
	s.ready(t, "reader")
	if got := s.run(t, "exec", "reader", "--", "/box", "cat", "/data/row"); got != "kept\n" {
		t.Errorf("the next Pod reads %q", got)
	}
	uid := s.field(t, "reader", ".metadata.uid")
	s.run(t, "delete", "pod", "reader", "--now", "--timeout=60s")
	eventually(t, 30*time.Second, func() error {
		if _, err := os.Stat(filepath.Join(s.dir, "node", "kubelet", "pods", uid)); !os.IsNotExist(err) {
			return fmt.Errorf("the Pod's directory is left: %v", err)
		}
		return nil
	})
	if got := read(t, filepath.Join(disk, "row")); got != "kept\n" {
		t.Errorf("the disk has %q when its Pods are gone", got)
	}
	s.run(t, "delete", "pvc", "data", "--timeout=60s")
	eventually(t, 30*time.Second, func() error {
		if phase := s.do(t, "get pv disk-of-"+s.namespace+" -o jsonpath={.status.phase}"); phase != "Released" {
			return fmt.Errorf("the volume is %s", phase)
		}
		return nil
	})

	// A link of one's own making leads nowhere.
	evil := hostDir(t, "evil")
	if err := os.Symlink("/etc", filepath.Join(evil, "out")); err != nil {
		t.Fatal(err)
	}
	s.pod(t, "escapes", fmt.Sprintf(`{volumes: [{name: v, hostPath: {path: %s}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v, subPath: out}]}]}`, evil, box("c", "serve")))
	contains(t, s.event(t, "escapes", "Failed"), "failed to prepare subPath for volumeMount")
	s.pod(t, "unbound", fmt.Sprintf(`{volumes: [{name: v, persistentVolumeClaim: {claimName: none}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, box("c", "serve")))
	contains(t, s.event(t, "unbound", "FailedScheduling"), `persistentvolumeclaim "none" not found`)
	s.do(t, "delete pv/disk-of-"+s.namespace+" storageclass/disks-of-"+s.namespace+" --timeout=30s")
}
