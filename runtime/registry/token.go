package registry

import (
	"context"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// TokenIssuer signs tokens for service accounts. It must be safe for
// concurrent use.
type TokenIssuer interface {
	// IssueToken fills request.Status for account. bound is the live object that
	// the token is bound to, nil for none. The request is valid.
	IssueToken(ctx context.Context, account *corev1.ServiceAccount, bound meta.Object, request *authenticationv1.TokenRequest) error
}
