package registry_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func (f *fixture) pod(sub, name string) *registry.Request {
	return f.at(core("pods"), sub, "default", name)
}

func (f *fixture) createPod(name string) *corev1.Pod {
	f.t.Helper()
	obj, err := f.reg.Create(f.ctx, f.pod("", ""), benchPod(name), meta.CreateOptions{})
	f.must(err)
	return obj.(*corev1.Pod)
}

func (f *fixture) getPod(name string) (*corev1.Pod, error) {
	item, err := f.reg.Get(f.ctx, f.pod("", name), meta.GetOptions{})
	if err != nil {
		return nil, err
	}
	obj, err := item.Object()
	if err != nil {
		return nil, err
	}
	return obj.(*corev1.Pod), nil
}

func binding(name, node string) *corev1.Binding {
	return &corev1.Binding{ObjectMeta: meta.ObjectMeta{Name: name}, Target: corev1.ObjectReference{Kind: "Node", Name: node}}
}

func (f *fixture) bind(q *registry.Request, b *corev1.Binding, dry ...string) (scheme.Typed, error) {
	return f.reg.Create(f.ctx, q, b, meta.CreateOptions{DryRun: dry})
}

func TestBinding(t *testing.T) {
	f := startAPI(t, registry.Options{})
	f.createPod("a")
	_, err := f.bind(f.pod("binding", "a"), binding("a", "node-1"), meta.DryRunAll)
	require.NoError(t, err)
	b := binding("a", "node-1")
	b.Annotations, b.Labels = map[string]string{"x": "y"}, map[string]string{"zone": "z"}
	got, err := f.bind(f.pod("binding", "a"), b)
	require.NoError(t, err)
	require.Equal(t, int32(201), got.(*meta.Status).Code)
	require.Equal(t, meta.StatusSuccess, got.(*meta.Status).Status)
	pod, err := f.getPod("a")
	require.NoError(t, err)
	require.Equal(t, "node-1", pod.Spec.NodeName)
	require.Equal(t, "y", pod.Annotations["x"])
	require.Equal(t, "z", pod.Labels["zone"])
	require.Equal(t, corev1.PodScheduled, pod.Status.Conditions[0].Type)
	require.Equal(t, int64(1), pod.Generation)

	_, err = f.bind(f.pod("binding", "a"), binding("a", "n"))
	refused(t, err, 409, `Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "node-1"`)
	f.createPod("b")
	wrong := binding("b", "n")
	wrong.Target.Kind = "Pod"
	_, err = f.bind(f.pod("binding", "b"), wrong)
	refused(t, err, 500, `target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"`)
	_, err = f.bind(f.pod("binding", "b"), binding("b", ""))
	refused(t, err, 500, `target.name: Required value`)
	_, err = f.bind(f.pod("binding", "b"), binding("c", "n"))
	refused(t, err, 400, "name in URL does not match name in Binding object")
	_, err = f.bind(f.pod("binding", "none"), binding("none", "n"))
	refused(t, err, 404, `pods "none" not found`)
	stranger := binding("b", "n")
	stranger.UID = "other"
	_, err = f.bind(f.pod("binding", "b"), stranger)
	require.True(t, meta.IsConflict(err))
	_, err = f.bind(f.at(core("bindings"), "", "default", ""), binding("b", "n"))
	require.NoError(t, err)
	pod, err = f.getPod("b")
	require.NoError(t, err)
	require.Equal(t, "n", pod.Spec.NodeName)
}

func TestPodDeletion(t *testing.T) {
	f := startAPI(t, registry.Options{})
	f.createPod("waiting")
	got, err := f.reg.Delete(f.ctx, f.pod("", "waiting"), meta.DeleteOptions{})
	require.NoError(t, err)
	require.True(t, got.Gone, "a Pod that runs nowhere goes at once")
	require.Equal(t, int64(0), *got.Object.Metadata().DeletionGracePeriodSeconds)

	f.createPod("running")
	_, err = f.bind(f.pod("binding", "running"), binding("running", "n"))
	require.NoError(t, err)
	got, err = f.reg.Delete(f.ctx, f.pod("", "running"), meta.DeleteOptions{})
	require.NoError(t, err)
	require.False(t, got.Gone)
	require.Equal(t, int64(30), *got.Object.Metadata().DeletionGracePeriodSeconds)
	require.Equal(t, int64(2), got.Object.Metadata().Generation)
	none := int64(0)
	got, err = f.reg.Delete(f.ctx, f.pod("", "running"), meta.DeleteOptions{GracePeriodSeconds: &none})
	require.NoError(t, err)
	require.True(t, got.Gone)
}

