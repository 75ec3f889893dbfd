// Package batchv1 holds batch/v1: Job, which runs Pods until the work is done,
// and CronJob, which starts Jobs by the clock.
package batchv1
