package clients

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
)

// running makes a Pod and waits until a hollow node runs it.
func running(t *testing.T, cs kubernetes.Interface, ns string) *corev1.Pod {
	t.Helper()
	eventually(t, "the default service account", func() error {
		_, err := cs.CoreV1().ServiceAccounts(ns).Get(t.Context(), "default", metav1.GetOptions{})
		return err
	})
	_, err := cs.CoreV1().Pods(ns).Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "nucleus.local/c:1"}}},
	}, metav1.CreateOptions{})
	must(t, err)
	var p *corev1.Pod
	eventually(t, "the Pod runs", func() error {
		if p, err = cs.CoreV1().Pods(ns).Get(t.Context(), "p", metav1.GetOptions{}); err == nil && p.Status.Phase != corev1.PodRunning {
			err = fmt.Errorf("status %+v", p.Status)
		}
		return err
	})
	return p
}

func TestLogs(t *testing.T) {
	cs := clientset(t)
	p := running(t, cs, newNamespace(t, cs))
	pods := cs.CoreV1().Pods(p.Namespace)
	text, err := pods.GetLogs("p", &corev1.PodLogOptions{}).DoRaw(t.Context())
	must(t, err)
	if len(text) == 0 {
		t.Error("the log is empty")
	}
	lines := int64(1)
	text, err = pods.GetLogs("p", &corev1.PodLogOptions{TailLines: &lines, Timestamps: true}).DoRaw(t.Context())
	must(t, err)
	at, _, _ := strings.Cut(string(text), " ")
	if _, err := time.Parse(time.RFC3339Nano, at); err != nil || bytes.Count(text, []byte("\n")) > 1 {
		t.Errorf("one line with its time: %q, %v", text, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := pods.GetLogs("p", &corev1.PodLogOptions{Follow: true}).Stream(ctx)
	must(t, err)
	if _, err := stream.Read(make([]byte, 1)); err != nil {
		t.Errorf("following: %v", err)
	}
	cancel()
	_, _ = io.Copy(io.Discard, stream)
	_ = stream.Close()

	_, err = pods.GetLogs("p", &corev1.PodLogOptions{Container: "other"}).Stream(t.Context())
	if !apierrors.IsBadRequest(err) || !strings.Contains(err.Error(), "container other is not valid for pod p") {
		t.Errorf("the log of a container that is not there: %v", err)
	}
	_, err = pods.GetLogs("q", &corev1.PodLogOptions{}).Stream(t.Context())
	if !apierrors.IsNotFound(err) {
		t.Errorf("the log of a Pod that is not there: %v", err)
	}
}

// TestExecSaysWhyNot holds that hollow nodes, which run nothing, say so.
func TestExecSaysWhyNot(t *testing.T) {
	cs := clientset(t)
	p := running(t, cs, newNamespace(t, cs))
	r := cs.CoreV1().RESTClient().Post().Resource("pods").Namespace(p.Namespace).Name("p").SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: []string{"true"}, Stdout: true}, scheme.ParameterCodec)
	for name, open := range map[string]func(c *rest.Config) (remotecommand.Executor, error){
		"SPDY": func(c *rest.Config) (remotecommand.Executor, error) {
			return remotecommand.NewSPDYExecutor(c, "POST", r.URL())
		},
		"WebSocket": func(c *rest.Config) (remotecommand.Executor, error) {
			return remotecommand.NewWebSocketExecutor(c, "GET", r.URL().String())
		},
	} {
		e, err := open(config(t))
		must(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		var out bytes.Buffer
		err = e.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: &out})
		cancel()
		if err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want a refusal at once", name, err)
			continue
		}
		if name == "SPDY" && !strings.Contains(err.Error(), "does not support exec") {
			t.Errorf("%s: %v, which does not say why", name, err)
		}
	}
}

func TestEviction(t *testing.T) {
	cs := clientset(t)
	ctx := t.Context()
	p := running(t, cs, newNamespace(t, cs))
	must(t, cs.PolicyV1().Evictions(p.Namespace).Evict(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: p.Namespace}}))
	gone(t, "the Pod", func() error { _, err := cs.CoreV1().Pods(p.Namespace).Get(ctx, "p", metav1.GetOptions{}); return err })
}

// TestWhoMayComeIn has a user who may do nothing, and one whom nobody knows.
func TestWhoMayComeIn(t *testing.T) {
	ctx := t.Context()
	as := func(token string) *kubernetes.Clientset {
		c := rest.AnonymousClientConfig(config(t))
		c.BearerToken = token
		cs, err := kubernetes.NewForConfig(c)
		must(t, err)
		return cs
	}
	_, err := as(guestToken).CoreV1().Secrets("default").List(ctx, metav1.ListOptions{})
	if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), `secrets is forbidden: User "guest" cannot list resource "secrets" in API group "" in the namespace "default"`) {
		t.Errorf("a guest: %v", err)
	}
	if _, err := as("not-a-token").CoreV1().Pods("default").List(ctx, metav1.ListOptions{}); !apierrors.IsUnauthorized(err) {
		t.Errorf("a token that nobody gave out: %v", err)
	}
	cs := clientset(t)
	who, err := cs.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	must(t, err)
	if who.Status.UserInfo.Username != "kubernetes-admin" || !slices.Contains(who.Status.UserInfo.Groups, "system:masters") {
		t.Errorf("the administrator is %+v", who.Status.UserInfo)
	}
	may, err := cs.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{
		Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "delete", Resource: "nodes"}},
	}, metav1.CreateOptions{})
	must(t, err)
	if !may.Status.Allowed {
		t.Errorf("the administrator may not delete nodes: %+v", may.Status)
	}
	may2, err := cs.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{
		Spec: authorizationv1.SubjectAccessReviewSpec{User: "guest", ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "delete", Resource: "nodes"}},
	}, metav1.CreateOptions{})
	must(t, err)
	if may2.Status.Allowed {
		t.Errorf("a guest may delete nodes: %+v", may2.Status)
	}
}
