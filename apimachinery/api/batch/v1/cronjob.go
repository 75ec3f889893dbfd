package batchv1

import (
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// maxCronJobName leaves room for the eleven characters that the names of its
// Jobs have more.
const maxCronJobName = 52

var jobTemplatePath = rules.Spec.Child("jobTemplate")

func cronjobs() *scheme.Resource {
	return scheme.Define[CronJob, CronJobList](scheme.Spec[CronJob]{
		Name:           "cronjobs",
		ShortNames:     []string{"cj"},
		Categories:     []string{"all"},
		Namespaced:     true,
		Columns:        cronJobColumns(),
		Default:        DefaultCronJob,
		PrepareCreate:  func(c *CronJob) { dropUnusedFields(&c.Spec.JobTemplate.Spec, nil) },
		PrepareUpdate:  func(c, old *CronJob) { dropUnusedFields(&c.Spec.JobTemplate.Spec, &old.Spec.JobTemplate.Spec) },
		Validate:       ValidateCronJob,
		ValidateUpdate: ValidateCronJobUpdate,
		Warnings: func(c, old *CronJob) []string {
			p := jobTemplatePath.Child("spec")
			if old == nil {
				return append(corev1.WarningsForPodOwnerName(c.Name), jobWarnings(p, &c.Spec.JobTemplate.Spec, nil, true)...)
			}
			texts := jobWarnings(p, &c.Spec.JobTemplate.Spec, &old.Spec.JobTemplate.Spec, !validate.Equal(c.Spec, old.Spec))
			if strings.Contains(c.Spec.Schedule, "TZ") {
				texts = append(texts, "cannot use TZ or CRON_TZ in spec.schedule, use timeZone instead")
			}
			return texts
		},
		SpecChanged: func(c, old *CronJob) bool { return !validate.Equal(c.Spec, old.Spec) },
		Status:      &scheme.Status[CronJob]{},
	})
}

// DefaultCronJob fills in what the author of a CronJob left out. Its Jobs get
// their own defaults when they are made, but for what belongs to their Pods.
func DefaultCronJob(c *CronJob) {
	defaultJobSpec(&c.Spec.JobTemplate.Spec)
	rules.DefaultTo(&c.Spec.ConcurrencyPolicy, AllowConcurrent)
	rules.Default(&c.Spec.Suspend, false)
	rules.Default(&c.Spec.SuccessfulJobsHistoryLimit, 3)
	rules.Default(&c.Spec.FailedJobsHistoryLimit, 1)
}

// ValidateCronJob finds every fault of a CronJob that is about to be made.
func ValidateCronJob(c *CronJob) validate.Errors {
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, true, names.DNSSubdomain),
		cronJobSpec(rules.Spec, &c.Spec, nil),
		rules.Must(len(c.Name) <= maxCronJobName, rules.Metadata.Child("name"), c.Name, "must be no more than 52 characters"),
	)
}

// ValidateCronJobUpdate finds every fault of a CronJob that is about to replace old.
func ValidateCronJobUpdate(c, old *CronJob) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta), cronJobSpec(rules.Spec, &c.Spec, &old.Spec)...)
}

func cronJobSpec(p validate.Path, s, old *CronJobSpec) validate.Errors {
	return validate.All(
		schedule(p.Child("schedule"), s, old),
		rules.OptionalNumber(p.Child("startingDeadlineSeconds"), s.StartingDeadlineSeconds),
		validate.OneOf(p.Child("concurrencyPolicy"), s.ConcurrencyPolicy, AllowConcurrent, ForbidConcurrent, ReplaceConcurrent),
		jobTemplate(p.Child("jobTemplate", "spec"), &s.JobTemplate.Spec),
		validate.When(old == nil || !validate.Equal(s.TimeZone, old.TimeZone), func() validate.Errors {
			return validate.IfSet(p.Child("timeZone"), s.TimeZone, timeZone)
		}),
		rules.OptionalNumber(p.Child("successfulJobsHistoryLimit"), s.SuccessfulJobsHistoryLimit),
		rules.OptionalNumber(p.Child("failedJobsHistoryLimit"), s.FailedJobsHistoryLimit),
	)
}

