package kubelet

import (
	"context"
	"crypto/md5" //nolint:gosec // names content, protects nothing
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Annotations that say where a Pod is from.
const (
	fileSource           = "file"
	configSeenAnnotation = "kubernetes.io/config.seen"
)

// staticInterval is the time between looks into the directory of static Pods.
const staticInterval = 5 * time.Second

// largestManifest bounds what is read of a file.
const largestManifest = 10 << 20

// staticPod is what makes a Pod one of the node's own: it runs because a file says
// so, and the API has only an image of it, its mirror.
type staticPod struct {
	key  client.Key
	hash string
	// leaving is the mirror whose deletion somebody asks for, and when that was seen.
	// Only the reconciliation of the Pod uses it.
	leaving     meta.UID
	leavingSeen time.Time
}

// mirrorLinger is how long a mirror that somebody has deleted stays. Its successor
// comes as soon as it is gone and has its name, and kubectl, which looks, lists and
// then watches to see it go, waits in vain for that of the successor if both happen
// before its watch begins.
const mirrorLinger = time.Second

// lingers says for how long the mirror is to stay yet.
func (p *staticPod) lingers(mirror *corev1.Pod, now time.Time) time.Duration {
	if mirror.DeletionTimestamp == nil {
		return 0
	}
	if p.leaving != mirror.UID {
		p.leaving, p.leavingSeen = mirror.UID, now
	}
	return mirrorLinger - now.Sub(p.leavingSeen)
}

// staticFile is a manifest as last read.
type staticFile struct {
	size     int64
	modified time.Time
	pod      *corev1.Pod // nil: it is none
}

// isStatic reports whether a Pod is one of the node's own. Its mirror is, too.
func isStatic(pod *corev1.Pod) bool {
	source := pod.Annotations[corev1.ConfigSourceAnnotationKey]
	return source != "" && source != "api"
}

// watchStatic runs the Pods that the directory says until ctx ends. It does not
// need the API: what runs the API may be among them.
func (k *Kubelet) watchStatic(ctx context.Context) error {
	if k.opts.StaticPodDir == "" {
		<-ctx.Done()
		return nil
	}
	for ; ctx.Err() == nil; wait(ctx, time.Second) {
		err := k.stand(ctx)
		if err == nil {
			break
		}
		k.log.WarnContext(ctx, "static Pods wait", "error", err)
	}
	files := map[string]staticFile{}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-k.rescan:
		case <-ctx.Done():
			return nil
		}
		wanted, err := k.readStatic(files)
		if err != nil {
			// What runs goes on: a directory that cannot be read says nothing.
			k.log.WarnContext(ctx, "static Pods not read", "directory", k.opts.StaticPodDir, "error", err)
		} else {
			k.setStatic(wanted)
		}
		timer.Reset(staticInterval)
	}
}

// stand fills in what is needed of the node before it is registered.
func (k *Kubelet) stand(ctx context.Context) error {
	info, err := k.runtime.Info(ctx)
	if err != nil {
		return fmt.Errorf("runtime: %w", err)
	}
	d, err := k.describeMachine(ctx)
	if err != nil {
		return err
	}
	node := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: k.name}}
	k.describe(node)
	k.fillStatus(&node.Status, d, info, nil, meta.Now())
	k.mu.Lock()
	defer k.mu.Unlock()
	k.standIn = node
	if k.node == nil {
		k.rep = reporter{runtimeName: info.Name, hostIPs: k.hostIPs()}
	}
	return nil
}

