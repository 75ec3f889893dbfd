package corev1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// podVolumes checks the volumes of a Pod and returns the valid ones by name:
// only those can be mounted. PodName is "" in a template.
func podVolumes(p validate.Path, volumes []Volume, podName string) (map[string]*VolumeSource, validate.Errors) {
	valid := make(map[string]*VolumeSource, len(volumes))
	made := map[string]bool{} // claims that come with the Pod
	for i := range volumes {
		if volumes[i].Ephemeral != nil && podName != "" {
			made[podName+"-"+volumes[i].Name] = true
		}
	}
	errs := validate.Each(p, volumes, func(p validate.Path, v *Volume) validate.Errors {
		errs := append(volumeSource(p, &v.VolumeSource, podName, v.Name), validate.Named(p.Child("name"), v.Name, names.DNSLabel)...)
		if _, again := valid[v.Name]; again {
			errs = append(errs, validate.Duplicate(p.Child("name"), v.Name)...)
		}
		if len(errs) == 0 {
			valid[v.Name] = &v.VolumeSource
		}
		if claim := v.PersistentVolumeClaim; claim != nil && made[claim.ClaimName] {
			errs = append(errs, validate.Invalid(p.Child("persistentVolumeClaim", "claimName"), claim.ClaimName,
				"must not reference a PVC that gets created for an ephemeral volume")...)
		}
		return errs
	})
	return valid, errs
}

// volumeMounts checks the mounts of a container. Some rules report at the list
// instead of the item, as Kubernetes does.
func volumeMounts(list validate.Path, c *Container, volumes map[string]*VolumeSource) validate.Errors {
	taken := make(map[string]bool, len(c.VolumeMounts))
	return validate.Each(list, c.VolumeMounts, func(p validate.Path, m *VolumeMount) validate.Errors {
		again := taken[m.MountPath]
		taken[m.MountPath] = true
		return validate.All(
			validate.NonEmpty(p.Child("name"), m.Name),
			validate.When(volumes[m.Name] == nil, func() validate.Errors { return validate.NotFound(p.Child("name"), m.Name) }),
			validate.NonEmpty(p.Child("mountPath"), m.MountPath),
			must(!again, p.Child("mountPath"), m.MountPath, "must be unique"),
			must(!hasDevice(c.VolumeDevices, m.Name), p.Child("name"), m.Name, "must not already exist in volumeDevices"),
			must(!hasDevicePath(c.VolumeDevices, m.MountPath), p.Child("mountPath"), m.MountPath, "must not already exist as a path in volumeDevices"),
			optional(list.Child("subPath"), m.SubPath, names.RelativePath),
			must(m.SubPath == "" || m.SubPathExpr == "", p.Child("subPathExpr"), m.SubPathExpr, "subPathExpr and subPath are mutually exclusive"),
			optional(list.Child("subPathExpr"), m.SubPathExpr, names.RelativePath),
			validate.IfSet(list.Child("mountPropagation"), m.MountPropagation, mountPropagation(c)),
			validate.IfSet(list.Child("recursiveReadOnly"), m.RecursiveReadOnly, recursiveReadOnly(m)),
			validate.Unique(p.Child("bindMountOptions"), m.BindMountOptions),
		)
	})
}

func mountPropagation(c *Container) validate.Check[MountPropagationMode] {
	privileged := c.SecurityContext != nil && isTrue(c.SecurityContext.Privileged)
	return func(p validate.Path, mode MountPropagationMode) validate.Errors {
		return append(validate.In(p, mode, MountPropagationBidirectional, MountPropagationHostToContainer, MountPropagationNone),
			forbid(mode == MountPropagationBidirectional && !privileged, p, "Bidirectional mount propagation is available only to privileged containers")...)
	}
}

func recursiveReadOnly(m *VolumeMount) validate.Check[RecursiveReadOnlyMode] {
	return func(p validate.Path, mode RecursiveReadOnlyMode) validate.Errors {
		if mode == RecursiveReadOnlyDisabled {
			return nil
		}
		if errs := validate.In(p, mode, RecursiveReadOnlyDisabled, RecursiveReadOnlyEnabled, RecursiveReadOnlyIfPossible); len(errs) > 0 {
			return errs
		}
		return append(forbid(!m.ReadOnly, p, "may only be specified when readOnly is true"),
			forbid(m.MountPropagation != nil && *m.MountPropagation != MountPropagationNone, p,
				"may only be specified when mountPropagation is None or not specified")...)
	}
}

