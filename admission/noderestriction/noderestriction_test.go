package noderestriction_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	"github.com/kubenucleus/nucleus/admission/noderestriction"
	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

var nobody = authz.Func(func(context.Context, *authz.Request) (authz.Decision, string, error) { return authz.NoOpinion, "", nil })

// plugin has the node n with the Pod p, which has a volume with a token for the
// API server and one for "vault".
func plugin() *noderestriction.Plugin {
	var objects admissiontest.Objects
	pod := podOn("n")
	pod.Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{}}, {ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Audience: "vault"}},
	}}}}}
	objects.Put(meta.GroupResource{Resource: "pods"}, pod)
	objects.Put(meta.GroupResource{Resource: "nodes"}, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n", UID: "node-uid"}})
	return noderestriction.New(&objects, nobody)
}

func podOn(node string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "p", UID: "pod-uid"}, Spec: corev1.PodSpec{NodeName: node}}
}

func request(op admission.Operation, resource, subresource string, obj, old meta.Object) *admission.Request {
	r := &admission.Request{Operation: op, Resource: meta.GroupVersionResource{Version: "v1", Resource: resource}, Subresource: subresource,
		Object: obj, OldObject: old, User: &auth.User{Name: "system:node:n", Groups: []string{"system:nodes"}}}
	for _, o := range []meta.Object{obj, old} {
		if o != nil {
			r.Namespace, r.Name = o.Metadata().Namespace, o.Metadata().Name
		}
	}
	return r
}

func TestPods(t *testing.T) {
	yes := true
	owner := meta.OwnerReference{APIVersion: "v1", Kind: "Node", Name: "n", UID: "node-uid", Controller: &yes}
	mirror := func(change func(p *corev1.Pod)) *admission.Request {
		p := podOn("n")
		p.Annotations = map[string]string{"kubernetes.io/config.mirror": "x"}
		p.OwnerReferences = []meta.OwnerReference{owner}
		change(p)
		return request(admission.Create, "pods", "", p, nil)
	}
	labelled := podOn("n")
	labelled.Labels = map[string]string{"a": "b"}
	for name, test := range map[string]struct {
		r    *admission.Request
		says string
	}{
		"an ordinary Pod":     {request(admission.Create, "pods", "", podOn("n"), nil), `pod does not have "kubernetes.io/config.mirror" annotation, node "n" can only create mirror pods`},
		"a mirror":            {mirror(func(*corev1.Pod) {}), ""},
		"elsewhere":           {mirror(func(p *corev1.Pod) { p.Spec.NodeName = "m" }), `node "n" can only create pods with spec.nodeName set to itself`},
		"nobody's":            {mirror(func(p *corev1.Pod) { p.OwnerReferences = nil }), `node "n" can only create pods with an owner reference set to itself`},
		"of an older node":    {mirror(func(p *corev1.Pod) { p.OwnerReferences[0].UID = "old" }), "node n UID mismatch: expected old got node-uid"},
		"with an account":     {mirror(func(p *corev1.Pod) { p.Spec.ServiceAccountName = "sa" }), `node "n" can not create pods that reference a service account`},
		"with a secret":       {mirror(func(p *corev1.Pod) { p.Spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "s"}} }), `node "n" can not create pods that reference secrets`},
		"delete own":          {request(admission.Delete, "pods", "", nil, podOn("n")), ""},
		"delete another's":    {request(admission.Delete, "pods", "", nil, podOn("m")), `node "n" can only delete pods with spec.nodeName set to itself`},
		"update":              {request(admission.Update, "pods", "", podOn("n"), podOn("n")), `unexpected operation "UPDATE", node "n" can only create and delete mirror pods`},
		"status":              {request(admission.Update, "pods", "status", podOn("n"), podOn("n")), ""},
		"status of another's": {request(admission.Update, "pods", "status", podOn("m"), podOn("m")), `node "n" can only update pod status for pods with spec.nodeName set to itself`},
		"status with labels":  {request(admission.Update, "pods", "status", labelled, podOn("n")), `node "n" cannot update labels through pod status`},
		"exec":                {request(admission.Create, "pods", "exec", nil, nil), `unexpected pod subresource "exec", only 'status' and 'eviction' are allowed`},
		"evict":               {request(admission.Create, "pods", "eviction", podOn("n"), nil), ""},
	} {
		err := plugin().Admit(t.Context(), test.r)
		if test.says == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, test.says, name)
	}
}

