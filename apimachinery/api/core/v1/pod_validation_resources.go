package corev1

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// containerRequirements checks requests and limits of a container, and which of
// the Pod's claims it uses.
func containerRequirements(p validate.Path, r *ResourceRequirements, claims []string) validate.Errors {
	return append(requirements(p, r, containerResourceName), claimUses(p.Child("claims"), r.Claims, claims)...)
}

// podLevelRequirements checks requests and limits of a Pod as a whole.
func podLevelRequirements(p validate.Path, r *ResourceRequirements, claims []string) validate.Errors {
	return validate.All(
		forbid(r.Claims != nil, p.Child("claims"), "claims may not be set for Resources at pod-level"),
		requirements(p, r, podLevelResourceName),
		claimUses(p.Child("claims"), r.Claims, claims),
	)
}

func requirements(p validate.Path, r *ResourceRequirements, name validate.Check[ResourceName]) validate.Errors {
	limits, requests := p.Child("limits"), p.Child("requests")
	return validate.All(
		validate.EachKey(limits, r.Limits, func(p validate.Path, n ResourceName, q quantity.Quantity) validate.Errors {
			return validate.All(name(p, n), resourceQuantity(p, n, q), hugePagesQuantity(p, n, q))
		}),
		validate.EachKey(requests, r.Requests, func(p validate.Path, n ResourceName, q quantity.Quantity) validate.Errors {
			return validate.All(name(p, n), resourceQuantity(p, n, q), requestFitsLimit(requests, limits, n, q, r.Limits), hugePagesQuantity(p, n, q))
		}),
		forbid(!asksFor(r, isComputeResource) && asksFor(r, isHugePages), p, "HugePages require cpu or memory"),
	)
}

// requestFitsLimit says that nobody may ask for more than they may use, nor for
// less where that cannot be shared.
func requestFitsLimit(p, limits validate.Path, name ResourceName, q quantity.Quantity, list ResourceList) validate.Errors {
	limit, limited := list[name]
	switch {
	case !limited:
		return require(isOvercommitAllowed(name), limits, "Limit must be set for non overcommitable resources")
	case q.Cmp(limit) != 0 && !isOvercommitAllowed(name):
		return validate.Invalidf(p, q.String(), "must be equal to %s limit of %s", name, limit)
	case q.Cmp(limit) > 0:
		return validate.Invalidf(p, q.String(), "must be less than or equal to %s limit of %s", name, limit)
	}
	return nil
}

func isComputeResource(name ResourceName) bool { return slices.Contains(podLevelResources, name) }

func asksFor(r *ResourceRequirements, kind func(ResourceName) bool) bool {
	for _, list := range []ResourceList{r.Limits, r.Requests} {
		for name := range list {
			if kind(name) {
				return true
			}
		}
	}
	return false
}

// podLevelResourcesFit checks what a Pod asks for as a whole.
func podLevelResourcesFit(p validate.Path, spec *PodSpec, claims []string) validate.Errors {
	if spec.OS != nil && spec.OS.Name == Windows {
		return validate.Forbidden(p.Child("resources"), "may not be set for a windows pod")
	}
	return append(podLevelRequirements(p.Child("resources"), spec.Resources, claims), podLevelCoversContainers(p, spec)...)
}

// podLevelCoversContainers says that what a Pod asks for as a whole must be
// enough for its containers.
func podLevelCoversContainers(p validate.Path, spec *PodSpec) validate.Errors {
	requests := p.Child("resources", "requests")
	asked := ContainerRequests(spec)
	errs := validate.EachKey(requests, spec.Resources.Requests, func(p validate.Path, name ResourceName, q quantity.Quantity) validate.Errors {
		sum, ok := asked[name]
		return must(!ok || q.Cmp(sum) >= 0, p, q.String(), fmt.Sprintf("must be greater than or equal to aggregate container requests of %s", sum))
	})
	check := func(p validate.Path, c *Container) validate.Errors {
		return validate.EachKey(p.Child("resources", "limits"), c.Resources.Limits, func(p validate.Path, name ResourceName, q quantity.Quantity) validate.Errors {
			limit, ok := spec.Resources.Limits[name]
			return must(!ok || q.Cmp(limit) <= 0, p, q.String(), fmt.Sprintf("must be less than or equal to pod limits of %s", limit))
		})
	}
	return validate.All(errs,
		validate.Each(p.Child("initContainers"), spec.InitContainers, check),
		validate.Each(p.Child("containers"), spec.Containers, check),
	)
}

