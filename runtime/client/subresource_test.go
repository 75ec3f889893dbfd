package client_test

import (
	"context"
	"testing"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// oneToken gives everybody the name of the account for a token.
type oneToken struct{}

func (oneToken) IssueToken(_ context.Context, account *corev1.ServiceAccount, _ meta.Object, _ *corev1.Node, request *authenticationv1.TokenRequest) error {
	request.Status.Token = "token of " + account.Name
	return nil
}

// TestKindsOfSubresources: what is written to a subresource alone, such as requests
// for tokens, needs no kind, neither in the server's process nor across the network.
func TestKindsOfSubresources(t *testing.T) {
	server := clienttest.Start(t, clienttest.Options{Bootstrap: true, Registry: registry.Options{TokenIssuer: oneToken{}}})
	account := &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "a"}}
	if err := client.Of[corev1.ServiceAccount](server.Local).Create(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]client.Client{"local": server.Local, "remote": server.Remote} {
		at := client.Of[corev1.ServiceAccount](c).In("default").Target("a")
		at.Subresource = "token"
		request := &authenticationv1.TokenRequest{}
		if err := c.Create(t.Context(), at, request, meta.CreateOptions{}); err != nil || request.Status.Token != "token of a" {
			t.Errorf("%s: got token %q, %v", name, request.Status.Token, err)
		}
	}
}