func TestPodCertificates(t *testing.T) {
	var objects admissiontest.Objects
	pod, mirror, elsewhere := podOn("n"), podOn("n"), podOn("m")
	mirror.Name, elsewhere.Name, mirror.Annotations = "mirror", "elsewhere", map[string]string{"kubernetes.io/config.mirror": "x"}
	for _, p := range []*corev1.Pod{pod, mirror, elsewhere} {
		p.Spec.ServiceAccountName = "sa"
		p.Spec.Volumes = []corev1.Volume{{VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
			{PodCertificate: &corev1.PodCertificateProjection{SignerName: "example.com/s"}},
		}}}}}
		objects.Put(meta.GroupResource{Resource: "pods"}, p)
	}
	objects.Put(meta.GroupResource{Resource: "serviceaccounts"}, &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "sa", UID: "sa-uid"}})
	objects.Put(meta.GroupResource{Resource: "nodes"}, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n", UID: "node-uid"}})
	plugin := noderestriction.New(&objects, nobody)
	for says, change := range map[string]func(*certificatesv1.PodCertificateRequestSpec){
		"": func(*certificatesv1.PodCertificateRequestSpec) {},
		`PodCertificateRequest.Spec.NodeName="m", which is not the requesting node "n"`:                          func(s *certificatesv1.PodCertificateRequestSpec) { s.NodeName = "m" },
		`while retrieving pod "ns/none" named in the PodCertificateRequest: `:                                    func(s *certificatesv1.PodCertificateRequestSpec) { s.PodName = "none" },
		`PodCertificateRequest for pod "ns/p" contains pod UID ("old") which differs from running pod "pod-uid"`: func(s *certificatesv1.PodCertificateRequestSpec) { s.PodUID = "old" },
		`pod "ns/mirror" is a mirror pod`:                                                                                                 func(s *certificatesv1.PodCertificateRequestSpec) { s.PodName = "mirror" },
		`pod "ns/elsewhere" is not running on node "n" named in the PodCertificateRequest`:                                                func(s *certificatesv1.PodCertificateRequestSpec) { s.PodName = "elsewhere" },
		`PodCertificateRequest for pod "ns/p" contains serviceAccountName ("other") that differs from running pod ("sa")`:                 func(s *certificatesv1.PodCertificateRequestSpec) { s.ServiceAccountName = "other" },
		`PodCertificateRequest for pod "ns/p" names service account UID "old", which differs from the running service account ("sa-uid")`: func(s *certificatesv1.PodCertificateRequestSpec) { s.ServiceAccountUID = "old" },
		`PodCertificateRequest for pod "ns/p" names node UID "old", inconsistent with the running node ("node-uid")`:                      func(s *certificatesv1.PodCertificateRequestSpec) { s.NodeUID = "old" },
		`pod "ns/p" does not mount a podCertificate projected volume for signer "example.com/other"`:                                      func(s *certificatesv1.PodCertificateRequestSpec) { s.SignerName = "example.com/other" },
	} {
		asked := &certificatesv1.PodCertificateRequest{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "req"}, Spec: certificatesv1.PodCertificateRequestSpec{
			SignerName: "example.com/s", PodName: "p", PodUID: "pod-uid", ServiceAccountName: "sa", ServiceAccountUID: "sa-uid", NodeName: "n", NodeUID: "node-uid",
		}}
		change(&asked.Spec)
		r := request(admission.Create, "podcertificaterequests", "", asked, nil)
		r.Resource.Group = "certificates.k8s.io"
		if err := plugin.Admit(t.Context(), r); says == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, says)
		}
	}
}

func TestNodes(t *testing.T) {
	node := func(name string, labels map[string]string) *corev1.Node {
		return &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: name, Labels: labels}}
	}
	tainted := node("n", nil)
	tainted.Spec.Taints = []corev1.Taint{{Key: "a"}}
	owned := node("n", nil)
	owned.OwnerReferences = []meta.OwnerReference{{Name: "x"}}
	for name, test := range map[string]struct {
		r    *admission.Request
		says string
	}{
		"register": {request(admission.Create, "nodes", "", node("n", map[string]string{"kubernetes.io/hostname": "h", "node.kubernetes.io/x": "", "example.com/a": ""}), nil), ""},
		"labels": {request(admission.Create, "nodes", "", node("n", map[string]string{"x.node-restriction.kubernetes.io/b": "", "a.k8s.io/c": ""}), nil),
			`node "n" is not allowed to set the following labels: a.k8s.io/c, x.node-restriction.kubernetes.io/b`},
		"another":     {request(admission.Create, "nodes", "", node("m", nil), nil), `node "n" is not allowed to modify node "m"`},
		"delete one":  {request(admission.Delete, "nodes", "", nil, node("m", nil)), `node "n" is not allowed to modify node "m"`},
		"taints":      {request(admission.Update, "nodes", "", tainted, node("n", nil)), `node "n" is not allowed to modify taints`},
		"owners":      {request(admission.Update, "nodes", "status", owned, node("n", nil)), `node "n" is not allowed to modify ownerReferences`},
		"take labels": {request(admission.Update, "nodes", "", node("n", nil), node("n", map[string]string{"node-restriction.kubernetes.io/a": "b"})), "is not allowed to modify labels: node-restriction.kubernetes.io/a"},
	} {
		err := plugin().Admit(t.Context(), test.r)
		if test.says == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, test.says, name)
	}
}

func TestTokens(t *testing.T) {
	ask := func(uid meta.UID, audiences ...string) error {
		r := request(admission.Create, "serviceaccounts", "token", &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
			Audiences: audiences, BoundObjectRef: &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: "p", UID: uid},
		}}, nil)
		r.Namespace = "ns"
		return plugin().Admit(t.Context(), r)
	}
	require.NoError(t, ask("pod-uid"))
	require.NoError(t, ask("pod-uid", "vault"))
	require.ErrorContains(t, ask("pod-uid", "bank"), `audience "bank" not found in pod spec volume`)
	require.ErrorContains(t, ask("pod-uid", "vault", "bank"), "node may only request 0 or 1 audiences")
	require.ErrorContains(t, ask(""), "node requested token with a pod binding without a uid")
	require.ErrorContains(t, ask("other"), "does not match the UID in record")
	unbound := request(admission.Create, "serviceaccounts", "token", &authenticationv1.TokenRequest{}, nil)
	require.ErrorContains(t, plugin().Admit(t.Context(), unbound), "node requested token not bound to a pod")
}

func TestOthersAreFree(t *testing.T) {
	for name, u := range map[string]*auth.User{"nobody": nil, "another": {Name: "bob"}, "a name alone": {Name: "system:node:n"}} {
		r := request(admission.Create, "pods", "", podOn("m"), nil)
		r.User = u
		require.NoError(t, plugin().Admit(t.Context(), r), name)
	}
	r := request(admission.Create, "pods", "", podOn("m"), nil)
	r.User = &auth.User{Name: "system:node:", Groups: []string{"system:nodes"}}
	require.ErrorContains(t, plugin().Admit(t.Context(), r), `could not determine node from user "system:node:"`)
}
