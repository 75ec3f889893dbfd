package authz

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
)

// Decision is what an Authorizer says about a request.
type Decision int

const (
	NoOpinion Decision = iota // others decide; the zero value
	Deny                      // refused, whatever others say
	Allow
)

// String returns the decision's name.
func (d Decision) String() string {
	switch d {
	case Allow:
		return "allow"
	case Deny:
		return "deny"
	}
	return "no opinion"
}

// Request is what a user asks for: either a verb on a resource, or a verb on
// another path of the server.
type Request struct {
	User *auth.User
	// Verb is the API verb ("list") of a resource request, else the HTTP method
	// in lower case.
	Verb string
	// ResourceRequest tells the two apart. The fields up to Name are for it.
	ResourceRequest bool
	Group           string
	Version         string
	Resource        string
	Subresource     string
	Namespace       string // "" is the whole cluster
	Name            string // "" when the request names no object
	// Path is the path of a request that is not about a resource.
	Path string
	// FieldSelector and LabelSelector are the selectors of a list, watch or
	// deletecollection as the client wrote them.
	FieldSelector string
	LabelSelector string
}

// Authorizer decides about requests. It is safe for concurrent use.
type Authorizer interface {
	// Authorize returns the decision and, for logs and the client, the reason.
	// An error says that something could not be looked up; the decision counts
	// nevertheless.
	Authorize(ctx context.Context, r *Request) (d Decision, reason string, err error)
}

// Func makes a function an Authorizer.
type Func func(ctx context.Context, r *Request) (Decision, string, error)

// Authorize calls f.
func (f Func) Authorize(ctx context.Context, r *Request) (Decision, string, error) { return f(ctx, r) }

// Union asks its members in order; the first that has an opinion decides.
type Union []Authorizer

// Authorize asks the members. Reasons and errors of those without an opinion
// are collected for the case that nobody has one.
func (u Union) Authorize(ctx context.Context, r *Request) (Decision, string, error) {
	var reasons string
	var errs []error
	for _, member := range u {
		d, reason, err := member.Authorize(ctx, r)
		if err != nil {
			errs = append(errs, err)
		}
		if d != NoOpinion {
			return d, reason, err
		}
		if reason != "" {
			if reasons != "" {
				reasons += "\n"
			}
			reasons += reason
		}
	}
	return NoOpinion, reasons, errors.Join(errs...)
}

// Named is inner by a name, which its reasons for not allowing begin with, so that
// clients see who said so.
func Named(name string, inner Authorizer) Authorizer {
	return Func(func(ctx context.Context, r *Request) (Decision, string, error) {
		d, reason, err := inner.Authorize(ctx, r)
		if d != Allow && reason != "" {
			reason = name + ": " + reason
		}
		return d, reason, err
	})
}

// AlwaysAllow allows everything to everybody.
var AlwaysAllow Authorizer = Func(func(context.Context, *Request) (Decision, string, error) { return Allow, "", nil })

// Masters allows everything to the group system:masters and has no opinion on
// others.
type Masters struct{}

// Authorize implements Authorizer.
func (Masters) Authorize(_ context.Context, r *Request) (Decision, string, error) {
	if r.User.In(auth.GroupMasters) {
		return Allow, "", nil
	}
	return NoOpinion, "", nil
}

// PublicInfo lets everybody who makes requests, known or not, read the server's
// health and version, as the role system:public-info-viewer does.
type PublicInfo struct{}

// Authorize implements Authorizer.
func (PublicInfo) Authorize(_ context.Context, r *Request) (Decision, string, error) {
	if r.ResourceRequest || !r.User.In(auth.GroupAuthenticated) && !r.User.In(auth.GroupAnonymous) {
		return NoOpinion, "", nil
	}
	switch r.Path {
	case "/healthz", "/livez", "/readyz":
		// Any method: probes that POST must not be told that a server is down.
		return Allow, "", nil
	case "/version", "/version/":
		if r.Verb == "get" {
			return Allow, "", nil
		}
	}
	return NoOpinion, "", nil
}

// Forbidden is the 403 for a request that was not allowed. The reason, if any,
// is told too.
func Forbidden(r *Request, reason string) *meta.StatusError {
	name := ""
	if r.User != nil {
		name = r.User.Name
	}
	tail := ""
	if reason != "" {
		tail = ": " + reason
	}
	if !r.ResourceRequest {
		return meta.Forbidden(meta.GroupResource{}, "", fmt.Errorf("User %q cannot %s path %q%s", name, r.Verb, r.Path, tail))
	}
	resource := r.Resource
	if r.Subresource != "" {
		resource += "/" + r.Subresource
	}
	where := "at the cluster scope"
	if r.Namespace != "" {
		where = fmt.Sprintf("in the namespace %q", r.Namespace)
	}
	return meta.Forbidden(meta.GroupResource{Group: r.Group, Resource: r.Resource}, r.Name,
		fmt.Errorf("User %q cannot %s resource %q in API group %q %s%s", name, r.Verb, resource, r.Group, where, tail))
}
