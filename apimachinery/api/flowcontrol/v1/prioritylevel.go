package flowcontrolv1

import (
	"fmt"
	"math"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func prioritylevelconfigurations() *scheme.Resource {
	return scheme.Define[PriorityLevelConfiguration, PriorityLevelConfigurationList](scheme.Spec[PriorityLevelConfiguration]{
		Name:           "prioritylevelconfigurations",
		Default:        DefaultPriorityLevelConfiguration,
		Validate:       ValidatePriorityLevelConfiguration,
		ValidateUpdate: ValidatePriorityLevelConfigurationUpdate,
		SpecChanged:    func(l, old *PriorityLevelConfiguration) bool { return !validate.Equal(l.Spec, old.Spec) },
		Status: &scheme.Status[PriorityLevelConfiguration]{
			Prepare: func(l, old *PriorityLevelConfiguration) { rules.KeepMetadata(&l.ObjectMeta, &old.ObjectMeta) },
			Resets:  []string{"metadata"},
			Validate: func(l, old *PriorityLevelConfiguration) validate.Errors {
				return append(validate.ObjectMetaUpdate(rules.Metadata, &l.ObjectMeta, &old.ObjectMeta),
					conditionTypes(l.Status.Conditions, func(c *PriorityLevelConfigurationCondition) string { return string(c.Type) })...)
			},
		},
		Columns: levelColumns(),
	})
}

// DefaultPriorityLevelConfiguration fills in what the author of a level left out.
func DefaultPriorityLevelConfiguration(l *PriorityLevelConfiguration) {
	if l.Spec.Type == PriorityLevelEnablementExempt && l.Spec.Exempt == nil {
		l.Spec.Exempt = &ExemptPriorityLevelConfiguration{}
	}
	if e := l.Spec.Exempt; e != nil {
		rules.Default(&e.NominalConcurrencyShares, 0)
		rules.Default(&e.LendablePercent, 0)
	}
	lim := l.Spec.Limited
	if lim == nil {
		return
	}
	rules.Default(&lim.NominalConcurrencyShares, PriorityLevelConfigurationDefaultNominalConcurrencyShares)
	rules.Default(&lim.LendablePercent, 0)
	if q := lim.LimitResponse.Queuing; q != nil {
		rules.DefaultTo(&q.Queues, 64)
		rules.DefaultTo(&q.HandSize, 8)
		rules.DefaultTo(&q.QueueLengthLimit, 50)
	}
}

// ValidatePriorityLevelConfiguration finds every fault of a level that is about to be made.
func ValidatePriorityLevelConfiguration(l *PriorityLevelConfiguration) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &l.ObjectMeta, false, names.DNSSubdomain), priorityLevel(l)...)
}

// ValidatePriorityLevelConfigurationUpdate finds every fault of a level that is about to replace old.
func ValidatePriorityLevelConfigurationUpdate(l, old *PriorityLevelConfiguration) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &l.ObjectMeta, &old.ObjectMeta), priorityLevel(l)...)
}

func priorityLevel(l *PriorityLevelConfiguration) validate.Errors {
	p, s := rules.Spec, &l.Spec
	exempt := s.Type == PriorityLevelEnablementExempt
	errs := rules.Must(exempt == (l.Name == PriorityLevelConfigurationNameExempt), p.Child("type"), s.Type, "must be 'Exempt' if and only if `name` is 'exempt'")
	switch s.Type {
	case PriorityLevelEnablementExempt:
		errs = validate.All(errs,
			validate.Set(p.Child("exempt"), s.Exempt, func(p validate.Path, e ExemptPriorityLevelConfiguration) validate.Errors {
				return append(shares(p.Child("nominalConcurrencyShares"), e.NominalConcurrencyShares), percent(p.Child("lendablePercent"), e.LendablePercent)...)
			}))
	case PriorityLevelEnablementLimited:
		errs = validate.All(errs,
			validate.IfSet(p.Child("limited"), s.Limited, limitedLevel))
	case "":
	default:
		errs = append(errs, validate.NotSupported(p.Child("type"), s.Type, PriorityLevelEnablementExempt, PriorityLevelEnablementLimited)...)
	}
	return validate.All(errs, fixedLevel(p, l), validate.Declared(levelUnions(p, s)))
}

// levelUnions checks that of what goes with one type or another there is what
// goes with the type given, and nothing else.
func levelUnions(p validate.Path, s *PriorityLevelConfigurationSpec) validate.Errors {
	limited := s.Type == PriorityLevelEnablementLimited
	errs := validate.All(
		rules.Forbid(s.Type != PriorityLevelEnablementExempt && s.Exempt != nil, p.Child("exempt"), ""),
		rules.Forbid(!limited && s.Limited != nil, p.Child("limited"), ""),
		rules.Require(!limited || s.Limited != nil, p.Child("limited"), ""),
		validate.NonEmpty(p.Child("type"), s.Type),
	)
	if s.Limited == nil {
		return errs
	}
	p, r := p.Child("limited", "limitResponse"), &s.Limited.LimitResponse
	queued := r.Type == LimitResponseTypeQueue
	return validate.All(errs,
		rules.Forbid(!queued && r.Queuing != nil, p.Child("queuing"), ""),
		rules.Require(!queued || r.Queuing != nil, p.Child("queuing"), ""),
		validate.NonEmpty(p.Child("type"), r.Type),
	)
}

