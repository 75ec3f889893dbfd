package cronjob

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestSchedules(t *testing.T) {
	for _, test := range []struct{ schedule, zone, from, want string }{
		{"* * * * *", "UTC", "2030-01-02T03:04:05", "2030-01-02T03:05:00"},
		{"* * * * *", "UTC", "2030-01-02T03:04:00", "2030-01-02T03:05:00"},
		{"*/15 * * * *", "UTC", "2030-01-02T03:46:00", "2030-01-02T04:00:00"},
		{"5/20 * * * *", "UTC", "2030-01-02T03:05:00", "2030-01-02T03:25:00"},
		{"10-50/20 * * * *", "UTC", "2030-01-02T03:30:00", "2030-01-02T03:50:00"},
		{"0 9-17 * * MON-FRI", "UTC", "2030-01-04T17:00:00", "2030-01-07T09:00:00"},
		{"0 0 1,15 * *", "UTC", "2030-01-02T00:00:00", "2030-01-15T00:00:00"},
		{"0 0 13 * 5", "UTC", "2030-01-02T00:00:00", "2030-01-04T00:00:00"},  // a Friday, or the 13th
		{"0 0 13 * ?", "UTC", "2030-01-02T00:00:00", "2030-01-13T00:00:00"},  // the 13th
		{"0 0 */2 * 5", "UTC", "2030-01-02T00:00:00", "2030-01-03T00:00:00"}, // a step is a restriction
		{"0 0 29 2 *", "UTC", "2097-01-01T00:00:00", "2104-02-29T00:00:00"},
		{"0 0 31 2 *", "UTC", "2030-01-02T00:00:00", ""},
		{"59 23 31 DEC *", "UTC", "2030-12-31T23:59:00", "2031-12-31T23:59:00"},
		{"@hourly", "UTC", "2030-01-02T03:04:05", "2030-01-02T04:00:00"},
		{"@weekly", "UTC", "2030-01-02T03:04:05", "2030-01-06T00:00:00"},
		{"@every 90s", "UTC", "2030-01-02T03:04:05", "2030-01-02T03:05:35"},
		{"30 2 * * *", "Europe/Berlin", "2030-03-30T12:00:00", "2030-04-01T02:30:00"}, // March 31 has no 2:30
		{"0 0 * * *", "America/Santiago", "2030-09-07T12:00:00", "2030-09-09T00:00:00"},
		{"0 5 * * *", "Asia/Kolkata", "2030-01-02T03:04:05", "2030-01-02T05:00:00"},
	} {
		zone, err := time.LoadLocation(test.zone)
		require.NoError(t, err)
		s, err := Parse(test.schedule)
		require.NoError(t, err)
		from, err := time.ParseInLocation("2006-01-02T15:04:05", test.from, zone)
		require.NoError(t, err)
		got := ""
		if next := s.Next(from); !next.IsZero() {
			got = next.Format("2006-01-02T15:04:05")
		}
		require.Equal(t, test.want, got, "%s in %s after %s", test.schedule, test.zone, test.from)
	}
}

func TestBadSchedules(t *testing.T) {
	for _, text := range []string{"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7", "a * * * *",
		"5-1 * * * *", "*/0 * * * *", "*/-1 * * * *", "1- * * * *", "+1 * * * *", "1,,2 * * * *", "@sometimes", "@every soon", "*/x * * * *"} {
		_, err := Parse(text)
		require.Error(t, err, "%q", text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("*/15 1-5,7 1 JAN-MAR mon")
	f.Add("@every 5m")
	f.Add("1/9223372036854775807 1-3/9223372036854775807 * * *")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		at := time.Date(2030, 1, 2, 3, 4, 5, 6, time.UTC)
		for range 3 {
			next := s.Next(at)
			if next.IsZero() {
				return
			}
			require.True(t, next.After(at), "%q goes back from %s to %s", text, at, next)
			at = next
		}
	})
}

