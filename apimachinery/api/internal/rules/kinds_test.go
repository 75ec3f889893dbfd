package rules_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// words are strings that some rule somewhere looks at.
var words = []string{
	"", "a", "b", "Bad_Name", "a/b", "example.com/x", "/abs", "*", "*/*", "/a*", "10.0.0.1", "2001:db8::/64", "10.0.0.0/8", "50%", "x%", "101%",
	"Always", "Never", "RollingUpdate", "OnDelete", "Recreate", "Retain", "Delete", "Parallel", "OrderedReady", "Indexed", "NonIndexed", "FailJob", "FailIndex",
	"In", "NotIn", "Exists", "Equal", "True", "Complete", "Failed", "Suspended", "1,3-5", "3-1", "-", "* * * * *", "@daily", "*/5 1-2/3 ? jan sun", "Allow",
	"Exact", "Prefix", "Ingress", "Egress", "TCP", "User", "Group", "ServiceAccount", "rbac.authorization.k8s.io", "Role", "ClusterRole", "Limited", "Exempt",
	"Queue", "Reject", "exempt", "catch-all", "ByUser", "Approved", "Denied", "client auth", "Resource", "Object", "Pods", "External", "ContainerResource",
	"Utilization", "AverageValue", "cpu", "Percent", "Max", "ExactCount", "All", "NoSchedule", "1.2.3", "1", "Fail", "Ignore", "Equivalent", "JSONPatch", "v1",
	"https://a.b/c", "http://u@a?b#c", ":", "Cluster", "Namespace", "File", "Persistent", "Immediate",
}

var amounts = []string{"0", "1", "-1", "100m", "1Gi", "1500m", "0.00001"}

// fill puts random content in v.
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
	case *meta.RawExtension:
		x.Raw = []byte([]string{"null", "{}", `"x"`, `{"a":1}`}[r.IntN(4)])
		return
	case *intstr.IntOrString:
		*x = intstr.FromInt(r.Int32N(100) - 10)
		if r.IntN(3) == 0 {
			*x = intstr.FromString(words[r.IntN(len(words))])
		}
		return
	case *meta.FieldsV1:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(words[r.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt([]int64{0, 1, -1, 2, 30, 80, 65536, 2147483647}[r.IntN(8)])
	case reflect.Uint8:
		v.SetUint(uint64(r.IntN(256)))
	case reflect.Pointer:
		if depth > 0 && r.IntN(3) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem(), depth-1)
		}
	case reflect.Slice:
		if depth <= 0 {
			return
		}
		n := []int{0, 0, 1, 2}[r.IntN(4)]
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(r, v.Index(i), depth-1)
		}
	case reflect.Map:
		if depth <= 0 || r.IntN(2) == 0 {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(3) {
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
	fill(r, reflect.ValueOf(obj).Elem(), 10)
	return obj
}

// own leaves out the kinds that are tested where they are.
func own(t testing.TB) []*scheme.Resource {
	t.Helper()
	var all []*scheme.Resource
	for _, g := range api.Groups() {
		switch g.Name {
		case "", "events.k8s.io", "coordination.k8s.io", "scheduling.k8s.io", "node.k8s.io", "discovery.k8s.io":
			continue
		}
		for _, v := range g.Versions {
			for _, r := range v.Resources {
				if !r.Virtual {
					all = append(all, r)
				}
			}
		}
	}
	if len(all) < 40 {
		t.Fatalf("only %d kinds", len(all))
	}
	return all
}

// exercise runs every rule of a resource on random objects: none may panic,
// the old object must stay as it is, and defaulting must do at once all that it does.
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
	res.Cells(obj)
	for _, f := range res.Fields {
		f.Value(obj)
	}
	if res.Scale != nil {
		res.Scale.SetReplicas(obj, 3)
		if res.Scale.Replicas(obj) != 3 {
			t.Errorf("%s: a scale does not read as it was written", res.Name)
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
	if res.SpecChanged != nil {
		res.SpecChanged(obj, old)
		if same := codec.Copy(obj).(meta.Object); res.SpecChanged(same, obj) {
			t.Errorf("%s: counts a change where there is none", res.Name)
		}
	}
	if res.ValidateUpdate != nil {
		res.ValidateUpdate(obj, old)
	}
	if !codec.Equal(before, old) {
		t.Errorf("%s: the rules change the old object", res.Name)
	}
	if res.PrepareCreate != nil {
		res.PrepareCreate(obj)
	}
	if res.Validate != nil {
		res.Validate(obj)
	}
}

func FuzzRules(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed)
	}
	all := own(f)
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		for _, res := range all {
			exercise(t, r, res)
		}
	})
}

// TestEmptyObjects holds the rules against objects with nothing in them, which
// is what a client sends by mistake.
func TestEmptyObjects(t *testing.T) {
	for _, res := range own(t) {
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
