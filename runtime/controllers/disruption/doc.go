// Package disruption keeps the status of PodDisruptionBudgets: how many Pods
// there should be, how many have to be ready and are, and how many may be
// evicted now. The eviction API grants no more than that, and notes whom it
// granted it for; the note lasts until the Pod goes, or for two minutes.
//
//	caches := client.NewCaches(c, nil)
//	budgets := disruption.New(caches, workload.Options{})
//	var group controller.Group
//	group.Add("caches", caches.Run)
//	group.Add("budgets", budgets.Run)
//	err := group.Run(ctx)
//
// [Decide] is the decision, a plain function. Budgets in percent, or of what may
// be missing, need to know how many Pods there should be: that is what the Pods'
// controllers ask for, whatever kind they are of, if it has a scale subresource.
//
// It also takes back the condition DisruptionTarget of Pods that were to be
// disrupted and were not.
package disruption