func TestLatest(t *testing.T) {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct {
		schedule string
		ago      time.Duration
		want     string
		missed   int
	}{
		{"0 * * * *", time.Minute, "", 0},
		{"0 * * * *", 10 * time.Minute, "03:00", 1},
		{"0 * * * *", 3*time.Hour + 10*time.Minute, "03:00", 4},
		{"* * * * *", 365 * 24 * time.Hour, "03:04", 525600},
		{"*/10 1 * * *", 48 * time.Hour, "01:50", -1},
	} {
		s, err := Parse(test.schedule)
		require.NoError(t, err)
		last, missed := latest(s, now.Add(-test.ago), now)
		got := ""
		if !last.IsZero() {
			got = last.Format("15:04")
			require.True(t, now.Sub(last) < 24*time.Hour)
		}
		require.Equal(t, test.want, got, test.schedule)
		if test.missed >= 0 {
			require.Equal(t, test.missed, missed, test.schedule)
		}
	}
}

// world plays the server for one CronJob that starts a Job each hour.
type world struct {
	t    *testing.T
	cj   *batchv1.CronJob
	jobs []*batchv1.Job
	now  time.Time
}

func newWorld(t *testing.T) *world {
	at := time.Date(2030, 1, 2, 2, 30, 0, 0, time.UTC)
	return &world{t: t, now: at, cj: &batchv1.CronJob{
		ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "report", UID: "cj", CreationTimestamp: meta.At(at)},
		Spec: batchv1.CronJobSpec{
			Schedule: "0 * * * *", TimeZone: ptr("Etc/UTC"), ConcurrencyPolicy: batchv1.AllowConcurrent,
			SuccessfulJobsHistoryLimit: ptr[int32](2), FailedJobsHistoryLimit: ptr[int32](1),
			JobTemplate: batchv1.JobTemplateSpec{ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"a": "b"}}},
		},
	}}
}

func ptr[T any](v T) *T { return &v }

// look decides after a while and carries it out.
func (w *world) look(after time.Duration) Plan {
	w.now = w.now.Add(after)
	plan := Decide(View{CronJob: w.cj, Jobs: slices.Clone(w.jobs), Now: w.now})
	for _, gone := range plan.Delete {
		w.jobs = slices.DeleteFunc(w.jobs, func(j *batchv1.Job) bool { return j == gone })
	}
	if j := plan.Start; j != nil {
		j.UID, j.Status.StartTime = meta.UID(j.Name), ptr(meta.At(w.now))
		w.jobs = append(w.jobs, j)
		plan.Status.Active = append(plan.Status.Active, reference(j))
	}
	w.cj.Status = plan.Status
	return plan
}

func (w *world) end(j *batchv1.Job, typ batchv1.JobConditionType) {
	j.Status.Conditions = []batchv1.JobCondition{{Type: typ, Status: corev1.ConditionTrue}}
	if typ == batchv1.JobComplete {
		j.Status.CompletionTime = ptr(meta.At(w.now))
	}
}

func reasons(p Plan) string {
	var all []string
	for _, n := range p.Notes {
		all = append(all, n.Reason)
	}
	return strings.Join(all, " ")
}