func podClaimNames(claims []PodResourceClaim) []string {
	var all []string
	for i := range claims {
		if claims[i].Name != "" && !slices.Contains(all, claims[i].Name) {
			all = append(all, claims[i].Name)
		}
	}
	slices.Sort(all)
	return all
}

func podResourceClaims(p validate.Path, claims []PodResourceClaim) validate.Errors {
	taken := map[string]bool{}
	return validate.Each(p, claims, func(p validate.Path, c *PodResourceClaim) validate.Errors {
		name := validate.Named(p.Child("name"), c.Name, names.DNSLabel)
		if c.Name != "" && taken[c.Name] {
			name = validate.Duplicate(p.Child("name"), c.Name)
		}
		taken[c.Name] = true
		return validate.All(
			name,
			must(c.ResourceClaimName == nil || c.ResourceClaimTemplateName == nil, p, c,
				"at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"),
			must(c.ResourceClaimName != nil || c.ResourceClaimTemplateName != nil, p, c,
				"must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"),
			validate.IfSet(p.Child("resourceClaimName"), c.ResourceClaimName, validate.Matches[string](names.DNSSubdomain)),
			validate.IfSet(p.Child("resourceClaimTemplateName"), c.ResourceClaimTemplateName, validate.Matches[string](names.DNSSubdomain)),
		)
	})
}

// claimUses checks which of the Pod's claims a container uses: each in whole
// once, or some of its requests once each.
func claimUses(p validate.Path, uses []ResourceClaim, claims []string) validate.Errors {
	whole, parts := map[string]bool{}, map[ResourceClaim]bool{}
	inParts := map[string]bool{}
	return validate.Each(p, uses, func(p validate.Path, use *ResourceClaim) validate.Errors {
		if use.Name == "" {
			return validate.Required(p, "")
		}
		var errs validate.Errors
		switch {
		case whole[use.Name], use.Request == "" && inParts[use.Name]:
			errs = validate.Duplicate(p, use.Name)
		case use.Request == "":
			whole[use.Name] = true
		case parts[*use]:
			errs = validate.Duplicate(p, use.Name+"/"+use.Request)
		default:
			errs = validate.String(p.Child("request"), use.Request, names.DNSLabel)
			parts[*use], inParts[use.Name] = true, true
		}
		if !slices.Contains(claims, use.Name) {
			errs = append(errs, validate.NotFound(p, use.Name).Explain(claimChoice(claims))...)
		}
		return errs
	})
}

func claimChoice(claims []string) string {
	const among = "must be one of the names in pod.spec.resourceClaims"
	if len(claims) == 0 {
		return among + " which is empty"
	}
	return among + ": " + strings.Join(claims, ", ")
}

func resizePolicy(p validate.Path, policies []ContainerResizePolicy, restart RestartPolicy) validate.Errors {
	return append(
		validate.Each(validate.Path{}, policies, func(_ validate.Path, r *ContainerResizePolicy) validate.Errors {
			return validate.All(
				validate.OneOf(p, r.ResourceName, podLevelResources...),
				validate.OneOf(p, r.RestartPolicy, NotRequired, RestartContainer),
				must(restart != RestartPolicyNever || r.RestartPolicy == NotRequired, p, r.RestartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"),
			)
		}),
		validate.UniqueBy(p, policies, func(r *ContainerResizePolicy) string { return string(r.ResourceName) })...)
}
