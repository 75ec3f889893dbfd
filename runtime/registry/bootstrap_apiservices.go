package registry

import (
	"cmp"

	apiregistrationv1 "github.com/kubenucleus/nucleus/apimachinery/api/apiregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// groupOrder is in what order clients are to prefer the groups of Kubernetes, and
// the versions of each: higher numbers come first.
var groupOrder = map[string]struct {
	minimum  int32
	versions map[string]int32
}{
	"":                             {18000, map[string]int32{"v1": 1}},
	"apps":                         {17800, map[string]int32{"v1": 15}},
	"events.k8s.io":                {17750, map[string]int32{"v1": 15}},
	"authentication.k8s.io":        {17700, map[string]int32{"v1": 15}},
	"authorization.k8s.io":         {17600, map[string]int32{"v1": 15}},
	"autoscaling":                  {17500, map[string]int32{"v2": 30, "v1": 15}},
	"batch":                        {17400, map[string]int32{"v1": 15}},
	"certificates.k8s.io":          {17300, map[string]int32{"v1": 15, "v1beta1": 9}},
	"networking.k8s.io":            {17200, map[string]int32{"v1": 15}},
	"policy":                       {17100, map[string]int32{"v1": 15}},
	"rbac.authorization.k8s.io":    {17000, map[string]int32{"v1": 15}},
	"storage.k8s.io":               {16800, map[string]int32{"v1": 15}},
	"admissionregistration.k8s.io": {16700, map[string]int32{"v1": 15, "v1beta1": 12, "v1alpha1": 9}},
	"apiextensions.k8s.io":         {16700, map[string]int32{"v1": 15}},
	"scheduling.k8s.io":            {16600, map[string]int32{"v1": 15}},
	"coordination.k8s.io":          {16500, map[string]int32{"v1": 15, "v1beta1": 13, "v1alpha2": 12}},
	"node.k8s.io":                  {16300, map[string]int32{"v1": 15}},
	"discovery.k8s.io":             {16200, map[string]int32{"v1": 15}},
	"resource.k8s.io":              {16200, map[string]int32{"v1": 21, "v1beta2": 15, "v1beta1": 9, "v1alpha3": 1}},
	"flowcontrol.apiserver.k8s.io": {16100, map[string]int32{"v1": 21}},
	"internal.apiserver.k8s.io":    {16000, map[string]int32{"v1alpha1": 9}},
	"storagemigration.k8s.io":      {15800, map[string]int32{"v1": 15, "v1beta1": 9}},
}

const apiregistrationGroup = "apiregistration.k8s.io"

// Order of groups that Kubernetes does not have.
const (
	ownGroupMinimum = 1000
	ownVersion      = 100
)

// apiServiceSeeds are the APIServices of the groups that are served here.
func (r *Registry) apiServiceSeeds() []seed {
	var seeds []seed
	for _, g := range r.scheme.Groups() {
		if g.Name == apiregistrationGroup {
			continue // it is there wherever there are APIServices
		}
		for _, v := range g.Versions {
			order := groupOrder[g.Name]
			want := &apiregistrationv1.APIService{ObjectMeta: meta.ObjectMeta{
				Name: v.Name + "." + g.Name, Labels: map[string]string{"kube-aggregator.kubernetes.io/automanaged": "onstart"},
			}}
			want.Spec.Group, want.Spec.Version = g.Name, v.Name
			want.Spec.GroupPriorityMinimum = cmp.Or(order.minimum, ownGroupMinimum)
			want.Spec.VersionPriority = cmp.Or(order.versions[v.Name], ownVersion)
			want.Status.Conditions = []apiregistrationv1.APIServiceCondition{{
				Type: "Available", Status: "True", Reason: "Local", Message: "Local APIServices are always available",
				LastTransitionTime: r.now(),
			}}
			seeds = append(seeds, seed{resource: "apiservices", obj: want, manager: bootstrapManager, reconcile: func(have meta.Object) {
				if s, ok := have.(*apiregistrationv1.APIService); ok {
					s.Spec = want.Spec
					if len(s.Status.Conditions) == 0 {
						s.Status = want.Status
					}
				}
			}})
		}
	}
	return seeds
}
