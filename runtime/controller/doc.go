// Package controller is what a control loop needs besides a client: a queue
// with back-off, a loop over it, a recorder of events, leader election, and a
// group that starts and stops it all.
//
//	caches := client.NewCaches(c, nil)
//	pods := client.CacheOf[corev1.Pod](caches)
//
//	loop := controller.New("pod-labeller", func(ctx context.Context, key client.Key) (controller.Result, error) {
//		pod, ok := pods.GetKey(key)
//		if !ok {
//			return controller.Result{}, nil // gone
//		}
//		... // look at the state, do one step
//	}, controller.Options{Workers: 2})
//	controller.Watch(loop, pods, controller.Self[corev1.Pod])
//
//	var group controller.Group
//	group.AddReady("caches", caches.Run, caches.WaitSynced)
//	group.Add("pod-labeller", loop.Run)
//	err := group.Run(ctx)
//
// # Concepts
//
// A [Reconciler] is told a key, never an event. Whatever happened, it looks at
// the present state and acts on the difference, so that a missed, doubled or
// late message does no harm. [Watch] says which objects concern which keys.
//
// A [Queue] hands out each key to one worker at a time, once however often it
// was added, and delays those that fail, ever longer.
//
// A cache trails what one has just written. [Pending] keeps a controller that
// counts objects from acting on such a state.
//
// An [Elector] runs something while it leads, among processes that all could.
// It composes with the rest:
//
//	group.Add("controllers", func(ctx context.Context) error { return elector.Run(ctx, controllers.Run) })
//
// # Promises
//
// Nothing runs until a Run method is called, and nothing of it after that has
// returned. A [Group] stops its parts in the opposite order of their start, so
// that what others stand on goes last. A panic in a Reconciler is logged and
// counts as an error.
package controller
