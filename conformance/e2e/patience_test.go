package e2e

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// patient is how long to wait for what takes so long at most on ordinary machines.
// NUCLEUS_PATIENCE says how many times slower this one may be.
func patient(usual time.Duration) time.Duration {
	if times, err := strconv.Atoi(os.Getenv("NUCLEUS_PATIENCE")); err == nil && times > 1 {
		return usual * time.Duration(times)
	}
	return usual
}

// patiently is arguments of kubectl with which it waits as long.
func patiently(args []string) []string {
	all := make([]string, len(args))
	for i, a := range args {
		if text, ok := strings.CutPrefix(a, "--timeout="); ok {
			if usual, err := time.ParseDuration(text); err == nil {
				a = "--timeout=" + patient(usual).String()
			}
		}
		all[i] = a
	}
	return all
}
