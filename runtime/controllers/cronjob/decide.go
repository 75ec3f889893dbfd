package cronjob

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/job"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// View is what there is to decide on. Nothing of it is changed.
type View struct {
	CronJob *batchv1.CronJob
	Jobs    []*batchv1.Job // those that it controls
	Now     time.Time
}

// Plan is what to do about a CronJob.
type Plan struct {
	Delete []*batchv1.Job // Jobs to delete: too old, or replaced
	Start  *batchv1.Job   // Job to make, or nil
	// Status is what the CronJob should have then. It has Start already.
	Status batchv1.CronJobStatus
	// Notes are what to tell people.
	Notes []Note
	// After is when to look again although nothing has changed; 0 is never.
	After time.Duration
}

// Note is an event to record about the CronJob.
type Note struct {
	Type, Reason, Message string
}

var (
	cronJobKind = meta.GroupVersionKind{Group: "batch", Version: "v1", Kind: "CronJob"}
	jobKind     = meta.GroupVersionKind{Group: "batch", Version: "v1", Kind: "Job"}
)

// manyMissed is from when on missed times are told of: the clock may be wrong.
const manyMissed = 100

// planner works out one Plan.
type planner struct {
	View
	plan Plan
}

// Decide returns what to do next about a CronJob.
func Decide(v View) Plan {
	p := &planner{View: v, plan: Plan{Status: v.CronJob.Status}}
	p.plan.Status.Active = slices.Clone(p.plan.Status.Active)
	if v.CronJob.DeletionTimestamp != nil {
		return p.plan
	}
	p.follow()
	p.cleanUp()
	p.schedule()
	return p.plan
}

func (p *planner) note(typ, reason, format string, args ...any) {
	p.plan.Notes = append(p.plan.Notes, Note{typ, reason, fmt.Sprintf(format, args...)})
}

// follow brings the list of Jobs that run up to date.
func (p *planner) follow() {
	s := &p.plan.Status
	there := map[meta.UID]bool{}
	for _, j := range p.Jobs {
		there[j.UID] = true
		listed := slices.ContainsFunc(s.Active, func(ref corev1.ObjectReference) bool { return ref.UID == j.UID })
		end := job.Finished(j)
		switch {
		case end == nil && !listed && j.DeletionTimestamp == nil:
			// One of ours is listed by the look that makes it, or by the next one,
			// which finds its name taken. This one was made by hand.
			if j.Annotations[batchv1.CronJobScheduledTimestampAnnotation] == "" {
				p.note(corev1.EventTypeWarning, "UnexpectedJob", "Saw a job that the controller did not create or forgot: %s", j.Name)
			}
		case end != nil && listed:
			s.Active = slices.DeleteFunc(s.Active, func(ref corev1.ObjectReference) bool { return ref.UID == j.UID })
			p.note(corev1.EventTypeNormal, "SawCompletedJob", "Saw completed job: %s, condition: %s", j.Name, end.Type)
		}
		if end != nil && end.Type == batchv1.JobComplete && s.LastSuccessfulTime.Before(j.Status.CompletionTime) {
			s.LastSuccessfulTime = j.Status.CompletionTime
		}
	}
	s.Active = slices.DeleteFunc(s.Active, func(ref corev1.ObjectReference) bool {
		if !there[ref.UID] {
			p.note(corev1.EventTypeNormal, "MissingJob", "Active job went missing: %s", ref.Name)
		}
		return !there[ref.UID]
	})
}

func reference(j *batchv1.Job) corev1.ObjectReference {
	return corev1.ObjectReference{
		APIVersion: jobKind.GroupVersion().String(), Kind: jobKind.Kind,
		Namespace: j.Namespace, Name: j.Name, UID: j.UID, ResourceVersion: j.ResourceVersion,
	}
}

// cleanUp deletes the oldest of the Jobs that have ended, beyond what the
// history limits keep.
func (p *planner) cleanUp() {
	var complete, failed []*batchv1.Job
	for _, j := range p.Jobs {
		end := job.Finished(j)
		switch {
		case end == nil || j.DeletionTimestamp != nil:
		case end.Type == batchv1.JobComplete:
			complete = append(complete, j)
		default:
			failed = append(failed, j)
		}
	}
	p.trim(complete, p.CronJob.Spec.SuccessfulJobsHistoryLimit)
	p.trim(failed, p.CronJob.Spec.FailedJobsHistoryLimit)
}

