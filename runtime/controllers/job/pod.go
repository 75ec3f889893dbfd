package job

import (
	"slices"
	"strconv"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

var jobKind = meta.GroupVersionKind{Group: "batch", Version: "v1", Kind: "Job"}

// newPod returns a Pod of a Job whose completions are counted by number.
func newPod(j *batchv1.Job) *corev1.Pod {
	pod := workload.NewPod(&j.Spec.Template, j, jobKind)
	if !slices.Contains(pod.Finalizers, batchv1.JobTrackingFinalizer) {
		pod.Finalizers = append(pod.Finalizers, batchv1.JobTrackingFinalizer)
	}
	return pod
}

// indexVariable is where a container finds its index.
const indexVariable = "JOB_COMPLETION_INDEX"

// newIndexedPod returns the Pod of an index. Before is the failed one that it
// replaces, if the Job counts failures by index.
func newIndexedPod(j *batchv1.Job, index int, before *corev1.Pod) *corev1.Pod {
	pod := newPod(j)
	number := strconv.Itoa(index)
	pod.GenerateName = indexedName(j.Name, number)
	pod.Annotations = with(pod.Annotations, batchv1.JobCompletionIndexAnnotation, number)
	pod.Labels = with(pod.Labels, batchv1.JobCompletionIndexAnnotation, number)
	if pod.Spec.Hostname == "" {
		pod.Spec.Hostname = j.Name + "-" + number
	}
	if j.Spec.BackoffLimitPerIndex != nil {
		counted, ignored := 0, 0
		if before != nil {
			counted, ignored = failuresOf(before)
			if judge(j.Spec.PodFailurePolicy, before).counts() {
				counted++
			} else {
				ignored++
			}
		}
		pod.Annotations[batchv1.JobIndexFailureCountAnnotation] = strconv.Itoa(counted)
		if ignored > 0 {
			pod.Annotations[batchv1.JobIndexIgnoredFailureCountAnnotation] = strconv.Itoa(ignored)
		}
	}
	tellIndex(pod.Spec.InitContainers)
	tellIndex(pod.Spec.Containers)
	return pod
}

func with(m map[string]string, key, value string) map[string]string {
	if m == nil {
		return map[string]string{key: value}
	}
	m[key] = value
	return m
}

// maxPrefix is how long a generateName may be for the name to be a DNS label.
const maxPrefix = 58

// indexedName returns what the names of an index's Pods begin with: the index
// stays readable even where the Job's name has to be cut.
func indexedName(job, index string) string {
	end := "-" + index + "-"
	if len(job)+len(end) > maxPrefix {
		job = job[:max(maxPrefix-len(end), 0)]
	}
	return job + end
}

// tellIndex lets containers find their index in a variable, by way of the
// Pod's label. One that sets the variable itself keeps its own.
func tellIndex(containers []corev1.Container) {
	for i := range containers {
		if slices.ContainsFunc(containers[i].Env, func(e corev1.EnvVar) bool { return e.Name == indexVariable }) {
			continue
		}
		containers[i].Env = append(containers[i].Env, corev1.EnvVar{
			Name: indexVariable,
			ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{
				FieldPath: "metadata.labels['" + batchv1.JobCompletionIndexAnnotation + "']",
			}},
		})
	}
}

// without returns a list of finalizers without the one that tracks the Pod.
func without(finalizers []string) []string {
	return slices.DeleteFunc(slices.Clone(finalizers), func(f string) bool { return f == batchv1.JobTrackingFinalizer })
}
