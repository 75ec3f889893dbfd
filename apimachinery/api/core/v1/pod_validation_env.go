package corev1

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func containerEnv(p validate.Path, env []EnvVar, volumes map[string]*VolumeSource) validate.Errors {
	return validate.Each(p, env, func(p validate.Path, v *EnvVar) validate.Errors {
		return validate.All(
			validate.Named(p.Child("name"), v.Name, names.EnvVarName),
			validate.When(v.ValueFrom != nil, func() validate.Errors { return envSource(p.Child("valueFrom"), v, volumes) }),
		)
	})
}

func envSource(p validate.Path, v *EnvVar, volumes map[string]*VolumeSource) validate.Errors {
	s := v.ValueFrom
	n := count(s.FieldRef != nil, s.ResourceFieldRef != nil, s.ConfigMapKeyRef != nil, s.SecretKeyRef != nil, s.FileKeyRef != nil)
	return validate.All(
		validate.IfSet(p.Child("fieldRef"), s.FieldRef, fieldRef(envFields)),
		validate.IfSet(p.Child("resourceFieldRef"), s.ResourceFieldRef, func(p validate.Path, r ResourceFieldSelector) validate.Errors {
			return resourceFieldRef(p, &r, false)
		}),
		validate.IfSet(p.Child("configMapKeyRef"), s.ConfigMapKeyRef, func(p validate.Path, r ConfigMapKeySelector) validate.Errors {
			return keyRef(p, r.Name, r.Key)
		}),
		validate.IfSet(p.Child("secretKeyRef"), s.SecretKeyRef, func(p validate.Path, r SecretKeySelector) validate.Errors {
			return keyRef(p, r.Name, r.Key)
		}),
		validate.IfSet(p.Child("fileKeyRef"), s.FileKeyRef, func(p validate.Path, r FileKeySelector) validate.Errors {
			return fileKeyRef(p, &r, volumes)
		}),
		must(n > 0, p, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"),
		must(v.Value == "" || n == 0, p, "", "may not be specified when `value` is not empty"),
		must(v.Value != "" || n <= 1, p, "", "may not have more than one field specified at a time"),
	)
}

// count returns how many of the conditions hold.
func count(conditions ...bool) int {
	n := 0
	for _, c := range conditions {
		if c {
			n++
		}
	}
	return n
}

func keyRef(p validate.Path, name, key string) validate.Errors {
	return validate.All(
		validate.String(p.Child("name"), name, names.DNSSubdomain),
		validate.Named(p.Child("key"), key, names.ConfigMapKey),
	)
}

func fileKeyRef(p validate.Path, r *FileKeySelector, volumes map[string]*VolumeSource) validate.Errors {
	volume := p.Child("volumeName")
	source := volumes[r.VolumeName]
	errs := validate.All(
		validate.Named(p.Child("key"), r.Key, names.EnvVarName),
		validate.Named(volume, r.VolumeName, names.DNSLabel),
		validate.NonEmpty(p.Child("path"), r.Path),
		optional(p.Child("path"), r.Path, names.NoDotDot),
	)
	switch {
	case source == nil:
		return append(errs, validate.NotFound(volume, r.VolumeName)...)
	case source.EmptyDir == nil:
		return append(errs, validate.Invalid(volume, r.VolumeName, "referenced volume must be of type emptyDir")...)
	}
	return errs
}

func envFrom(p validate.Path, sources []EnvFromSource) validate.Errors {
	return validate.Each(p, sources, func(at validate.Path, s *EnvFromSource) validate.Errors {
		n := count(s.ConfigMapRef != nil, s.SecretRef != nil)
		return validate.All(
			validate.String(at.Child("prefix"), s.Prefix, names.EnvVarPrefix),
			validate.IfSet(at.Child("configMapRef", "name"), s.ConfigMapRef, func(p validate.Path, r ConfigMapEnvSource) validate.Errors {
				return validate.Named(p, r.Name, names.DNSSubdomain)
			}),
			validate.IfSet(at.Child("secretRef", "name"), s.SecretRef, func(p validate.Path, r SecretEnvSource) validate.Errors {
				return validate.Named(p, r.Name, names.DNSSubdomain)
			}),
			must(n > 0, p, "", "must specify one of: `configMapRef` or `secretRef`"),
			must(n <= 1, p, "", "may not have more than one field specified at a time"),
		)
	})
}

// Fields of a Pod that its containers may be told: in variables and in files.
var (
	envFields = []string{"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
		"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"}
	fileFields = []string{"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"}
	// knownFields are those that have a name in this API, told or not.
	knownFields = slices.Concat(envFields, []string{"metadata.annotations", "metadata.labels", "spec.restartPolicy", "spec.schedulerName", "status.phase"})
)

// fieldRef is the rule of a reference to one of some fields, or to one entry of
// the Pod's labels or annotations.
func fieldRef(known []string) validate.Check[ObjectFieldSelector] {
	return func(p validate.Path, f ObjectFieldSelector) validate.Errors {
		at := p.Child("fieldPath")
		switch {
		case f.APIVersion == "":
			return validate.Required(p.Child("apiVersion"), "")
		case f.FieldPath == "":
			return validate.Required(at, "")
		case f.APIVersion != "v1":
			return validate.Invalid(at, f.FieldPath, "error converting fieldPath: unsupported pod version: "+f.APIVersion)
		}
		path, key, keyed := splitSubscript(f.FieldPath)
		switch {
		case keyed && path == "metadata.annotations":
			return validate.String(p, strings.ToLower(key), names.QualifiedName)
		case keyed && path == "metadata.labels":
			return validate.String(p, key, names.QualifiedName)
		case keyed && slices.Contains(knownFields, path):
			return validate.Invalid(at, f.FieldPath, "error converting fieldPath: field label does not support subscript: "+f.FieldPath)
		case keyed, !slices.Contains(knownFields, path) && path != "spec.host":
			return validate.Invalid(at, f.FieldPath, "error converting fieldPath: field label not supported: "+f.FieldPath)
		}
		if path == "spec.host" { // as spec.nodeName was called long ago
			path = "spec.nodeName"
		}
		return validate.In(at, path, known...)
	}
}

// splitSubscript splits metadata.labels['key'] into its two parts.
func splitSubscript(path string) (field, key string, ok bool) {
	field, rest, ok := strings.Cut(path, "['")
	if !ok || field == "" || !strings.HasSuffix(rest, "']") {
		return path, "", false
	}
	return field, strings.TrimSuffix(rest, "']"), true
}

var tellableResources = []string{
	"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory",
}

// resourceFieldRef is the rule of a reference to a container's request or
// limit. A volume belongs to no container, so it must name one.
func resourceFieldRef(p validate.Path, r *ResourceFieldSelector, inVolume bool) validate.Errors {
	var errs validate.Errors
	huge := strings.HasPrefix(r.Resource, "limits.hugepages-") || strings.HasPrefix(r.Resource, "requests.hugepages-")
	switch {
	case inVolume && r.ContainerName == "":
		errs = validate.Required(p.Child("containerName"), "")
	case r.Resource == "":
		errs = validate.Required(p.Child("resource"), "")
	case !huge:
		errs = validate.In(p.Child("resource"), r.Resource, tellableResources...)
	}
	return append(errs, divisor(p.Child("divisor"), r.Resource, r.Divisor)...)
}

var byteDivisors = []string{"1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"}

func divisor(p validate.Path, resource string, d quantity.Quantity) validate.Errors {
	if d.Sign() == 0 {
		return nil
	}
	_, kind, _ := strings.Cut(resource, ".")
	switch {
	case kind == "cpu":
		return must(slices.Contains([]string{"1m", "1"}, d.String()), p, resource, "only divisor's values 1m and 1 are supported with the cpu resource")
	case kind == "ephemeral-storage":
		kind = "local ephemeral storage"
	case strings.HasPrefix(kind, ResourceHugePagesPrefix):
		kind = "hugepages"
	case kind != "memory":
		return nil
	}
	return must(slices.Contains(byteDivisors, d.String()), p, resource,
		"only divisor's values "+strings.Join(byteDivisors, ", ")+" are supported with the "+kind+" resource")
}
