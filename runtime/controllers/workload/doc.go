// Package workload is what controllers that own Pods have in common: which
// objects are theirs, Pods from a template, whether a Pod is ready or
// available, names from hashes, and the history of a template.
//
// A controller of one's own kind that runs Pods needs this much of it:
//
//	pods := workload.NewPods(caches, myKind, recorder)
//	...
//	if !pods.Settled(key) {
//		return controller.Result{After: workload.Unsettled}, nil
//	}
//	mine, err := pods.Claim(ctx, workload.Owner{Object: obj, Kind: myKind, Selector: selector})
//	for range want - len(mine) {
//		err = pods.Create(ctx, obj, workload.NewPod(&template, obj, myKind))
//	}
//
// # Ownership
//
// A controller owns the objects whose controlling owner reference names it. Of
// those without a controller it adopts what its selector matches, and it
// releases what its selector no longer matches ([Claim]). Before it adopts, it
// asks the server whether it still exists, so that it takes nothing over in
// the moment of its own deletion.
//
// # Promises
//
// Objects from caches are only read. Functions without a context do no I/O,
// read no clock and are safe for concurrent use, as all methods are.
package workload
