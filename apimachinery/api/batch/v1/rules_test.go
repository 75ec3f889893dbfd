package batchv1

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func job(change func(*Job)) *Job {
	j := &Job{}
	j.Name, j.Namespace, j.UID = "a", "ns", "u"
	j.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	j.Spec.Template.Spec.Containers = []corev1.Container{{Name: "c", Image: "i"}}
	if change != nil {
		change(j)
	}
	DefaultJob(j)
	GenerateSelector(j)
	return j
}

func ptr[T any](v T) *T { return &v }

// A Job without labels has its template's, and those that are made for it; one
// with labels of its own keeps to these.
func TestLabelsOfJobs(t *testing.T) {
	labelled := func(j *Job) { j.Spec.Template.Labels = map[string]string{"x": "y"} }
	j := job(labelled)
	if len(j.Labels) != 5 || j.Labels[JobNameLabel] != "a" || !maps.Equal(j.Labels, j.Spec.Template.Labels) {
		t.Error(j.Labels)
	}
	j = job(func(j *Job) { labelled(j); j.Labels = map[string]string{"x": "y"} })
	if len(j.Labels) != 1 || len(j.Spec.Template.Labels) != 5 {
		t.Error(j.Labels, j.Spec.Template.Labels)
	}
	if j = job(nil); len(j.Labels) != 0 || len(j.Spec.Template.Labels) != 4 {
		t.Error(j.Labels)
	}
}

func TestJobIsRefused(t *testing.T) {
	indexed := func(j *Job) { j.Spec.CompletionMode, j.Spec.Completions = ptr(IndexedCompletion), ptr(int32(5)) }
	for name, c := range map[string]struct {
		change func(*Job)
		want   string // "" is none
	}{
		"fine":               {nil, ""},
		"fine and indexed":   {indexed, ""},
		"negative":           {func(j *Job) { j.Spec.Parallelism = ptr(int32(-1)) }, "spec.parallelism: Invalid value: -1: must be greater than or equal to 0"},
		"indexed, uncounted": {func(j *Job) { j.Spec.CompletionMode, j.Spec.Parallelism = ptr(IndexedCompletion), ptr(int32(1)) }, "spec.completions: Required value: when completion mode is Indexed"},
		"restarts for ever":  {func(j *Job) { j.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyAlways }, `spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`},
		"own selector":       {func(j *Job) { j.Spec.Selector = &meta.LabelSelector{MatchLabels: map[string]string{"x": "y"}} }, "spec.selector: Invalid value"},
		"too many failures": {func(j *Job) {
			indexed(j)
			j.Spec.BackoffLimitPerIndex, j.Spec.MaxFailedIndexes = ptr(int32(1)), ptr(int32(6))
		}, "spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions"},
		"success of others": {func(j *Job) {
			indexed(j)
			j.Spec.SuccessPolicy = &SuccessPolicy{Rules: []SuccessPolicyRule{{SucceededIndexes: ptr("3,1")}}}
		}, "non-increasing order, previous: 3, current: 1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ValidateJob(job(c.change)).String()
			if c.want == "" {
				require.Empty(t, got)
				return
			}
			require.Contains(t, got, c.want)
		})
	}
}

func TestJobUpdate(t *testing.T) {
	old := job(func(j *Job) { j.ResourceVersion = "1" })
	suspended := job(func(j *Job) { j.ResourceVersion, j.Spec.Suspend = "1", ptr(true) })
	for name, c := range map[string]struct {
		old    *Job
		change func(*Job)
		want   string
	}{
		"nothing":                 {old, func(*Job) {}, ""},
		"parallelism":             {old, func(j *Job) { j.Spec.Parallelism = ptr(int32(9)) }, ""},
		"completions":             {old, func(j *Job) { j.Spec.Completions = ptr(int32(9)) }, "spec.completions: Invalid value: 9: field is immutable"},
		"where Pods go":           {old, func(j *Job) { j.Spec.Template.Spec.NodeSelector = map[string]string{"a": "b"} }, "spec.template: Invalid value"},
		"where Pods go, later on": {suspended, func(j *Job) { j.Spec.Template.Spec.NodeSelector = map[string]string{"a": "b"} }, ""},
		"image, later on":         {suspended, func(j *Job) { j.Spec.Template.Spec.Containers[0].Image = "other" }, "spec.template: Invalid value"},
	} {
		t.Run(name, func(t *testing.T) {
			j := job(func(j *Job) { j.ResourceVersion, j.Spec.Suspend = "1", c.old.Spec.Suspend })
			c.change(j)
			got := ValidateJobUpdate(j, c.old).String()
			if c.want == "" {
				require.Empty(t, got)
				return
			}
			require.Contains(t, got, c.want)
		})
	}
}

func TestCountIndexes(t *testing.T) {
	for text, want := range map[string]int32{"": 0, "0": 1, "1,3-5,7": 5, "0-9": 10} {
		n, err := countIndexes(text, 10)
		require.NoError(t, err, text)
		require.Equal(t, want, n, text)
	}
	for text, want := range map[string]string{
		"10": `too large index: "10"`, "3,1": "non-increasing order, previous: 3, current: 1", "1-": `cannot convert string to integer for index: ""`,
		"5-5": "non-increasing order, previous: 5, current: 5", "1-2-3": "at most two parts",
	} {
		_, err := countIndexes(text, 10)
		require.ErrorContains(t, err, want, text)
	}
}

func TestSchedules(t *testing.T) {
	for _, text := range []string{"* * * * *", "*/5 0-6/2 1,15 jan-mar MON", "@daily", "@every 1h30m", "0 0 ? * *", "TZ=UTC 0 0 * * *"} {
		require.NoError(t, checkSchedule(text), text)
	}
	for text, want := range map[string]string{
		"":              "empty spec string",
		"* * * *":       "expected exactly 5 fields, found 4: [* * * *]",
		"60 * * * *":    "end of range (60) above maximum (59): 60",
		"* * 0 * *":     "beginning of range (0) below minimum (1): 0",
		"5-3 * * * *":   "beginning of range (5) beyond end of range (3): 5-3",
		"*/0 * * * *":   "step of range should be a positive number: */0",
		"a * * * *":     `failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax`,
		"1-2-3 * * * *": "too many hyphens: 1-2-3",
		"*/1/2 * * * *": "too many slashes: */1/2",
		"@noon":         "unrecognized descriptor: @noon",
	} {
		require.EqualError(t, checkSchedule(text), want, text)
	}
}

func FuzzCheckSchedule(f *testing.F) {
	f.Add("*/5 1-2 * jan ?")
	f.Add("@every 1h")
	f.Add("TZ=")
	f.Fuzz(func(t *testing.T, text string) {
		if err := checkSchedule(text); err != nil && strings.TrimSpace(err.Error()) == "" {
			t.Error("an error that says nothing")
		}
	})
}
