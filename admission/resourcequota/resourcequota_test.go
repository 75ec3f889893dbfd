package resourcequota

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/quota"
)

var (
	podResource  = meta.GroupResource{Resource: "pods"}
	configMaps   = meta.GroupResource{Resource: "configmaps"}
	deployments  = meta.GroupResource{Group: "apps", Resource: "deployments"}
	serviceGroup = meta.GroupResource{Resource: "services"}
)

func list(pairs ...string) corev1.ResourceList {
	l := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		l[corev1.ResourceName(pairs[i])] = quantity.MustParse(pairs[i+1])
	}
	return l
}

// bank keeps quotas as the registry does: with versions, and conflicts.
type bank struct {
	admissiontest.Objects
	mu      sync.Mutex
	version int
	// interfere is called before each charge, as another server would come in.
	interfere func(*bank)
}

func (b *bank) set(q *corev1.ResourceQuota) {
	b.version++
	q = codec.DeepCopy(q)
	q.ResourceVersion = strconv.Itoa(b.version)
	b.Put(quotas.GroupResource(), q)
}

func (b *bank) charge(ctx context.Context, q *corev1.ResourceQuota) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.interfere != nil {
		b.interfere(b)
	}
	have, err := b.Get(ctx, quotas, q.Namespace, q.Name)
	if err != nil {
		return err
	}
	if have.Metadata().ResourceVersion != q.ResourceVersion {
		return meta.Conflict(quotas.GroupResource(), q.Name, meta.ErrModified)
	}
	b.set(q)
	return nil
}

func (b *bank) used(t *testing.T, name string) corev1.ResourceList {
	t.Helper()
	q, err := b.Get(t.Context(), quotas, "n", name)
	require.NoError(t, err)
	return q.(*corev1.ResourceQuota).Status.Used
}

func limit(name string, hard, used corev1.ResourceList, scopes ...corev1.ResourceQuotaScope) *corev1.ResourceQuota {
	return &corev1.ResourceQuota{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n"},
		Spec:       corev1.ResourceQuotaSpec{Scopes: scopes}, Status: corev1.ResourceQuotaStatus{Hard: hard, Used: used},
	}
}

func pod(name string, requests, limits corev1.ResourceList) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n"}, Spec: corev1.PodSpec{
		Containers: []corev1.Container{{Name: "c", Resources: corev1.ResourceRequirements{Requests: requests, Limits: limits}}},
	}}
}

func TestPodsAreChargedAndRefused(t *testing.T) {
	b := &bank{}
	b.set(limit("q", list("pods", "2", "requests.cpu", "1", "limits.memory", "1Gi"), list("pods", "0", "requests.cpu", "0", "limits.memory", "0")))
	p := New(b, b.charge)
	try := func(pod *corev1.Pod) error { return p.Validate(t.Context(), admissiontest.Create(podResource, pod)) }

	require.EqualError(t, try(pod("a", nil, nil)), `pods "a" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c`)
	require.NoError(t, try(pod("a", list("cpu", "400m"), list("memory", "256Mi"))))
	require.True(t, codec.Equal(list("pods", "1", "requests.cpu", "400m", "limits.memory", "256Mi"), b.used(t, "q")))
	require.EqualError(t, try(pod("b", list("cpu", "700m"), list("memory", "2Gi"))),
		`pods "b" is forbidden: exceeded quota: q, requested: limits.memory=2Gi,requests.cpu=700m, used: limits.memory=256Mi,requests.cpu=400m, limited: limits.memory=1Gi,requests.cpu=1`)

	dry := admissiontest.Create(podResource, pod("b", list("cpu", "400m"), list("memory", "256Mi")))
	dry.DryRun = true
	require.NoError(t, p.Validate(t.Context(), dry))
	require.EqualValues(t, 1, b.used(t, "q")["pods"].Value(), "a dry run is not charged")

	require.NoError(t, try(pod("b", list("cpu", "400m"), list("memory", "256Mi"))))
	require.EqualError(t, try(pod("c", list("cpu", "1m"), list("memory", "1Mi"))),
		`pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2`)

	status := admissiontest.Create(podResource, pod("c", nil, nil))
	status.Subresource = "status"
	require.NoError(t, p.Validate(t.Context(), status))
}

func TestInitContainersCountByTheLargest(t *testing.T) {
	b := &bank{}
	b.set(limit("q", list("requests.cpu", "1"), list("requests.cpu", "0")))
	obj := pod("a", list("cpu", "100m"), nil)
	obj.Spec.InitContainers = []corev1.Container{{Name: "i", Resources: corev1.ResourceRequirements{Requests: list("cpu", "400m")}}}
	require.NoError(t, New(b, b.charge).Validate(t.Context(), admissiontest.Create(podResource, obj)))
	require.Equal(t, "400m", b.used(t, "q")["requests.cpu"].String())
}

