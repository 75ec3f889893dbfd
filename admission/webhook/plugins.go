package webhook

import (
	"context"
	"errors"
	"strings"
	"sync"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/match"
	v1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var operations = admission.On{admission.Create, admission.Update, admission.Delete, admission.Connect}

// Mutating is the plug-in for MutatingWebhookConfigurations.
type Mutating struct {
	admission.On
	hooks *Webhooks
}

// Mutating returns the plug-in for MutatingWebhookConfigurations.
func (w *Webhooks) Mutating() *Mutating { return &Mutating{operations, w} }

// Validating is the plug-in for ValidatingWebhookConfigurations.
type Validating struct {
	admission.On
	hooks *Webhooks
}

// Validating returns the plug-in for ValidatingWebhookConfigurations.
func (w *Webhooks) Validating() *Validating { return &Validating{operations, w} }

// Admit implements admission.Mutator.
func (m *Mutating) Admit(ctx context.Context, r *admission.Request) error {
	w := m.hooks
	if exempt(r) {
		return nil
	}
	configurations, err := w.reader.List(ctx, mutatingConfigurations, "")
	if err != nil {
		return notServed(err)
	}
	type done struct {
		hook  *hook
		after int // changes that there were when it had answered
	}
	var again []done
	changes := 0
	for _, obj := range configurations {
		configuration, ok := obj.(*v1.MutatingWebhookConfiguration)
		if !ok {
			continue
		}
		for i := range configuration.Webhooks {
			h := mutatingHook(configuration.Name, &configuration.Webhooks[i])
			asked, changed, err := w.mutate(ctx, r, h)
			if err != nil {
				return err
			}
			if changed {
				changes++
			}
			if asked && h.again {
				again = append(again, done{h, changes})
			}
		}
	}
	for _, d := range again {
		if changes == d.after {
			continue
		}
		_, changed, err := w.mutate(ctx, r, d.hook)
		if err != nil {
			return err
		}
		if changed {
			changes++
		}
	}
	return nil
}

func mutatingHook(configuration string, m *v1.MutatingWebhook) *hook {
	return &hook{configuration: configuration, mutates: true,
		again: m.ReinvocationPolicy != nil && *m.ReinvocationPolicy == v1.IfNeededReinvocationPolicy,
		ValidatingWebhook: v1.ValidatingWebhook{
			Name: m.Name, ClientConfig: m.ClientConfig, Rules: m.Rules, FailurePolicy: m.FailurePolicy, MatchPolicy: m.MatchPolicy,
			NamespaceSelector: m.NamespaceSelector, ObjectSelector: m.ObjectSelector, SideEffects: m.SideEffects,
			TimeoutSeconds: m.TimeoutSeconds, AdmissionReviewVersions: m.AdmissionReviewVersions, MatchConditions: m.MatchConditions,
		}}
}

// mutate asks one webhook and makes the change that it wants.
func (w *Webhooks) mutate(ctx context.Context, r *admission.Request, h *hook) (asked, changed bool, err error) {
	hit, err := w.asks(ctx, r, h)
	if hit == nil || err != nil {
		return false, false, err
	}
	said, err := w.ask(ctx, r, h, hit)
	if err != nil {
		return true, false, settle(h, err)
	}
	if len(said.patch) == 0 || r.Object == nil {
		return true, false, nil
	}
	changed, err = w.patch(r, said.patch, hit)
	return true, changed, err
}

// patch changes the object of a request. What is wrong with a patch is not passed over: the
// webhook was reached, and meant something.
func (w *Webhooks) patch(r *admission.Request, data []byte, hit *match.Hit) (bool, error) {
	patch, err := jsonpatch.DecodePatch(data)
	if err != nil {
		return false, meta.InternalError(err)
	}
	if len(patch) == 0 {
		return false, nil
	}
	raw, err := w.raw(r.Object, hit)
	if err != nil {
		return false, err
	}
	patched, err := patch.Apply(raw)
	if err != nil {
		// Kubernetes' older edition of the library writes it so.
		return false, meta.InternalError(errors.New(strings.Replace(err.Error(), ": unable to", ": Unable to", 1)))
	}
	made, ok := w.scheme.New(hit.Kind)
	if !ok {
		return false, meta.InternalError(errNoKind(hit))
	}
	obj, ok := made.(meta.Object)
	if !ok {
		return false, meta.InternalError(errNoKind(hit))
	}
	if _, err := codec.UnmarshalJSON(patched, obj, codec.DecodeOptions{}); err != nil {
		return false, meta.InternalError(err)
	}
	before, err := w.matcher.Show(r.Object, hit)
	if err != nil {
		return false, err
	}
	*obj.TypeMetadata() = *before.TypeMetadata()
	if codec.Equal(before, obj) {
		return false, nil
	}
	return true, w.matcher.Take(r, obj)
}

// Validate implements admission.Validator. Webhooks are asked side by side; of
// several refusals the client is told the first, in their order.
func (v *Validating) Validate(ctx context.Context, r *admission.Request) error {
	w := v.hooks
	if exempt(r) {
		return nil
	}
	configurations, err := w.reader.List(ctx, validatingConfigurations, "")
	if err != nil {
		return notServed(err)
	}
	type question struct {
		hook *hook
		hit  *match.Hit
	}
	var questions []question
	for _, obj := range configurations {
		configuration, ok := obj.(*v1.ValidatingWebhookConfiguration)
		if !ok {
			continue
		}
		for i := range configuration.Webhooks {
			h := &hook{ValidatingWebhook: configuration.Webhooks[i], configuration: configuration.Name}
			hit, err := w.asks(ctx, r, h)
			if err != nil {
				return err
			}
			if hit != nil {
				questions = append(questions, question{h, hit})
			}
		}
	}
	if len(questions) == 0 {
		return nil
	}
	// Each has its own copy, so that what it tells the client does not race.
	var telling sync.Mutex
	shared := *r
	shared.Warn = func(text string) {
		telling.Lock()
		defer telling.Unlock()
		r.Warning(text)
	}
	shared.Annotate = func(key, value string) {
		telling.Lock()
		defer telling.Unlock()
		r.Annotation(key, value)
	}
	errs := make([]error, len(questions))
	var all sync.WaitGroup
	for i, q := range questions {
		all.Go(func() {
			if _, err := w.ask(ctx, &shared, q.hook, q.hit); err != nil {
				errs[i] = settle(q.hook, err)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