// readStatic reads the manifests that have changed, and returns all Pods. The last
// of two with one name is left out.
func (k *Kubelet) readStatic(files map[string]staticFile) ([]*corev1.Pod, error) {
	entries, err := os.ReadDir(k.opts.StaticPodDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var pods []*corev1.Pod
	named := map[client.Key]string{}
	present := map[string]bool{}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		path := filepath.Join(k.opts.StaticPodDir, name)
		info, err := os.Stat(path) // a link counts as what it leads to
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		present[path] = true
		have, known := files[path]
		if !known || have.size != info.Size() || !have.modified.Equal(info.ModTime()) {
			before := have.pod
			have = staticFile{size: info.Size(), modified: info.ModTime()}
			if have.pod, err = k.readManifest(path, info.Size()); err != nil {
				k.log.Error("static Pod not read", "file", path, "error", err)
				have.pod = before // a file that is being written is whole a little later
			}
			files[path] = have
		}
		if have.pod == nil {
			continue
		}
		key := client.KeyOf(have.pod)
		if other, twice := named[key]; twice {
			k.log.Error("static Pod has a name that is taken", "file", path, "pod", key, "by", other)
			continue
		}
		named[key] = path
		pods = append(pods, have.pod)
	}
	for path := range files {
		if !present[path] {
			delete(files, path)
		}
	}
	return pods, nil
}

// readManifest reads a Pod, and makes it one of this node.
func (k *Kubelet) readManifest(path string, size int64) (*corev1.Pod, error) {
	if size > largestManifest {
		return nil, fmt.Errorf("it is larger than %d bytes", largestManifest)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return k.parseManifest(path, data)
}

func (k *Kubelet) parseManifest(path string, data []byte) (*corev1.Pod, error) {
	pod := &corev1.Pod{}
	if _, err := codec.UnmarshalYAML(data, pod, codec.DecodeOptions{}); err != nil {
		return nil, err
	}
	if pod.Kind != "Pod" || pod.APIVersion != "v1" {
		return nil, fmt.Errorf("it is a %s of %s, not a Pod of v1", pod.Kind, pod.APIVersion)
	}
	if pod.Name == "" {
		return nil, errors.New("it has no name")
	}
	resource, ok := k.client.Scheme().ResourceOf(meta.GroupVersionKind{Version: "v1", Kind: "Pod"})
	if !ok {
		return nil, errors.New("the client does not know Pods")
	}
	if pod.Namespace == "" {
		pod.Namespace = meta.NamespaceDefault
	}
	pod.Name += "-" + strings.ToLower(k.name)
	pod.GenerateName, pod.DeletionTimestamp, pod.DeletionGracePeriodSeconds, pod.ResourceVersion = "", nil, nil, ""
	pod.Spec.NodeName = k.name
	// Nothing else can put it somewhere else.
	pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute})
	pod.Status = corev1.PodStatus{Phase: corev1.PodPending}
	if err := codec.ApplyDefaults(pod); err != nil {
		return nil, err
	}
	if resource.Default != nil {
		resource.Default(pod)
	}
	if what := refersTo(pod); what != "" {
		return nil, fmt.Errorf("static pods may not reference %s", what)
	}
	sum := md5.New() //nolint:gosec // see above
	text, err := codec.MarshalJSON(pod)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(sum, "host:%s file:%s %s", k.name, path, text)
	hash := hex.EncodeToString(sum.Sum(nil))
	if pod.UID == "" {
		pod.UID = meta.UID(hash)
	}
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	pod.Annotations[corev1.ConfigHashAnnotationKey] = hash
	pod.Annotations[corev1.ConfigSourceAnnotationKey] = fileSource
	pod.Annotations[configSeenAnnotation] = time.Now().UTC().Format(time.RFC3339Nano)
	pod.CreationTimestamp = meta.Now()
	if resource.Validate != nil {
		if err := resource.Validate(pod).Err(); err != nil {
			return nil, err
		}
	}
	return pod, nil
}

// refersTo names the resource of objects of the API that a Pod cannot run without, ""
// if there is none: it must run without the API.
func refersTo(pod *corev1.Pod) string {
	refs := corev1.ReferencesOf(pod)
	switch {
	case refs.ServiceAccount != "":
		return "serviceaccounts"
	case len(refs.Secrets) > 0:
		return "secrets"
	case len(refs.ConfigMaps) > 0:
		return "configmaps"
	case len(refs.Claims) > 0:
		return "persistentvolumeclaims"
	case len(pod.Spec.ResourceClaims) > 0:
		return "resourceclaims"
	case refs.TrustBundles:
		return "clustertrustbundles"
	}
	for i := range pod.Spec.Volumes {
		if v := &pod.Spec.Volumes[i]; v.Projected != nil {
			for j := range v.Projected.Sources {
				if v.Projected.Sources[j].ServiceAccountToken != nil {
					return "serviceaccounts"
				}
				if v.Projected.Sources[j].PodCertificate != nil {
					return "podcertificaterequests"
				}
			}
		}
	}
	return ""
}

