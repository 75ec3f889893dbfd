// Package storagetest is the contract of package storage as a test suite. Run
// it against a store of your own:
//
//	func TestContract(t *testing.T) {
//		storagetest.Run(t, func(t *testing.T) storage.Store { return open(t) })
//		storagetest.RunDurable(t, func(t *testing.T, dir string) storage.Store { return openDir(t, dir) })
//	}
//
// Every open must give a new, empty store; the suite closes it. If the store has
// a method Check(context.Context) error it is called before that, and must find
// nothing.
//
// The tests wait for events, never for time to pass, except that expiry is
// tested with a real time to live of one second.
package storagetest