func TestPodSubresourcesChangeTheirPartOnly(t *testing.T) {
	f := startAPI(t, registry.Options{})
	f.createPod("a")
	obj, err := f.patch(f.pod("ephemeralcontainers", "a"), client.StrategicPatch,
		`{"metadata":{"labels":{"sneaked":"in"}},"spec":{"ephemeralContainers":[{"name":"dbg","image":"busybox"}],"nodeName":"n"}}`)
	require.NoError(t, err)
	pod := obj.(*corev1.Pod)
	require.Len(t, pod.Spec.EphemeralContainers, 1)
	require.Empty(t, pod.Spec.NodeName)
	require.NotContains(t, pod.Labels, "sneaked")
	require.Equal(t, int64(2), pod.Generation)
	_, err = f.patch(f.pod("ephemeralcontainers", "a"), client.StrategicPatch, `{"spec":{"ephemeralContainers":[{"name":"dbg","image":"other"}]}}`)
	require.Contains(t, status(t, err).Message, `existing ephemeral containers "dbg" may not be changed`)
	obj, err = f.patch(f.pod("resize", "a"), client.StrategicPatch, `{"spec":{"containers":[{"name":"c","image":"new"}]}}`)
	require.NoError(t, err)
	require.Equal(t, int64(2), obj.Metadata().Generation)
	require.NotEqual(t, "new", obj.(*corev1.Pod).Spec.Containers[0].Image)
	_, err = f.patch(f.pod("log", "a"), client.MergePatch, `{}`)
	refused(t, err, 405, "the server does not allow this method on the requested resource")
	_, err = f.patch(f.pod("nothing", "a"), client.MergePatch, `{}`)
	require.True(t, meta.IsNotFound(err))
}

