// Package cronjob starts a Job each time that the schedule of a CronJob says,
// and keeps the lists of those that run and those that have ended.
//
//	caches := client.NewCaches(c, nil)
//	crons := cronjob.New(caches, workload.Options{})
//	var group controller.Group
//	group.Add("caches", caches.Run)
//	group.Add("crons", crons.Run)
//	err := group.Run(ctx)
//
// Schedules are read by [Parse]: five fields, as cron has them, or a name such
// as @daily. A time that was missed, because nothing ran or the CronJob was
// suspended, is made up for once, the latest of them, as long as
// startingDeadlineSeconds allows.
//
// The name of a Job is made of its time, so that none is started twice,
// whatever crashes.
//
// [Decide] is a plain function of a [View]: the CronJob, its Jobs, the time.
package cronjob
