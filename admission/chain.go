package admission

import (
	"context"
	"fmt"
	"slices"
)

// Plugin is one rule. It implements [Mutator], [Validator], or both; one that
// implements neither does nothing.
type Plugin interface {
	// Handles reports whether the plug-in cares for such operations at all.
	Handles(op Operation) bool
}

// Mutator is a plug-in that may change Request.Object, or refuse the request.
// Mutators run before validation and may run again on the same object when a
// write is tried again, so running twice must do no more than running once.
type Mutator interface {
	Plugin
	Admit(ctx context.Context, r *Request) error
}

// Validator is a plug-in that may refuse the request. Validators run after the
// object has passed its own validation, and see what will be stored.
type Validator interface {
	Plugin
	Validate(ctx context.Context, r *Request) error
}

// Chain runs plug-ins in order, and is a plug-in itself. It is safe for
// concurrent use as long as nobody changes it.
type Chain []Plugin

// Handles reports whether any member does.
func (c Chain) Handles(op Operation) bool {
	return slices.ContainsFunc(c, func(p Plugin) bool { return p.Handles(op) })
}

// Admit runs the mutators; the first error ends it.
func (c Chain) Admit(ctx context.Context, r *Request) error {
	for _, p := range c {
		if m, ok := p.(Mutator); ok && m.Handles(r.Operation) {
			if err := m.Admit(ctx, r); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// Validate runs the validators; the first error ends it.
func (c Chain) Validate(ctx context.Context, r *Request) error {
	for _, p := range c {
		if v, ok := p.(Validator); ok && v.Handles(r.Operation) {
			if err := v.Validate(ctx, r); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

var _ interface {
	Mutator
	Validator
} = Chain(nil)

// On is the set of operations that a plug-in handles; embedded in its struct
// it gives it the Handles method.
type On []Operation

// Handles reports whether op is in the set.
func (o On) Handles(op Operation) bool { return slices.Contains(o, op) }

// String lists the operations.
func (o On) String() string { return fmt.Sprint([]Operation(o)) }
