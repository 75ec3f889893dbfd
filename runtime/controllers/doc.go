// Package controllers lists the reference controllers and runs them: each in a
// package of its own below this one, each usable alone.
//
//	names, err := controllers.Select([]string{"*", "-cronjob-controller"})
//	err = controllers.Run(ctx, c, names, controllers.Options{})
//
// They see the server through a [client.Client] and nothing else, so they run
// in the server's process or far from it, and against any conforming server.
// All of them share one set of caches and one recorder of events.
//
// Names and the syntax of [Select] are those of kube-controller-manager's
// --controllers flag. Only one process may run a given controller at a time:
// put Run behind a controller.Elector where there could be several.
package controllers