func volumeDevices(p validate.Path, c *Container, volumes map[string]*VolumeSource) validate.Errors {
	paths, taken := map[string]bool{}, map[string]bool{}
	return validate.Each(p, c.VolumeDevices, func(p validate.Path, d *VolumeDevice) validate.Errors {
		name, path := p.Child("name"), p.Child("devicePath")
		source := volumes[d.Name]
		samePath, sameName := paths[d.DevicePath], taken[d.Name]
		stepsBack := len(names.NoDotDot(d.DevicePath)) > 0
		paths[d.DevicePath], taken[d.Name] = !stepsBack && d.DevicePath != "", true
		return validate.All(
			validate.NonEmpty(name, d.Name),
			must(!sameName, name, d.Name, "must be unique"),
			must(source == nil || source.PersistentVolumeClaim != nil || source.Ephemeral != nil, name, d.Name,
				"can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"),
			validate.When(source == nil, func() validate.Errors { return validate.NotFound(name, d.Name) }),
			validate.NonEmpty(path, d.DevicePath),
			must(!samePath, path, d.DevicePath, "must be unique"),
			must(!stepsBack, path, d.DevicePath, "can not contain backsteps ('..')"),
			must(!hasMountPath(c.VolumeMounts, d.DevicePath), path, d.DevicePath, "must not already exist as a path in volumeMounts"),
			must(!hasMount(c.VolumeMounts, d.Name), name, d.Name, "must not already exist in volumeMounts"),
		)
	})
}

func hasDevice(devices []VolumeDevice, name string) bool {
	for i := range devices {
		if devices[i].Name == name {
			return true
		}
	}
	return false
}

func hasDevicePath(devices []VolumeDevice, path string) bool {
	for i := range devices {
		if devices[i].DevicePath == path {
			return true
		}
	}
	return false
}

func hasMount(mounts []VolumeMount, name string) bool {
	for i := range mounts {
		if mounts[i].Name == name {
			return true
		}
	}
	return false
}

func hasMountPath(mounts []VolumeMount, path string) bool {
	for i := range mounts {
		if mounts[i].MountPath == path {
			return true
		}
	}
	return false
}

// localPath is the rule for a path of a file within a volume, whose names that
// begin with two dots the kubelet keeps for itself.
func localPath(s string) []string {
	problems := names.RelativePath(s)
	if strings.HasPrefix(s, "..") && !strings.HasPrefix(s, "../") && s != ".." {
		problems = append(problems, "must not start with '..'")
	}
	return problems
}

func fileMode(p validate.Path, mode int32) validate.Errors {
	return must(0 <= mode && mode <= 0o777, p, mode, "must be a number between 0 and 0777 (octal), both inclusive")
}

func userID(p validate.Path, id int64) validate.Errors {
	return validate.InRange[int64](0, maxUserID)(p, id)
}

const maxUserID = 1<<31 - 1

func keyToPath(p validate.Path, k *KeyToPath) validate.Errors {
	return validate.All(
		validate.NonEmpty(p.Child("key"), k.Key),
		validate.NonEmpty(p.Child("path"), k.Path),
		validate.String(p.Child("path"), k.Path, localPath),
		validate.IfSet(p.Child("mode"), k.Mode, fileMode),
		validate.IfSet(p.Child("user"), k.User, userID),
	)
}

