package e2e

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	sessionsOf     = flag.String("sessions-of", "", "kubeconfig of another API server to hold the sessions with")
	updateSessions = flag.Bool("update-sessions", false, "write what the server answers into the sessions, instead of comparing")
)

// TestSessions types what is in testdata/sessions into a shell and holds that the
// screen shows the same. The screens are those of kube-apiserver v1.37.1: to make
// one, write the commands alone and run this with -sessions-of and -update-sessions.
//
// A command follows "$ " and goes on after "> "; "[1]" below its output is the code
// it ended with; lines before the first command are remarks. What differs each time
// (ages, UIDs, the namespace NS...) is replaced, see [plain].
//
// No controllers run, so that nothing changes between two commands.
func TestSessions(t *testing.T) {
	files, err := filepath.Glob("testdata/sessions/*.session")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	config := *sessionsOf
	kubectl := os.Getenv("KUBECTL")
	if config == "" {
		c := start(t, "--controllers=-*", "--scheduler=false", "--node=none")
		config = c.kubeconfig
	}
	raw, err := os.ReadFile(config)
	require.NoError(t, err)
	t.Run("of", func(t *testing.T) {
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".session"), func(t *testing.T) {
				t.Parallel()
				s := &session{dir: t.TempDir(), namespace: fmt.Sprintf("s-%d", time.Now().UnixNano())}
				s.config = filepath.Join(s.dir, "kubeconfig")
				require.NoError(t, os.WriteFile(s.config, raw, 0o600))
				require.NoError(t, os.MkdirAll(filepath.Join(s.dir, "bin"), 0o700))
				require.NoError(t, os.Symlink(kubectl, filepath.Join(s.dir, "bin", "kubectl")))
				s.prepare(t)
				text, err := os.ReadFile(file)
				require.NoError(t, err)
				s.play(t, file, string(text))
			})
		}
	})
}

// session is a shell in a directory and a namespace of its own.
type session struct {
	dir, config, namespace string
}

// prepare makes the namespace, which has the service account that Pods need.
func (s *session) prepare(t *testing.T) {
	t.Helper()
	for _, command := range []string{
		"kubectl create namespace " + s.namespace,
		"kubectl config set-context --current --namespace=" + s.namespace,
		"kubectl create serviceaccount default",
	} {
		out, code := s.run(t, command)
		require.Zero(t, code, "%s: %s", command, out)
	}
}

func (s *session) play(t *testing.T, file, text string) {
	t.Helper()
	remarks, steps := parseSession(text)
	var written strings.Builder
	written.WriteString(remarks)
	for _, step := range steps {
		out, code := s.run(t, step.command)
		if got := screen(out, code); *updateSessions {
			fmt.Fprintf(&written, "$ %s\n%s", strings.ReplaceAll(step.command, "\n", "\n> "), got)
		} else {
			assert.Equal(t, step.screen, got, "$ "+step.command)
		}
	}
	if *updateSessions {
		require.NoError(t, os.WriteFile(file, []byte(written.String()), 0o644))
	}
}

// run has a shell run a command, and returns what the screen shows, in plain form,
// and the code it ended with.
func (s *session) run(t *testing.T, command string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", command)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "KUBECONFIG="+s.config, "HOME="+s.dir, "TMPDIR="+s.dir, "TERM=dumb",
		"PATH="+filepath.Join(s.dir, "bin")+":"+os.Getenv("PATH"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatalf("%s: %v", command, err)
	}
	return s.plain(out.String()), cmd.ProcessState.ExitCode()
}

// changing is what differs from one time to the next, and what stands for it.
var changing = []struct {
	is *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "UID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( \+0000|Z)?`), "TIME"},
	{regexp.MustCompile(`\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}`), "TIME"},
	{regexp.MustCompile(`(?m)^[IEW]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ `), "LOG "},
	{regexp.MustCompile(`(resourceVersion\\*"?: ?\\*"?)\d+`), "${1}RV"},
	{regexp.MustCompile(`https?://(127\.0\.0\.1|localhost):\d+`), "SERVER"},
	{regexp.MustCompile(`\b10\.\d+\.\d+\.\d+\b`), "IP"},
	{regexp.MustCompile(`\b3\d{4}\b`), "PORT"},
	{regexp.MustCompile(`kube-api-access-\w{5}`), "kube-api-access-RANDOM"},
	{regexp.MustCompile(`\b(\d+m)?\d+s( ago)?\b|<(unknown|invalid)>`), "AGE"},
	{regexp.MustCompile(`\bkubernetes-admin\b`), "root"},
	{regexp.MustCompile(`applyset-[-_A-Za-z0-9]{40,}`), "APPLYSET"},
	{regexp.MustCompile(`tooling: kubectl/.*`), "tooling: kubectl"},
	{regexp.MustCompile(`accessreview.authorization.k8s.io/\S* created`), "accessreview.authorization.k8s.io/ created"},
	// What kubectl words otherwise in its other versions.
	{regexp.MustCompile(`" deleted from NS namespace`), `" deleted`},
	{regexp.MustCompile(`cannot delete cannot delete`), `cannot delete`},
	{regexp.MustCompile(`(\S) {2,}`), "$1   "}, // columns are as wide as what is in them
	{regexp.MustCompile(`(?m) +$`), ""},
}

func (s *session) plain(text string) string {
	text = strings.ReplaceAll(text, s.namespace, "NS")
	text = strings.ReplaceAll(text, s.dir, "DIR")
	for _, c := range changing {
		text = c.is.ReplaceAllString(text, c.as)
	}
	return text
}

// step is a command and what the screen shows after it.
type step struct{ command, screen string }

func screen(out string, code int) string {
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	if code != 0 {
		out += fmt.Sprintf("[%d]\n", code)
	}
	return out
}

func parseSession(text string) (remarks string, steps []step) {
	for line := range strings.Lines(text) {
		last := len(steps) - 1
		switch command, ok := strings.CutPrefix(line, "$ "); {
		case ok:
			steps = append(steps, step{command: strings.TrimSuffix(command, "\n")})
		case last < 0:
			remarks += line
		case steps[last].screen == "" && strings.HasPrefix(line, "> "):
			steps[last].command += "\n" + strings.TrimSuffix(line[2:], "\n")
		default:
			steps[last].screen += line
		}
	}
	return remarks, steps
}
