package corev1

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func nodes() *scheme.Resource {
	return scheme.Define[Node, NodeList](scheme.Spec[Node]{
		Name:          "nodes",
		ShortNames:    []string{"no"},
		StoragePrefix: "minions",
		Columns:       nodeColumns(),
		Fields: []scheme.SelectableField[Node]{
			{Path: "spec.unschedulable", Value: func(n *Node) string { return strconv.FormatBool(n.Spec.Unschedulable) }},
		},
		Default: DefaultNode,
		PrepareCreate: func(n *Node) {
			dropUnusedNodeFields(n, nil)
			taintNewNode(n)
		},
		PrepareUpdate:  dropUnusedNodeFields,
		Validate:       ValidateNode,
		ValidateUpdate: ValidateNodeUpdate,
		Warnings: func(n, _ *Node) []string {
			if n.Spec.DoNotUseExternalID == "" {
				return nil
			}
			return []string{"spec.externalID: this field is deprecated, and is unused by Kubernetes"}
		},
		// A kubelet registers its Node with the status that it has by then.
		Status: &scheme.Status[Node]{Validate: ValidateNodeUpdate, OnCreate: true, Prepare: dropUnusedNodeFields},
		Subresources: []scheme.Subresource{
			{Name: "proxy", Kind: meta.GroupVersionKind{Kind: "NodeProxyOptions"}, Verbs: []string{"create", "delete", "get", "patch", "update"}},
		},
	})
}

// DefaultNode fills in what a Node's author left out: everything that the Node
// has may be given to Pods.
func DefaultNode(n *Node) {
	s := &n.Spec
	switch {
	case s.PodCIDR == "" && len(s.PodCIDRs) > 0:
		s.PodCIDR = s.PodCIDRs[0]
	case s.PodCIDR != "" && (len(s.PodCIDRs) == 0 || s.PodCIDRs[0] != s.PodCIDR):
		s.PodCIDRs = []string{s.PodCIDR} // older clients know only the one
	}
	roundUpToMilli(n.Status.Capacity)
	roundUpToMilli(n.Status.Allocatable)
	if n.Status.Allocatable == nil && n.Status.Capacity != nil {
		n.Status.Allocatable = *codec.DeepCopy(&n.Status.Capacity)
	}
}

// dropUnusedNodeFields clears fields that the API has but the cluster does not
// use, unless the stored object has them.
func dropUnusedNodeFields(n, old *Node) {
	if old == nil || old.Spec.ConfigSource == nil {
		n.Spec.ConfigSource = nil
	}
	if old == nil || old.Status.Config == nil {
		n.Status.Config = nil
	}
	if old == nil || old.Spec.PodPreemptionPolicy == nil {
		n.Spec.PodPreemptionPolicy = nil
	}
}

// taintNewNode keeps Pods off a Node until it is seen to be ready.
func taintNewNode(n *Node) {
	notReady := Taint{Key: TaintNodeNotReady, Effect: TaintEffectNoSchedule}
	if !slices.ContainsFunc(n.Spec.Taints, func(t Taint) bool { return t.Key == notReady.Key && t.Effect == notReady.Effect }) {
		n.Spec.Taints = append(n.Spec.Taints, notReady)
	}
}

// ValidateNode finds every fault of a Node that is about to be made.
func ValidateNode(n *Node) validate.Errors {
	cidrs := specPath.Child("podCIDRs")
	return validate.All(
		validate.ObjectMeta(metadataPath, &n.ObjectMeta, false, names.DNSSubdomain),
		taints(metadataPath.Child("taints"), n.Spec.Taints),
		nodeAmounts(n),
		declaredFeatures(statusPath.Child("declaredFeatures"), n.Status.DeclaredFeatures),
		validate.Each(cidrs, n.Spec.PodCIDRs, func(p validate.Path, s *string) validate.Errors { return validate.String(p, *s, names.CIDR) }),
		must(onePerFamily(n.Spec.PodCIDRs), cidrs, n.Spec.PodCIDRs, "may specify no more than one CIDR for each IP family"),
	)
}

