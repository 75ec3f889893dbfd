package containerd

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func (f *tableCRI) ListImages(context.Context, *cri.ListImagesRequest) (*cri.ListImagesResponse, error) {
	return &cri.ListImagesResponse{Images: []*cri.Image{
		{Id: "app", RepoTags: []string{"example.com/app:1"}}, {Id: "kept", RepoTags: []string{"example.com/kept:1"}, Pinned: true}, {Id: "pause", RepoTags: []string{"example.com/pause:1"}},
	}}, nil
}

// The image of sandboxes must stay, also with a runtime that does not say so of it.
func TestSandboxImageIsPinned(t *testing.T) {
	for name, c := range map[string]struct {
		opts   Options
		config string
		want   map[string]bool
	}{
		"by option":        {Options{SandboxImage: "example.com/app:1"}, "", map[string]bool{"app": true, "kept": true, "pause": false}},
		"by configuration": {Options{}, `{"sandboxImage":"example.com/pause:1","containerd":{}}`, map[string]bool{"app": false, "kept": true, "pause": true}},
		"another runtime":  {Options{}, `all is well`, map[string]bool{"app": false, "kept": true, "pause": false}},
	} {
		t.Run(name, func(t *testing.T) {
			f, r := startFake(t, c.opts)
			f.config = c.config
			images, err := r.Images(t.Context())
			require.NoError(t, err)
			got := map[string]bool{}
			for _, i := range images {
				got[i.ID] = i.Pinned
			}
			require.Equal(t, c.want, got)
		})
	}
}
