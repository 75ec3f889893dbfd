package corev1

import (
	"path"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// ValidatePersistentVolume finds every fault of a volume that is about to be made.
func ValidatePersistentVolume(v *PersistentVolume) validate.Errors {
	return append(validate.ObjectMeta(metadataPath, &v.ObjectMeta, false, names.DNSSubdomain), PersistentVolumeSpecs(specPath, &v.Spec)...)
}

// PersistentVolumeSpecs is the check of what a volume is.
func PersistentVolumeSpecs(p validate.Path, s *PersistentVolumeSpec) validate.Errors {
	_, sized := s.Capacity[ResourceStorage]
	capacity := p.Child("capacity")
	return validate.All(
		require(len(s.AccessModes) > 0, p.Child("accessModes"), ""),
		claimAccessModes(p.Child("accessModes"), s.AccessModes),
		require(len(s.Capacity) > 0, capacity, ""),
		validate.When(!sized || len(s.Capacity) > 1, func() validate.Errors { return validate.NotSupported(capacity, s.Capacity, ResourceStorage) }),
		validate.EachKey(capacity, s.Capacity, func(p validate.Path, _ ResourceName, q quantity.Quantity) validate.Errors {
			return append(basicQuantity(p, q), positiveQuantity(p, q)...)
		}),
		validate.When(s.PersistentVolumeReclaimPolicy != "", func() validate.Errors {
			return validate.In(p.Child("persistentVolumeReclaimPolicy"), s.PersistentVolumeReclaimPolicy,
				PersistentVolumeReclaimDelete, PersistentVolumeReclaimRecycle, PersistentVolumeReclaimRetain)
		}),
		volumeNodeAffinity(p.Child("nodeAffinity"), s.NodeAffinity),
		persistentVolumeSource(p, s),
		forbid(s.HostPath != nil && path.Clean(s.HostPath.Path) == "/" && s.PersistentVolumeReclaimPolicy == PersistentVolumeReclaimRecycle,
			p.Child("persistentVolumeReclaimPolicy"), "may not be 'recycle' for a hostPath mount of '/'"),
		optional(p.Child("storageClassName"), s.StorageClassName, names.DNSSubdomain),
		validate.IfSet(p.Child("volumeMode"), s.VolumeMode, volumeMode),
		validate.IfSet(p.Child("volumeAttributesClassName"), s.VolumeAttributesClassName, func(at validate.Path, class string) validate.Errors {
			return validate.All(
				require(class != "", at, "an empty string is disallowed"),
				optional(at, class, names.DNSSubdomain),
				require(s.CSI != nil, p.Child("csi"), "has to be specified when using volumeAttributesClassName"),
			)
		}),
	)
}

// InlineVolumeSpec is the check of a volume that is no object of its own: it is
// a CSI driver's, and has nothing to do with claims.
func InlineVolumeSpec(p validate.Path, s *PersistentVolumeSpec) validate.Errors {
	const not = "may not be specified in the context of inline volumes"
	return validate.All(
		forbid(s.PersistentVolumeReclaimPolicy != "", p.Child("persistentVolumeReclaimPolicy"), not),
		forbid(s.Capacity != nil, p.Child("capacity"), not),
		require(s.CSI != nil, p.Child("csi"), "has to be specified in the context of inline volumes"),
		require(len(s.AccessModes) > 0, p.Child("accessModes"), ""),
		claimAccessModes(p.Child("accessModes"), s.AccessModes),
		forbid(s.NodeAffinity != nil, p.Child("nodeAffinity"), not),
		persistentVolumeSource(p, s),
		forbid(s.StorageClassName != "", p.Child("storageClassName"), not),
		forbid(s.VolumeMode != nil && *s.VolumeMode != PersistentVolumeFilesystem, p.Child("volumeMode"), not),
		forbid(s.VolumeAttributesClassName != nil, p.Child("volumeAttributesClassName"), not),
	)
}

func volumeNodeAffinity(p validate.Path, a *VolumeNodeAffinity) validate.Errors {
	if a == nil {
		return nil
	}
	return append(require(a.Required != nil, p.Child("required"), "must specify required node constraints"), NodeSelectors(p.Child("required"), a.Required)...)
}

// persistentVolumeSource checks what a volume of the cluster is made of: one
// thing, and which.
func persistentVolumeSource(p validate.Path, s *PersistentVolumeSpec) validate.Errors {
	one := &onlyOne{tooMany: tooManyVolumes}
	errs := validate.All(
		volumeOf(one, s.HostPath, p, "hostPath", hostPath),
		volumeNamed(one, s.GCEPersistentDisk, p, "gcePersistentDisk", "persistentDisk", gcePersistentDisk),
		volumeOf(one, s.AWSElasticBlockStore, p, "awsElasticBlockStore", awsElasticBlockStore),
		volumeOf(one, s.Glusterfs, p, "glusterfs", func(p validate.Path, v *GlusterfsPersistentVolumeSource) validate.Errors {
			return validate.All(
				validate.NonEmpty(p.Child("endpoints"), v.EndpointsName),
				validate.NonEmpty(p.Child("path"), v.Path),
				must(v.EndpointsNamespace == nil || *v.EndpointsNamespace != "", p.Child("endpointsNamespace"), v.EndpointsNamespace,
					"if the endpointnamespace is set, it must be a valid namespace name"),
				validate.IfSet(p.Child("endpointsNamespace"), v.EndpointsNamespace, func(p validate.Path, namespace string) validate.Errors {
					return optional(p, namespace, names.DNSLabel)
				}),
			)
		}),
		volumeOf(one, s.Flocker, p, "flocker", flocker),
		volumeOf(one, s.NFS, p, "nfs", nfs),
		volumeOf(one, s.RBD, p, "rbd", func(p validate.Path, v *RBDPersistentVolumeSource) validate.Errors {
			return append(require(len(v.CephMonitors) > 0, p.Child("monitors"), ""), validate.NonEmpty(p.Child("image"), v.RBDImage)...)
		}),
		volumeOf(one, s.Quobyte, p, "quobyte", quobyte),
		volumeNamed(one, s.CephFS, p, "cephFS", "cephfs", func(p validate.Path, v *CephFSPersistentVolumeSource) validate.Errors {
			return require(len(v.Monitors) > 0, p.Child("monitors"), "")
		}),
		volumeOf(one, s.ISCSI, p, "iscsi", func(p validate.Path, v *ISCSIPersistentVolumeSource) validate.Errors {
			return append(
				iscsi(p, iscsiTarget{v.TargetPortal, v.IQN, v.Lun, v.InitiatorName, v.DiscoveryCHAPAuth || v.SessionCHAPAuth, v.SecretRef != nil}, "must be valid format"),
				validate.IfSet(p.Child("secretRef"), v.SecretRef, func(p validate.Path, ref SecretReference) validate.Errors {
					return validate.NonEmpty(p.Child("name"), ref.Name)
				})...)
		}),
		volumeOf(one, s.Cinder, p, "cinder", func(p validate.Path, v *CinderPersistentVolumeSource) validate.Errors {
			return append(validate.NonEmpty(p.Child("volumeID"), v.VolumeID), validate.IfSet(p.Child("secretRef"), v.SecretRef, wholeSecretRef)...)
		}),
		volumeOf(one, s.FC, p, "fc", fibreChannel),
		validate.IfSet(p.Child("flexVolume"), s.FlexVolume, func(p validate.Path, v FlexPersistentVolumeSource) validate.Errors {
			one.n++ // it may be a second one, so Kubernetes has it
			return flexVolume(p, v.Driver, v.Options)
		}),
		volumeOf(one, s.AzureFile, p, "azureFile", func(p validate.Path, v *AzureFilePersistentVolumeSource) validate.Errors {
			return validate.All(
				validate.NonEmpty(p.Child("secretName"), v.SecretName),
				validate.NonEmpty(p.Child("shareName"), v.ShareName),
				validate.IfSet(p.Child("secretNamespace"), v.SecretNamespace, validate.NonEmpty[string]),
			)
		}),
		volumeOf(one, s.VsphereVolume, p, "vsphereVolume", vsphereVolume),
		volumeOf(one, s.PhotonPersistentDisk, p, "photonPersistentDisk", photonDisk),
		volumeOf(one, s.PortworxVolume, p, "portworxVolume", portworx),
		volumeOf(one, s.AzureDisk, p, "azureDisk", azureDisk),
		volumeOf(one, s.ScaleIO, p, "scaleIO", func(p validate.Path, v *ScaleIOPersistentVolumeSource) validate.Errors {
			return scaleIO(p, v.Gateway, v.System, v.VolumeName)
		}),
		volumeOf(one, s.Local, p, "local", func(at validate.Path, v *LocalVolumeSource) validate.Errors {
			return append(validate.Named(at.Child("path"), v.Path, names.NoDotDot),
				require(s.NodeAffinity != nil, p.Child("nodeAffinity"), "Local volume requires node affinity")...)
		}),
		volumeOf(one, s.StorageOS, p, "storageos", func(p validate.Path, v *StorageOSPersistentVolumeSource) validate.Errors {
			return append(storageOS(p, v.VolumeName, v.VolumeNamespace), validate.IfSet(p.Child("secretRef"), v.SecretRef, func(p validate.Path, ref ObjectReference) validate.Errors {
				return append(validate.NonEmpty(p.Child("name"), ref.Name), validate.NonEmpty(p.Child("namespace"), ref.Namespace)...)
			})...)
		}),
		volumeOf(one, s.CSI, p, "csi", csiPersistentVolume),
	)
	return append(errs, require(one.n > 0, p, "must specify a volume type")...)
}

func wholeSecretRef(p validate.Path, ref SecretReference) validate.Errors {
	return append(validate.NonEmpty(p.Child("name"), ref.Name), validate.NonEmpty(p.Child("namespace"), ref.Namespace)...)
}

func csiPersistentVolume(p validate.Path, v *CSIPersistentVolumeSource) validate.Errors {
	secret := func(p validate.Path, ref SecretReference) validate.Errors {
		return append(validate.Named(p.Child("name"), ref.Name, names.DNSSubdomain), validate.Named(p.Child("namespace"), ref.Namespace, names.DNSLabel)...)
	}
	return validate.All(
		CSIDriverName(p.Child("driver"), v.Driver),
		validate.NonEmpty(p.Child("volumeHandle"), v.VolumeHandle),
		validate.IfSet(p.Child("controllerPublishSecretRef"), v.ControllerPublishSecretRef, secret),
		validate.IfSet(p.Child("controllerExpandSecretRef"), v.ControllerExpandSecretRef, secret),
		validate.IfSet(p.Child("nodePublishSecretRef"), v.NodePublishSecretRef, secret),
		validate.IfSet(p.Child("nodeExpandSecretRef"), v.NodeExpandSecretRef, secret),
	)
}

// ValidatePersistentVolumeUpdate finds every fault of a volume that is about to
// replace old. What it is made of stays.
func ValidatePersistentVolumeUpdate(v, old *PersistentVolume) validate.Errors {
	source, was := v.Spec.PersistentVolumeSource, old.Spec.PersistentVolumeSource
	if source.CSI != nil && was.CSI != nil && was.CSI.ControllerExpandSecretRef == nil && source.CSI.ControllerExpandSecretRef != nil {
		// It may come later, for volumes from before it was known.
		csi := *source.CSI
		csi.ControllerExpandSecretRef = nil
		source.CSI = &csi
	}
	errs := append(validate.ObjectMetaUpdate(metadataPath, &v.ObjectMeta, &old.ObjectMeta), ValidatePersistentVolume(v)...)
	if !validate.Equal(source, was) {
		errs = append(errs, validate.Forbidden(specPath.Child("persistentvolumesource"), "spec.persistentvolumesource is immutable after creation\n"+validate.Diff(&was, &source))...)
	}
	return validate.All(errs,
		validate.Immutable(validate.NewPath("volumeMode"), v.Spec.VolumeMode, old.Spec.VolumeMode),
		must(old.Spec.NodeAffinity == nil || validate.Equal(v.Spec.NodeAffinity, old.Spec.NodeAffinity), validate.NewPath("nodeAffinity"), v.Spec.NodeAffinity,
			"field is immutable, except for updating from beta label to GA"),
	).Distinct()
}
