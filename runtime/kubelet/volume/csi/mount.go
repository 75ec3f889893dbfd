package csi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	spec "github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

const pluginName = "kubernetes.io/csi"

// Name implements volume.Plugin.
func (d *Drivers) Name() string { return pluginName }

// Supports implements volume.Plugin.
func (d *Drivers) Supports(s *volume.Spec) bool {
	if s.PersistentVolume != nil {
		return s.PersistentVolume.Spec.CSI != nil
	}
	return s.Volume.CSI != nil
}

// request is what a volume needs of its driver.
type request struct {
	*volume.Request
	driver     *driver
	object     *storagev1.CSIDriver // zero if there is none
	handle     string
	ephemeral  bool
	readOnly   bool
	fsType     string
	attributes map[string]string
	publish    map[string]string // what attaching told
	attachment string            // name of the VolumeAttachment
	group      *int64            // given to the driver
}

// Mount implements volume.Plugin.
func (d *Drivers) Mount(ctx context.Context, r *volume.Request) (volume.Result, error) {
	q, err := d.prepare(ctx, r)
	if err != nil {
		return volume.Result{}, err
	}
	defer d.lock(q.driver.name, q.handle)()
	if !q.ephemeral {
		if err := d.attached(ctx, q); err != nil {
			return volume.Result{}, err
		}
		if err := d.stage(ctx, q); err != nil {
			operation := "MountVolume.MountDevice"
			if q.Block() {
				operation = "MapVolume.MapPodDevice"
			}
			return volume.Result{}, &volume.Error{Operation: operation, Volume: q.Spec.Name(), Err: err}
		}
	}
	result, err := d.publish(ctx, q)
	if err == nil && q.attachment != "" {
		result.Attached = uniqueName(q.driver.name, q.handle)
	}
	return result, err
}

// uniqueName is what the cluster calls a volume.
func uniqueName(driver, handle string) corev1.UniqueVolumeName {
	return corev1.UniqueVolumeName(pluginName + "/" + driver + "^" + handle)
}