// setStatic makes these the node's own Pods. One whose file has changed begins
// when the one before it has ended.
func (k *Kubelet) setStatic(wanted []*corev1.Pod) {
	keep := make(map[meta.UID]bool, len(wanted))
	for _, object := range wanted {
		keep[object.UID] = true
	}
	k.mu.Lock()
	taken := map[client.Key]bool{}
	var changed []meta.UID
	for _, p := range k.pods {
		if p.static == nil {
			continue
		}
		taken[p.static.key] = true
		if !keep[p.uid] {
			p.mu.Lock()
			if !p.gone {
				p.gone = true
				changed = append(changed, p.uid)
			}
			p.mu.Unlock()
		}
	}
	for _, object := range wanted {
		if k.pods[object.UID] != nil || taken[client.KeyOf(object)] {
			continue
		}
		k.pods[object.UID] = &pod{
			uid: object.UID, object: object, busy: map[opKey]*operation{},
			static: &staticPod{key: client.KeyOf(object), hash: object.Annotations[corev1.ConfigHashAnnotationKey]},
		}
		changed = append(changed, object.UID)
	}
	k.staticRead = true
	k.mu.Unlock()
	for _, uid := range changed {
		k.loop.Queue().Add(uid)
	}
}

// knowsStatic reports whether all of the node's own Pods are known.
func (k *Kubelet) knowsStatic() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.staticRead || k.opts.StaticPodDir == ""
}

// mirrored notes what the API says of a mirror.
func (k *Kubelet) mirrored(event client.EventType, object *corev1.Pod) {
	key := client.KeyOf(object)
	k.mu.Lock()
	have := k.mirrors[key]
	switch {
	case event == client.Deleted:
		if have != nil && have.UID == object.UID {
			delete(k.mirrors, key)
		}
	case have != nil && have.UID == object.UID && older(object, have):
		// What the kubelet itself has written may be told late, and what others
		// wrote may be told before the kubelet knows what it has written.
	default:
		k.mirrors[key] = object
	}
	var uid meta.UID
	for _, p := range k.pods {
		if p.static != nil && p.static.key == key {
			uid = p.uid
		}
	}
	k.mu.Unlock()
	if uid != "" {
		k.loop.Queue().Add(uid)
	}
}

func older(a, b *corev1.Pod) bool {
	c, err := client.CompareVersions(a.ResourceVersion, b.ResourceVersion)
	return err == nil && c < 0
}

func (k *Kubelet) mirrorOf(p *pod) *corev1.Pod {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.mirrors[p.static.key]
}

// recall takes over what a mirror tells of the Pod from before this kubelet.
func (k *Kubelet) recall(p *pod) {
	mirror := k.mirrorOf(p)
	if mirror == nil || mirror.Annotations[corev1.MirrorPodAnnotationKey] != p.static.hash || mirror.Status.StartTime == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.object.Status.StartTime == nil {
		copied := *p.object
		copied.Status = mirror.Status
		p.object, p.adopted = &copied, true
	}
}

