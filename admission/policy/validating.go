package policy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/match"
	v1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/cel"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// maxMessage is how long a message that an expression made may be, in bytes.
const maxMessage = 5 * 1024

// failureAnnotation is the key under which violations are noted for audit.
const failureAnnotation = "validation.policy.admission.k8s.io/validation_failure"

// Validating is the plug-in for ValidatingAdmissionPolicies.
type Validating struct {
	admission.On
	policies *Policies
}

// Validating returns the plug-in for ValidatingAdmissionPolicies.
func (p *Policies) Validating() *Validating {
	return &Validating{admission.On{admission.Create, admission.Update, admission.Delete, admission.Connect}, p}
}

// A violation is what one validation of a policy, under one binding, has against
// the request.
type violation struct {
	Message string                `json:"message"`
	Policy  string                `json:"policy"`
	Binding string                `json:"binding"`
	Index   int                   `json:"expressionIndex"`
	Actions []v1.ValidationAction `json:"validationActions"`
	reason  meta.StatusReason
}

// verdict collects what all policies say of a request.
type verdict struct {
	denied      []violation
	audited     []violation
	annotations map[string][]string // by key
	order       []string
}

// Validate implements admission.Validator.
func (v *Validating) Validate(ctx context.Context, r *admission.Request) error {
	p := v.policies
	if exempt(r) {
		return nil
	}
	policies, err := p.reader.List(ctx, validatingPolicies, "")
	if err != nil || len(policies) == 0 {
		return notServed(err)
	}
	bindings, err := p.reader.List(ctx, validatingBindings, "")
	if err != nil {
		return notServed(err)
	}
	var all verdict
	known := make(map[meta.UID]bool, len(policies))
	for _, obj := range policies {
		policy, ok := obj.(*v1.ValidatingAdmissionPolicy)
		if !ok {
			continue
		}
		known[policy.UID] = true
		own := slices.DeleteFunc(slices.Clone(bindings), func(b meta.Object) bool {
			binding, ok := b.(*v1.ValidatingAdmissionPolicyBinding)
			return !ok || binding.Spec.PolicyName != policy.Name
		})
		if len(own) > 0 {
			p.validate(ctx, r, policy, own, &all)
		}
	}
	p.forget(known, len(policies))
	return all.conclude(r)
}

// notServed passes over policies where their kinds are not served at all.
func notServed(err error) error {
	if meta.IsNotFound(err) {
		return nil
	}
	return err
}

// validate puts one policy, with its bindings, to the request.
func (p *Policies) validate(ctx context.Context, r *admission.Request, policy *v1.ValidatingAdmissionPolicy, bindings []meta.Object, all *verdict) {
	ignore := ignores(policy.Spec.FailurePolicy)
	fail := func(binding string, err error) {
		if !ignore {
			all.denied = append(all.denied, violation{Policy: policy.Name, Binding: binding, Message: err.Error()})
		}
	}
	hit, err := p.matcher.Find(ctx, r, match.OfResources(policy.Spec.MatchConstraints))
	if err != nil {
		fail("", err)
		return
	}
	if hit == nil {
		return
	}
	run := p.program(&source{
		meta: &policy.ObjectMeta, params: policy.Spec.ParamKind, conditions: policy.Spec.MatchConditions, variables: policy.Spec.Variables,
		compile: func(g *program, keep func(*cel.Expression, error) *cel.Expression) {
			for _, v := range policy.Spec.Validations {
				g.expressions = append(g.expressions, keep(g.scope.Compile(v.Expression, cel.ResultBool)))
				var message *cel.Expression
				if v.MessageExpression != "" {
					message = keep(g.scope.CompileMessage(v.MessageExpression))
				}
				g.messages = append(g.messages, message)
			}
			for _, a := range policy.Spec.AuditAnnotations {
				g.annotations = append(g.annotations, keep(g.scope.Compile(a.ValueExpression, cel.ResultTextOrNull)))
			}
		},
	})
	var values map[string]any
	for _, obj := range bindings {
		binding := obj.(*v1.ValidatingAdmissionPolicyBinding)
		name := binding.Name
		// The binding narrows; in which version objects are seen, the policy says.
		narrowed, err := p.matcher.Find(ctx, r, match.OfResources(binding.Spec.MatchResources))
		if err != nil {
			fail(name, err)
			continue
		}
		if narrowed == nil {
			continue
		}
		params, err := p.parameters(ctx, r, policy.Spec.ParamKind, binding.Spec.ParamRef)
		if _, ok := errors.AsType[errNoKind](err); ok {
			fail("", err)
			return
		}
		if err == nil {
			err = run.err
		}
		if err == nil && values == nil {
			values, err = p.matcher.Values(ctx, p.authorizer, r, hit)
		}
		if err != nil {
			fail(name, err)
			continue
		}
		for _, param := range params {
			e := evaluation{run: run, policy: policy, binding: binding, ignore: ignore, all: all, warn: r.Warning}
			e.evaluate(ctx, with(values, param))
		}
	}
}

func with(values map[string]any, param any) map[string]any {
	all := make(map[string]any, len(values)+1)
	for k, v := range values {
		all[k] = v
	}
	all["params"] = param
	return all
}