func TestJobsStartOnTime(t *testing.T) {
	w := newWorld(t)
	plan := w.look(0)
	require.Nil(t, plan.Start)
	require.Equal(t, 30*time.Minute+100*time.Millisecond, plan.After)
	plan = w.look(plan.After)
	require.NotNil(t, plan.Start)
	due := time.Date(2030, 1, 2, 3, 0, 0, 0, time.UTC)
	require.Equal(t, fmt.Sprintf("report-%d", due.Unix()/60), plan.Start.Name)
	require.Equal(t, "2030-01-02T03:00:00Z", plan.Start.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"])
	require.Equal(t, map[string]string{"a": "b"}, plan.Start.Labels)
	require.Equal(t, meta.UID("cj"), meta.ControllerOf(plan.Start).UID)
	require.Equal(t, meta.At(due), *plan.Status.LastScheduleTime)
	require.Nil(t, w.look(time.Minute).Start, "started twice")
	require.Len(t, w.cj.Status.Active, 1)

	w.end(w.jobs[0], batchv1.JobComplete)
	plan = w.look(time.Minute)
	require.Equal(t, "SawCompletedJob", reasons(plan))
	require.Equal(t, "Saw completed job: "+w.jobs[0].Name+", condition: Complete", plan.Notes[0].Message)
	require.Empty(t, w.cj.Status.Active)
	require.NotNil(t, w.cj.Status.LastSuccessfulTime)
}

func TestConcurrencyPolicies(t *testing.T) {
	for policy, test := range map[batchv1.ConcurrencyPolicy]struct {
		running int
		first   bool // whether the first one still runs
	}{batchv1.AllowConcurrent: {2, true}, batchv1.ForbidConcurrent: {1, true}, batchv1.ReplaceConcurrent: {1, false}} {
		w := newWorld(t)
		w.cj.Spec.ConcurrencyPolicy = policy
		first := w.look(40 * time.Minute).Start
		plan := w.look(time.Hour)
		require.Len(t, w.jobs, test.running, policy)
		require.Equal(t, test.first, slices.Contains(w.jobs, first), policy)
		require.Len(t, w.cj.Status.Active, test.running, policy)
		if policy == batchv1.ForbidConcurrent {
			require.Equal(t, "JobAlreadyActive", reasons(plan))
			// When it ends, the time that was held up is made up for.
			w.end(first, batchv1.JobComplete)
			require.NotNil(t, w.look(time.Minute).Start)
		}
	}
}

func TestMissedTimesAreMadeUpForOnce(t *testing.T) {
	w := newWorld(t)
	plan := w.look(5 * time.Hour)
	require.Equal(t, "2030-01-02T07:00:00Z", plan.Start.Annotations[batchv1.CronJobScheduledTimestampAnnotation])
	require.Nil(t, w.look(time.Minute).Start)
	require.Contains(t, reasons(w.look(200*time.Hour)), "TooManyMissedTimes")
}

func TestStartingDeadline(t *testing.T) {
	w := newWorld(t)
	w.cj.Spec.StartingDeadlineSeconds = ptr[int64](600)
	require.Nil(t, w.look(5*time.Hour+20*time.Minute).Start, "50 minutes late")
	require.NotNil(t, w.look(15*time.Minute).Start, "5 minutes late")
}

func TestSuspended(t *testing.T) {
	w := newWorld(t)
	w.cj.Spec.Suspend = ptr(true)
	plan := w.look(5 * time.Hour)
	require.Nil(t, plan.Start)
	require.Zero(t, plan.After)
}

func TestHistoryLimits(t *testing.T) {
	w := newWorld(t)
	for i := range 8 {
		j := w.look(time.Hour).Start
		require.NotNil(t, j)
		w.end(j, []batchv1.JobConditionType{batchv1.JobComplete, batchv1.JobFailed}[i%2])
	}
	w.look(time.Minute)
	count := map[batchv1.JobConditionType]int{}
	for _, j := range w.jobs {
		count[j.Status.Conditions[0].Type]++
	}
	require.Equal(t, map[batchv1.JobConditionType]int{batchv1.JobComplete: 2, batchv1.JobFailed: 1}, count)
	require.Equal(t, w.now.Add(-time.Minute).Truncate(time.Hour), w.jobs[len(w.jobs)-1].Status.StartTime.Truncate(time.Hour), "the newest stay")
}

func TestTroubleIsTold(t *testing.T) {
	w := newWorld(t)
	w.cj.Spec.TimeZone = ptr("Mars/Olympus")
	require.Equal(t, "UnknownTimeZone", reasons(w.look(time.Hour)))
	w = newWorld(t)
	w.cj.Spec.Schedule = "now and then"
	require.Equal(t, "UnparseableSchedule", reasons(w.look(time.Hour)))
	w = newWorld(t)
	w.look(time.Hour)
	w.jobs = nil
	require.Equal(t, "MissingJob", reasons(w.look(time.Minute)))
	w.jobs = []*batchv1.Job{{ObjectMeta: meta.ObjectMeta{Name: "by-hand", UID: "h"}}}
	require.Equal(t, "UnexpectedJob", reasons(w.look(time.Minute)))
	require.Empty(t, w.cj.Status.Active)
}

func TestTimeZone(t *testing.T) {
	w := newWorld(t)
	w.cj.Spec.Schedule, w.cj.Spec.TimeZone = "0 9 * * *", ptr("Asia/Tokyo")
	require.Nil(t, w.look(21*time.Hour).Start) // 23:30 UTC, 08:30 there
	require.Equal(t, "2030-01-03T09:00:00+09:00", w.look(time.Hour).Start.Annotations[batchv1.CronJobScheduledTimestampAnnotation])
}
