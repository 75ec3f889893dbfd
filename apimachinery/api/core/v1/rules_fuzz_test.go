package corev1_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1alpha2"
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1beta1"
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/events/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/node/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// words are strings that some rule somewhere looks at.
var words = []string{
	"", "", "a", "b", "web", "Bad_Name", "a/b", "example.com/x", "../x", "/abs", "..", " padded ", "None", "10.0.0.1", "::1", "127.0.0.1", "10.0.0.0/8",
	"Always", "Never", "OnFailure", "ClusterFirst", "Default", "TCP", "UDP", "SCTP", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName", "ClientIP",
	"Exists", "In", "NotIn", "Equal", "Gt", "NoExecute", "NoSchedule", "cpu", "memory", "storage", "hugepages-2Mi", "hugepages-x", "pods", "limits.cpu",
	"linux", "windows", "metadata.name", "metadata.labels['a']", "metadata.labels['", "spec.host", "v1", "Localhost", "RuntimeDefault", "Unconfined",
	"nginx", "nginx:latest", "r.example:5000/x@sha256:aa", ":", "@", "kubernetes.io/tls", "Opaque", "ReadWriteOnce", "ReadWriteOncePod", "Filesystem",
	"Pending", "Running", "Terminating", "Completed", "IPv4", "IPv6", "FQDN", "1.37.0", "iqn", "ab", `dom\user`, "container.apparmor.security.beta.kubernetes.io/a",
}

var amounts = []string{"0", "1", "-1", "100m", "1Gi", "1500m", "0.00001", "1E", "123456789012345678901234567890", "2Mi", "1e3"}

// fill puts random content in v. Every pointer, list and map may be empty.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	switch x := v.Addr().Interface().(type) {
	case *quantity.Quantity:
		*x, _ = quantity.Parse(amounts[r.IntN(len(amounts))])
		return
	case *meta.Time:
		x.Time = time.Unix(r.Int64N(1<<31), 0)
		return
	case *meta.MicroTime:
		x.Time = time.Unix(r.Int64N(1<<31), 0)
		return
	case *intstr.IntOrString:
		*x = intstr.FromInt(r.Int32N(100000) - 10)
		if r.IntN(3) == 0 {
			*x = intstr.FromString(words[r.IntN(len(words))])
		}
		return
	case *meta.FieldsV1, *meta.RawExtension:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(words[r.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt([]int64{0, 1, -1, 2, 30, 80, 10250, 65536, 2147483647}[r.IntN(9)])
	case reflect.Pointer:
		if depth > 0 && r.IntN(4) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem(), depth-1)
		}
	case reflect.Slice:
		if depth <= 0 {
			return
		}
		n := []int{0, 0, 1, 2, 3}[r.IntN(5)]
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(r, v.Index(i), depth-1)
		}
	case reflect.Map:
		if depth <= 0 || r.IntN(2) == 0 {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(4) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(r, key, depth-1)
			fill(r, value, depth-1)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(r, v.Field(i), depth-1)
			}
		}
	}
}

func random(r *rand.Rand, res *scheme.Resource) meta.Object {
	obj := res.New()
	fill(r, reflect.ValueOf(obj).Elem(), 12)
	return obj
}

// exercise runs every rule of a resource on two random objects: none may panic,
// and what defaulting sets it must not change when it runs again.
func exercise(t *testing.T, r *rand.Rand, res *scheme.Resource) {
	obj, old := random(r, res), random(r, res)
	if r.IntN(2) == 0 {
		old = codec.Copy(obj).(meta.Object)
	}
	if res.Default != nil {
		res.Default(obj)
		once := codec.Copy(obj)
		res.Default(obj)
		if !codec.Equal(once, obj) {
			t.Errorf("%s: defaulting twice is not as once", res.Name)
		}
		res.Default(old)
	}
	before := codec.Copy(old)
	if res.Warnings != nil {
		res.Warnings(obj, nil)
		res.Warnings(obj, old)
	}
	if res.Validate != nil {
		res.Validate(obj)
	}
	if res.ValidateUpdate != nil {
		res.ValidateUpdate(obj, old)
		if errs := res.ValidateUpdate(codec.Copy(old).(meta.Object), old); errs == nil && res.Validate == nil {
			t.Errorf("%s: an update is checked, a create is not", res.Name)
		}
	}
	if res.SpecChanged != nil && res.SpecChanged(codec.Copy(old).(meta.Object), old) {
		t.Errorf("%s: the same object counts as changed", res.Name)
	}
	if res.Status != nil {
		status := codec.Copy(obj).(meta.Object)
		res.Status.Prepare(status, old)
		if res.Status.Validate != nil {
			res.Status.Validate(status, old)
		}
	}
	if res.PrepareUpdate != nil {
		res.PrepareUpdate(obj, old)
	}
	if !codec.Equal(before, old) {
		t.Errorf("%s: a rule changed the old object", res.Name)
	}
	if res.PrepareCreate != nil {
		res.PrepareCreate(obj)
	}
	if n := len(res.Cells(obj)); n != len(res.Columns) {
		t.Errorf("%s: %d cells for %d columns", res.Name, n, len(res.Columns))
	}
	for _, f := range res.Fields {
		f.Value(obj)
	}
	if res.GracePeriod != nil {
		res.GracePeriod(obj, &meta.DeleteOptions{})
	}
}

func resources() []*scheme.Resource {
	var all []*scheme.Resource
	for _, v := range []scheme.Version{
		corev1.Version(), eventsv1.Version(), discoveryv1.Version(), coordinationv1.Version(), coordinationv1beta1.Version(),
		coordinationv1alpha2.Version(), schedulingv1.Version(), nodev1.Version(),
	} {
		all = append(all, v.Resources...)
	}
	return all
}

// FuzzRules looks for objects that break the rules of their kind.
func FuzzRules(f *testing.F) {
	all := resources()
	for seed := range uint64(40) {
		f.Add(seed, byte(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64, which byte) {
		exercise(t, rand.New(rand.NewPCG(seed, 0)), all[int(which)%len(all)])
	})
}

// FuzzValidatePod is FuzzRules for Pods alone, which have the most rules.
func FuzzValidatePod(f *testing.F) {
	var pods *scheme.Resource
	for _, r := range resources() {
		if r.Name == "pods" {
			pods = r
		}
	}
	for seed := range uint64(60) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		exercise(t, r, pods)
		pod, old := random(r, pods).(*corev1.Pod), random(r, pods).(*corev1.Pod)
		corev1.ValidatePodResize(pod, old)
		corev1.ValidatePodEphemeralContainersUpdate(pod, old)
		corev1.Summarize(pod)
		corev1.PodRequests(&pod.Spec)
	})
}