// Attached implements volume.Attacher.
func (d *Drivers) Attached(at volume.Location) (corev1.UniqueVolumeName, error) {
	known, err := readData(at.Dir())
	if errors.Is(err, fs.ErrNotExist) || err == nil && known.AttachmentID == "" {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return uniqueName(known.Driver, known.Handle), nil
}

// prepare finds out all that is to be known before the driver is called.
func (d *Drivers) prepare(ctx context.Context, r *volume.Request) (*request, error) {
	q := &request{Request: r}
	name := ""
	if pv := r.PersistentVolume; pv != nil {
		s := pv.Spec.CSI
		name, q.handle, q.fsType, q.attributes, q.readOnly = s.Driver, s.VolumeHandle, s.FSType, s.VolumeAttributes, s.ReadOnly || r.ReadOnly
	} else {
		s := r.Volume.CSI
		name, q.attributes, q.ephemeral = s.Driver, s.VolumeAttributes, true
		q.handle = fmt.Sprintf("csi-%x", sha256.Sum256([]byte(string(r.Pod.UID)+r.Volume.Name)))
		q.readOnly = s.ReadOnly != nil && *s.ReadOnly
		if s.FSType != nil {
			q.fsType = *s.FSType
		}
	}
	var err error
	if q.driver, err = d.driver(name); err != nil {
		return nil, fmt.Errorf("%s: mounter.SetUpAt failed to get CSI client: %w", pluginName, err)
	}
	q.object, err = client.Of[storagev1.CSIDriver](d.client).Get(ctx, name)
	if err != nil {
		if !meta.IsNotFound(err) {
			return nil, err
		}
		q.object = &storagev1.CSIDriver{}
	}
	modes := q.object.Spec.VolumeLifecycleModes
	if len(modes) == 0 {
		modes = []storagev1.VolumeLifecycleMode{storagev1.VolumeLifecyclePersistent}
	}
	if !slices.Contains(modes, q.mode()) {
		return nil, fmt.Errorf("%s: mounter.SetUpAt failed to check volume lifecycle mode: volume mode %q not supported by driver %s (only supports %q)", pluginName, q.mode(), name, modes)
	}
	if q.driver.can[spec.NodeServiceCapability_RPC_VOLUME_MOUNT_GROUP] && !q.Block() {
		q.group = r.FSGroup()
	}
	return q, nil
}

func (q *request) mode() storagev1.VolumeLifecycleMode {
	if q.ephemeral {
		return storagev1.VolumeLifecycleEphemeral
	}
	return storagev1.VolumeLifecyclePersistent
}

// lock holds a volume of a driver, so that one Pod does not unstage what another
// has just staged.
func (d *Drivers) lock(driver, handle string) (unlock func()) {
	d.mu.Lock()
	key := driver + "^" + handle
	l := d.volumes[key]
	if l == nil {
		l = &sync.Mutex{}
		d.volumes[key] = l
	}
	d.mu.Unlock()
	l.Lock()
	return l.Unlock
}

// AttachmentName is the name of the VolumeAttachment that attaches a volume of a
// driver to a node.
func AttachmentName(handle, driver, node string) string {
	return fmt.Sprintf("csi-%x", sha256.Sum256([]byte(handle+driver+node)))
}

// attached waits until a volume is attached to the node, if its driver attaches.
func (d *Drivers) attached(ctx context.Context, q *request) error {
	if q.object.Spec.AttachRequired != nil && !*q.object.Spec.AttachRequired {
		return nil
	}
	q.attachment = AttachmentName(q.handle, q.driver.name, d.opts.NodeName)
	ctx, cancel := context.WithTimeout(ctx, d.opts.AttachTimeout)
	defer cancel()
	late := fmt.Errorf("timed out waiting for external-attacher of %s CSI driver to attach volume %s", q.driver.name, q.handle)
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		a, err := client.Of[storagev1.VolumeAttachment](d.client).Get(ctx, q.attachment)
		switch {
		case err == nil && a.DeletionTimestamp != nil:
			err = fmt.Errorf("volume attachment is being deleted")
		case err == nil && a.Status.Attached:
			q.publish = a.Status.AttachmentMetadata
			return nil
		case err == nil && a.Status.AttachError != nil:
			return &volume.Error{Operation: "AttachVolume.Attach", Volume: q.Spec.Name(), Err: errors.New(a.Status.AttachError.Message)}
		case err != nil && !meta.IsNotFound(err) && ctx.Err() == nil:
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return &volume.Error{Operation: "MountVolume.WaitForAttach", Volume: q.Spec.Name(), Err: late}
		case <-timer.C:
		}
	}
}

// stagingDir is where a volume is mounted once for all Pods of the node.
func stagingDir(root, driver, handle string) string {
	return filepath.Join(root, "plugins", pluginName, driver, fmt.Sprintf("%x", sha256.Sum256([]byte(handle))))
}

// stagingPath is what the driver is told, in the staging directory.
func stagingPath(root, driver, handle string) string {
	return filepath.Join(stagingDir(root, driver, handle), "globalmount")
}

