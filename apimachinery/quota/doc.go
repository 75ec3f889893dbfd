// Package quota knows how objects use ResourceQuotas: which resources an object
// counts towards, how much of each, and in which scopes it is. Whoever charges
// for a new object and whoever counts those that are there must agree on that.
//
//	e := quota.Of(meta.GroupResource{Resource: "pods"})
//	if in, err := quota.InScope(q, e, pod); err == nil && in {
//		used = quota.Sum(used, e.Usage(pod, time.Now()))
//	}
//
// Everything here is a plain function of its arguments, safe for concurrent use.
package quota