func TestEviction(t *testing.T) {
	f := startAPI(t, registry.Options{})
	evict := func(name string) error {
		_, err := f.reg.Create(f.ctx, f.pod("eviction", name), &policyv1.Eviction{ObjectMeta: meta.ObjectMeta{Name: name}}, meta.CreateOptions{})
		return err
	}
	for _, name := range []string{"a", "b", "pending"} {
		f.createPod(name)
		if name == "pending" {
			continue
		}
		_, err := f.bind(f.pod("binding", name), binding(name, "n"))
		require.NoError(t, err)
		_, err = f.patch(f.pod("status", name), client.MergePatch, `{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}`)
		require.NoError(t, err)
	}
	require.NoError(t, evict("pending"))
	budgets := meta.GroupVersionResource{Group: "policy", Version: "v1", Resource: "poddisruptionbudgets"}
	one := intstr.FromInt(1)
	budget := func(name string) {
		_, err := f.reg.Create(f.ctx, f.at(budgets, "", "default", ""), &policyv1.PodDisruptionBudget{
			ObjectMeta: meta.ObjectMeta{Name: name},
			Spec:       policyv1.PodDisruptionBudgetSpec{MinAvailable: &one, Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "bench"}}},
		}, meta.CreateOptions{})
		require.NoError(t, err)
	}
	budget("pdb")
	_, err := f.patch(f.at(budgets, "status", "default", "pdb"), client.MergePatch,
		`{"status":{"observedGeneration":1,"disruptionsAllowed":1,"currentHealthy":2,"desiredHealthy":1,"expectedPods":2}}`)
	require.NoError(t, err)
	require.NoError(t, evict("a"))
	pod, err := f.getPod("a")
	require.NoError(t, err)
	require.NotNil(t, pod.DeletionTimestamp)
	require.Equal(t, corev1.DisruptionTarget, pod.Status.Conditions[len(pod.Status.Conditions)-1].Type)
	err = evict("b")
	s := status(t, err)
	require.Equal(t, int32(429), s.Code)
	require.Equal(t, "Cannot evict pod as it would violate the pod's disruption budget.", s.Message)
	require.Equal(t, []meta.StatusCause{{Type: "DisruptionBudget", Message: "The disruption budget pdb does not allow evicting pods currently"}}, s.Details.Causes)
	spent, err := f.reg.Get(f.ctx, f.at(budgets, "", "default", "pdb"), meta.GetOptions{})
	require.NoError(t, err)
	live, err := spent.Object()
	require.NoError(t, err)
	noMore := meta.FindCondition(live.(*policyv1.PodDisruptionBudget).Status.Conditions, policyv1.DisruptionAllowedCondition)
	require.NotNil(t, noMore)
	require.Equal(t, policyv1.InsufficientPodsReason, noMore.Reason)
	require.Zero(t, pod.Status.Conditions[len(pod.Status.Conditions)-1].ObservedGeneration)
	_, err = f.patch(f.at(budgets, "status", "default", "pdb"), client.MergePatch, `{"status":{"currentHealthy":1}}`)
	require.NoError(t, err)
	require.Equal(t, "The disruption budget pdb needs 1 healthy pods and has 1 currently", status(t, evict("b")).Details.Causes[0].Message)
	other := meta.UID("other")
	_, err = f.reg.Create(f.ctx, f.pod("eviction", "b"), &policyv1.Eviction{
		ObjectMeta: meta.ObjectMeta{Name: "b"}, DeleteOptions: &meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &other}},
	}, meta.CreateOptions{})
	require.Equal(t, int32(409), status(t, err).Code)
	sideways := meta.DeletionPropagation("Sideways")
	_, err = f.reg.Create(f.ctx, f.pod("eviction", "b"), &policyv1.Eviction{
		ObjectMeta: meta.ObjectMeta{Name: "b"}, DeleteOptions: &meta.DeleteOptions{PropagationPolicy: &sideways},
	}, meta.CreateOptions{})
	require.Equal(t, int32(429), status(t, err).Code, "options are looked at when the budget has granted the eviction")
	_, err = f.patch(f.at(budgets, "status", "default", "pdb"), client.MergePatch, `{"status":{"disruptionsAllowed":1,"disruptedPods":null}}`)
	require.NoError(t, err)
	_, err = f.reg.Create(f.ctx, f.pod("eviction", "b"), &policyv1.Eviction{
		ObjectMeta: meta.ObjectMeta{Name: "b"}, DeleteOptions: &meta.DeleteOptions{PropagationPolicy: &sideways},
	}, meta.CreateOptions{})
	require.Equal(t, int32(422), status(t, err).Code)
	told, err := f.getPod("b")
	require.NoError(t, err)
	require.Equal(t, corev1.DisruptionTarget, told.Status.Conditions[len(told.Status.Conditions)-1].Type)
	budget("second")
	got, err := f.reg.Create(f.ctx, f.pod("eviction", "b"), &policyv1.Eviction{ObjectMeta: meta.ObjectMeta{Name: "b"}}, meta.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, int32(500), got.(*meta.Status).Code)
	require.True(t, meta.IsNotFound(evict("none")))
}

type issuer struct{}

func (issuer) IssueToken(_ context.Context, account *corev1.ServiceAccount, bound meta.Object, _ *corev1.Node, r *authenticationv1.TokenRequest) error {
	r.Status.Token = "token-of-" + account.Name
	if bound != nil {
		r.Status.Token += "-for-" + bound.Metadata().Name
	}
	return nil
}