func nodeAmounts(n *Node) validate.Errors {
	var errs validate.Errors
	for _, list := range []struct {
		name    string
		amounts ResourceList
	}{{"capacity", n.Status.Capacity}, {"allocatable", n.Status.Allocatable}} {
		for _, name := range validate.Sorted(keysOf(list.amounts)...) {
			errs = append(errs, resourceQuantity(statusPath.Child(list.name, string(name)), name, list.amounts[name])...)
		}
	}
	return errs
}

func taints(p validate.Path, list []Taint) validate.Errors {
	type identity struct {
		key    string
		effect TaintEffect
	}
	taken := map[identity]bool{}
	return validate.Each(p, list, func(p validate.Path, t *Taint) validate.Errors {
		errs := validate.LabelKey(p.Child("key"), t.Key)
		if problems := names.LabelValue(t.Value); len(problems) > 0 {
			errs = append(errs, validate.Invalid(p.Child("value"), t.Value, strings.Join(problems, ";"))...)
		}
		errs = append(errs, taintEffect(p.Child("effect"), t.Effect)...)
		id := identity{t.Key, t.Effect}
		if taken[id] {
			errs = append(errs, validate.Duplicate(p, t).Explain("taints must be unique by key and effect pair")...)
		}
		taken[id] = true
		return errs
	})
}

// ValidateNodeUpdate finds every fault of a Node, or of its status, that is
// about to replace old.
func ValidateNodeUpdate(n, old *Node) validate.Errors {
	const onlyOnce = "node updates may not change %s except from \"\" to valid"
	addresses, cidrs := statusPath.Child("addresses"), specPath.Child("podCIDRs")
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &n.ObjectMeta, &old.ObjectMeta),
		nodeAmounts(n),
		declaredFeatures(statusPath.Child("declaredFeatures"), n.Status.DeclaredFeatures),
		validate.UniqueBy(addresses, n.Status.Addresses, func(a *NodeAddress) NodeAddress { return *a }),
		validate.Each(cidrs, n.Spec.PodCIDRs, func(p validate.Path, s *string) validate.Errors { return validate.String(p, *s, names.CIDR) }),
		forbid(len(old.Spec.PodCIDRs) > 0 && !slices.Equal(n.Spec.PodCIDRs, old.Spec.PodCIDRs), specPath.Child("podCIDRs"),
			strings.Replace(onlyOnce, "%s", "podCIDR", 1)),
		must(old.Spec.ProviderID == "" || n.Spec.ProviderID != "", specPath.Child("providerID"), nil, "field cannot be cleared once set"),
		must(old.Spec.ProviderID == "" || n.Spec.ProviderID == "" || n.Spec.ProviderID == old.Spec.ProviderID, specPath.Child("providerID"), nil, "field cannot be modified once set"),
		forbid(n.Spec.DoNotUseExternalID != old.Spec.DoNotUseExternalID, specPath.Child("externalID"), "may not be updated"),
		taints(metadataPath.Child("taints"), n.Spec.Taints),
	)
}

// kernel prints the kernel's version and what machines it is for.
func kernel(i *NodeSystemInfo) string {
	version := cells.Or(i.KernelVersion, cells.Unknown)
	if i.Architecture == "" {
		return version
	}
	return version + " (" + i.Architecture + ")"
}

