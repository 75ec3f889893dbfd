package podgc

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestFind(t *testing.T) {
	deleted := meta.Unix(1)
	pod := func(name, node string, phase corev1.PodPhase, change ...func(*corev1.Pod)) *corev1.Pod {
		p := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name}, Spec: corev1.PodSpec{NodeName: node}, Status: corev1.PodStatus{Phase: phase}}
		for _, f := range change {
			f(p)
		}
		return p
	}
	ending := func(p *corev1.Pod) { p.DeletionTimestamp = &deleted }
	made := func(at int64) func(*corev1.Pod) { return func(p *corev1.Pod) { p.CreationTimestamp = meta.Unix(at) } }
	nodes := map[string]*corev1.Node{"up": {}, "out": {Spec: corev1.NodeSpec{Taints: []corev1.Taint{{Key: corev1.TaintNodeOutOfService}}}}}
	pods := []*corev1.Pod{
		pod("runs", "up", corev1.PodRunning),
		pod("ends", "up", corev1.PodRunning, ending),
		pod("waits", "", corev1.PodPending),
		pod("waits-no-more", "", corev1.PodPending, ending),
		pod("orphan", "gone", corev1.PodRunning),
		pod("orphan-perhaps", "missing", corev1.PodRunning),
		pod("lost", "out", corev1.PodRunning, ending),
		pod("not-lost", "out", corev1.PodRunning),
		pod("old", "up", corev1.PodSucceeded, made(1)),
		pod("older-but-told-of", "up", corev1.PodFailed, made(3)),
		pod("evicted", "up", corev1.PodFailed, made(5), func(p *corev1.Pod) { p.Status.Reason = "Evicted" }),
		pod("new", "up", corev1.PodSucceeded, made(9)),
	}
	find := func(finished int) string {
		var names []string
		for _, d := range Find(pods, finished, func(name string) *corev1.Node { return nodes[name] }, func(name string) bool { return name == "gone" }) {
			names = append(names, d.Pod.Name)
		}
		return fmt.Sprint(names)
	}
	assert.Equal(t, "[waits-no-more orphan lost]", find(-1))
	assert.Equal(t, "[waits-no-more orphan lost]", find(4))
	assert.Equal(t, "[waits-no-more orphan lost evicted old]", find(2))
	nodes["out"].Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
	assert.Equal(t, "[waits-no-more orphan]", find(-1), "an operator may be wrong")
}
