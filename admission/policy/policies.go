package policy

import (
	"context"
	"fmt"
	"sync"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/match"
	admissionregistrationv1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/cel"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth/authz"
)

const group = "admissionregistration.k8s.io"

func resource(name string) meta.GroupVersionResource {
	return meta.GroupVersionResource{Group: group, Version: "v1", Resource: name}
}

var (
	validatingPolicies = resource("validatingadmissionpolicies")
	validatingBindings = resource("validatingadmissionpolicybindings")
	mutatingPolicies   = resource("mutatingadmissionpolicies")
	mutatingBindings   = resource("mutatingadmissionpolicybindings")
)

// Policies finds the policies that are in force and evaluates them.
type Policies struct {
	scheme     *scheme.Scheme
	reader     admission.Reader
	authorizer authz.Authorizer
	matcher    *match.Matcher

	mutex    sync.Mutex
	compiled map[meta.UID]*program // by the policy that they are of
}

// New returns what evaluates policies over the resources of s. reader reads policies,
// bindings, parameters and namespaces; authorizer is what expressions ask.
func New(s *scheme.Scheme, reader admission.Reader, authorizer authz.Authorizer) *Policies {
	return &Policies{scheme: s, reader: reader, authorizer: authorizer, matcher: match.New(s, reader), compiled: map[meta.UID]*program{}}
}

// exempt says that policies do not apply to the request: it is how one gets rid of them.
func exempt(r *admission.Request) bool {
	if r.Resource.Group != group {
		return false
	}
	switch r.Resource.Resource {
	case validatingPolicies.Resource, validatingBindings.Resource, mutatingPolicies.Resource, mutatingBindings.Resource:
		return true
	}
	return false
}

// A program is the compiled form of a policy.
type program struct {
	version    string // of the policy
	scope      *cel.Scope
	conditions []*cel.Expression
	// validations, mutations and annotations are in the order of the policy's. One
	// that does not compile is nil.
	expressions, messages, annotations []*cel.Expression
	err                                error // of the first expression that does not compile
}

// A source is a policy of either kind, as far as they agree.
type source struct {
	meta       *meta.ObjectMeta
	params     *admissionregistrationv1.ParamKind
	match      *admissionregistrationv1.MatchResources
	conditions []admissionregistrationv1.MatchCondition
	variables  []admissionregistrationv1.Variable
	ignore     bool
	compile    func(p *program, keep func(*cel.Expression, error) *cel.Expression)
}

func ignores(f *admissionregistrationv1.FailurePolicyType) bool {
	return f != nil && *f == admissionregistrationv1.Ignore
}

// program returns the compiled form of a policy, from the last time if it has
// not changed since.
func (p *Policies) program(s *source) *program {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if have := p.compiled[s.meta.UID]; have != nil && have.version == s.meta.ResourceVersion {
		return have
	}
	made := &program{version: s.meta.ResourceVersion, scope: cel.NewScope(cel.Options{Params: s.params != nil})}
	note := func(err error) {
		if err != nil && made.err == nil {
			made.err = err
		}
	}
	keep := func(x *cel.Expression, err error) *cel.Expression {
		note(err)
		return x
	}
	for _, c := range s.conditions {
		made.conditions = append(made.conditions, keep(made.scope.CompileCondition(c.Expression)))
	}
	for _, v := range s.variables {
		note(made.scope.Declare(v.Name, v.Expression))
	}
	s.compile(made, keep)
	p.compiled[s.meta.UID] = made
	return made
}

// forget drops programs of policies that are not there any more.
func (p *Policies) forget(known map[meta.UID]bool, kinds int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if len(p.compiled) <= 2*kinds+64 {
		return
	}
	for uid := range p.compiled {
		if !known[uid] {
			delete(p.compiled, uid)
		}
	}
}

// conditions says whether all conditions hold. One that is false counts more than
// an error of another.
func (g *program) holds(ctx context.Context, b *cel.Bindings) (bool, error) {
	var failure error
	for _, c := range g.conditions {
		v, err := c.Eval(ctx, b)
		switch {
		case err != nil:
			if failure == nil {
				failure = inExpression(c, err)
			}
		case !v.True():
			return false, nil
		}
	}
	return failure == nil, failure
}

// inExpression words an error of evaluation as clients see it.
func inExpression(x *cel.Expression, err error) error {
	return fmt.Errorf("expression '%s' resulted in error: %w", x, err)
}