func TestTokens(t *testing.T) {
	f := startAPI(t, registry.Options{TokenIssuer: issuer{}})
	_, err := f.reg.Create(f.ctx, f.at(core("serviceaccounts"), "", "default", ""), &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Name: "robot"}}, meta.CreateOptions{})
	require.NoError(t, err)
	f.createPod("p")
	q := f.at(core("serviceaccounts"), "token", "default", "robot")
	ask := func(spec authenticationv1.TokenRequestSpec) (scheme.Typed, error) {
		return f.reg.Create(f.ctx, q, &authenticationv1.TokenRequest{Spec: spec}, meta.CreateOptions{})
	}
	got, err := ask(authenticationv1.TokenRequestSpec{})
	require.NoError(t, err)
	require.Equal(t, "token-of-robot", got.(*authenticationv1.TokenRequest).Status.Token)
	require.Equal(t, int64(3600), *got.(*authenticationv1.TokenRequest).Spec.ExpirationSeconds)
	short := int64(599)
	_, err = ask(authenticationv1.TokenRequestSpec{ExpirationSeconds: &short})
	refused(t, err, 422, `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes`)
	_, err = ask(authenticationv1.TokenRequestSpec{BoundObjectRef: &authenticationv1.BoundObjectReference{Kind: "ConfigMap", APIVersion: "v1", Name: "p"}})
	refused(t, err, 400, "cannot bind token to object of type /v1, Kind=ConfigMap")
	_, err = ask(authenticationv1.TokenRequestSpec{BoundObjectRef: &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: "p"}})
	refused(t, err, 400, `cannot bind token for serviceaccount "robot" to pod running with different serviceaccount name.`)
	_, err = ask(authenticationv1.TokenRequestSpec{BoundObjectRef: &authenticationv1.BoundObjectReference{Kind: "Node", APIVersion: "v1", Name: "n"}})
	refused(t, err, 404, `nodes "n" not found`)

	without := startAPI(t, registry.Options{})
	_, err = without.reg.Create(f.ctx, q, &authenticationv1.TokenRequest{}, meta.CreateOptions{})
	require.True(t, meta.IsServiceUnavailable(err))
}

func TestVirtualResources(t *testing.T) {
	reviews := meta.GroupVersionResource{Group: "authentication.k8s.io", Version: "v1", Resource: "tokenreviews"}
	f := startAPI(t, registry.Options{Virtual: map[meta.GroupResource]registry.Virtual{
		reviews.GroupResource(): func(_ context.Context, q *registry.Request, obj meta.Object) (scheme.Typed, error) {
			review := obj.(*authenticationv1.TokenReview)
			review.Status.User.Username = q.User.Name
			return review, nil
		},
	}})
	got, err := f.reg.Create(f.ctx, f.at(reviews, "", "", ""), &authenticationv1.TokenReview{}, meta.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, "tester", got.(*authenticationv1.TokenReview).Status.User.Username)
	other := meta.GroupVersionResource{Group: "authorization.k8s.io", Version: "v1", Resource: "subjectaccessreviews"}
	res, ok := f.reg.Scheme().Resource(other)
	require.True(t, ok)
	_, err = f.reg.Create(f.ctx, f.at(other, "", "", ""), res.New(), meta.CreateOptions{})
	require.True(t, meta.IsServiceUnavailable(err))
	_, err = f.reg.Get(f.ctx, f.at(other, "", "", "a"), meta.GetOptions{})
	require.True(t, meta.IsMethodNotSupported(err))
}

// gate is an admission plug-in that records what it is asked and may refuse.
type gate struct {
	seen   []admission.Request
	refuse error
	change func(*admission.Request)
}

func (g *gate) Handles(admission.Operation) bool { return true }

func (g *gate) Admit(_ context.Context, r *admission.Request) error {
	if g.change != nil {
		g.change(r)
	}
	return nil
}

func (g *gate) Validate(_ context.Context, r *admission.Request) error {
	g.seen = append(g.seen, *r)
	return g.refuse
}

