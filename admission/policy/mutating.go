package policy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/match"
	v1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/cel"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Merger merges a configuration, an object with some of its fields, into an
// object as server-side apply does, without keeping account of who owns what. It
// returns a new object. An *apply.Manager does.
type Merger interface {
	Combine(obj meta.Object, config map[string]any, resource *scheme.Resource) (meta.Object, error)
}

// Mutating is the plug-in for MutatingAdmissionPolicies.
type Mutating struct {
	admission.On
	policies *Policies
	merger   Merger
}

// Mutating returns the plug-in for MutatingAdmissionPolicies. Changes that are
// written as apply configurations are merged by merger.
func (p *Policies) Mutating(merger Merger) *Mutating {
	return &Mutating{admission.On{admission.Create, admission.Update, admission.Connect}, p, merger}
}

// Admit implements admission.Mutator. Policies run by name; those that want to
// run once more if others changed the object after them.
func (m *Mutating) Admit(ctx context.Context, r *admission.Request) error {
	p := m.policies
	if exempt(r) || r.Object == nil {
		return nil
	}
	policies, err := p.reader.List(ctx, mutatingPolicies, "")
	if err != nil || len(policies) == 0 {
		return notServed(err)
	}
	bindings, err := p.reader.List(ctx, mutatingBindings, "")
	if err != nil {
		return notServed(err)
	}
	known := make(map[meta.UID]bool, len(policies))
	var again []*v1.MutatingAdmissionPolicy
	seen := map[meta.UID]int{} // how many changes there were when a policy had run
	changes := 0
	for _, obj := range policies {
		policy, ok := obj.(*v1.MutatingAdmissionPolicy)
		if !ok {
			continue
		}
		known[policy.UID] = true
		ran, changed, err := m.run(ctx, r, policy, bindings)
		if err != nil {
			return err
		}
		if changed {
			changes++
		}
		if ran && policy.Spec.ReinvocationPolicy == v1.IfNeededReinvocationPolicy {
			again, seen[policy.UID] = append(again, policy), changes
		}
	}
	for _, policy := range again {
		if changes > seen[policy.UID] {
			_, changed, err := m.run(ctx, r, policy, bindings)
			if err != nil {
				return err
			}
			if changed {
				changes++
			}
		}
	}
	p.forget(known, len(policies))
	return nil
}

// run puts one policy, under all its bindings, to the request.
func (m *Mutating) run(ctx context.Context, r *admission.Request, policy *v1.MutatingAdmissionPolicy, bindings []meta.Object) (ran, changed bool, err error) {
	p := m.policies
	ignore := ignores(policy.Spec.FailurePolicy)
	var run *program
	for _, obj := range bindings {
		binding, ok := obj.(*v1.MutatingAdmissionPolicyBinding)
		if !ok || binding.Spec.PolicyName != policy.Name {
			continue
		}
		fail := func(err error) error {
			var status *meta.StatusError
			switch {
			case ignore:
				return nil
			case errors.As(err, &status):
				return err
			}
			return denied(r, fmt.Sprintf("policy '%s' with binding '%s' denied request: %s", policy.Name, binding.Name, err))
		}
		hit, err := p.matcher.Find(ctx, r, match.OfResources(policy.Spec.MatchConstraints))
		if err == nil && hit == nil {
			return ran, changed, nil
		}
		var narrowed *match.Hit
		if err == nil {
			narrowed, err = p.matcher.Find(ctx, r, match.OfResources(binding.Spec.MatchResources))
		}
		if err == nil && narrowed == nil {
			continue
		}
		var params []any
		if err == nil {
			params, err = p.parameters(ctx, r, policy.Spec.ParamKind, binding.Spec.ParamRef)
		}
		if err == nil && run == nil {
			run = p.program(mutationSource(policy))
			err = run.err
		}
		if err != nil {
			if err = fail(err); err != nil {
				return ran, changed, err
			}
			continue
		}
		for _, param := range params {
			did, err := m.mutate(ctx, r, policy, run, hit, param)
			ran = true
			if err != nil {
				if err = fail(err); err != nil {
					return ran, changed, err
				}
				continue
			}
			changed = changed || did
		}
	}
	return ran, changed, nil
}

func denied(r *admission.Request, message string) error {
	err := r.Forbidden(errors.New(message))
	// Kubernetes answers 403 with the message alone and the reason of a 422.
	err.Status.Message, err.Status.Reason = message, meta.StatusReasonInvalid
	err.Status.Details.Causes = append(err.Status.Details.Causes, meta.StatusCause{Message: message})
	return err
}

