// Package clienttest runs a real API server in memory, for tests of what uses a
// client: a fake would get wrong what matters most, such as conflicts, watches
// and finalizers.
//
//	func TestMyController(t *testing.T) {
//		server := clienttest.Start(t, clienttest.Options{})
//		pods := client.Of[corev1.Pod](server.Local).In("default")
//		...
//	}
//
// The server stops when the test ends, after the test's own cleanup. It admits
// and allows everything.
package clienttest
