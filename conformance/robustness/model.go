package robustness

import (
	"fmt"
	"math"
	"time"

	"github.com/anishathalye/porcupine"
)

// state is what one object can be at a moment.
type state struct {
	value   string // "" is that there is none
	version uint64 // 0 is not known: it was written without an answer
	floor   uint64 // its version is greater than this
}

// model is the sequential behaviour of objects, each by itself.
var model = porcupine.NondeterministicModel{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[string][]porcupine.Operation{}
		for _, op := range history {
			key := op.Input.(Operation).Key
			byKey[key] = append(byKey[key], op)
		}
		parts := make([][]porcupine.Operation, 0, len(byKey))
		for _, part := range byKey {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() []interface{} { return []interface{}{state{}} },
	Step: func(s, input, _ interface{}) []interface{} {
		var next []interface{}
		for _, n := range step(s.(state), input.(Operation)) {
			next = append(next, n)
		}
		return next
	},
	Equal: func(a, b interface{}) bool { return a == b },
	DescribeOperation: func(input, _ interface{}) string {
		op := input.(Operation)
		return fmt.Sprintf("%s(%s %d) = %s %s@%d", op.Verb, op.Value, op.Before, op.Outcome, op.Read, op.Version)
	},
	DescribeState: func(s interface{}) string { return fmt.Sprintf("%+v", s) },
}

// step returns the states that an operation can lead to; none if it cannot have
// been answered as it was.
func step(s state, op Operation) []state {
	switch op.Outcome {
	case Unknown:
		if op.Verb == Get {
			return []state{s}
		}
		// It may have been refused, have been lost, or have been done.
		next := []state{s}
		for _, done := range write(s, op, 0) {
			next = append(next, done)
		}
		return next
	case Done:
		if op.Verb == Get {
			return read(s, op)
		}
		return write(s, op, op.Version)
	case Missing:
		if s.value == "" {
			return []state{s}
		}
	case Exists:
		if s.value != "" {
			return []state{s}
		}
	case Conflict:
		if s.value != "" && op.Before != 0 && op.Before != s.version {
			return []state{s}
		}
	}
	return nil
}

// read binds the version of a write that was not answered.
func read(s state, op Operation) []state {
	if s.value != op.Read || op.Version <= s.floor || s.version != 0 && s.version != op.Version {
		return nil
	}
	if op.ListVersion != 0 && op.Version > op.ListVersion {
		return nil
	}
	s.version = op.Version
	return []state{s}
}

// write is what a write that was done leads to; version 0 is not known.
func write(s state, op Operation, version uint64) []state {
	switch {
	case op.Verb == Create && s.value != "", op.Verb != Create && s.value == "":
		return nil
	case op.Before != 0 && s.version != 0 && op.Before != s.version, op.Before != 0 && op.Before <= s.floor:
		return nil
	}
	floor := max(s.floor, s.version)
	if op.Verb == Delete {
		return []state{{floor: floor}}
	}
	if version != 0 && version <= floor {
		return nil
	}
	return []state{{value: op.Value, version: version, floor: floor}}
}

// linearizable reports whether the operations of one object have an order, and
// whether that could be decided within timeout.
func linearizable(ops []Operation, timeout time.Duration) (ok, decided bool) {
	history := make([]porcupine.Operation, 0, len(ops))
	for _, op := range ops {
		if op.Outcome == Unknown && op.Verb == Get {
			continue
		}
		returned := int64(op.Return)
		if op.Outcome == Unknown {
			returned = math.MaxInt64 // it may be done at any time later
		}
		history = append(history, porcupine.Operation{ClientId: op.Client, Input: op, Call: int64(op.Call), Return: returned})
	}
	result := porcupine.CheckOperationsTimeout(model.ToModel(), history, timeout)
	return result == porcupine.Ok, result != porcupine.Unknown
}