// fixedLevel keeps the levels that every server has as they are.
func fixedLevel(p validate.Path, l *PriorityLevelConfiguration) validate.Errors {
	switch l.Name {
	case PriorityLevelConfigurationNameExempt:
		fixed := l.Spec.Type == PriorityLevelEnablementExempt && l.Spec.Limited == nil
		return rules.Must(fixed, p, l.Spec, "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value")
	case PriorityLevelConfigurationNameCatchAll:
		five, none := int32(5), int32(0)
		fixed := PriorityLevelConfigurationSpec{Type: PriorityLevelEnablementLimited, Limited: &LimitedPriorityLevelConfiguration{
			NominalConcurrencyShares: &five, LendablePercent: &none, LimitResponse: LimitResponse{Type: LimitResponseTypeReject}}}
		return rules.Must(validate.Equal(l.Spec, fixed), p, l.Spec, "spec of 'catch-all' must equal the fixed value")
	}
	return nil
}

func shares(p validate.Path, n *int32) validate.Errors {
	return rules.Must(rules.ValueOf(n) >= 0, p, n, "must be a non-negative integer")
}

func percent(p validate.Path, n *int32) validate.Errors {
	return rules.Must(rules.ValueOf(n) >= 0 && rules.ValueOf(n) <= 100, p, n, "must be between 0 and 100, inclusive")
}

func limitedLevel(p validate.Path, l LimitedPriorityLevelConfiguration) validate.Errors {
	response := p.Child("limitResponse")
	queuing := response.Child("queuing")
	errs := validate.All(
		shares(p.Child("nominalConcurrencyShares"), l.NominalConcurrencyShares),
		percent(p.Child("lendablePercent"), l.LendablePercent),
		rules.Must(rules.ValueOf(l.BorrowingLimitPercent) >= 0, p.Child("borrowingLimitPercent"), l.BorrowingLimitPercent, "if specified, must be a non-negative integer"),
	)
	switch l.LimitResponse.Type {
	case LimitResponseTypeReject, "":
		return errs
	case LimitResponseTypeQueue:
		return append(errs, validate.IfSet(queuing, l.LimitResponse.Queuing, queues)...)
	}
	return append(errs, validate.In(response.Child("type"), l.LimitResponse.Type, LimitResponseTypeQueue, LimitResponseTypeReject)...)
}

const (
	maxQueues = 10_000_000
	// maxEntropy is how many bits a hash has to spare for dealing hands.
	maxEntropy = 60
)

func queues(p validate.Path, q QueuingConfiguration) validate.Errors {
	hand := p.Child("handSize")
	errs := validate.All(
		rules.Must(q.QueueLengthLimit > 0, p.Child("queueLengthLimit"), q.QueueLengthLimit, "must be positive"),
		rules.Must(q.Queues > 0, p.Child("queues"), q.Queues, "must be positive"),
		rules.Must(q.Queues <= maxQueues, p.Child("queues"), q.Queues, fmt.Sprintf("must not be greater than %d", maxQueues)),
		rules.Must(q.HandSize > 0, hand, q.HandSize, "must be positive"),
	)
	switch {
	case q.HandSize <= 0:
		return errs
	case q.HandSize > q.Queues:
		return append(errs, validate.Invalid(hand, q.HandSize, fmt.Sprintf("should not be greater than queues (%d)", q.Queues))...)
	}
	return append(errs, rules.Must(entropy(q.Queues, q.HandSize) <= maxEntropy, hand, q.HandSize,
		fmt.Sprintf("required entropy bits of deckSize %d and handSize %d should not be greater than %d", q.Queues, q.HandSize, maxEntropy))...)
}

// entropy returns how many bits it takes to deal a hand from a deck.
func entropy(deck, hand int32) int {
	ways := 0.0
	for i := range min(hand, maxEntropy+1) {
		ways += math.Log2(float64(deck - i))
	}
	return int(math.Ceil(ways))
}

func levelColumns() []scheme.Column[PriorityLevelConfiguration] {
	queuing := func(of func(*QueuingConfiguration) int32) func(*PriorityLevelConfiguration) any {
		return func(l *PriorityLevelConfiguration) any {
			if l.Spec.Limited == nil || l.Spec.Limited.LimitResponse.Queuing == nil {
				return cells.None
			}
			return int64(of(l.Spec.Limited.LimitResponse.Queuing))
		}
	}
	return []scheme.Column[PriorityLevelConfiguration]{
		scheme.NameColumn[PriorityLevelConfiguration](),
		{Name: "Type", Help: cells.Help("prioritylevelconfigurations", "Type"), Cell: func(l *PriorityLevelConfiguration) any { return string(l.Spec.Type) }},
		{Name: "NominalConcurrencyShares", Help: cells.Help("prioritylevelconfigurations", "NominalConcurrencyShares"), Cell: func(l *PriorityLevelConfiguration) any {
			if l.Spec.Limited == nil { // those of an exempt level are no limit
				return cells.None
			}
			return int64(rules.ValueOf(l.Spec.Limited.NominalConcurrencyShares))
		}},
		{Name: "Queues", Help: cells.Help("prioritylevelconfigurations", "Queues"), Cell: queuing(func(q *QueuingConfiguration) int32 { return q.Queues })},
		{Name: "HandSize", Help: cells.Help("prioritylevelconfigurations", "HandSize"), Cell: queuing(func(q *QueuingConfiguration) int32 { return q.HandSize })},
		{Name: "QueueLengthLimit", Help: cells.Help("prioritylevelconfigurations", "QueueLengthLimit"), Cell: queuing(func(q *QueuingConfiguration) int32 { return q.QueueLengthLimit })},
		scheme.AgeColumn[PriorityLevelConfiguration](),
	}
}