func schedule(p validate.Path, s, old *CronJobSpec) validate.Errors {
	if s.Schedule == "" {
		return validate.Declared(validate.Required(p, ""))
	}
	var errs validate.Errors
	if err := checkSchedule(s.Schedule); err != nil {
		errs = validate.Invalid(p, s.Schedule, err.Error())
	}
	// Time zones within the schedule were possible once.
	if !strings.Contains(s.Schedule, "TZ") {
		return errs
	}
	if old == nil || !strings.Contains(old.Schedule, "TZ") {
		return append(errs, validate.Invalid(p, s.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")...)
	}
	return append(errs, rules.Must(s.TimeZone == nil, p, s.Schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule")...)
}

func timeZone(p validate.Path, zone string) validate.Errors {
	if zone == "" {
		return validate.Invalid(p, zone, "timeZone must be nil or non-empty string")
	}
	var errs validate.Errors
	if strings.EqualFold(zone, "Local") {
		errs = validate.Invalid(p, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")
	}
	if _, err := time.LoadLocation(zone); err != nil {
		errs = append(errs, validate.Invalid(p, zone, "unknown time zone "+zone)...)
	}
	return errs
}

// jobTemplate is the rules of Jobs that are not there yet: their selector is
// made for each.
func jobTemplate(p validate.Path, s *JobSpec) validate.Errors {
	return validate.All(
		jobSpec(p, s),
		rules.Must(s.Selector == nil, p.Child("selector"), s.Selector, "`selector` will be auto-generated"),
		validate.When(rules.ValueOf(s.ManualSelector), func() validate.Errors {
			return validate.NotSupported(p.Child("manualSelector"), s.ManualSelector, "nil", "false")
		}),
	)
}

func cronJobColumns() []scheme.Column[CronJob] {
	containers := func(c *CronJob) []corev1.Container { return c.Spec.JobTemplate.Spec.Template.Spec.Containers }
	return []scheme.Column[CronJob]{
		scheme.NameColumn[CronJob](),
		{Name: "Schedule", Help: "The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.", Cell: func(c *CronJob) any { return c.Spec.Schedule }},
		{Name: "Timezone", Help: cells.Help("cronjobs", "Timezone"), Cell: func(c *CronJob) any {
			if c.Spec.TimeZone == nil {
				return cells.None
			}
			return *c.Spec.TimeZone
		}},
		{Name: "Suspend", Type: "boolean", Help: cells.Help("cronjobs", "Suspend"), Cell: func(c *CronJob) any { return cells.Bool(c.Spec.Suspend) }},
		{Name: "Active", Type: "integer", Help: "A list of pointers to currently running jobs.", Cell: func(c *CronJob) any { return int64(len(c.Status.Active)) }},
		{Name: "Last Schedule", Help: "Information when was the last time the job was successfully scheduled.", Cell: func(c *CronJob) any {
			if c.Status.LastScheduleTime == nil {
				return cells.None
			}
			return scheme.Age(*c.Status.LastScheduleTime)
		}},
		scheme.AgeColumn[CronJob](),
		{Name: "Containers", Wide: true, Help: "Names of each container in the template.", Cell: func(c *CronJob) any { n, _ := corev1.FormatContainers(containers(c)); return n }},
		{Name: "Images", Wide: true, Help: "Images referenced by each container in the template.", Cell: func(c *CronJob) any { _, i := corev1.FormatContainers(containers(c)); return i }},
		{Name: "Selector", Wide: true, Help: cells.Help("cronjobs", "Selector"), Cell: func(c *CronJob) any { return cells.Selector(c.Spec.JobTemplate.Spec.Selector) }},
	}
}
