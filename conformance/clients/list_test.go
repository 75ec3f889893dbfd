package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/pager"
)

// fill makes n ConfigMaps, cm-00 and so on, every third of them labelled.
func fill(t *testing.T, cs kubernetes.Interface, ns string, n int) {
	t.Helper()
	for i := range n {
		labels := map[string]string{"set": "fill"}
		if i%3 == 0 {
			labels["third"] = "yes"
		}
		_, err := cs.CoreV1().ConfigMaps(ns).Create(t.Context(), configMap(fmt.Sprintf("cm-%02d", i), labels, nil), metav1.CreateOptions{})
		must(t, err)
	}
}

func names(l *corev1.ConfigMapList) (names []string) {
	for _, m := range l.Items {
		names = append(names, m.Name)
	}
	return names
}

func TestSelectors(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ns := newNamespace(t, cs)
		fill(t, cs, ns, 6)
		for _, c := range []struct {
			opts metav1.ListOptions
			want []string
		}{
			{metav1.ListOptions{LabelSelector: "third=yes"}, []string{"cm-00", "cm-03"}},
			{metav1.ListOptions{LabelSelector: "set in (fill),!third"}, []string{"cm-01", "cm-02", "cm-04", "cm-05"}},
			{metav1.ListOptions{FieldSelector: "metadata.name=cm-04"}, []string{"cm-04"}},
			{metav1.ListOptions{LabelSelector: "third", FieldSelector: "metadata.name!=cm-00,metadata.namespace=" + ns}, []string{"cm-03"}},
			{metav1.ListOptions{LabelSelector: "set=nothing"}, nil},
		} {
			l, err := cs.CoreV1().ConfigMaps(ns).List(t.Context(), c.opts)
			must(t, err)
			if got := names(l); !slices.Equal(got, c.want) || l.ResourceVersion == "" {
				t.Errorf("%+v: got %v at revision %q, want %v", c.opts, got, l.ResourceVersion, c.want)
			}
		}
		_, err := cs.CoreV1().ConfigMaps(ns).List(t.Context(), metav1.ListOptions{FieldSelector: "data.x=y"})
		if !apierrors.IsBadRequest(err) || !strings.Contains(err.Error(), `"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"`) {
			t.Errorf("field that cannot be selected by: %v", err)
		}
		_, err = cs.CoreV1().Pods(ns).List(t.Context(), metav1.ListOptions{FieldSelector: "spec.x=y"})
		if !apierrors.IsBadRequest(err) || !strings.Contains(err.Error(), "field label not supported: spec.x") {
			t.Errorf("field of Pods that cannot be selected by: %v", err)
		}
		all, err := cs.CoreV1().ConfigMaps("").List(t.Context(), metav1.ListOptions{LabelSelector: "third=yes", FieldSelector: "metadata.namespace=" + ns})
		must(t, err)
		if len(all.Items) != 2 {
			t.Errorf("over all namespaces: %d items, want 2", len(all.Items))
		}
	})
}

func TestPages(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ctx := t.Context()
		ns := newNamespace(t, cs)
		fill(t, cs, ns, 10)
		maps := cs.CoreV1().ConfigMaps(ns)
		opts := metav1.ListOptions{LabelSelector: "set=fill", Limit: 4}
		first, err := maps.List(ctx, opts)
		must(t, err)
		if len(first.Items) != 4 || first.Continue == "" {
			t.Fatalf("first page: %d items, continue %q", len(first.Items), first.Continue)
		}
		// What happens after the first page must not show on the next.
		_, err = maps.Create(ctx, configMap("cm-99", map[string]string{"set": "fill"}, nil), metav1.CreateOptions{})
		must(t, err)
		must(t, maps.Delete(ctx, "cm-05", metav1.DeleteOptions{}))
		got := names(first)
		for next := first.Continue; next != ""; {
			opts.Continue = next
			page, err := maps.List(ctx, opts)
			must(t, err)
			if page.ResourceVersion != first.ResourceVersion {
				t.Errorf("a page is of revision %s, the first of %s", page.ResourceVersion, first.ResourceVersion)
			}
			got, next = append(got, names(page)...), page.Continue
		}
		var want []string
		for i := range 10 {
			want = append(want, fmt.Sprintf("cm-%02d", i))
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages: %v, want %v", got, want)
		}
		// Without a selector the first page tells how much is left.
		l, err := maps.List(ctx, metav1.ListOptions{Limit: 1})
		must(t, err)
		if l.RemainingItemCount == nil || *l.RemainingItemCount < 9 {
			t.Errorf("remaining item count: %v", l.RemainingItemCount)
		}
		if _, err := maps.List(ctx, metav1.ListOptions{Limit: 1, Continue: "nonsense"}); !apierrors.IsBadRequest(err) {
			t.Errorf("nonsense to continue from: %v", err)
		}
	})
}

