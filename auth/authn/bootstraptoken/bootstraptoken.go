package bootstraptoken

import (
	"context"
	"crypto/subtle"
	"regexp"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
)

// GroupBootstrappers is the group of all who come with such a token.
const GroupBootstrappers = "system:bootstrappers"

// Options tunes [New]. The zero value works.
type Options struct {
	// Audiences are those of the API server.
	Audiences []string
	Now       func() time.Time // nil: time.Now
}

var (
	tokenForm = regexp.MustCompile(`^([a-z0-9]{6})\.([a-z0-9]{16})$`)
	groupForm = regexp.MustCompile(`^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$`)
	secrets   = meta.GroupVersionResource{Version: "v1", Resource: "secrets"}
)

// New returns what knows the tokens whose Secrets objects has.
func New(objects auth.Reader, opts Options) authn.Tokens {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return authn.TokenFunc(func(ctx context.Context, token string, audiences []string) (*authn.Identity, bool, error) {
		form := tokenForm.FindStringSubmatch(token)
		if form == nil {
			return nil, false, nil
		}
		common := authn.Intersect(audiences, opts.Audiences)
		if len(audiences) > 0 && len(common) == 0 {
			return nil, false, nil
		}
		obj, err := objects.Get(ctx, secrets, meta.NamespaceSystem, "bootstrap-token-"+form[1])
		if err != nil {
			if meta.IsNotFound(err) {
				return nil, false, nil
			}
			return nil, false, err
		}
		secret, ok := obj.(*corev1.Secret)
		if !ok || !good(secret, form[1], form[2], opts.Now()) {
			return nil, false, nil
		}
		groups, ok := groupsOf(secret)
		if !ok {
			return nil, false, nil
		}
		return &authn.Identity{User: &auth.User{Name: "system:bootstrap:" + form[1], Groups: groups}, Audiences: common}, true, nil
	})
}

// good says whether the Secret is for that token and still counts.
func good(secret *corev1.Secret, id, key string, now time.Time) bool {
	text := func(name string) string { return string(secret.Data[name]) }
	return secret.Type == corev1.SecretTypeBootstrapToken && secret.DeletionTimestamp == nil &&
		text("token-id") == id && subtle.ConstantTimeCompare(secret.Data["token-secret"], []byte(key)) == 1 &&
		!Expired(secret, now) && text("usage-bootstrap-authentication") == "true"
}

// Expired says whether a token's time is over. One that nobody can read is.
func Expired(secret *corev1.Secret, now time.Time) bool {
	text := string(secret.Data["expiration"])
	if text == "" {
		return false
	}
	end, err := time.Parse(time.RFC3339, text)
	return err != nil || !now.Before(end)
}

// groupsOf returns the groups that the Secret gives. One that is no group for
// such tokens spoils it: it might be more than who made it may give.
func groupsOf(secret *corev1.Secret) ([]string, bool) {
	groups := []string{GroupBootstrappers}
	extra := string(secret.Data["auth-extra-groups"])
	if extra == "" {
		return groups, true
	}
	for g := range strings.SplitSeq(extra, ",") {
		if !groupForm.MatchString(g) {
			return nil, false
		}
		groups = append(groups, g)
	}
	return groups, true
}
