package api_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
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
	"", "a", "b", "Bad_Name", "a/b", "example.com/x", "/abs", "*", "*/*", "/a*", "10.0.0.1", "2001:db8::/64", "10.0.0.0/8", "50%", "x%", "101%",
	"Always", "Never", "RollingUpdate", "OnDelete", "Recreate", "Retain", "Delete", "Parallel", "OrderedReady", "Indexed", "NonIndexed", "FailJob", "FailIndex",
	"In", "NotIn", "Exists", "Equal", "True", "Complete", "Failed", "Suspended", "1,3-5", "3-1", "-", "* * * * *", "@daily", "*/5 1-2/3 ? jan sun", "Allow",
	"Exact", "Prefix", "Ingress", "Egress", "TCP", "User", "Group", "ServiceAccount", "rbac.authorization.k8s.io", "Role", "ClusterRole", "Limited", "Exempt",
	"Queue", "Reject", "exempt", "catch-all", "ByUser", "Approved", "Denied", "client auth", "Resource", "Object", "Pods", "External", "ContainerResource",
	"Utilization", "AverageValue", "cpu", "Percent", "Max", "ExactCount", "All", "NoSchedule", "1.2.3", "1", "Fail", "Ignore", "Equivalent", "JSONPatch", "v1",
	"https://a.b/c", "http://u@a?b#c", ":", "Cluster", "Namespace", "File", "Persistent", "Immediate",
}

var amounts = []string{"0", "1", "-1", "100m", "1Gi", "1500m", "0.00001", "1E", "123456789012345678901234567890", "2Mi", "1e3"}

// filler puts random content in values. room bounds how much, or types that contain
// themselves would have no end.
type filler struct {
	*rand.Rand
	room int
}

func (r *filler) word() string { return words[r.IntN(len(words))] }

// fill puts random content in v. Every pointer, list and map may be empty.
func (r *filler) fill(v reflect.Value, depth int) {
	if r.room--; r.room < 0 {
		return
	}
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
	case *meta.RawExtension:
		x.Raw = []byte([]string{"null", "{}", `"x"`, `{"a":1}`}[r.IntN(4)])
		return
	case *intstr.IntOrString:
		*x = intstr.FromInt(r.Int32N(100000) - 10)
		if r.IntN(3) == 0 {
			*x = intstr.FromString(r.word())
		}
		return
	case *meta.FieldsV1:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.word())
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt([]int64{0, 1, -1, 2, 30, 80, 10250, 65536, 2147483647}[r.IntN(9)])
	case reflect.Float64:
		v.SetFloat(r.Float64()*4 - 2)
	case reflect.Uint8:
		v.SetUint(uint64(r.IntN(256)))
	case reflect.Pointer:
		if depth > 0 && r.IntN(3) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			r.fill(v.Elem(), depth-1)
		}
	case reflect.Slice:
		if depth <= 0 {
			return
		}
		n := []int{0, 0, 1, 2, 3}[r.IntN(5)]
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			r.fill(v.Index(i), depth-1)
		}
	case reflect.Map:
		if depth <= 0 || r.IntN(2) == 0 {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(4) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			r.fill(key, depth-1)
			r.fill(value, depth-1)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				r.fill(v.Field(i), depth-1)
			}
		}
	}
}

func random(r *rand.Rand, res *scheme.Resource) meta.Object {
	obj := res.New()
	(&filler{r, 4000}).fill(reflect.ValueOf(obj).Elem(), 12)
	return obj
}

// exercise runs every rule of a resource on random objects: none may panic, the
// old object must stay as it is, and defaulting must do at once all that it does.
func exercise(t *testing.T, r *rand.Rand, res *scheme.Resource) {
	name := res.Group + "/" + res.Version + " " + res.Name
	obj, old := random(r, res), random(r, res)
	if r.IntN(2) == 0 {
		old = codec.Copy(obj).(meta.Object)
	}
	if res.Default != nil {
		res.Default(obj)
		once := codec.Copy(obj)
		res.Default(obj)
		if !codec.Equal(once, obj) {
			t.Errorf("%s: defaulting twice is not as once", name)
		}
		res.Default(old)
	}
	before := codec.Copy(old)
	if n := len(res.Cells(obj)); n != len(res.Columns) {
		t.Errorf("%s: %d cells for %d columns", name, n, len(res.Columns))
	}
	for _, f := range res.Fields {
		f.Value(obj)
	}
	if res.Scale != nil {
		res.Scale.SetReplicas(obj, 3)
		if res.Scale.Replicas(obj) != 3 {
			t.Errorf("%s: a scale does not read as it was written", name)
		}
		res.Scale.StatusReplicas(obj)
		res.Scale.Selector(obj)
	}
	if res.Status != nil {
		status := codec.Copy(obj).(meta.Object)
		if res.Status.Prepare != nil {
			res.Status.Prepare(status, old)
		}
		if res.Status.Validate != nil {
			res.Status.Validate(status, old)
		}
	}
	if res.Warnings != nil {
		res.Warnings(obj, nil)
		res.Warnings(obj, old)
	}
	if res.PrepareUpdate != nil {
		res.PrepareUpdate(obj, old)
	}
	if res.SpecChanged != nil && res.SpecChanged(codec.Copy(obj).(meta.Object), obj) {
		t.Errorf("%s: the same object counts as changed", name)
	}
	if res.ValidateUpdate != nil {
		res.ValidateUpdate(obj, old)
		if errs := res.ValidateUpdate(codec.Copy(old).(meta.Object), old); errs == nil && res.Validate == nil {
			t.Errorf("%s: an update is checked, a create is not", name)
		}
	}
	if !codec.Equal(before, old) {
		t.Errorf("%s: a rule changed the old object", name)
	}
	if res.PrepareCreate != nil {
		res.PrepareCreate(obj)
	}
	if res.Validate != nil {
		res.Validate(obj)
	}
	if res.GracePeriod != nil {
		res.GracePeriod(obj, &meta.DeleteOptions{})
	}
}

// stored returns the resources of all groups, in all versions, that have objects.
func stored(t testing.TB) []*scheme.Resource {
	t.Helper()
	var all []*scheme.Resource
	for _, g := range api.Groups() {
		for _, v := range g.Versions {
			for _, r := range v.Resources {
				if !r.Virtual {
					all = append(all, r)
				}
			}
		}
	}
	if len(all) < 80 {
		t.Fatalf("only %d kinds", len(all))
	}
	return all
}

// FuzzRules looks for objects of any kind that break the rules of their kind.
func FuzzRules(f *testing.F) {
	all := stored(f)
	for which := range all {
		for seed := range uint64(8) {
			f.Add(seed, byte(which))
		}
	}
	f.Fuzz(func(t *testing.T, seed uint64, which byte) {
		exercise(t, rand.New(rand.NewPCG(seed, 0)), all[int(which)%len(all)])
	})
}

// FuzzValidatePod is FuzzRules for Pods alone, which have the most rules.
func FuzzValidatePod(f *testing.F) {
	var pods *scheme.Resource
	for _, r := range stored(f) {
		if r.Group == "" && r.Name == "pods" {
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

// TestEmptyObjects holds the rules against objects with nothing in them, which
// is what a client sends by mistake.
func TestEmptyObjects(t *testing.T) {
	for _, res := range stored(t) {
		obj := res.New()
		if res.Default != nil {
			res.Default(obj)
		}
		res.Cells(obj)
		if res.Validate != nil && len(res.Validate(obj)) == 0 {
			t.Errorf("%s/%s %s: an empty object is fine", res.Group, res.Version, res.Name)
		}
	}
}