// stage prepares a volume on the node. Drivers take a second call for what is
// staged already.
func (d *Drivers) stage(ctx context.Context, q *request) error {
	if !q.driver.can[spec.NodeServiceCapability_RPC_STAGE_UNSTAGE_VOLUME] {
		return nil
	}
	dir := stagingDir(q.RootDir, q.driver.name, q.handle)
	path := stagingPath(q.RootDir, q.driver.name, q.handle)
	if err := os.MkdirAll(path, 0o750); err != nil {
		return err
	}
	if err := q.data().write(dir); err != nil {
		return err
	}
	capability := q.capability()
	secrets, err := d.secrets(ctx, q, q.PersistentVolume.Spec.CSI.NodeStageSecretRef)
	if err != nil {
		return fmt.Errorf("fetching NodeStageSecretRef failed: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, d.opts.Timeout)
	defer cancel()
	_, err = q.driver.node.NodeStageVolume(ctx, &spec.NodeStageVolumeRequest{
		VolumeId: q.handle, PublishContext: q.publish, StagingTargetPath: path, VolumeCapability: capability, Secrets: secrets, VolumeContext: q.attributes,
	})
	return err
}

// publish makes a volume available to the Pod.
func (d *Drivers) publish(ctx context.Context, q *request) (volume.Result, error) {
	target := targetPath(q.Dir(), q.Block())
	result := volume.Result{Path: target, ReadOnly: q.readOnly, Ownership: d.ownership(q)}
	message := &spec.NodePublishVolumeRequest{
		VolumeId: q.handle, PublishContext: q.publish, TargetPath: target, VolumeCapability: q.capability(), Readonly: q.readOnly,
	}
	if q.driver.can[spec.NodeServiceCapability_RPC_STAGE_UNSTAGE_VOLUME] && !q.ephemeral {
		message.StagingTargetPath = stagingPath(q.RootDir, q.driver.name, q.handle)
	}
	var ref *corev1.SecretReference
	if q.ephemeral {
		if r := q.Volume.CSI.NodePublishSecretRef; r != nil {
			ref = &corev1.SecretReference{Namespace: q.Pod.Namespace, Name: r.Name}
		}
	} else {
		ref = q.PersistentVolume.Spec.CSI.NodePublishSecretRef
	}
	var err error
	if message.Secrets, err = d.secrets(ctx, q, ref); err != nil {
		return volume.Result{}, fmt.Errorf("fetching NodePublishSecretRef %s/%s failed: %w", ref.Namespace, ref.Name, err)
	}
	if result.Again, err = d.context(ctx, q, message); err != nil {
		return volume.Result{}, err
	}
	// What is published again keeps its owners: the Pod may have changed them.
	if mounted, err := mount.Is(target); err != nil {
		return volume.Result{}, err
	} else if mounted {
		result.Ownership = volume.OwnershipKept
	}
	_, before := readData(q.Dir())
	if err := os.MkdirAll(q.Dir(), 0o750); err != nil {
		return volume.Result{}, err
	}
	if err := q.data().write(q.Dir()); err != nil {
		return volume.Result{}, err
	}
	calling, cancel := context.WithTimeout(ctx, d.opts.Timeout)
	defer cancel()
	if _, err := q.driver.node.NodePublishVolume(calling, message); err != nil {
		// A driver that has said no has done nothing. What may still be under way has
		// to be undone by it.
		if before != nil && isFinal(err) {
			err = errors.Join(err, volume.TakeDown(q.Location))
		}
		return volume.Result{}, err
	}
	return result, nil
}

func targetPath(dir string, block bool) string {
	if block {
		return filepath.Join(dir, "device")
	}
	return filepath.Join(dir, "mount")
}

// isFinal reports whether a failed call does nothing any more.
func isFinal(err error) bool {
	s, ok := status.FromError(err)
	if !ok {
		return false
	}
	switch s.Code() {
	case codes.Canceled, codes.DeadlineExceeded, codes.Unavailable, codes.ResourceExhausted, codes.Aborted:
		return false
	}
	return true
}

// republish is the time between calls for drivers that want to be called again.
const republish = time.Minute

// context fills in what the driver is told of the volume and the Pod, and says
// when it has to be told again.
func (d *Drivers) context(ctx context.Context, q *request, message *spec.NodePublishVolumeRequest) (again time.Time, err error) {
	told := maps.Clone(q.attributes)
	if told == nil {
		told = map[string]string{}
	}
	s := &q.object.Spec
	if s.PodInfoOnMount != nil && *s.PodInfoOnMount {
		told["csi.storage.k8s.io/pod.name"] = q.Pod.Name
		told["csi.storage.k8s.io/pod.namespace"] = q.Pod.Namespace
		told["csi.storage.k8s.io/pod.uid"] = string(q.Pod.UID)
		told["csi.storage.k8s.io/serviceAccount.name"] = q.Pod.Spec.ServiceAccountName
		told["csi.storage.k8s.io/ephemeral"] = strconv.FormatBool(q.ephemeral)
	}
	if s.RequiresRepublish != nil && *s.RequiresRepublish {
		again = time.Now().Add(republish)
	}
	if len(s.TokenRequests) > 0 {
		tokens := map[string]tokenOf{}
		for i := range s.TokenRequests {
			t := &s.TokenRequests[i]
			token, err := q.Token(ctx, t.Audience, t.ExpirationSeconds)
			if err != nil {
				return again, fmt.Errorf("failed to fetch token: %w", err)
			}
			tokens[t.Audience] = tokenOf{token.Value, meta.At(token.Expires)}
			if !again.IsZero() && token.Renewal.Before(again) {
				again = token.Renewal
			}
		}
		text, err := json.Marshal(tokens)
		if err != nil {
			return again, err
		}
		const key = "csi.storage.k8s.io/serviceAccount.tokens"
		if s.ServiceAccountTokenInSecrets != nil && *s.ServiceAccountTokenInSecrets {
			if message.Secrets == nil {
				message.Secrets = map[string]string{}
			}
			message.Secrets[key] = string(text)
		} else {
			told[key] = string(text)
		}
	}
	if len(told) > 0 {
		message.VolumeContext = told
	}
	return again, nil
}

// tokenOf is a token as drivers read it.
type tokenOf struct {
	Token               string    `json:"token"`
	ExpirationTimestamp meta.Time `json:"expirationTimestamp"`
}

func (d *Drivers) secrets(ctx context.Context, q *request, ref *corev1.SecretReference) (map[string]string, error) {
	if ref == nil || ref.Name == "" {
		return nil, nil
	}
	secret, err := client.Of[corev1.Secret](d.client).In(ref.Namespace).Get(ctx, ref.Name)
	if err != nil {
		return nil, err
	}
	values := make(map[string]string, len(secret.Data))
	for key, value := range secret.Data {
		values[key] = string(value)
	}
	return values, nil
}

// ownership says whether the kubelet gives the volume's files to the fsGroup.
func (d *Drivers) ownership(q *request) volume.Ownership {
	if q.group != nil || q.readOnly || q.Block() {
		return volume.OwnershipKept
	}
	policy := storagev1.ReadWriteOnceWithFSTypeFSGroupPolicy
	if p := q.object.Spec.FSGroupPolicy; p != nil {
		policy = *p
	}
	switch {
	case policy == storagev1.FileFSGroupPolicy:
	case policy == storagev1.NoneFSGroupPolicy, q.fsType == "":
		return volume.OwnershipKept
	case !q.ephemeral && !slices.ContainsFunc(q.PersistentVolume.Spec.AccessModes, isOneWriter):
		return volume.OwnershipKept
	}
	return volume.OwnershipByRequest
}

func isOneWriter(m corev1.PersistentVolumeAccessMode) bool {
	return m == corev1.ReadWriteOnce || m == corev1.ReadWriteOncePod
}

// capability describes how the volume is used.
func (q *request) capability() *spec.VolumeCapability {
	access := corev1.ReadWriteOnce
	var flags []string
	if pv := q.PersistentVolume; pv != nil {
		flags = pv.Spec.MountOptions
		if len(pv.Spec.AccessModes) > 0 {
			access = pv.Spec.AccessModes[0]
		}
	}
	c := &spec.VolumeCapability{AccessMode: &spec.VolumeCapability_AccessMode{Mode: q.driver.accessMode(access)}}
	if q.Block() {
		c.AccessType = &spec.VolumeCapability_Block{Block: &spec.VolumeCapability_BlockVolume{}}
		return c
	}
	m := &spec.VolumeCapability_MountVolume{FsType: q.fsType, MountFlags: flags}
	if q.group != nil {
		m.VolumeMountGroup = strconv.FormatInt(*q.group, 10)
	}
	c.AccessType = &spec.VolumeCapability_Mount{Mount: m}
	return c
}

func (d *driver) accessMode(m corev1.PersistentVolumeAccessMode) spec.VolumeCapability_AccessMode_Mode {
	finer := d.can[spec.NodeServiceCapability_RPC_SINGLE_NODE_MULTI_WRITER]
	switch {
	case m == corev1.ReadOnlyMany:
		return spec.VolumeCapability_AccessMode_MULTI_NODE_READER_ONLY
	case m == corev1.ReadWriteMany:
		return spec.VolumeCapability_AccessMode_MULTI_NODE_MULTI_WRITER
	case m == corev1.ReadWriteOnce && finer:
		return spec.VolumeCapability_AccessMode_SINGLE_NODE_MULTI_WRITER
	case m == corev1.ReadWriteOncePod && finer:
		return spec.VolumeCapability_AccessMode_SINGLE_NODE_SINGLE_WRITER
	}
	return spec.VolumeCapability_AccessMode_SINGLE_NODE_WRITER
}
