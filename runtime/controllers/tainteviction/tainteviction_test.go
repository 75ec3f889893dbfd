package tainteviction

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestDeadline(t *testing.T) {
	taint := func(key string, at int64) corev1.Taint {
		added := meta.Unix(at)
		return corev1.Taint{Key: key, Effect: corev1.TaintEffectNoExecute, TimeAdded: &added}
	}
	tolerate := func(key string, seconds ...int64) corev1.Toleration {
		t := corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists}
		for _, s := range seconds {
			t.TolerationSeconds = &s
		}
		return t
	}
	harmless := taint("a", 100)
	harmless.Effect = corev1.TaintEffectNoSchedule
	for _, test := range []struct {
		name        string
		taints      []corev1.Taint
		tolerations []corev1.Toleration
		want        int64 // 0: stays
	}{
		{"no taints", nil, nil, 0},
		{"taint that evicts nobody", []corev1.Taint{harmless}, nil, 0},
		{"not tolerated", []corev1.Taint{taint("a", 100)}, nil, 100},
		{"tolerated", []corev1.Taint{taint("a", 100)}, []corev1.Toleration{tolerate("a")}, 0},
		{"tolerated for a time", []corev1.Taint{taint("a", 100)}, []corev1.Toleration{tolerate("a", 30)}, 130},
		{"not at all", []corev1.Taint{taint("a", 100)}, []corev1.Toleration{tolerate("a", -5)}, 100},
		{"taint older than the Pod", []corev1.Taint{taint("a", 10)}, []corev1.Toleration{tolerate("a", 30)}, 80},
		{"the first toleration counts", []corev1.Taint{taint("a", 100)}, []corev1.Toleration{tolerate("", 60), tolerate("a")}, 160},
		{"the first to run out counts", []corev1.Taint{taint("a", 100), taint("b", 100)}, []corev1.Toleration{tolerate("a", 60), tolerate("b", 20)}, 120},
		{"one not tolerated", []corev1.Taint{taint("a", 100), taint("b", 200)}, []corev1.Toleration{tolerate("a")}, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{CreationTimestamp: meta.Unix(50)}, Spec: corev1.PodSpec{Tolerations: test.tolerations}}
			at, ok := Deadline(pod, test.taints)
			assert.Equal(t, test.want != 0, ok)
			if ok {
				assert.Equal(t, time.Unix(test.want, 0).UTC(), at.UTC())
			}
		})
	}
}
