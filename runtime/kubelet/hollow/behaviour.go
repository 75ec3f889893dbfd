package hollow

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// Annotations of Pods that say what their containers do. Followed by a dot and
// a container's name they speak of that container alone.
const (
	RunForAnnotation    = "hollow.nucleus.io/run-for"
	ExitCodeAnnotation  = "hollow.nucleus.io/exit-code"
	StopAfterAnnotation = "hollow.nucleus.io/stop-after"
	PullErrorAnnotation = "hollow.nucleus.io/pull-error"
)

// Forever is the value of [RunForAnnotation] for a container that does not end
// by itself.
const Forever = "forever"

// initRunFor is how long an init container runs.
const initRunFor = 50 * time.Millisecond

// behaviour is what one container does.
type behaviour struct {
	ends      bool // by itself, after runFor
	runFor    time.Duration
	exitCode  int32
	stopAfter time.Duration
}

// behaviourOf reads what a container does from its Pod. runFor is how long
// containers run that are to end and of which nothing is said.
func behaviourOf(pod *corev1.Pod, container string, runFor time.Duration) (behaviour, error) {
	var b behaviour
	isContainer := func(c corev1.Container) bool { return c.Name == container }
	main := slices.ContainsFunc(pod.Spec.Containers, isContainer)
	if i := slices.IndexFunc(pod.Spec.InitContainers, isContainer); i >= 0 && !corev1.IsSidecar(&pod.Spec.InitContainers[i]) {
		b.ends, b.runFor = true, initRunFor
	}
	if main && pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		b.ends, b.runFor = true, runFor
	}

	if key, value, ok := annotation(pod, RunForAnnotation, container, main); ok {
		b.ends, b.runFor = value != Forever, 0
		if b.ends {
			d, err := time.ParseDuration(value)
			if err != nil || d < 0 {
				return b, fmt.Errorf("annotation %s: %q is neither a duration, such as 30s, nor %q", key, value, Forever)
			}
			b.runFor = d
		}
	}
	if key, value, ok := annotation(pod, ExitCodeAnnotation, container, main); ok {
		code, err := strconv.ParseUint(value, 10, 8)
		if err != nil {
			return b, fmt.Errorf("annotation %s: %q is no exit code (0 to 255)", key, value)
		}
		b.exitCode = int32(code)
	}
	if key, value, ok := annotation(pod, StopAfterAnnotation, container, true); ok {
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return b, fmt.Errorf("annotation %s: %q is no duration, such as 30s", key, value)
		}
		b.stopAfter = d
	}
	return b, nil
}

// annotation returns the annotation for the container, or the one for all if
// that counts.
func annotation(pod *corev1.Pod, key, container string, forAll bool) (found, value string, ok bool) {
	own := key + "." + container
	if value, ok = pod.Annotations[own]; ok {
		return own, value, true
	}
	if !forAll {
		return "", "", false
	}
	value, ok = pod.Annotations[key]
	return key, value, ok
}
