package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// tryUsers gives a Pod users of its own, where the machine's runtime can: its root is
// nobody to the node, and files in its volumes are its own all the same.
func tryUsers(t *testing.T, s *space) {
	s.pod(t, "own-users", fmt.Sprintf(`{hostUsers: false, volumes: [{name: e, emptyDir: {}}], containers: [{%s, volumeMounts: [{name: e, mountPath: /e}]}]}`, box("c", "sleep 1h")))
	if !strings.Contains(s.do(t, "get nodes -o jsonpath={.items[0].status.runtimeHandlers}"), `"userNamespaces":true`) {
		contains(t, s.event(t, "own-users", "FailedCreatePodSandBox"), "can't set `spec.hostUsers: false`, runtime does not support user namespaces")
		return
	}
	s.ready(t, "own-users")
	users := strings.Fields(s.run(t, "exec", "own-users", "--", "/box", "cat", "/proc/self/uid_map"))
	if len(users) != 3 || users[0] != "0" || users[1] == "0" || users[2] != "65536" {
		t.Errorf("its users are %v", users)
	}
	contains(t, s.run(t, "exec", "own-users", "--", "/box", "ls", "/var/run/secrets/kubernetes.io/serviceaccount"), "0:0 token")
	contains(t, s.run(t, "exec", "own-users", "--", "/box", "ls", "/"), "0:0 e")
}
