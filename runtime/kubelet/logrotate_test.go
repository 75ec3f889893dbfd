package kubelet_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

func TestLogsAreRotated(t *testing.T) {
	dir, a := t.TempDir(), newAble()
	inBubbleWith(t, nil, a, kubelet.Options{LogDir: dir, ContainerLogMaxSize: "10", ContainerLogMaxFiles: 4}, func(t *testing.T, c *cluster) {
		c.create(podOf("web", "web"))
		p := c.until("web", "ready", ready)
		logs := filepath.Join(dir, "default_web_"+string(p.UID), "web")
		require.NoError(t, os.MkdirAll(logs, 0o750))
		path := filepath.Join(logs, "0.log")
		names := func() []string {
			entries, err := os.ReadDir(logs)
			require.NoError(t, err)
			var all []string
			for _, e := range entries {
				all = append(all, e.Name())
			}
			return all
		}
		write(t, path, "short")
		time.Sleep(time.Minute)
		require.Equal(t, []string{"0.log"}, names())
		a.set(func() { require.Empty(t, a.reopened) })

		write(t, filepath.Join(logs, "0.log.20000101-000000.tmp"), "half compressed")
		id := strings.TrimPrefix(p.Status.ContainerStatuses[0].ContainerID, "hollow://")
		for i := range 5 {
			write(t, path, strings.Repeat(string(rune('a'+i)), 10))
			time.Sleep(11 * time.Second)
			require.NoFileExists(t, path, "the runtime begins a new one")
			a.set(func() {
				require.Len(t, a.reopened, i+1)
				require.Equal(t, id, a.reopened[i])
			})
			require.Len(t, names(), min(i+1, 3), "with the one to come four")
		}
		all := names()
		require.True(t, strings.HasSuffix(all[0], ".gz") && strings.HasSuffix(all[1], ".gz"), all)
		require.False(t, strings.HasSuffix(all[2], ".gz"), "the newest can be read as it is")
		file, err := os.Open(filepath.Join(logs, all[0]))
		require.NoError(t, err)
		defer func() { _ = file.Close() }()
		unzip, err := gzip.NewReader(file)
		require.NoError(t, err)
		text, err := io.ReadAll(unzip)
		require.NoError(t, err)
		require.Equal(t, "cccccccccc", string(text))

		// With the Pod its logs go, and those of Pods that are no more.
		foreign := filepath.Join(dir, "mine")
		orphan := filepath.Join(dir, "default_old_11111111-1111-1111-1111-111111111111")
		require.NoError(t, os.MkdirAll(foreign, 0o750))
		require.NoError(t, os.MkdirAll(orphan, 0o750))
		require.NoError(t, c.pods().Delete(c.ctx, "web"))
		c.untilGone("web")
		time.Sleep(5 * time.Minute)
		require.NoDirExists(t, logs)
		require.NoDirExists(t, orphan)
		require.DirExists(t, foreign)
	})
}
