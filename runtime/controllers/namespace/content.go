package namespace

import (
	"context"
	"fmt"
	"sync"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// deleteContent makes one pass: it deletes whatever is in the namespace and
// looks what is left.
func deleteContent(ctx context.Context, c client.Client, namespace string) Pass {
	all, err := client.Discover(ctx, c)
	pass := Pass{Discovery: err}
	pods, others := inOrder(all)
	pass.delete(ctx, c, namespace, pods)
	if len(pass.Left) == 0 && len(pass.Failed) == 0 {
		pass.delete(ctx, c, namespace, others)
	}
	return pass
}

// inOrder returns the resources whose objects can be deleted from a namespace:
// Pods, and what has to wait for them. Of several versions it takes one.
func inOrder(all []client.ResourceInfo) (pods, others []client.ResourceInfo) {
	for _, info := range all {
		switch {
		case !info.Namespaced || !info.Preferred || !info.Can("delete") || !info.Can("list"):
		case info.Resource.GroupResource() == meta.GroupResource{Resource: "pods"}:
			pods = append(pods, info)
		default:
			others = append(others, info)
		}
	}
	return pods, others
}

func (p *Pass) delete(ctx context.Context, c client.Client, namespace string, resources []client.ResourceInfo) {
	var mu sync.Mutex
	// Errors are kept in the pass itself.
	_, _ = workload.All(len(resources), func(i int) error {
		left, err := deleteResource(ctx, c, namespace, resources[i])
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			p.Failed = append(p.Failed, err)
		}
		if left.Count > 0 {
			p.Left = append(p.Left, left)
		}
		return nil
	})
}

// deleteResource deletes the namespace's objects of one resource, and returns
// what is left.
func deleteResource(ctx context.Context, c client.Client, namespace string, info client.ResourceInfo) (Remaining, error) {
	r := client.Metadata(c, info.Resource).In(namespace)
	left := Remaining{Resource: info.Resource.GroupResource()}
	// Most resources have nothing there: to look costs less than to delete.
	found, err := r.List(ctx)
	if err == nil && len(found.Items) > 0 {
		if err = deleteAll(ctx, r, info, found); err == nil {
			found, err = r.List(ctx)
		}
	}
	switch {
	case meta.IsNotFound(err), meta.IsMethodNotSupported(err):
		return left, nil // the resource itself has gone, or cannot do what it claims
	case err != nil:
		return left, fmt.Errorf("%s: %w", info.Resource, err)
	}
	patient := false
	for i := range found.Items {
		m := found.Items[i].Metadata()
		left.Count++
		patient = patient || len(m.Finalizers) > 0 || m.DeletionGracePeriodSeconds != nil && *m.DeletionGracePeriodSeconds > 0
		for _, f := range m.Finalizers {
			if left.Finalizers == nil {
				left.Finalizers = map[string]int{}
			}
			left.Finalizers[f]++
		}
	}
	if left.Count > 0 && !patient {
		return left, fmt.Errorf("unexpected items still remain in namespace: %s for gvr: %s", namespace, info.Resource)
	}
	return left, nil
}

func deleteAll(ctx context.Context, r client.Resource[meta.PartialObjectMetadata], info client.ResourceInfo, found *client.List[meta.PartialObjectMetadata]) error {
	background := meta.DeletePropagationBackground
	if info.Can("deletecollection") {
		err := r.DeleteCollection(ctx, meta.ListOptions{}, meta.DeleteOptions{PropagationPolicy: &background})
		if !meta.IsMethodNotSupported(err) {
			return err
		}
	}
	_, err := workload.All(len(found.Items), func(i int) error {
		m := found.Items[i].Metadata()
		err := r.Delete(ctx, m.Name, meta.DeleteOptions{PropagationPolicy: &background, Preconditions: &meta.Preconditions{UID: &m.UID}})
		if meta.IsNotFound(err) || meta.IsConflict(err) {
			return nil
		}
		return err
	})
	return err
}

// withoutFinalizer returns the finalizers without that of this controller, and
// whether it was there.
func withoutFinalizer(finalizers []corev1.FinalizerName) (rest []corev1.FinalizerName, had bool) {
	for _, f := range finalizers {
		if f == corev1.FinalizerKubernetes {
			had = true
			continue
		}
		rest = append(rest, f)
	}
	return rest, had
}