func mutationSource(policy *v1.MutatingAdmissionPolicy) *source {
	return &source{
		meta: &policy.ObjectMeta, params: policy.Spec.ParamKind, conditions: policy.Spec.MatchConditions, variables: policy.Spec.Variables,
		compile: func(g *program, keep func(*cel.Expression, error) *cel.Expression) {
			for _, m := range policy.Spec.Mutations {
				var x *cel.Expression
				switch {
				case m.PatchType == v1.PatchTypeApplyConfiguration && m.ApplyConfiguration != nil:
					x = keep(g.scope.CompileMutation(m.ApplyConfiguration.Expression, cel.ResultObject))
				case m.PatchType == v1.PatchTypeJSONPatch && m.JSONPatch != nil:
					x = keep(g.scope.CompileMutation(m.JSONPatch.Expression, cel.ResultPatches))
				default:
					keep(nil, fmt.Errorf("unknown patchType %q", m.PatchType))
				}
				g.expressions = append(g.expressions, x)
			}
		},
	}
}

// mutate runs a policy with one parameter: all its mutations, each on what the
// one before has left, or none.
func (m *Mutating) mutate(ctx context.Context, r *admission.Request, policy *v1.MutatingAdmissionPolicy, run *program, hit *match.Hit, param any) (bool, error) {
	p := m.policies
	values, err := p.matcher.Values(ctx, p.authorizer, r, hit)
	if err != nil {
		return false, err
	}
	values["params"] = param
	if ok, err := run.holds(ctx, run.scope.Bind(values, cel.NewBudget(cel.ConditionsBudget))); !ok || err != nil {
		return false, err
	}
	resource, ok := p.scheme.Resource(hit.Resource)
	if !ok || resource.Kind != hit.Kind.Kind {
		if resource, ok = p.scheme.ResourceOf(hit.Kind); !ok {
			return false, fmt.Errorf("cannot change a %s", hit.Kind)
		}
	}
	shown, err := p.matcher.Show(r.Object, hit)
	if err != nil {
		return false, err
	}
	before := shown
	budget := cel.NewBudget(cel.PolicyBudget)
	for i, x := range run.expressions {
		// Each sees what those before it made, variables included.
		if values["object"], err = match.Tree(shown, hit.Kind); err != nil {
			return false, err
		}
		v, err := x.Eval(ctx, run.scope.Bind(values, budget))
		if err != nil {
			return false, inExpression(x, err)
		}
		next, err := m.change(shown, v, policy.Spec.Mutations[i].PatchType, resource)
		if err != nil {
			return false, err
		}
		shown = next
	}
	if codec.Equal(before, shown) {
		return false, nil
	}
	return true, p.matcher.Take(r, shown)
}

// change applies what a mutation gave.
func (m *Mutating) change(obj meta.Object, v cel.Value, how v1.PatchType, resource *scheme.Resource) (meta.Object, error) {
	if how == v1.PatchTypeApplyConfiguration {
		if v.Null() {
			return nil, fmt.Errorf("unsupported return type from ApplyConfiguration expression: %s", v.Type())
		}
		config, err := v.Object()
		if err != nil {
			return nil, fmt.Errorf("type mismatch: %w", err)
		}
		next, err := m.merger.Combine(obj, config, resource)
		if err != nil {
			return nil, fmt.Errorf("error applying patch: %w", err)
		}
		return next, nil
	}
	ops, err := v.Tree()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(ops)
	if err != nil {
		return nil, err
	}
	patch, err := jsonpatch.DecodePatch(text)
	if err != nil {
		if list, ok := ops.([]any); ok {
			for _, op := range list {
				if kind := strange(op); kind != "" {
					err = errors.New("Unexpected kind: " + kind)
					break
				}
			}
		}
		return nil, fmt.Errorf("JSON Patch: %w", err)
	}
	data, err := codec.MarshalJSON(obj)
	if err != nil {
		return nil, err
	}
	patched, err := patch.Apply(data)
	switch {
	case errors.Is(err, jsonpatch.ErrTestFailed):
		return obj, nil // a test is how a patch says that it is not needed
	case err != nil:
		// Kubernetes' older edition of the library writes it so.
		return nil, errors.New("JSON Patch: " + strings.Replace(err.Error(), ": unable to", ": Unable to", 1))
	}
	next := resource.New()
	if _, err := codec.UnmarshalJSON(patched, next, codec.DecodeOptions{}); err != nil {
		return nil, meta.InternalError(err)
	}
	return next, nil
}

// strange returns the name of a patch operation if there is no such.
func strange(op any) string {
	m, _ := op.(map[string]any)
	switch name, _ := m["op"].(string); name {
	case "add", "remove", "replace", "move", "copy", "test":
		return ""
	default:
		return name
	}
}
