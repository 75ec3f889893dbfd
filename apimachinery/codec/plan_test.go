package codec_test

import (
	"reflect"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	apiextensionsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apiextensions/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func planOf[T any](t testing.TB) *codec.Plan {
	t.Helper()
	pl, err := codec.PlanFor(reflect.TypeFor[T]())
	require.NoError(t, err)
	return pl
}

func TestPlanCarriesTheTags(t *testing.T) {
	pod := planOf[corev1.Pod](t)
	require.Equal(t, codec.Struct, pod.Kind)
	spec, ok := pod.Field("spec")
	require.True(t, ok)
	require.Equal(t, 2, spec.Number)
	containers, ok := spec.Plan.Field("containers")
	require.True(t, ok)
	require.Equal(t, []string{"merge"}, containers.PatchStrategy)
	require.Equal(t, "name", containers.MergeKey)
	require.Equal(t, "map", containers.ListType)
	require.Equal(t, []string{"name"}, containers.ListKeys)
	require.True(t, containers.Required)
	require.Equal(t, codec.List, containers.Plan.Kind)
	ports, ok := containers.Plan.Elem.Field("ports")
	require.True(t, ok)
	require.Equal(t, []string{"containerPort", "protocol"}, ports.ListKeys)
	pull, ok := containers.Plan.Elem.Field("imagePullPolicy")
	require.True(t, ok)
	require.Equal(t, []string{"Always", "IfNotPresent", "Never"}, pull.Enum)
	require.True(t, pull.OmitEmpty)
	require.Equal(t, "ImagePullPolicy", pull.GoName)
	require.Equal(t, "#", pull.Tag.Get("nothing")+"#")

	require.True(t, planOf[meta.LabelSelector](t).Atomic)
	require.False(t, pod.Atomic)

	_, ok = pod.Field("Spec")
	require.False(t, ok, "names match by case")
	_, ok = pod.Field("")
	require.False(t, ok)
}

func TestEmbeddedFieldsStandInTheirParentsPlace(t *testing.T) {
	pod := planOf[corev1.Pod](t)
	var names []string
	for _, f := range pod.JSONFields() {
		names = append(names, f.Name)
	}
	require.Equal(t, []string{"kind", "apiVersion", "metadata", "spec", "status"}, names)

	volume := planOf[corev1.Volume](t)
	emptyDir, ok := volume.Field("emptyDir")
	require.True(t, ok)
	v := corev1.Volume{}
	v.EmptyDir = &corev1.EmptyDirVolumeSource{Medium: "Memory"}
	got := reflect.ValueOf(v).FieldByIndex(emptyDir.Index).Interface()
	require.Equal(t, v.EmptyDir, got)
	require.True(t, volume.Fields[1].Inline)
	require.Equal(t, 2, volume.Fields[1].Number)
}

func TestPlanKinds(t *testing.T) {
	for want, pl := range map[codec.Kind]*codec.Plan{
		codec.Bool: planOf[bool](t), codec.Int: planOf[int32](t), codec.Uint: planOf[uint64](t), codec.Float: planOf[float32](t),
		codec.String: planOf[corev1.PodPhase](t), codec.Bytes: planOf[[]byte](t), codec.List: planOf[[]string](t),
		codec.Map: planOf[corev1.ResourceList](t), codec.Pointer: planOf[*corev1.Pod](t), codec.Any: planOf[any](t),
		codec.Value: planOf[quantity.Quantity](t), codec.Union: planOf[apiextensionsv1.JSONSchemaPropsOrArray](t),
	} {
		require.Equal(t, want, pl.Kind, "%v", pl.Type)
	}
	require.Equal(t, codec.Value, planOf[corev1.ResourceList](t).Elem.Kind)
	require.Equal(t, codec.Struct, planOf[**corev1.Pod](t).Base().Kind)
	require.Equal(t, "Union", codec.Union.String())

	typ, format, ok := planOf[meta.Time](t).OpenAPIType()
	require.True(t, ok)
	require.Equal(t, "string date-time", typ+" "+format)
	_, _, ok = planOf[string](t).OpenAPIType()
	require.False(t, ok)

	require.NotNil(t, planOf[meta.Unstructured](t).RestField())
	require.False(t, planOf[meta.Unstructured](t).HasProto())
	require.False(t, planOf[meta.UnstructuredList](t).HasProto())
	require.False(t, planOf[meta.Table](t).HasProto())
	require.True(t, planOf[meta.Status](t).HasProto())
}

func TestTypesThatContainThemselves(t *testing.T) {
	pl := planOf[apiextensionsv1.JSONSchemaProps](t)
	not, ok := pl.Field("not")
	require.True(t, ok)
	require.Same(t, pl, not.Plan.Elem)
}

type clash struct {
	One struct {
		A string `json:"a"`
	} `json:",inline"`
	Two struct {
		A string `json:"a"`
	} `json:",inline"`
}

type outer struct {
	A  string `json:"a"`
	In struct {
		A string `json:"a"`
		B string `json:"b"`
	} `json:",inline"`
}

func TestPlanErrors(t *testing.T) {
	for name, typ := range map[string]reflect.Type{
		"chan values cannot be encoded":        reflect.TypeFor[struct{ C chan int }](),
		"func values cannot be encoded":        reflect.TypeFor[map[string]func()](),
		"map keys have to be strings, not int": reflect.TypeFor[map[int]string](),
		"has methods; only any can be decoded": reflect.TypeFor[struct{ O meta.Object }](),
		`two fields are called "a"`:            reflect.TypeFor[clash](),
		"only a struct can be inlined, not *int": reflect.TypeFor[struct {
			A *int `json:",inline"`
		}](),
		`unknown option "string" in its json tag`: reflect.TypeFor[struct {
			A int `json:"a,string"`
		}](),
		"the rest goes to a map[string]any": reflect.TypeFor[struct {
			A map[string]string `json:",rest"`
		}](),
		`"bytes" has no field number`: reflect.TypeFor[struct {
			A int `json:"a" protobuf:"bytes"`
		}](),
		"two fields have the protobuf number 1": reflect.TypeFor[struct {
			A int `protobuf:"varint,1"`
			B int `protobuf:"varint,1"`
		}](),
		"cannot unmarshal string into Go value of type int": reflect.TypeFor[struct {
			A int `default:"\"x\""`
		}](),
		"nil has no type": nil,
	} {
		_, err := codec.PlanFor(typ)
		require.ErrorContains(t, err, name)
		_, err = codec.PlanFor(typ)
		require.ErrorContains(t, err, name, "the second time")
	}
	pl := planOf[outer](t)
	a, _ := pl.Field("a")
	require.Equal(t, []int{0}, a.Index, "the shallower field counts")
	b, _ := pl.Field("b")
	require.Equal(t, []int{1, 1}, b.Index)
}

func TestPlansAreMadeOnce(t *testing.T) {
	type fresh struct {
		In []*fresh          `json:"in"`
		M  map[string]*fresh `json:"m"`
	}
	var wg sync.WaitGroup
	plans := make([]*codec.Plan, 16)
	for i := range plans {
		wg.Go(func() {
			pl, err := codec.PlanFor(reflect.TypeFor[fresh]())
			if err == nil {
				plans[i] = pl
			}
		})
	}
	wg.Wait()
	for _, pl := range plans {
		require.Same(t, plans[0], pl)
		in, _ := pl.Field("in")
		require.Same(t, pl, in.Plan.Elem.Elem)
	}
}