// downwardAPIFiles reports every fault at p itself, as Kubernetes does.
func downwardAPIFiles(p validate.Path, files []DownwardAPIVolumeFile) validate.Errors {
	return validate.Each(validate.Path{}, files, func(_ validate.Path, f *DownwardAPIVolumeFile) validate.Errors {
		errs := validate.All(
			validate.NonEmpty(p.Child("path"), f.Path),
			validate.String(p.Child("path"), f.Path, localPath),
			validate.IfSet(p.Child("fieldRef"), f.FieldRef, fieldRef(fileFields)),
		)
		switch {
		case f.FieldRef != nil && f.ResourceFieldRef != nil:
			errs = append(errs, validate.Invalid(p, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously")...)
		case f.ResourceFieldRef != nil:
			errs = append(errs, resourceFieldRef(p.Child("resourceFieldRef"), f.ResourceFieldRef, true)...)
		case f.FieldRef == nil:
			errs = append(errs, validate.Required(p, "one of fieldRef and resourceFieldRef is required")...)
		}
		return validate.All(errs,
			validate.IfSet(p.Child("mode"), f.Mode, fileMode),
			validate.IfSet(p.Child("user"), f.User, userID),
		)
	})
}

func projectedVolume(p validate.Path, v *ProjectedVolumeSource) validate.Errors {
	paths := pathSet{at: p, taken: map[string]bool{}}
	return append(
		validate.IfSet(p.Child("defaultMode"), v.DefaultMode, fileMode),
		validate.Each(p.Child("sources"), v.Sources, func(at validate.Path, s *VolumeProjection) validate.Errors {
			return projection(at, s, &paths)
		})...)
}

// pathSet knows which files the sources of a projected volume write, each of
// which only one may.
type pathSet struct {
	at    validate.Path // of the volume
	taken map[string]bool
}

// claim says that shown writes a file which another source writes already.
func (s *pathSet) claim(path, shown string) validate.Errors {
	if path == "" {
		return nil
	}
	if s.taken[path] {
		return validate.Invalid(s.at, shown, "conflicting duplicate paths")
	}
	s.taken[path] = true
	return nil
}

func (s *pathSet) items(p validate.Path, items []KeyToPath, source string) validate.Errors {
	return validate.Each(p, items, func(p validate.Path, k *KeyToPath) validate.Errors {
		return append(keyToPath(p, k), s.claim(k.Path, source)...)
	})
}

func projection(p validate.Path, s *VolumeProjection, paths *pathSet) validate.Errors {
	n := count(s.Secret != nil, s.ConfigMap != nil, s.DownwardAPI != nil, s.ServiceAccountToken != nil, s.ClusterTrustBundle != nil, s.PodCertificate != nil)
	return validate.All(
		validate.IfSet(p.Child("secret"), s.Secret, func(p validate.Path, x SecretProjection) validate.Errors {
			return append(validate.NonEmpty(p.Child("name"), x.Name), paths.items(p.Child("items"), x.Items, x.Name)...)
		}),
		validate.IfSet(p.Child("configMap"), s.ConfigMap, func(p validate.Path, x ConfigMapProjection) validate.Errors {
			return append(validate.NonEmpty(p.Child("name"), x.Name), paths.items(p.Child("items"), x.Items, x.Name)...)
		}),
		validate.IfSet(p.Child("downwardAPI"), s.DownwardAPI, func(p validate.Path, x DownwardAPIProjection) validate.Errors {
			errs := downwardAPIFiles(p, x.Items)
			for i := range x.Items {
				errs = append(errs, paths.claim(x.Items[i].Path, x.Items[i].Path)...)
			}
			return errs
		}),
		validate.IfSet(p.Child("serviceAccountToken"), s.ServiceAccountToken, func(p validate.Path, x ServiceAccountTokenProjection) validate.Errors {
			return append(serviceAccountToken(p, &x, paths.at.Child("path")), paths.claim(x.Path, x.Path)...)
		}),
		validate.IfSet(p.Child("clusterTrustBundle"), s.ClusterTrustBundle, func(p validate.Path, x ClusterTrustBundleProjection) validate.Errors {
			return append(trustBundle(p, &x), paths.claim(x.Path, x.Path)...)
		}),
		validate.IfSet(p.Child("podCertificate"), s.PodCertificate, func(p validate.Path, x PodCertificateProjection) validate.Errors {
			return podCertificate(p, &x, paths)
		}),
		forbid(n > 1, p, "may not specify more than 1 volume type per source"),
	)
}

const (
	minTokenSeconds = 10 * 60
	maxTokenSeconds = 1 << 32
)

func serviceAccountToken(p validate.Path, t *ServiceAccountTokenProjection, path validate.Path) validate.Errors {
	return validate.All(
		validate.IfSet(p.Child("expirationSeconds"), t.ExpirationSeconds, func(p validate.Path, n int64) validate.Errors {
			return append(must(n >= minTokenSeconds, p, n, "may not specify a duration less than 10 minutes"),
				must(n <= maxTokenSeconds, p, n, "may not specify a duration larger than 2^32 seconds")...)
		}),
		validate.Named(path, t.Path, localPath),
		validate.IfSet(p.Child("user"), t.User, userID),
	)
}

func trustBundle(p validate.Path, b *ClusterTrustBundleProjection) validate.Errors {
	var errs validate.Errors
	switch {
	case b.Name != nil && b.SignerName != nil:
		errs = validate.Invalid(p, b, "only one of name and signerName may be used")
	case b.Name != nil:
		errs = validate.All(
			require(*b.Name != "", p.Child("name"), "must be a valid object name"),
			validate.String(p.Child("name"), *b.Name, trustBundleName),
			must(b.LabelSelector == nil, p.Child("labelSelector"), b.LabelSelector, "labelSelector must be unset if name is specified"),
		)
	case b.SignerName != nil:
		errs = validate.All(
			require(*b.SignerName != "", p.Child("signerName"), "must be a valid signer name"),
			SignerName(p.Child("signerName"), *b.SignerName),
			validate.LabelSelector(p.Child("labelSelector"), b.LabelSelector),
		)
	default:
		errs = validate.Required(p, "either name or signerName must be specified")
	}
	return validate.All(
		errs,
		validate.Named(p.Child("path"), b.Path, localPath),
		validate.IfSet(p.Child("user"), b.User, userID),
	)
}

// trustBundleName is the rule for the name of a ClusterTrustBundle: that of a
// signer, if it has one, comes first, with colons for slashes.
func trustBundleName(s string) []string {
	problems := names.DNSSubdomain(s[strings.LastIndexByte(s, ':')+1:])
	for i := range problems {
		problems[i] = "not a valid clustertrustbundlename: " + problems[i]
	}
	return problems
}

// A signer's name is a domain, a slash and a path of such length at most.
const maxSignerName = 253 + 1 + 253 + 1 + 63

// SignerName is the check of the name of a signer of certificates, such as
// example.com/signer.
func SignerName(p validate.Path, name string) validate.Errors {
	if name == "" {
		return validate.Required(p, "")
	}
	domain, path, ok := strings.Cut(name, "/")
	if !ok || strings.Contains(path, "/") {
		return validate.Invalid(p, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")
	}
	labels := strings.Split(strings.TrimSuffix(domain, "."), ".")
	return validate.All(
		firstBadLabel(p, domain, labels, names.DNSLabel),
		must(len(labels) > 1, p, domain, "should be a domain with at least two segments separated by dots"),
		firstBadLabel(p, path, strings.Split(path, "."), names.DNSSubdomain),
		validate.MaxBytes(p, name, maxSignerName),
	)
}

// firstBadLabel says what is wrong with the first label of value that breaks the rule.
func firstBadLabel(p validate.Path, value string, labels []string, rule func(string) []string) validate.Errors {
	for _, label := range labels {
		if problems := rule(label); len(problems) > 0 {
			return validate.Invalidf(p, value, "validating label %q: %s", label, problems[0])
		}
	}
	return nil
}

// domainKeys is the rule for maps whose keys belong to somebody: each begins
// with a domain.
func domainKeys(p validate.Path, m map[string]string) validate.Errors {
	var errs validate.Errors
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if key == "" {
			errs = append(errs, validate.Required(p, "")...)
			continue
		}
		problems := validate.String(p, strings.ToLower(key), names.QualifiedName)
		errs = append(errs, problems...)
		errs = append(errs, must(len(problems) > 0 || strings.Contains(key, "/"), p, key, `must be a domain-prefixed key (such as "acme.io/foo")`)...)
	}
	return errs
}

const (
	minCertificateSeconds = 3600
	maxCertificateSeconds = 91 * 86400
)

func podCertificate(p validate.Path, c *PodCertificateProjection, paths *pathSet) validate.Errors {
	keyTypes := []string{"RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"}
	bundle, key, chain := p.Child("credentialBundlePath"), p.Child("keyPath"), p.Child("certificateChainPath")
	return validate.All(
		SignerName(p.Child("signerName"), c.SignerName),
		domainKeys(p.Child("userAnnotations"), c.UserAnnotations),
		validate.In(p.Child("keyType"), c.KeyType, keyTypes...),
		validate.IfSet(p.Child("maxExpirationSeconds"), c.MaxExpirationSeconds, func(p validate.Path, n int32) validate.Errors {
			return append(
				must(n >= minCertificateSeconds, p, n, fmt.Sprintf("if provided, maxExpirationSeconds must be >= %d", minCertificateSeconds)),
				must(n <= maxCertificateSeconds, p, n, fmt.Sprintf("if provided, maxExpirationSeconds must be <= %d", maxCertificateSeconds))...)
		}),
		require(c.CredentialBundlePath != "" || c.KeyPath != "" || c.CertificateChainPath != "", p,
			"specify at least one of credentialBundlePath, keyPath, and certificateChainPath"),
		optional(bundle, c.CredentialBundlePath, localPath),
		optional(key, c.KeyPath, localPath),
		optional(chain, c.CertificateChainPath, localPath),
		paths.claim(c.CredentialBundlePath, c.CredentialBundlePath),
		paths.claim(c.KeyPath, c.KeyPath),
		paths.claim(c.CertificateChainPath, c.CertificateChainPath),
		validate.IfSet(p.Child("user"), c.User, userID),
	)
}