func TestPager(t *testing.T) {
	cs := clientset(t)
	ns := newNamespace(t, cs)
	fill(t, cs, ns, 7)
	p := pager.New(pager.SimplePageFunc(func(opts metav1.ListOptions) (runtime.Object, error) {
		return cs.CoreV1().ConfigMaps(ns).List(t.Context(), opts)
	}))
	p.PageSize = 2
	seen := 0
	must(t, p.EachListItem(t.Context(), metav1.ListOptions{LabelSelector: "set=fill"}, func(o runtime.Object) error {
		if _, err := meta.Accessor(o); err != nil {
			return err
		}
		seen++
		return nil
	}))
	if seen != 7 {
		t.Errorf("%d items, want 7", seen)
	}
}

func TestResourceVersions(t *testing.T) {
	cs := clientset(t)
	ctx := t.Context()
	ns := newNamespace(t, cs)
	fill(t, cs, ns, 2)
	maps := cs.CoreV1().ConfigMaps(ns)
	before, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "set=fill"})
	must(t, err)
	must(t, maps.Delete(ctx, "cm-00", metav1.DeleteOptions{}))
	exact, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "set=fill", ResourceVersion: before.ResourceVersion, ResourceVersionMatch: metav1.ResourceVersionMatchExact})
	must(t, err)
	if exact.ResourceVersion != before.ResourceVersion || len(exact.Items) != 2 {
		t.Errorf("exactly at %s: %d items at %s, want 2", before.ResourceVersion, len(exact.Items), exact.ResourceVersion)
	}
	newer, err := maps.List(ctx, metav1.ListOptions{ResourceVersion: before.ResourceVersion, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan})
	must(t, err)
	if order, err := resourceversion.CompareResourceVersion(newer.ResourceVersion, before.ResourceVersion); err != nil || order < 0 {
		t.Errorf("not older than %s: %s, %v", before.ResourceVersion, newer.ResourceVersion, err)
	}
	if _, err := maps.List(ctx, metav1.ListOptions{ResourceVersion: "0"}); err != nil {
		t.Errorf("any revision: %v", err)
	}
	// The answer says to try again, which clients do for half a minute.
	err = cs.CoreV1().RESTClient().Get().MaxRetries(0).Namespace(ns).Resource("configmaps").
		VersionedParams(&metav1.ListOptions{ResourceVersion: "99999999", ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan}, scheme.ParameterCodec).Do(ctx).Error()
	if !apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge) {
		t.Errorf("a revision of the future: %v", err)
	}
	if _, err := maps.List(ctx, metav1.ListOptions{ResourceVersionMatch: metav1.ResourceVersionMatchExact}); !apierrors.IsInvalid(err) {
		t.Errorf("a match without a revision: %v", err)
	}
}

func TestTables(t *testing.T) {
	cs := clientset(t)
	ns := newNamespace(t, cs)
	_, err := cs.AppsV1().Deployments(ns).Create(t.Context(), deployment("web", 2), metav1.CreateOptions{})
	must(t, err)
	var table metav1.Table
	must(t, cs.AppsV1().RESTClient().Get().Namespace(ns).Resource("deployments").
		SetHeader("Accept", "application/json;as=Table;g=meta.k8s.io;v=v1").
		Param("includeObject", "Metadata").
		Do(t.Context()).Into(&table))
	var columns []string
	for _, c := range table.ColumnDefinitions {
		columns = append(columns, c.Name)
	}
	if want := []string{"Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"}; !slices.Equal(columns, want) {
		t.Errorf("columns %v, want %v", columns, want)
	}
	if len(table.Rows) != 1 || table.Rows[0].Cells[0] != "web" || len(table.Rows[0].Cells) != len(columns) {
		t.Fatalf("rows %+v", table.Rows)
	}
	var of metav1.PartialObjectMetadata
	must(t, json.Unmarshal(table.Rows[0].Object.Raw, &of))
	if of.Name != "web" || of.Namespace != ns || of.Kind != "PartialObjectMetadata" {
		t.Errorf("the row's object: %+v", of)
	}
}

func TestDeleteCollection(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ns := newNamespace(t, cs)
		fill(t, cs, ns, 6)
		must(t, cs.CoreV1().ConfigMaps(ns).DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "third"}))
		l, err := cs.CoreV1().ConfigMaps(ns).List(context.Background(), metav1.ListOptions{LabelSelector: "set"})
		must(t, err)
		if got, want := names(l), []string{"cm-01", "cm-02", "cm-04", "cm-05"}; !slices.Equal(got, want) {
			t.Errorf("left are %v, want %v", got, want)
		}
	})
}