// An evaluation is one run of a policy: under one binding, with one parameter.
type evaluation struct {
	run     *program
	policy  *v1.ValidatingAdmissionPolicy
	binding *v1.ValidatingAdmissionPolicyBinding
	ignore  bool
	all     *verdict
	warn    func(string)
}

func (e *evaluation) evaluate(ctx context.Context, values map[string]any) {
	ok, err := e.run.holds(ctx, e.run.scope.Bind(values, cel.NewBudget(cel.ConditionsBudget)))
	if err != nil {
		if !e.ignore {
			e.enforce(violation{Message: err.Error()})
		}
		return
	}
	if !ok {
		return
	}
	b := e.run.scope.Bind(values, cel.NewBudget(cel.PolicyBudget))
	for i, x := range e.run.expressions {
		v, err := x.Eval(ctx, b)
		switch {
		case errors.Is(err, cel.ErrBudget):
			if !e.ignore {
				e.enforce(violation{Index: i, Message: "validation failed due to running out of cost budget, no further validation rules will be run"})
			}
			return
		case err != nil:
			if !e.ignore {
				e.enforce(violation{Index: i, Message: inExpression(x, err).Error()})
			}
		case !v.True():
			e.enforce(e.violated(ctx, b, i))
		}
	}
	e.annotate(ctx, b)
}

// violated says what a validation that does not hold has to say.
func (e *evaluation) violated(ctx context.Context, b *cel.Bindings, i int) violation {
	rule := &e.policy.Spec.Validations[i]
	found := violation{Index: i, Message: rule.Message}
	if rule.Reason != nil {
		found.reason = *rule.Reason
	}
	if x := e.run.messages[i]; x != nil {
		if v, err := x.Eval(ctx, b); err == nil {
			text, _ := v.Text()
			text = strings.TrimSpace(text)
			if text != "" && len(text) <= maxMessage && !strings.ContainsAny(text, "\n\r") {
				found.Message = text
			}
		}
	}
	if strings.TrimSpace(found.Message) == "" {
		found.Message = "failed expression: " + strings.TrimSpace(rule.Expression)
	}
	return found
}

// enforce does with a violation what the binding says.
func (e *evaluation) enforce(v violation) {
	v.Policy, v.Binding, v.Actions = e.policy.Name, e.binding.Name, e.binding.Spec.ValidationActions
	for _, action := range v.Actions {
		switch action {
		case v1.Deny:
			e.all.denied = append(e.all.denied, v)
		case v1.Warn:
			e.warn(fmt.Sprintf("Validation failed for ValidatingAdmissionPolicy '%s' with binding '%s': %s", v.Policy, v.Binding, v.Message))
		case v1.Audit:
			e.all.audited = append(e.all.audited, v)
		}
	}
}

// annotate adds what the policy has to tell to the audit event.
func (e *evaluation) annotate(ctx context.Context, b *cel.Bindings) {
	for i, x := range e.run.annotations {
		v, err := x.Eval(ctx, b)
		if err != nil {
			if !e.ignore {
				e.enforce(violation{Message: inExpression(x, err).Error()})
			}
			continue
		}
		text, ok := v.Text()
		if text = strings.TrimSpace(text); !ok || text == "" {
			continue
		}
		key := e.policy.Name + "/" + e.policy.Spec.AuditAnnotations[i].Key
		if e.all.annotations == nil {
			e.all.annotations = map[string][]string{}
		}
		if !slices.Contains(e.all.order, key) {
			e.all.order = append(e.all.order, key)
		}
		if !slices.Contains(e.all.annotations[key], text) {
			e.all.annotations[key] = append(e.all.annotations[key], text)
		}
	}
}

// conclude notes what is for audit, and refuses the request if it was denied.
func (a *verdict) conclude(r *admission.Request) error {
	for _, key := range a.order {
		r.Annotation(key, strings.Join(a.annotations[key], ", "))
	}
	if len(a.audited) > 0 {
		if text, err := json.Marshal(a.audited); err == nil {
			r.Annotation(failureAnnotation, string(text))
		}
	}
	if len(a.denied) == 0 {
		return nil
	}
	first := &a.denied[0]
	message := fmt.Sprintf("ValidatingAdmissionPolicy '%s' with binding '%s' denied request: %s", first.Policy, first.Binding, first.Message)
	if first.Binding == "" {
		message = fmt.Sprintf("ValidatingAdmissionPolicy '%s' denied request: %s", first.Policy, first.Message)
	}
	return refusal(r, message, first.reason)
}

// refusal is the answer to a request that a policy denies.
func refusal(r *admission.Request, message string, reason meta.StatusReason) error {
	err := r.Forbidden(errors.New(message))
	code := map[meta.StatusReason]int32{
		meta.StatusReasonForbidden: 403, meta.StatusReasonUnauthorized: 401, meta.StatusReasonRequestEntityTooLarge: 413,
	}[reason]
	if code == 0 {
		code = 422
	}
	if reason == "" {
		reason = meta.StatusReasonInvalid
	}
	err.Status.Reason, err.Status.Code = reason, code
	err.Status.Details.Causes = append(err.Status.Details.Causes, meta.StatusCause{Message: message})
	return err
}