func (p *planner) trim(jobs []*batchv1.Job, limit *int32) {
	if limit == nil {
		return
	}
	slices.SortFunc(jobs, func(a, b *batchv1.Job) int {
		x, y := a.Status.StartTime, b.Status.StartTime
		switch {
		case x.Before(y):
			return -1
		case y.Before(x):
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	p.plan.Delete = append(p.plan.Delete, jobs[:max(len(jobs)-int(*limit), 0)]...)
}

// schedule decides whether a Job is due.
func (p *planner) schedule() {
	cj := p.CronJob
	zone := time.Local
	if cj.Spec.TimeZone != nil {
		var err error
		if zone, err = time.LoadLocation(*cj.Spec.TimeZone); err != nil {
			p.note(corev1.EventTypeWarning, "UnknownTimeZone", "invalid timeZone: %q: %s", *cj.Spec.TimeZone, err)
			return
		}
	}
	if cj.Spec.Suspend != nil && *cj.Spec.Suspend {
		return
	}
	schedule, err := Parse(cj.Spec.Schedule)
	if err != nil {
		p.note(corev1.EventTypeWarning, "UnparseableSchedule", "unparseable schedule: %q : %s", cj.Spec.Schedule, err)
		return
	}
	now := p.Now.In(zone)
	earliest := cj.CreationTimestamp.Time
	if cj.Status.LastScheduleTime != nil {
		earliest = cj.Status.LastScheduleTime.Time
	}
	if deadline := cj.Spec.StartingDeadlineSeconds; deadline != nil {
		if oldest := now.Add(-time.Duration(*deadline) * time.Second); oldest.After(earliest) {
			earliest = oldest
		}
	}
	p.comeBack(schedule, now)
	due, missed := latest(schedule, earliest.In(zone), now)
	if missed > manyMissed {
		p.note(corev1.EventTypeWarning, "TooManyMissedTimes", "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew")
	}
	if due.IsZero() {
		return
	}
	p.start(due)
}

// comeBack sets when the schedule says to look again. A moment later it is
// certain that the time has come.
func (p *planner) comeBack(schedule Schedule, now time.Time) {
	next := schedule.Next(now)
	if !next.IsZero() {
		p.plan.After = next.Sub(now) + 100*time.Millisecond
	}
}

// start makes the Job that is due, if the others let it.
func (p *planner) start(due time.Time) {
	cj, s := p.CronJob, &p.plan.Status
	switch cj.Spec.ConcurrencyPolicy {
	case batchv1.ForbidConcurrent:
		if len(s.Active) > 0 {
			// It stays due until the one that runs has ended, or the deadline.
			p.note(corev1.EventTypeNormal, "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid")
			return
		}
	case batchv1.ReplaceConcurrent:
		for _, j := range p.Jobs {
			if job.Finished(j) == nil && j.DeletionTimestamp == nil {
				p.plan.Delete = append(p.plan.Delete, j)
			}
		}
		s.Active = nil
	}
	p.plan.Start = newJob(cj, due)
	at := meta.At(due)
	s.LastScheduleTime = &at
}

// newJob returns the Job of a time. Its name is that of the time, so that there
// is one only.
func newJob(cj *batchv1.CronJob, due time.Time) *batchv1.Job {
	j := &batchv1.Job{
		ObjectMeta: meta.ObjectMeta{
			Namespace: cj.Namespace, Name: fmt.Sprintf("%s-%d", cj.Name, due.Unix()/60),
			Labels:          maps.Clone(cj.Spec.JobTemplate.Labels),
			Annotations:     workload.WithLabel(cj.Spec.JobTemplate.Annotations, batchv1.CronJobScheduledTimestampAnnotation, due.Format(time.RFC3339)),
			OwnerReferences: []meta.OwnerReference{meta.NewControllerRef(cj, cronJobKind)},
		},
	}
	if spec := codec.DeepCopy(&cj.Spec.JobTemplate.Spec); spec != nil {
		j.Spec = *spec
	}
	return j
}