func TestScopes(t *testing.T) {
	deadline := int64(5)
	b := &bank{}
	b.set(limit("best", list("pods", "1"), list("pods", "1"), corev1.ResourceQuotaScopeBestEffort))
	b.set(limit("term", list("count/pods", "0"), list("count/pods", "0"), corev1.ResourceQuotaScopeTerminating))
	prio := limit("prio", list("pods", "0"), list("pods", "0"))
	prio.Spec.ScopeSelector = &corev1.ScopeSelector{MatchExpressions: []corev1.ScopedResourceSelectorRequirement{{ScopeName: corev1.ResourceQuotaScopePriorityClass, Operator: corev1.ScopeSelectorOpIn, Values: []string{"high"}}}}
	b.set(prio)
	p := New(b, b.charge)
	for name, tc := range map[string]struct {
		change func(*corev1.Pod)
		want   string
	}{
		"best effort": {func(*corev1.Pod) {}, "exceeded quota: best, requested: pods=1, used: pods=1, limited: pods=1"},
		"burstable":   {func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Requests = list("cpu", "1") }, ""},
		"with a deadline": {func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Requests = list("cpu", "1")
			p.Spec.ActiveDeadlineSeconds = &deadline
		}, "exceeded quota: term, requested: count/pods=1, used: count/pods=0, limited: count/pods=0"},
		"of a priority class": {func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Requests = list("cpu", "1")
			p.Spec.PriorityClassName = "high"
		}, "exceeded quota: prio, requested: pods=1, used: pods=0, limited: pods=0"},
	} {
		t.Run(name, func(t *testing.T) {
			obj := pod("p", nil, nil)
			tc.change(obj)
			err := p.Validate(t.Context(), admissiontest.Create(podResource, obj))
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, `pods "p" is forbidden: `+tc.want)
		})
	}
}

func TestOtherResources(t *testing.T) {
	b := &bank{}
	zero := list("count/configmaps", "0", "count/deployments.apps", "0", "services.nodeports", "0", "services", "0", "requests.storage", "0", "gold.storageclass.storage.k8s.io/requests.storage", "0")
	hard := list("count/configmaps", "1", "count/deployments.apps", "0", "services.nodeports", "1", "services", "5", "requests.storage", "5Gi", "gold.storageclass.storage.k8s.io/requests.storage", "1Gi")
	b.set(limit("q", hard, zero))
	p := New(b, b.charge)
	at := meta.ObjectMeta{Name: "x", Namespace: "n"}
	node := func(ports int) *corev1.Service {
		return &corev1.Service{ObjectMeta: at, Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeNodePort, Ports: make([]corev1.ServicePort, ports)}}
	}
	gold := "gold"
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: at, Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: &gold}}
	claim.Spec.Resources.Requests = list("storage", "2Gi")

	require.NoError(t, p.Validate(t.Context(), admissiontest.Create(configMaps, &corev1.ConfigMap{ObjectMeta: at})))
	require.EqualError(t, p.Validate(t.Context(), admissiontest.Create(configMaps, &corev1.ConfigMap{ObjectMeta: at})),
		`configmaps "x" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1`)
	require.ErrorContains(t, p.Validate(t.Context(), admissiontest.Create(deployments, &corev1.ConfigMap{ObjectMeta: at})), "count/deployments.apps=1")
	require.ErrorContains(t, p.Validate(t.Context(), admissiontest.Create(serviceGroup, node(2))), "services.nodeports=2")
	require.NoError(t, p.Validate(t.Context(), admissiontest.Create(serviceGroup, node(1))))
	require.ErrorContains(t, p.Validate(t.Context(), admissiontest.Create(meta.GroupResource{Resource: "persistentvolumeclaims"}, claim)),
		"requested: gold.storageclass.storage.k8s.io/requests.storage=2Gi, used: gold.storageclass.storage.k8s.io/requests.storage=0, limited: gold.storageclass.storage.k8s.io/requests.storage=1Gi")

	// An update is charged by how much it adds; what it gives back is not the
	// plug-in's business.
	old := node(1)
	old.ResourceVersion = "1"
	update := admissiontest.Create(serviceGroup, node(1))
	update.Operation, update.OldObject = admission.Update, old
	require.NoError(t, p.Validate(t.Context(), update))
	update.Object = node(2)
	require.ErrorContains(t, p.Validate(t.Context(), update), "requested: services.nodeports=1, used: services.nodeports=1")
}

func TestUncountedQuota(t *testing.T) {
	b := &bank{}
	b.set(limit("q", list("count/configmaps", "1"), nil))
	err := New(b, b.charge).Validate(t.Context(), admissiontest.Create(configMaps, &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "x", Namespace: "n"}}))
	require.EqualError(t, err, `configmaps "x" is forbidden: status unknown for quota: q, resources: count/configmaps`)
}

func TestConcurrentRequestsNeverOvercharge(t *testing.T) {
	b := &bank{}
	b.set(limit("q", list("count/configmaps", "10"), list("count/configmaps", "0")))
	// Another server charges now and then.
	foreign := 0
	b.interfere = func(b *bank) {
		if b.version%5 == 0 && foreign < 3 {
			foreign++
			q, _ := b.Get(context.Background(), quotas, "n", "q")
			c := codec.DeepCopy(q.(*corev1.ResourceQuota))
			c.Status.Used = quota.Sum(c.Status.Used, list("count/configmaps", "1"))
			b.set(c)
		}
	}
	p := New(b, b.charge)
	var passed atomic.Int32
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if p.Validate(t.Context(), admissiontest.Create(configMaps, &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "x", Namespace: "n"}})) == nil {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 10, b.used(t, "q")["count/configmaps"].Value())
	require.EqualValues(t, 10-foreign, passed.Load())
	require.Empty(t, p.locks)
}