func TestAdmission(t *testing.T) {
	g := &gate{change: func(r *admission.Request) {
		if w, ok := r.Object.(*Widget); ok {
			w.Spec.Tags = map[string]string{"admitted": string(r.Operation)}
		}
	}}
	f := start(t, widgetGroups(), registry.Options{Admission: admission.Chain{g}})
	require.Equal(t, "CREATE", f.create(named("a")).Spec.Tags["admitted"])
	got, err := f.update(named("a"))
	require.NoError(t, err)
	require.Equal(t, "UPDATE", got.Spec.Tags["admitted"])
	_, err = f.patch(f.at(widgetsV1, "scale", "n", "a"), client.MergePatch, `{"spec":{"replicas":4}}`)
	require.NoError(t, err)
	g.refuse = errors.New("no")
	_, err = f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{})
	require.ErrorIs(t, err, g.refuse)
	require.Equal(t, "a", f.get("a").Name)

	require.Len(t, g.seen, 4)
	create, update, scale, remove := g.seen[0], g.seen[1], g.seen[2], g.seen[3]
	require.Equal(t, admission.Create, create.Operation)
	require.Nil(t, create.OldObject)
	require.Equal(t, "a", create.Name)
	require.Equal(t, "n", create.Namespace)
	require.Equal(t, "tester", create.User.Name)
	require.NotNil(t, update.OldObject)
	require.Equal(t, "Scale", scale.Kind.Kind)
	require.Equal(t, "scale", scale.Subresource)
	require.Equal(t, admission.Delete, remove.Operation)
	require.Nil(t, remove.Object)
	require.NotNil(t, remove.OldObject)
}

func TestSigningRequestsSayWhoAsks(t *testing.T) {
	f := startAPI(t, registry.Options{})
	requests := meta.GroupVersionResource{Group: "certificates.k8s.io", Version: "v1", Resource: "certificatesigningrequests"}
	res, ok := f.reg.Scheme().Resource(requests)
	require.True(t, ok)
	req := res.New().(*certificatesv1.CertificateSigningRequest)
	req.Name = "r"
	req.Spec.Request, req.Spec.SignerName, req.Spec.Usages = []byte(signingRequest), "example.com/s", []certificatesv1.KeyUsage{"client auth"}
	req.Spec.Username = "somebody-else"
	q := f.at(requests, "", "", "")
	q.User = &auth.User{Name: "bob", Groups: []string{"devs"}, Extra: map[string][]string{"why": {"x"}}}
	got, err := f.reg.Create(f.ctx, q, req, meta.CreateOptions{})
	require.NoError(t, err)
	spec := got.(*certificatesv1.CertificateSigningRequest).Spec
	require.Equal(t, "bob", spec.Username)
	require.Equal(t, []string{"devs"}, spec.Groups)
	require.Equal(t, certificatesv1.ExtraValue{"x"}, spec.Extra["why"])

	_, err = f.patch(f.at(requests, "", "", "r"), client.MergePatch, `{"spec":{"username":"eve"}}`)
	require.NoError(t, err)
	obj, err := f.patch(f.at(requests, "approval", "", "r"), client.MergePatch,
		`{"spec":{"username":"eve"},"status":{"certificate":"LS0t","conditions":[{"type":"Approved","status":"True","reason":"R","message":"M"}]}}`)
	require.NoError(t, err)
	approved := obj.(*certificatesv1.CertificateSigningRequest)
	require.Equal(t, "bob", approved.Spec.Username)
	require.Empty(t, approved.Status.Certificate)
	require.False(t, approved.Status.Conditions[0].LastUpdateTime.IsZero())
	require.False(t, approved.Status.Conditions[0].LastTransitionTime.IsZero())

	_, err = f.patch(f.at(requests, "approval", "", "r"), client.MergePatch, `{"status":{"conditions":[]}}`)
	refused(t, err, 422, `CertificateSigningRequest.certificates.k8s.io "r" is invalid: status.conditions: Forbidden: updates may not remove a condition of type "Approved"`)
}

// signingRequest is a well-formed request.
const signingRequest = `-----BEGIN CERTIFICATE REQUEST-----
MIHdMIGEAgEAMCIxEDAOBgNVBAoMB2V4YW1wbGUxDjAMBgNVBAMMBWFsaWNlMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9hgER1S9SR7xSDjHLu6o+lMhsm9YJeD0
Y2hkTqgzTrZDccQIP9pX+CM4yAkvbLsTuu1TkCJBmTXP2OmxHH2ze6AAMAoGCCqG
SM49BAMCA0gAMEUCIA8ziMJa0FEr6vPCkUhBFPaUzZaU4HgZDgGA6PXitqG8AiEA
tuDcFtT0Q1A2lkIydPZuExwh3YYcb7t2a8I6SwRr9pE=
-----END CERTIFICATE REQUEST-----
`