var featureName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(/[A-Za-z][A-Za-z0-9]*)*$`)

// declaredFeatures checks what a Node says that it can do, which schedulers compare.
func declaredFeatures(p validate.Path, features []string) validate.Errors {
	var errs validate.Errors
	for i, f := range features {
		if i > 0 {
			errs = append(errs, must(f >= features[i-1], p.Index(i), f, "list must be sorted alphabetically")...)
		}
		if slices.Contains(features[:i], f) {
			errs = append(errs, validate.Duplicate(p.Index(i), f)...)
		}
		errs = append(errs, must(featureName.MatchString(f), p.Index(i), f, fmt.Sprintf("invalid feature name %q: must start with an UpperCamelCase segment, "+
			"with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes", f))...)
	}
	return errs
}

func nodeColumns() []scheme.Column[Node] {
	return []scheme.Column[Node]{
		scheme.NameColumn[Node](),
		{Name: "Status", Help: "The status of the node", Cell: func(n *Node) any { return nodeStatus(n) }},
		{Name: "Roles", Help: "The roles of the node", Cell: func(n *Node) any { return cells.Or(strings.Join(nodeRoles(n), ","), cells.None) }},
		scheme.AgeColumn[Node](),
		{Name: "Version", Help: "Kubelet Version reported by the node.", Cell: func(n *Node) any { return n.Status.NodeInfo.KubeletVersion }},
		{Name: "Internal-IP", Wide: true, Help: cells.Help("nodes", "Internal-IP"), Cell: func(n *Node) any { return cells.Or(nodeAddress(n, NodeInternalIP), cells.None) }},
		{Name: "External-IP", Wide: true, Help: cells.Help("nodes", "External-IP"), Cell: func(n *Node) any { return cells.Or(nodeAddress(n, NodeExternalIP), cells.None) }},
		{Name: "OS-Image", Wide: true, Help: "OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).", Cell: func(n *Node) any { return cells.Or(n.Status.NodeInfo.OSImage, cells.Unknown) }},
		{Name: "Kernel-Version", Wide: true, Help: "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).", Cell: func(n *Node) any { return kernel(&n.Status.NodeInfo) }},
		{Name: "Container-Runtime", Wide: true, Help: "ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).", Cell: func(n *Node) any {
			return cells.Or(n.Status.NodeInfo.ContainerRuntimeVersion, cells.Unknown)
		}},
	}
}

func nodeStatus(n *Node) string {
	status := string(PodUnknown)
	for _, c := range n.Status.Conditions {
		if c.Type != NodeReady {
			continue
		}
		status = "NotReady"
		if c.Status == ConditionTrue {
			status = "Ready"
		}
	}
	if n.Spec.Unschedulable {
		status += ",SchedulingDisabled"
	}
	return status
}

// Labels that say what a node is for: by what follows the prefix, or by value.
const (
	nodeRolePrefix = "node-role.kubernetes.io/"
	nodeRoleLabel  = "kubernetes.io/role"
)

func nodeRoles(n *Node) []string {
	var roles []string
	for key, value := range n.Labels {
		if role, ok := strings.CutPrefix(key, nodeRolePrefix); ok && role != "" {
			roles = append(roles, role)
		} else if key == nodeRoleLabel && value != "" {
			roles = append(roles, value)
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

func nodeAddress(n *Node, kind NodeAddressType) string {
	for _, a := range n.Status.Addresses {
		if a.Type == kind {
			return a.Address
		}
	}
	return ""
}

// nonSpecialIP refuses addresses that no peer can be reached at.
func nonSpecialIP(p validate.Path, s string) validate.Errors {
	ip, err := netip.ParseAddr(s)
	if err != nil {
		return nil // said elsewhere
	}
	return validate.All(
		must(!ip.IsUnspecified(), p, s, "may not be unspecified ("+s+")"),
		must(!ip.IsLoopback(), p, s, "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
		must(!ip.IsLinkLocalUnicast(), p, s, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
		must(!ip.IsLinkLocalMulticast(), p, s, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"),
	)
}

// amounts is the check of a list of resources that anybody may name.
func amounts(name validate.Check[ResourceName]) func(p validate.Path, n ResourceName, q quantity.Quantity) validate.Errors {
	return func(p validate.Path, n ResourceName, q quantity.Quantity) validate.Errors {
		return append(name(p, n), resourceQuantity(p, n, q)...)
	}
}
