package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// Component is a part of the control plane, for the resource componentstatuses.
type Component struct {
	Name string
	// Check returns what the part says of itself, "ok" mostly, or why it is not well.
	Check func(ctx context.Context) (says string, err error)
}

// probeTimeout bounds the look at one part.
const probeTimeout = 5 * time.Second

// ProbeComponent returns a part that is asked at a URL, as Kubernetes asks its
// scheduler and its controllers on the same machine.
func ProbeComponent(name, url string) Component {
	return Component{Name: name, Check: func(ctx context.Context) (string, error) {
		// What serves there has a certificate of its own making.
		transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return "", err
		}
		resp, err := (&http.Client{Transport: transport}).Do(r)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(io.LimitReader(resp.Body, 10<<10))
		if err != nil {
			return "", err
		}
		if resp.StatusCode != http.StatusOK {
			return "", fmt.Errorf("%s: %s", resp.Status, body)
		}
		return string(body), nil
	}}
}

// ComponentStatuses answers reads of componentstatuses by asking the parts, all
// at once. It is for registry.Registry.SetVirtualRead.
func ComponentStatuses(parts []Component) registry.VirtualRead {
	return func(ctx context.Context, _ *registry.Request) ([]meta.Object, error) {
		ctx, cancel := context.WithTimeout(ctx, probeTimeout)
		defer cancel()
		found := make([]meta.Object, len(parts))
		var asking sync.WaitGroup
		for i, p := range parts {
			asking.Go(func() {
				condition := corev1.ComponentCondition{Type: corev1.ComponentHealthy, Status: corev1.ConditionTrue}
				says, err := p.Check(ctx)
				if condition.Message = says; err != nil {
					condition.Status, condition.Message = corev1.ConditionFalse, err.Error()
				}
				status := &corev1.ComponentStatus{ObjectMeta: meta.ObjectMeta{Name: p.Name}, Conditions: []corev1.ComponentCondition{condition}}
				status.SetGroupVersionKind(meta.GroupVersionKind{Version: "v1", Kind: "ComponentStatus"})
				found[i] = status
			})
		}
		asking.Wait()
		return found, nil
	}
}
