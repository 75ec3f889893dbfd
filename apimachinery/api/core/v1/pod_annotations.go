package corev1

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// AppArmorAnnotationPrefix begins the annotation that confined a container
// before there was a field for it; the container's name follows.
const AppArmorAnnotationPrefix = "container.apparmor.security.beta.kubernetes.io/"

const (
	appArmorRuntimeDefault = "runtime/default"
	appArmorUnconfined     = "unconfined"
	appArmorLocalhost      = "localhost/"
)

// podAnnotations checks the annotations that mean something to Pods.
func podAnnotations(p validate.Path, annotations map[string]string, spec *PodSpec) validate.Errors {
	var errs validate.Errors
	if mirror, ok := annotations[MirrorPodAnnotationKey]; ok {
		errs = append(errs, must(spec.NodeName != "", p.Key(MirrorPodAnnotationKey), mirror, "must set spec.nodeName if mirror pod annotation is set")...)
	}
	if cost, ok := annotations[PodDeletionCost]; ok {
		errs = append(errs, must(isDeletionCost(cost), p.Key(PodDeletionCost), cost, "must be a 32bit integer")...)
	}
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		name, ok := strings.CutPrefix(key, AppArmorAnnotationPrefix)
		if !ok {
			continue
		}
		if !hasContainer(spec, name) {
			errs = append(errs, validate.Invalid(p.Key(key), name, "container not found")...)
		}
		if profile := annotations[key]; profile != "" && appArmorOf(profile) == nil {
			errs = append(errs, validate.Invalidf(p.Key(key), profile, "invalid AppArmor profile name: %q", profile)...)
		}
	}
	return errs
}

var deletionCost = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

func isDeletionCost(s string) bool {
	_, err := strconv.ParseInt(s, 10, 32)
	return err == nil && deletionCost.MatchString(s)
}

func hasContainer(spec *PodSpec, name string) bool {
	found := false
	eachContainer(validate.Path{}, spec, func(_ validate.Path, c *Container) { found = found || c.Name == name })
	return found
}

// appArmorOf returns what an annotation's value means, or nil if it means nothing.
func appArmorOf(value string) *AppArmorProfile {
	switch name, local := strings.CutPrefix(value, appArmorLocalhost); {
	case local:
		return &AppArmorProfile{Type: AppArmorProfileTypeLocalhost, LocalhostProfile: &name}
	case value == appArmorRuntimeDefault:
		return &AppArmorProfile{Type: AppArmorProfileTypeRuntimeDefault}
	case value == appArmorUnconfined:
		return &AppArmorProfile{Type: AppArmorProfileTypeUnconfined}
	}
	return nil
}

// adoptAppArmorAnnotations sets the field of each container that only has the
// annotation which came before it.
func adoptAppArmorAnnotations(pod *Pod) {
	if pod.Spec.OS != nil && pod.Spec.OS.Name == Windows {
		return
	}
	eachContainer(validate.Path{}, &pod.Spec, func(_ validate.Path, c *Container) {
		profile := appArmorOf(pod.Annotations[AppArmorAnnotationPrefix+c.Name])
		switch {
		case profile == nil, c.SecurityContext != nil && c.SecurityContext.AppArmorProfile != nil:
			return
		case profile.Type == AppArmorProfileTypeRuntimeDefault && pod.Spec.SecurityContext != nil && pod.Spec.SecurityContext.AppArmorProfile != nil &&
			pod.Spec.SecurityContext.AppArmorProfile.Type == profile.Type:
			return // the Pod says so already
		}
		if c.SecurityContext == nil {
			c.SecurityContext = &SecurityContext{}
		}
		c.SecurityContext.AppArmorProfile = profile
	})
}

// appArmorAnnotationsAgree says that annotation and field must not contradict
// each other.
func appArmorAnnotationsAgree(p validate.Path, pod *Pod) validate.Errors {
	if pod.Spec.OS != nil && pod.Spec.OS.Name == Windows {
		return nil
	}
	var errs validate.Errors
	eachContainer(specPath, &pod.Spec, func(at validate.Path, c *Container) {
		profile := appArmorOf(pod.Annotations[AppArmorAnnotationPrefix+c.Name])
		if profile == nil || c.SecurityContext == nil || c.SecurityContext.AppArmorProfile == nil {
			return
		}
		field := c.SecurityContext.AppArmorProfile
		errs = append(errs, forbid(field.Type != profile.Type, at.Child("securityContext", "appArmorProfile", "type"),
			"apparmor type in annotation and field must match")...)
		if field.Type == profile.Type && field.Type == AppArmorProfileTypeLocalhost {
			errs = append(errs, forbid(!validate.Equal(field.LocalhostProfile, profile.LocalhostProfile),
				at.Child("securityContext", "appArmorProfile", "localhostProfile"), "apparmor profile in annotation and field must match")...)
		}
	})
	return errs
}

// annotationsStay says which annotations of a Pod an update may not touch.
func annotationsStay(p validate.Path, annotations, old map[string]string) validate.Errors {
	var errs validate.Errors
	for _, key := range slices.Sorted(maps.Keys(old)) {
		if value, ok := annotations[key]; ok && value == old[key] {
			continue
		}
		errs = append(errs, validate.All(
			forbid(strings.HasPrefix(key, AppArmorAnnotationPrefix), p.Key(key), "may not remove or update AppArmor annotations"),
			forbid(key == MirrorPodAnnotationKey, p.Key(key), "may not remove or update mirror pod annotation"),
		)...)
	}
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		if _, ok := old[key]; ok {
			continue
		}
		errs = append(errs, validate.All(
			forbid(strings.HasPrefix(key, AppArmorAnnotationPrefix), p.Key(key), "may not add AppArmor annotations"),
			forbid(key == MirrorPodAnnotationKey, p.Key(key), "may not add mirror pod annotation"),
		)...)
	}
	return errs
}
