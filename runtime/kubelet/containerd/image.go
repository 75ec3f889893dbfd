package containerd

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Image implements [kubelet.Runtime].
func (r *Runtime) Image(ctx context.Context, name string) (kubelet.Image, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := r.images.ImageStatus(ctx, &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: name, UserSpecifiedImage: name}})
	if err != nil {
		return kubelet.Image{}, r.wrap("status of image", err)
	}
	if response.GetImage() == nil {
		return kubelet.Image{}, kubelet.ErrNoImage
	}
	return toImage(response.GetImage(), name), nil
}

func toImage(i *cri.Image, name string) kubelet.Image {
	out := kubelet.Image{Name: name, ID: i.GetId(), Size: int64(min(i.GetSize(), 1<<62))}
	if len(i.GetRepoTags()) > 0 {
		out.Name = i.GetRepoTags()[0]
	}
	if len(i.GetRepoDigests()) > 0 {
		out.ID = i.GetRepoDigests()[0]
	}
	if out.Username = i.GetUsername(); out.Username == "" && i.GetUid() != nil {
		uid := i.GetUid().GetValue()
		out.UID = &uid
	}
	return out
}

// PullImage implements [kubelet.Runtime]. Each credential is tried until one does.
func (r *Runtime) PullImage(ctx context.Context, name string, pod *corev1.Pod) (kubelet.Image, error) {
	var credentials []Credential
	if r.opts.Credentials != nil {
		var err error
		if credentials, err = r.opts.Credentials(ctx, pod, name); err != nil {
			// What could be read of them is tried all the same, as is nothing.
			r.log.WarnContext(ctx, "pull secrets not read", "pod", pod.Namespace+"/"+pod.Name, "error", err)
		}
	}
	var tries []*cri.AuthConfig
	for _, c := range credentials {
		tries = append(tries, c.config())
	}
	if len(tries) == 0 {
		tries = append(tries, nil)
	}
	sandbox := &cri.PodSandboxConfig{}
	if pod != nil {
		sandbox = r.sandboxConfig(kubelet.SandboxConfig{Pod: pod})
	}
	var errs []error
	for _, auth := range tries {
		response, err := r.images.PullImage(ctx, &cri.PullImageRequest{
			Image: &cri.ImageSpec{Image: name, UserSpecifiedImage: name}, Auth: auth, SandboxConfig: sandbox,
		})
		if err == nil {
			// The answer is an id; the image may have better names.
			if image, err := r.Image(ctx, response.GetImageRef()); err == nil {
				return image, nil
			}
			return kubelet.Image{Name: name, ID: response.GetImageRef()}, nil
		}
		if status.Code(err) == codes.Unknown {
			err = r.wrap("pull image", err) // that code says nothing
		} else {
			err = r.wrapWhole("pull image", err)
		}
		if !slices.ContainsFunc(errs, func(e error) bool { return e.Error() == err.Error() }) {
			errs = append(errs, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return kubelet.Image{}, errors.Join(errs...)
}

// Images implements [kubelet.ImageStore].
func (r *Runtime) Images(ctx context.Context) ([]kubelet.StoredImage, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := r.images.ListImages(ctx, &cri.ListImagesRequest{})
	if err != nil {
		return nil, r.wrap("list images", err)
	}
	sandbox, err := r.sandboxImage(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]kubelet.StoredImage, 0, len(response.Images))
	for _, i := range response.Images {
		names := slices.Concat(i.GetRepoTags(), i.GetRepoDigests())
		all = append(all, kubelet.StoredImage{
			ID: i.GetId(), Names: names, Size: int64(min(i.GetSize(), 1<<62)),
			Pinned: i.GetPinned() || sandbox != "" && slices.Contains(names, sandbox),
		})
	}
	slices.SortFunc(all, func(a, b kubelet.StoredImage) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// sandboxImage is the image of sandboxes, "" where the runtime does not tell. A
// containerd that does not call it pinned tells its configuration.
func (r *Runtime) sandboxImage(ctx context.Context) (string, error) {
	if r.opts.SandboxImage != "" {
		return r.opts.SandboxImage, nil
	}
	status, err := r.runtime.Status(ctx, &cri.StatusRequest{Verbose: true})
	if err != nil {
		return "", r.wrap("status", err)
	}
	var config struct {
		SandboxImage string `json:"sandboxImage"`
	}
	_ = json.Unmarshal([]byte(status.GetInfo()["config"]), &config) // other runtimes tell other things
	return config.SandboxImage, nil
}

// RemoveImage implements [kubelet.ImageStore].
func (r *Runtime) RemoveImage(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, longTimeout)
	defer cancel()
	_, err := r.images.RemoveImage(ctx, &cri.RemoveImageRequest{Image: &cri.ImageSpec{Image: id}})
	if gone(err) {
		return nil
	}
	return r.wrap("remove image", err)
}

// ImageFilesystem implements [kubelet.ImageStore].
func (r *Runtime) ImageFilesystem(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := r.images.ImageFsInfo(ctx, &cri.ImageFsInfoRequest{})
	if err != nil {
		return "", r.wrap("file system of images", err)
	}
	for _, f := range response.GetImageFilesystems() {
		if path := f.GetFsId().GetMountpoint(); path != "" {
			return path, nil
		}
	}
	return "", errors.New("the runtime does not tell where images are")
}