// reportStatic writes the status of one of the node's own Pods to its mirror, and
// makes one where there is none, or one of another Pod.
func (k *Kubelet) reportStatic(ctx context.Context, p *pod, s *situation, refused *ending) error {
	status := s.pod.Status
	switch {
	case isTerminal(status.Phase) && len(s.state.Sandboxes) == 0:
	case refused != nil:
		status = rejected(s.pod, refused, meta.At(s.now))
		if s.pod.Status.StartTime != nil {
			status.StartTime = s.pod.Status.StartTime
		}
	default:
		status = k.reporter().status(s, &status, meta.At(s.now))
	}
	if !codec.Equal(&status, &s.pod.Status) {
		p.mu.Lock()
		copied := *p.object
		copied.Status = status
		p.object = &copied
		p.mu.Unlock()
	}
	node := k.registeredNode()
	if node == nil {
		return nil // the mirror comes when the node is there
	}
	mirror := k.mirrorOf(p)
	pods := client.Of[corev1.Pod](k.client).In(s.pod.Namespace)
	if mirror != nil && (mirror.Annotations[corev1.MirrorPodAnnotationKey] != p.static.hash || mirror.DeletionTimestamp != nil) {
		if left := p.static.lingers(mirror, s.now); left > 0 {
			s.lookAgain(s.now.Add(left))
			return nil
		}
		return k.deleteMirror(ctx, mirror) // the watch tells when it is gone
	}
	if mirror == nil {
		mirror = &corev1.Pod{ObjectMeta: meta.ObjectMeta{
			Name: s.pod.Name, Namespace: s.pod.Namespace, Labels: s.pod.Labels, Annotations: map[string]string{},
			OwnerReferences: []meta.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: node.Name, UID: node.UID, Controller: new(bool)}},
		}, Spec: s.pod.Spec}
		*mirror.OwnerReferences[0].Controller = true
		for key, value := range s.pod.Annotations {
			mirror.Annotations[key] = value
		}
		mirror.Annotations[corev1.MirrorPodAnnotationKey] = p.static.hash
		mirror = codec.DeepCopy(mirror)
		if err := pods.Create(ctx, mirror); err != nil {
			if meta.IsAlreadyExists(err) {
				return nil // the watch will tell of it
			}
			return fmt.Errorf("mirror of static Pod %s: %w", p.static.key, err)
		}
		k.mirrored(client.Added, mirror)
	}
	status.ObservedGeneration = mirror.Generation
	if codec.Equal(&status, &mirror.Status) {
		return nil
	}
	written := codec.DeepCopy(mirror)
	written.Status = *codec.DeepCopy(&status)
	err := pods.UpdateStatus(ctx, written)
	switch {
	case meta.IsNotFound(err):
		k.mirrored(client.Deleted, mirror) // the watch may have told so before it was noted
		return nil
	case meta.IsConflict(err):
		return nil // the watch will tell
	case err != nil:
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	// It may have been deleted meanwhile, and the watch may have told so already.
	if have := k.mirrors[p.static.key]; have != nil && have.UID == written.UID && older(have, written) {
		k.mirrors[p.static.key] = written
	}
	return nil
}

// registeredNode is the Node as last written, nil before there is one.
func (k *Kubelet) registeredNode() *corev1.Node {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.node
}

func (k *Kubelet) deleteMirror(ctx context.Context, mirror *corev1.Pod) error {
	none, uid := int64(0), mirror.UID
	err := client.Of[corev1.Pod](k.client).In(mirror.Namespace).Delete(ctx, mirror.Name,
		meta.DeleteOptions{GracePeriodSeconds: &none, Preconditions: &meta.Preconditions{UID: &uid}})
	if err != nil && !meta.IsNotFound(err) && !meta.IsConflict(err) {
		return fmt.Errorf("mirror %s/%s: %w", mirror.Namespace, mirror.Name, err)
	}
	return nil
}

// removeMirrors deletes mirrors of Pods that the node has no more.
func (k *Kubelet) removeMirrors(ctx context.Context) error {
	k.mu.Lock()
	var orphans []*corev1.Pod
	if k.staticRead || k.opts.StaticPodDir == "" { // else nobody knows yet
		has := map[client.Key]bool{}
		for _, p := range k.pods {
			if p.static != nil {
				has[p.static.key] = true
			}
		}
		for key, mirror := range k.mirrors {
			if !has[key] {
				orphans = append(orphans, mirror)
			}
		}
	}
	k.mu.Unlock()
	var errs []error
	for _, mirror := range orphans {
		errs = append(errs, k.deleteMirror(ctx, mirror))
	}
	return errors.Join(errs...)
}
