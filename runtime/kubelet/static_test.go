package kubelet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

const manifest = `
apiVersion: v1
kind: Pod
metadata:
  name: %s
  labels: {app: own}
spec:
  containers:
  - {name: web, image: "web:%d"}
`

// mirrorStays is how long a client may take to begin to watch what it has deleted.
const mirrorStays = 900 * time.Millisecond

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

func TestStaticPods(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "own.yaml"), fmt.Sprintf(manifest, "own", 1))
	write(t, filepath.Join(dir, ".hidden.yaml"), fmt.Sprintf(manifest, "hidden", 1))
	write(t, filepath.Join(dir, "broken.yaml"), "kind: [")
	write(t, filepath.Join(dir, "other.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")
	write(t, filepath.Join(dir, "twice.json"), `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"own"},"spec":{"containers":[{"name":"b","image":"b"}]}}`)
	opts := kubelet.Options{StaticPodDir: dir, Taints: []corev1.Taint{{Key: "out", Effect: corev1.TaintEffectNoExecute}}}
	inBubble(t, opts, func(t *testing.T, c *cluster) {
		const name = "own-" + nodeName
		mirror := c.until(name, "ready", ready)
		require.Equal(t, "own", mirror.Labels["app"])
		hash := mirror.Annotations["kubernetes.io/config.hash"]
		require.NotEmpty(t, hash)
		require.Equal(t, hash, mirror.Annotations["kubernetes.io/config.mirror"])
		require.Equal(t, "file", mirror.Annotations["kubernetes.io/config.source"])
		require.NotEmpty(t, mirror.Annotations["kubernetes.io/config.seen"])
		require.NotEqual(t, hash, string(mirror.UID))
		require.Equal(t, nodeName, mirror.Spec.NodeName)
		node := c.node()
		require.Equal(t, meta.OwnerReference{APIVersion: "v1", Kind: "Node", Name: nodeName, UID: node.UID, Controller: &[]bool{true}[0]}, mirror.OwnerReferences[0])
		require.Equal(t, "web:1", mirror.Status.ContainerStatuses[0].Image)
		require.NotEmpty(t, mirror.Status.PodIP)
		all, err := c.pods().List(c.ctx)
		require.NoError(t, err)
		require.Len(t, all.Items, 1)

		// A mirror that is deleted comes again, and the Pod is not touched.
		// It does so only when who deleted it has had the time to begin to watch: the
		// successor has the same name, and the mirror's end would be missed.
		require.NoError(t, c.pods().Delete(c.ctx, name))
		time.Sleep(mirrorStays)
		leaving, err := c.pods().Get(c.ctx, name)
		require.NoError(t, err)
		require.Equal(t, mirror.UID, leaving.UID)
		require.NotNil(t, leaving.DeletionTimestamp)
		c.untilGone(name)
		again := c.until(name, "ready", ready)
		require.NotEqual(t, mirror.UID, again.UID)
		require.Equal(t, mirror.Status.ContainerStatuses[0].ContainerID, again.Status.ContainerStatuses[0].ContainerID)

		// The kubelet comes back and finds it running.
		c.stop()
		opts.DisableEvents = true
		c.run(opts)
		time.Sleep(time.Minute)
		still, err := c.pods().Get(c.ctx, name)
		require.NoError(t, err)
		require.Equal(t, again.Status.ContainerStatuses[0].ContainerID, still.Status.ContainerStatuses[0].ContainerID)
		require.Equal(t, again.UID, still.UID)

		// Another content is another Pod, when the one before has ended.
		write(t, filepath.Join(dir, "own.yaml"), fmt.Sprintf(manifest, "own", 22))
		c.untilGone(name)
		changed := c.until(name, "changed", func(p *corev1.Pod) bool { return ready(p) && p.Spec.Containers[0].Image == "web:22" })
		require.NotEqual(t, hash, changed.Annotations["kubernetes.io/config.hash"])
		require.Equal(t, "web:22", changed.Status.ContainerStatuses[0].Image)
		state, err := c.runtime.Pods(c.ctx)
		require.NoError(t, err)
		require.Len(t, state, 1)

		// A file that cannot be read for a moment takes nothing away.
		write(t, filepath.Join(dir, "own.yaml"), "half of")
		time.Sleep(time.Minute)
		_, err = c.pods().Get(c.ctx, name)
		require.NoError(t, err)

		require.NoError(t, os.Remove(filepath.Join(dir, "own.yaml")))
		c.untilGone(name)
		c.until(name, "that of the other file", func(p *corev1.Pod) bool { return ready(p) && p.Spec.Containers[0].Name == "b" })
		require.NoError(t, os.Remove(filepath.Join(dir, "twice.json")))
		c.untilGone(name)
		time.Sleep(time.Minute)
		state, err = c.runtime.Pods(c.ctx)
		require.NoError(t, err)
		require.Empty(t, state)
	})
}

// Mirrors that nobody stands behind any more go.
func TestMirrorsWithoutAPod(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "own.yaml"), fmt.Sprintf(manifest, "own", 1))
	inBubble(t, kubelet.Options{StaticPodDir: dir}, func(t *testing.T, c *cluster) {
		c.until("own-"+nodeName, "ready", ready)
		c.stop()
		c.run(kubelet.Options{DisableEvents: true})
		c.untilGone("own-" + nodeName)
		time.Sleep(time.Minute)
		state, err := c.runtime.Pods(c.ctx)
		require.NoError(t, err)
		require.Empty(t, state, "nor does anything run that no file says")
	})
}
