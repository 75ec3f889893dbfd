package corev1

import (
	"net"
	"path"
	"regexp"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

const tooManyVolumes = "may not specify more than 1 volume type"

// volumeSource checks what a Pod's volume is made of: one thing, and which.
func volumeSource(p validate.Path, s *VolumeSource, podName, volume string) validate.Errors {
	one := &onlyOne{tooMany: tooManyVolumes}
	errs := validate.All(
		volumeOf(one, s.EmptyDir, p, "emptyDir", emptyDir),
		volumeOf(one, s.HostPath, p, "hostPath", hostPath),
		volumeOf(one, s.GitRepo, p, "gitRepo", gitRepo),
		volumeNamed(one, s.GCEPersistentDisk, p, "gcePersistentDisk", "persistentDisk", gcePersistentDisk),
		volumeOf(one, s.AWSElasticBlockStore, p, "awsElasticBlockStore", awsElasticBlockStore),
		volumeOf(one, s.Secret, p, "secret", secretVolume),
		volumeOf(one, s.NFS, p, "nfs", nfs),
		volumeOf(one, s.ISCSI, p, "iscsi", func(p validate.Path, v *ISCSIVolumeSource) validate.Errors {
			return iscsi(p, iscsiTarget{v.TargetPortal, v.IQN, v.Lun, v.InitiatorName, v.DiscoveryCHAPAuth || v.SessionCHAPAuth, v.SecretRef != nil}, "must be valid format starting with iqn, eui, or naa")
		}),
		volumeOf(one, s.Glusterfs, p, "glusterfs", func(p validate.Path, v *GlusterfsVolumeSource) validate.Errors {
			return append(validate.NonEmpty(p.Child("endpoints"), v.EndpointsName), validate.NonEmpty(p.Child("path"), v.Path)...)
		}),
		volumeOf(one, s.Flocker, p, "flocker", flocker),
		volumeOf(one, s.PersistentVolumeClaim, p, "persistentVolumeClaim", func(p validate.Path, v *PersistentVolumeClaimVolumeSource) validate.Errors {
			return validate.NonEmpty(p.Child("claimName"), v.ClaimName)
		}),
		volumeOf(one, s.RBD, p, "rbd", func(p validate.Path, v *RBDVolumeSource) validate.Errors {
			return append(require(len(v.CephMonitors) > 0, p.Child("monitors"), ""), validate.NonEmpty(p.Child("image"), v.RBDImage)...)
		}),
		volumeOf(one, s.Cinder, p, "cinder", func(p validate.Path, v *CinderVolumeSource) validate.Errors {
			return append(validate.NonEmpty(p.Child("volumeID"), v.VolumeID), localSecret(p.Child("secretRef"), v.SecretRef)...)
		}),
		volumeOf(one, s.CephFS, p, "cephfs", func(p validate.Path, v *CephFSVolumeSource) validate.Errors {
			return require(len(v.Monitors) > 0, p.Child("monitors"), "")
		}),
		volumeOf(one, s.Quobyte, p, "quobyte", quobyte),
		volumeOf(one, s.DownwardAPI, p, "downwardAPI", func(p validate.Path, v *DownwardAPIVolumeSource) validate.Errors {
			return append(validate.IfSet(p.Child("defaultMode"), v.DefaultMode, fileMode), downwardAPIFiles(p, v.Items)...)
		}),
		volumeOf(one, s.FC, p, "fc", fibreChannel),
		volumeOf(one, s.FlexVolume, p, "flexVolume", func(p validate.Path, v *FlexVolumeSource) validate.Errors {
			return flexVolume(p, v.Driver, v.Options)
		}),
		volumeOf(one, s.ConfigMap, p, "configMap", configMapVolume),
		volumeOf(one, s.AzureFile, p, "azureFile", func(p validate.Path, v *AzureFileVolumeSource) validate.Errors {
			return append(validate.NonEmpty(p.Child("secretName"), v.SecretName), validate.NonEmpty(p.Child("shareName"), v.ShareName)...)
		}),
		volumeOf(one, s.VsphereVolume, p, "vsphereVolume", vsphereVolume),
		volumeOf(one, s.PhotonPersistentDisk, p, "photonPersistentDisk", photonDisk),
		volumeOf(one, s.PortworxVolume, p, "portworxVolume", portworx),
		volumeOf(one, s.AzureDisk, p, "azureDisk", azureDisk),
		volumeOf(one, s.StorageOS, p, "storageos", func(p validate.Path, v *StorageOSVolumeSource) validate.Errors {
			return append(storageOS(p, v.VolumeName, v.VolumeNamespace), localSecret(p.Child("secretRef"), v.SecretRef)...)
		}),
		volumeOf(one, s.Projected, p, "projected", projectedVolume),
		volumeOf(one, s.ScaleIO, p, "scaleIO", func(p validate.Path, v *ScaleIOVolumeSource) validate.Errors {
			return scaleIO(p, v.Gateway, v.System, v.VolumeName)
		}),
		volumeOf(one, s.CSI, p, "csi", csiVolume),
		volumeOf(one, s.Ephemeral, p, "ephemeral", func(_ validate.Path, v *EphemeralVolumeSource) validate.Errors {
			return append(ephemeralVolume(p.Child("ephemeral"), v), claimNameFits(p.Child("name"), podName, volume)...)
		}),
		volumeOf(one, s.Image, p, "image", func(p validate.Path, v *ImageVolumeSource) validate.Errors {
			return append(validate.NonEmpty(p.Child("reference"), v.Reference), pullPolicy(p.Child("pullPolicy"), v.PullPolicy)...)
		}),
	)
	return append(errs, require(one.n > 0, p, "must specify a volume type")...)
}

// volumeNamed is [volumeOf] for sources whose own faults Kubernetes reports
// under another name.
func volumeNamed[T any](one *onlyOne, source *T, p validate.Path, name, own string, check func(p validate.Path, source *T) validate.Errors) validate.Errors {
	return volumeOf(one, source, p, name, func(_ validate.Path, source *T) validate.Errors { return check(p.Child(own), source) })
}

// volumeOf checks the member of that name of several sources, of which one may
// be set.
func volumeOf[T any](one *onlyOne, source *T, p validate.Path, name string, check func(p validate.Path, source *T) validate.Errors) validate.Errors {
	if source == nil {
		return nil
	}
	return one.of(true, p.Child(name), func(p validate.Path) validate.Errors { return check(p, source) })
}

func emptyDir(p validate.Path, v *EmptyDirVolumeSource) validate.Errors {
	return append(
		forbid(v.SizeLimit != nil && v.SizeLimit.Sign() < 0, p.Child("sizeLimit"), "SizeLimit field must be a valid resource quantity"),
		validate.IfSet(p.Child("mode"), v.Mode, fileMode)...)
}

func hostPath(p validate.Path, v *HostPathVolumeSource) validate.Errors {
	if v.Path == "" {
		return validate.Required(p.Child("path"), "")
	}
	return validate.All(
		validate.String(p.Child("path"), v.Path, names.NoDotDot),
		validate.IfSet(p.Child("type"), v.Type, isOneOf(validate.Sorted(HostPathUnset, HostPathDirectoryOrCreate, HostPathDirectory,
			HostPathFileOrCreate, HostPathFile, HostPathSocket, HostPathCharDev, HostPathBlockDev)...)),
	)
}

func gitRepo(p validate.Path, v *GitRepoVolumeSource) validate.Errors {
	return append(validate.NonEmpty(p.Child("repository"), v.Repository), validate.String(p.Child("directory"), v.Directory, names.RelativePath)...)
}

func gcePersistentDisk(p validate.Path, v *GCEPersistentDiskVolumeSource) validate.Errors {
	return append(validate.NonEmpty(p.Child("pdName"), v.PDName), partition(p.Child("partition"), v.Partition)...)
}

// partition is the rule for the number of a partition, of which 0 means none.
func partition(p validate.Path, n int32) validate.Errors {
	if n == 0 {
		return nil
	}
	return validate.InRange[int32](1, 255)(p, n)
}

func awsElasticBlockStore(p validate.Path, v *AWSElasticBlockStoreVolumeSource) validate.Errors {
	return append(validate.NonEmpty(p.Child("volumeID"), v.VolumeID), partition(p.Child("partition"), v.Partition)...)
}

func secretVolume(p validate.Path, v *SecretVolumeSource) validate.Errors {
	return validate.All(
		validate.NonEmpty(p.Child("secretName"), v.SecretName),
		validate.IfSet(p.Child("defaultMode"), v.DefaultMode, fileMode),
		validate.IfSet(p.Child("defaultUser"), v.DefaultUser, userID),
		validate.Each(p.Child("items"), v.Items, keyToPath),
	)
}

func configMapVolume(p validate.Path, v *ConfigMapVolumeSource) validate.Errors {
	return validate.All(
		validate.NonEmpty(p.Child("name"), v.Name),
		validate.IfSet(p.Child("defaultMode"), v.DefaultMode, fileMode),
		validate.IfSet(p.Child("defaultUser"), v.DefaultUser, userID),
		validate.Each(p.Child("items"), v.Items, keyToPath),
	)
}

func nfs(p validate.Path, v *NFSVolumeSource) validate.Errors {
	return validate.All(
		validate.NonEmpty(p.Child("server"), v.Server),
		validate.NonEmpty(p.Child("path"), v.Path),
		must(path.IsAbs(v.Path), p.Child("path"), v.Path, "must be an absolute path"),
	)
}

// iscsiTarget is what volumes of Pods and of the cluster have in common.
type iscsiTarget struct {
	portal, iqn string
	lun         int32
	initiator   *string
	chap        bool // it authenticates, for which there must be a secret
	secret      bool
}

// Names that iSCSI knows: by domain, or by number in two ways.
var iscsiNames = map[string]*regexp.Regexp{
	"iqn": regexp.MustCompile(`^iqn\.\d{4}-\d{2}\.([[:alnum:]-.]+)(:[^,;*&$|\s]+)$`),
	"eui": regexp.MustCompile(`^eui\.[[:alnum:]]{16}$`),
	"naa": regexp.MustCompile(`^naa\.[[:alnum:]]{32}$`),
}

func iscsiName(p validate.Path, name, unknown string) validate.Errors {
	form, known := iscsiNames[name[:min(3, len(name))]]
	switch {
	case !known:
		return validate.Invalid(p, name, unknown)
	case !form.MatchString(name):
		return validate.Invalid(p, name, "must be valid format")
	}
	return nil
}

// iscsi checks a target; unknown is what to say of names that begin as none does.
func iscsi(p validate.Path, t iscsiTarget, unknown string) validate.Errors {
	return validate.All(
		validate.NonEmpty(p.Child("targetPortal"), t.portal),
		validate.NonEmpty(p.Child("iqn"), t.iqn),
		validate.When(t.iqn != "", func() validate.Errors { return iscsiName(p.Child("iqn"), t.iqn, unknown) }),
		validate.InRange[int32](0, 255)(p.Child("lun"), t.lun),
		require(!t.chap || t.secret, p.Child("secretRef"), ""),
		validate.IfSet(p.Child("initiatorname"), t.initiator, func(p validate.Path, name string) validate.Errors { return iscsiName(p, name, unknown) }),
	)
}

func flocker(p validate.Path, v *FlockerVolumeSource) validate.Errors {
	return validate.All(
		require(v.DatasetName != "" || v.DatasetUUID != "", p, "one of datasetName and datasetUUID is required"),
		must(v.DatasetName == "" || v.DatasetUUID == "", p, "resource", "datasetName and datasetUUID can not be specified simultaneously"),
		must(!strings.Contains(v.DatasetName, "/"), p.Child("datasetName"), v.DatasetName, "must not contain '/'"),
	)
}

func localSecret(p validate.Path, ref *LocalObjectReference) validate.Errors {
	if ref == nil {
		return nil
	}
	return validate.NonEmpty(p.Child("name"), ref.Name)
}

func quobyte(p validate.Path, v *QuobyteVolumeSource) validate.Errors {
	const hostPorts = "must be a host:port pair or multiple pairs separated by commas"
	registry := p.Child("registry")
	errs := require(v.Registry != "", registry, hostPorts)
	if v.Registry != "" {
		for pair := range strings.SplitSeq(v.Registry, ",") {
			_, _, err := net.SplitHostPort(pair)
			errs = append(errs, must(err == nil, registry, v.Registry, hostPorts)...)
		}
	}
	return validate.All(
		errs,
		require(v.Registry == "" || len(v.Tenant) <= 64, p.Child("tenant"), "must be a UUID and may not exceed a length of 64 characters"),
		validate.NonEmpty(p.Child("volume"), v.Volume),
	)
}

func fibreChannel(p validate.Path, v *FCVolumeSource) validate.Errors {
	wwns, ids := len(v.TargetWWNs) > 0, len(v.WWIDs) > 0
	return validate.All(
		require(wwns || ids, p.Child("targetWWNs"), "must specify either targetWWNs or wwids, but not both"),
		must(!wwns || !ids, p.Child("targetWWNs"), v.TargetWWNs, "targetWWNs and wwids can not be specified simultaneously"),
		require(!wwns || v.Lun != nil, p.Child("lun"), "lun is required if targetWWNs is specified"),
		validate.When(wwns, func() validate.Errors { return validate.IfSet(p.Child("lun"), v.Lun, validate.InRange[int32](0, 255)) }),
	)
}

func flexVolume(p validate.Path, driver string, options map[string]string) validate.Errors {
	return append(validate.NonEmpty(p.Child("driver"), driver),
		validate.EachKey(p.Child("options"), options, func(p validate.Path, key, _ string) validate.Errors {
			namespace, _, _ := strings.Cut(key, "/")
			namespace = "." + strings.ToLower(namespace)
			reserved := strings.HasSuffix(namespace, ".kubernetes.io") || strings.HasSuffix(namespace, ".k8s.io")
			return must(!reserved, p, key, "kubernetes.io and k8s.io namespaces are reserved")
		})...)
}

func vsphereVolume(p validate.Path, v *VsphereVirtualDiskVolumeSource) validate.Errors {
	return validate.NonEmpty(p.Child("volumePath"), v.VolumePath)
}

func photonDisk(p validate.Path, v *PhotonPersistentDiskVolumeSource) validate.Errors {
	return validate.NonEmpty(p.Child("pdID"), v.PdID)
}

func portworx(p validate.Path, v *PortworxVolumeSource) validate.Errors {
	return validate.NonEmpty(p.Child("volumeID"), v.VolumeID)
}

func azureDisk(p validate.Path, v *AzureDiskVolumeSource) validate.Errors {
	const (
		managed = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
		blob    = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
	)
	uri := p.Child("diskURI")
	errs := validate.All(
		validate.NonEmpty(p.Child("diskName"), v.DiskName),
		validate.NonEmpty(uri, v.DataDiskURI),
		validate.IfSet(p.Child("cachingMode"), v.CachingMode, isOneOf(AzureDataDiskCachingNone, AzureDataDiskCachingReadOnly, AzureDataDiskCachingReadWrite)),
		validate.IfSet(p.Child("kind"), v.Kind, isOneOf(AzureDedicatedBlobDisk, AzureManagedDisk, AzureSharedBlobDisk)),
	)
	switch {
	case v.Kind == nil:
	case *v.Kind == AzureManagedDisk && !strings.HasPrefix(v.DataDiskURI, "/subscriptions/"):
		errs = append(errs, validate.NotSupported(uri, v.DataDiskURI, managed)...)
	case *v.Kind != AzureManagedDisk && !strings.HasPrefix(v.DataDiskURI, "https://"):
		errs = append(errs, validate.NotSupported(uri, v.DataDiskURI, blob)...)
	}
	return errs
}

func storageOS(p validate.Path, volume, namespace string) validate.Errors {
	return append(validate.Named(p.Child("volumeName"), volume, names.DNSLabel), optional(p.Child("volumeNamespace"), namespace, names.DNSLabel)...)
}

func scaleIO(p validate.Path, gateway, system, volume string) validate.Errors {
	return validate.All(
		validate.NonEmpty(p.Child("gateway"), gateway),
		validate.NonEmpty(p.Child("system"), system),
		validate.NonEmpty(p.Child("volumeName"), volume),
	)
}

// CSIDriverName is the check of the name of a CSI driver.
func CSIDriverName(p validate.Path, name string) validate.Errors {
	if name == "" {
		return validate.Required(p, "")
	}
	errs := validate.MaxBytes(p, name, 63)
	for _, problem := range names.DNSSubdomain(strings.ToLower(name)) {
		errs = append(errs, validate.Invalid(p, name, problem)...)
	}
	return errs
}

func csiVolume(p validate.Path, v *CSIVolumeSource) validate.Errors {
	return append(CSIDriverName(p.Child("driver"), v.Driver),
		validate.IfSet(p, v.NodePublishSecretRef, func(p validate.Path, ref LocalObjectReference) validate.Errors {
			return append(validate.NonEmpty(p.Child("nodePublishSecretRef", "name"), ref.Name), optional(p.Child("name"), ref.Name, names.DNSSubdomain)...)
		})...)
}

func ephemeralVolume(p validate.Path, v *EphemeralVolumeSource) validate.Errors {
	t, p := v.VolumeClaimTemplate, p.Child("volumeClaimTemplate")
	if t == nil {
		return validate.Required(p, "")
	}
	return validate.All(
		templateMetadata(p.Child("metadata"), t),
		ClaimSpec(p.Child("spec"), &t.Spec),
	)
}

// templateMetadata allows labels and annotations only; the rest of the claim's
// metadata is made when the claim is.
func templateMetadata(p validate.Path, t *PersistentVolumeClaimTemplate) validate.Errors {
	const notHere = "cannot be set"
	m := &t.ObjectMeta
	return validate.All(
		validate.Annotations(p.Child("annotations"), m.Annotations),
		validate.Labels(p.Child("labels"), m.Labels),
		forbid(m.Name != "", p.Child("name"), notHere),
		forbid(m.GenerateName != "", p.Child("generateName"), notHere),
		forbid(m.Namespace != "", p.Child("namespace"), notHere),
		forbid(m.SelfLink != "", p.Child("selfLink"), notHere),
		forbid(m.UID != "", p.Child("uid"), notHere),
		forbid(m.ResourceVersion != "", p.Child("resourceVersion"), notHere),
		forbid(m.Generation != 0, p.Child("generation"), notHere),
		forbid(!m.CreationTimestamp.IsZero(), p.Child("creationTimestamp"), notHere),
		forbid(m.DeletionTimestamp != nil, p.Child("deletionTimestamp"), notHere),
		forbid(m.DeletionGracePeriodSeconds != nil, p.Child("deletionGracePeriodSeconds"), notHere),
		forbid(len(m.OwnerReferences) > 0, p.Child("ownerReferences"), notHere),
		forbid(len(m.Finalizers) > 0, p.Child("finalizers"), notHere),
		forbid(len(m.ManagedFields) > 0, p.Child("managedFields"), notHere),
	)
}

// claimNameFits says that the claim which comes with a volume, named after Pod
// and volume, must have a valid name.
func claimNameFits(p validate.Path, podName, volume string) validate.Errors {
	if podName == "" || volume == "" {
		return nil
	}
	claim := podName + "-" + volume
	var errs validate.Errors
	for _, problem := range names.DNSSubdomain(claim) {
		errs = append(errs, validate.Invalidf(p, volume, "PVC name %q: %v", claim, problem)...)
	}
	return errs
}
