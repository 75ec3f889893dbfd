package registry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	flowcontrolv1 "github.com/kubenucleus/nucleus/apimachinery/api/flowcontrol/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch/apply"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func flowcontrol(resource string) meta.GroupVersionResource {
	return meta.GroupVersionResource{Group: "flowcontrol.apiserver.k8s.io", Version: "v1", Resource: resource}
}

// awaitCondition returns the FlowSchema once it says why.
func (f *fixture) awaitCondition(name, reason string) (schema *flowcontrolv1.FlowSchema) {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		item, err := f.reg.Get(f.ctx, f.at(flowcontrol("flowschemas"), "", "", name), meta.GetOptions{})
		f.must(err)
		obj, err := item.Object()
		f.must(err)
		schema = obj.(*flowcontrolv1.FlowSchema)
		return len(schema.Status.Conditions) == 1 && schema.Status.Conditions[0].Reason == reason
	}, 20*time.Second, 5*time.Millisecond, "%s does not become %s", name, reason)
	return schema
}

func TestFlowSchemasSayWhetherTheirLevelIsThere(t *testing.T) {
	types, err := scheme.New(api.Groups()...)
	require.NoError(t, err)
	f := startAPI(t, registry.Options{FieldManager: apply.NewManager(types)})

	began := f.awaitCondition("exempt", "Found")
	assert.Equal(t, `This FlowSchema references the PriorityLevelConfiguration object named "exempt" and it exists`, began.Status.Conditions[0].Message)
	assert.Equal(t, flowcontrolv1.ConditionFalse, began.Status.Conditions[0].Status)
	entry := began.ManagedFields[0]
	assert.Equal(t, []string{"api-priority-and-fairness-config-consumer-v1", "Apply", "status"}, []string{entry.Manager, string(entry.Operation), entry.Subresource})

	mine := &flowcontrolv1.FlowSchema{ObjectMeta: meta.ObjectMeta{Name: "mine"}}
	mine.Spec.PriorityLevelConfiguration.Name = "slow"
	_, err = f.reg.Create(f.ctx, f.at(flowcontrol("flowschemas"), "", "", ""), mine, meta.CreateOptions{})
	f.must(err)
	before := f.awaitCondition("mine", "NotFound").Status.Conditions[0]
	assert.Equal(t, `This FlowSchema references the PriorityLevelConfiguration object named "slow" but there is no such object`, before.Message)
	assert.Equal(t, flowcontrolv1.ConditionTrue, before.Status)

	level := &flowcontrolv1.PriorityLevelConfiguration{ObjectMeta: meta.ObjectMeta{Name: "slow"}}
	level.Spec.Type = flowcontrolv1.PriorityLevelEnablementLimited
	level.Spec.Limited = &flowcontrolv1.LimitedPriorityLevelConfiguration{LimitResponse: flowcontrolv1.LimitResponse{Type: flowcontrolv1.LimitResponseTypeReject}}
	_, err = f.reg.Create(f.ctx, f.at(flowcontrol("prioritylevelconfigurations"), "", "", ""), level, meta.CreateOptions{})
	f.must(err)
	f.awaitCondition("mine", "Found")
	_, err = f.reg.Delete(f.ctx, f.at(flowcontrol("prioritylevelconfigurations"), "", "", "slow"), meta.DeleteOptions{})
	f.must(err)
	f.awaitCondition("mine", "NotFound")
}

func TestFlowControlIsTended(t *testing.T) {
	f := startAPI(t, registry.Options{})
	create := func(name, follows string) {
		t.Helper()
		schema := &flowcontrolv1.FlowSchema{ObjectMeta: meta.ObjectMeta{Name: name, Annotations: map[string]string{"apf.kubernetes.io/autoupdate-spec": follows}}}
		schema.Spec.PriorityLevelConfiguration.Name = "slow"
		_, err := f.reg.Create(f.ctx, f.at(flowcontrol("flowschemas"), "", "", ""), schema, meta.CreateOptions{})
		f.must(err)
	}
	gone := func(name string) bool {
		t.Helper()
		_, err := f.reg.Get(f.ctx, f.at(flowcontrol("flowschemas"), "", "", name), meta.GetOptions{})
		if err != nil {
			require.True(t, meta.IsNotFound(err), "%v", err)
		}
		return err != nil
	}
	create("of-another-release", "true")
	create("mine", "false")
	_, err := f.reg.Delete(f.ctx, f.at(flowcontrol("flowschemas"), "", "", "probes"), meta.DeleteOptions{})
	f.must(err)
	require.True(t, gone("probes"))

	f.must(f.reg.TendFlows(f.ctx))
	assert.False(t, gone("probes"), "what a cluster begins with is made again")
	assert.True(t, gone("of-another-release"), "nobody would keep it up to date")
	assert.False(t, gone("mine"))
}
