package webhook

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/match"
	v1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/cel"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// Options tunes webhooks. The zero value works.
type Options struct {
	// Authorizer is what match conditions may ask; nil allows nothing.
	Authorizer authz.Authorizer
	// Resolve returns the address, host:port, of a Service; nil is its cluster IP, as
	// the reader has it.
	Resolve func(ctx context.Context, namespace, name string, port int32) (string, error)
}

const group = "admissionregistration.k8s.io"

func resource(name string) meta.GroupVersionResource {
	return meta.GroupVersionResource{Group: group, Version: "v1", Resource: name}
}

var (
	mutatingConfigurations   = resource("mutatingwebhookconfigurations")
	validatingConfigurations = resource("validatingwebhookconfigurations")
)

// Webhooks calls the webhooks that are registered. It is safe for concurrent use.
type Webhooks struct {
	scheme  *scheme.Scheme
	reader  admission.Reader
	options Options
	matcher *match.Matcher
	clients clients

	mutex      sync.Mutex
	conditions map[string]*conditions // by text
}

// New returns what calls webhooks about the resources of s. reader reads configurations,
// namespaces and Services.
func New(s *scheme.Scheme, reader admission.Reader, opts Options) *Webhooks {
	w := &Webhooks{scheme: s, reader: reader, options: opts, matcher: match.New(s, reader), conditions: map[string]*conditions{}}
	if w.options.Resolve == nil {
		w.options.Resolve = w.clusterIP
	}
	return w
}

// Close ends connections that are not in use.
func (w *Webhooks) Close() { w.clients.close() }

// exempt says that webhooks are not asked: it is how one gets rid of them.
func exempt(r *admission.Request) bool {
	if r.Resource.Group != group {
		return false
	}
	switch r.Resource.Resource {
	case mutatingConfigurations.Resource, validatingConfigurations.Resource, "validatingadmissionpolicies", "validatingadmissionpolicybindings",
		"mutatingadmissionpolicies", "mutatingadmissionpolicybindings":
		return true
	}
	return false
}

// A hook is a webhook of either kind, as far as they agree.
type hook struct {
	v1.ValidatingWebhook
	configuration string
	mutates       bool
	again         bool // it wants to be called once more if others change the object
}

func (h *hook) ignores() bool { return h.FailurePolicy != nil && *h.FailurePolicy == v1.Ignore }

// conditions are compiled match conditions.
type conditions struct {
	scope *cel.Scope
	all   []*cel.Expression
	err   error
}

// compiled returns the conditions of a webhook, from the last time if it has
// the same still.
func (w *Webhooks) compiled(list []v1.MatchCondition) *conditions {
	key := ""
	for _, c := range list {
		key += c.Expression + "\x00"
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if have := w.conditions[key]; have != nil {
		return have
	}
	if len(w.conditions) > 1000 {
		clear(w.conditions) // most are of webhooks that are no more
	}
	made := &conditions{scope: cel.NewScope(cel.Options{})}
	for _, c := range list {
		x, err := made.scope.CompileCondition(c.Expression)
		if err != nil && made.err == nil {
			made.err = err
		}
		made.all = append(made.all, x)
	}
	w.conditions[key] = made
	return made
}

// asks says how a webhook is to be asked about a request; nil if it is not.
func (w *Webhooks) asks(ctx context.Context, r *admission.Request, h *hook) (*match.Hit, error) {
	criteria := match.Criteria{
		Exact:             h.MatchPolicy != nil && *h.MatchPolicy == v1.Exact,
		NamespaceSelector: h.NamespaceSelector, ObjectSelector: h.ObjectSelector,
	}
	for _, rule := range h.Rules {
		criteria.Rules = append(criteria.Rules, v1.NamedRuleWithOperations{RuleWithOperations: rule})
	}
	hit, err := w.matcher.Find(ctx, r, criteria)
	if hit == nil || err != nil || len(h.MatchConditions) == 0 {
		return hit, err
	}
	c := w.compiled(h.MatchConditions)
	failure := c.err
	if failure == nil {
		values, err := w.matcher.Values(ctx, w.options.Authorizer, r, hit)
		if err != nil {
			return nil, err
		}
		b := c.scope.Bind(values, cel.NewBudget(cel.ConditionsBudget))
		for _, x := range c.all {
			v, err := x.Eval(ctx, b)
			switch {
			case err != nil:
				if failure == nil {
					failure = fmt.Errorf("expression '%s' resulted in error: %w", x, err)
				}
			case !v.True():
				return nil, nil // one that is false counts more than errors of others
			}
		}
	}
	switch {
	case failure == nil:
		return hit, nil
	case h.ignores():
		return nil, nil
	}
	return nil, r.Forbidden(failure)
}

// failed is the answer when a webhook could not be asked; nil if it is passed over.
func failed(h *hook, err error) error {
	if h.ignores() {
		return nil
	}
	return meta.InternalError(fmt.Errorf("failed calling webhook %q: %w", h.Name, err))
}

// A refusal of the webhook's is an error that failed does not touch.
type refusal struct{ *meta.StatusError }

func refuse(h *hook, result *meta.Status) error {
	status := meta.Status{}
	if result != nil {
		status = *result
	}
	status.Status = meta.StatusFailure
	if status.Code <= 0 {
		status.Code = 400
	}
	said := status.Message
	if said == "" {
		said = string(status.Reason)
	}
	status.Message = fmt.Sprintf("admission webhook %q denied the request", h.Name)
	if said != "" {
		status.Message += ": " + said
	} else {
		status.Message += " without explanation"
	}
	return refusal{&meta.StatusError{Status: status}}
}

// settle turns what asking a webhook gave into the client's answer.
func settle(h *hook, err error) error {
	var refused refusal
	if errors.As(err, &refused) {
		return refused.StatusError
	}
	return failed(h, err)
}

// notServed passes over webhooks where their kinds are not served at all.
func notServed(err error) error {
	if meta.IsNotFound(err) {
		return nil
	}
	return err
}

func errNoKind(hit *match.Hit) error { return fmt.Errorf("no kind %q is registered", hit.Kind) }
