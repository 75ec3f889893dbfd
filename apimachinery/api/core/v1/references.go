package corev1

// References are the names of other objects, in its own namespace, without
// which a Pod cannot run. A name may come several times.
type References struct {
	Secrets, ConfigMaps, Claims, ResourceClaims []string
	ServiceAccount                              string
	// TrustBundles says that the Pod mounts ClusterTrustBundles.
	TrustBundles bool
}

// ReferencesOf returns what a Pod needs.
func ReferencesOf(pod *Pod) References {
	r := References{ServiceAccount: pod.Spec.ServiceAccountName}
	for _, s := range pod.Spec.ImagePullSecrets {
		r.Secrets = append(r.Secrets, s.Name)
	}
	for i := range pod.Spec.InitContainers {
		r.addEnv(pod.Spec.InitContainers[i].EnvFrom, pod.Spec.InitContainers[i].Env)
	}
	for i := range pod.Spec.Containers {
		r.addEnv(pod.Spec.Containers[i].EnvFrom, pod.Spec.Containers[i].Env)
	}
	for i := range pod.Spec.EphemeralContainers {
		r.addEnv(pod.Spec.EphemeralContainers[i].EnvFrom, pod.Spec.EphemeralContainers[i].Env)
	}
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		r.addVolume(&v.VolumeSource)
		if v.Ephemeral != nil {
			r.Claims = append(r.Claims, pod.Name+"-"+v.Name)
		}
	}
	for i := range pod.Spec.ResourceClaims {
		if name := pod.Spec.ResourceClaims[i].ResourceClaimName; name != nil {
			r.ResourceClaims = append(r.ResourceClaims, *name)
		}
	}
	for i := range pod.Status.ResourceClaimStatuses {
		if name := pod.Status.ResourceClaimStatuses[i].ResourceClaimName; name != nil {
			r.ResourceClaims = append(r.ResourceClaims, *name)
		}
	}
	if s := pod.Status.ExtendedResourceClaimStatus; s != nil {
		r.ResourceClaims = append(r.ResourceClaims, s.ResourceClaimName)
	}
	return r
}

func (r *References) addEnv(from []EnvFromSource, env []EnvVar) {
	for i := range from {
		if s := from[i].SecretRef; s != nil {
			r.Secrets = append(r.Secrets, s.Name)
		}
		if m := from[i].ConfigMapRef; m != nil {
			r.ConfigMaps = append(r.ConfigMaps, m.Name)
		}
	}
	for i := range env {
		source := env[i].ValueFrom
		if source == nil {
			continue
		}
		if s := source.SecretKeyRef; s != nil {
			r.Secrets = append(r.Secrets, s.Name)
		}
		if m := source.ConfigMapKeyRef; m != nil {
			r.ConfigMaps = append(r.ConfigMaps, m.Name)
		}
	}
}

func (r *References) addVolume(v *VolumeSource) {
	secret := func(ref *LocalObjectReference) {
		if ref != nil {
			r.Secrets = append(r.Secrets, ref.Name)
		}
	}
	switch {
	case v.Secret != nil:
		r.Secrets = append(r.Secrets, v.Secret.SecretName)
	case v.ConfigMap != nil:
		r.ConfigMaps = append(r.ConfigMaps, v.ConfigMap.Name)
	case v.PersistentVolumeClaim != nil:
		r.Claims = append(r.Claims, v.PersistentVolumeClaim.ClaimName)
	case v.Projected != nil:
		for i := range v.Projected.Sources {
			s := &v.Projected.Sources[i]
			if s.Secret != nil {
				r.Secrets = append(r.Secrets, s.Secret.Name)
			}
			if s.ConfigMap != nil {
				r.ConfigMaps = append(r.ConfigMaps, s.ConfigMap.Name)
			}
			r.TrustBundles = r.TrustBundles || s.ClusterTrustBundle != nil
		}
	case v.AzureFile != nil:
		r.Secrets = append(r.Secrets, v.AzureFile.SecretName)
	case v.CephFS != nil:
		secret(v.CephFS.SecretRef)
	case v.Cinder != nil:
		secret(v.Cinder.SecretRef)
	case v.CSI != nil:
		secret(v.CSI.NodePublishSecretRef)
	case v.FlexVolume != nil:
		secret(v.FlexVolume.SecretRef)
	case v.ISCSI != nil:
		secret(v.ISCSI.SecretRef)
	case v.RBD != nil:
		secret(v.RBD.SecretRef)
	case v.ScaleIO != nil:
		secret(v.ScaleIO.SecretRef)
	case v.StorageOS != nil:
		secret(v.StorageOS.SecretRef)
	}
}

// MountSecretsOf returns the Secrets that a node needs to mount a volume. Those
// without a namespace are in that of the claim that has the volume.
func MountSecretsOf(volume *PersistentVolume) []SecretReference {
	var all []SecretReference
	add := func(refs ...*SecretReference) {
		for _, ref := range refs {
			if ref != nil {
				all = append(all, *ref)
			}
		}
	}
	s := &volume.Spec.PersistentVolumeSource
	switch {
	case s.AzureFile != nil:
		ref := SecretReference{Name: s.AzureFile.SecretName}
		if s.AzureFile.SecretNamespace != nil {
			ref.Namespace = *s.AzureFile.SecretNamespace
		}
		add(&ref)
	case s.CephFS != nil:
		add(s.CephFS.SecretRef)
	case s.Cinder != nil:
		add(s.Cinder.SecretRef)
	case s.CSI != nil:
		add(s.CSI.NodePublishSecretRef, s.CSI.NodeStageSecretRef, s.CSI.NodeExpandSecretRef)
	case s.FlexVolume != nil:
		add(s.FlexVolume.SecretRef)
	case s.ISCSI != nil:
		add(s.ISCSI.SecretRef)
	case s.RBD != nil:
		add(s.RBD.SecretRef)
	case s.ScaleIO != nil:
		add(s.ScaleIO.SecretRef)
	case s.StorageOS != nil && s.StorageOS.SecretRef != nil:
		add(&SecretReference{Name: s.StorageOS.SecretRef.Name, Namespace: s.StorageOS.SecretRef.Namespace})
	}
	return all
}
