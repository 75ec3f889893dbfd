package labels

import (
	"fmt"
	"strings"
)

// Parse reads a selector in the text form. The empty text matches everything.
// Errors are worded as Kubernetes words them.
func Parse(text string) (Selector, error) {
	p := parser{tokens: scan(text)}
	var requirements []Requirement
	for {
		switch next := p.peek(); next.kind {
		case tokenEnd:
			return New(requirements...), nil
		case tokenWord, tokenNot:
		default:
			return Selector{}, fmt.Errorf("found '%s', expected: !, identifier, or 'end of string'", next.text)
		}
		r, err := p.requirement()
		if err != nil {
			return Selector{}, fmt.Errorf("unable to parse requirement: %w", err)
		}
		requirements = append(requirements, r)
		switch after := p.take(); after.kind {
		case tokenEnd:
			return New(requirements...), nil
		case tokenComma:
			if next := p.peek(); next.kind != tokenWord && next.kind != tokenNot {
				return Selector{}, fmt.Errorf("found '%s', expected: identifier after ','", next.text)
			}
		default:
			return Selector{}, fmt.Errorf("found '%s', expected: ',' or 'end of string'", after.text)
		}
	}
}

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenOpen     // (
	tokenClose    // )
	tokenComma    // ,
	tokenNot      // !
	tokenOperator // = == != < >
)

type token struct {
	kind tokenKind
	text string
}

const (
	spaces  = " \t\r\n"
	symbols = "=!(),><"
)

// scan splits text into tokens, the last of which is tokenEnd. A NUL ends the
// text, as it does in Kubernetes.
func scan(text string) []token {
	text, _, _ = strings.Cut(text, "\x00")
	tokens := make([]token, 0, 8)
	for {
		text = strings.TrimLeft(text, spaces)
		if text == "" {
			return append(tokens, token{})
		}
		t := token{tokenWord, text[:1]}
		switch text[0] {
		case '(':
			t.kind = tokenOpen
		case ')':
			t.kind = tokenClose
		case ',':
			t.kind = tokenComma
		case '<', '>':
			t.kind = tokenOperator
		case '=', '!':
			t.kind = tokenOperator
			if len(text) > 1 && text[1] == '=' {
				t.text = text[:2]
			} else if text[0] == '!' {
				t.kind = tokenNot
			}
		default:
			end := strings.IndexAny(text, spaces+symbols)
			if end < 0 {
				end = len(text)
			}
			t.text = text[:end]
		}
		tokens = append(tokens, t)
		text = text[len(t.text):]
	}
}

type parser struct {
	tokens []token // not empty; the last stays
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) take() token {
	t := p.tokens[0]
	if len(p.tokens) > 1 {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) requirement() (Requirement, error) {
	first := p.take()
	absent := first.kind == tokenNot
	if absent {
		first = p.take()
	}
	if first.kind != tokenWord {
		return Requirement{}, fmt.Errorf("found '%s', expected: identifier", first.text)
	}
	key := first.text
	if err := joined(checkKey(key)); err != nil {
		return Requirement{}, err
	}
	if absent {
		return NewRequirement(key, DoesNotExist, nil)
	}
	if next := p.peek(); next.kind == tokenEnd || next.kind == tokenComma {
		return NewRequirement(key, Exists, nil)
	}
	op, err := p.operator()
	if err != nil {
		return Requirement{}, err
	}
	var values []string
	if op == In || op == NotIn {
		values, err = p.values()
	} else {
		values, err = p.value()
	}
	if err != nil {
		return Requirement{}, err
	}
	return NewRequirement(key, op, values)
}

func (p *parser) operator() (Operator, error) {
	t := p.take()
	switch t.text {
	case "=", "==", "!=", "in", "notin":
		return Operator(t.text), nil
	case ">":
		return GreaterThan, nil
	case "<":
		return LessThan, nil
	}
	return "", fmt.Errorf("found '%s', expected: in, notin, =, ==, !=, gt, lt", t.text)
}

// value reads what is behind = and the like; nothing there is the empty value.
func (p *parser) value() ([]string, error) {
	if next := p.peek(); next.kind == tokenEnd || next.kind == tokenComma {
		return []string{""}, nil
	}
	t := p.take()
	if t.kind != tokenWord {
		return nil, fmt.Errorf("found '%s', expected: identifier", t.text)
	}
	return []string{t.text}, nil
}

// values reads a list in parentheses, in which a value may be empty: () and
// (a,) have an empty value.
func (p *parser) values() ([]string, error) {
	if t := p.take(); t.kind != tokenOpen {
		return nil, fmt.Errorf("found '%s' expected: '('", t.text)
	}
	switch next := p.peek(); next.kind {
	case tokenClose:
		p.take()
		return []string{""}, nil
	case tokenWord, tokenComma:
	default:
		return nil, fmt.Errorf("found '%s', expected: ',', ')' or identifier", next.text)
	}
	var values []string
	for {
		switch t := p.take(); t.kind {
		case tokenWord:
			values = append(values, t.text)
			switch next := p.peek(); next.kind {
			case tokenComma:
			case tokenClose:
				p.take()
				return values, nil
			default:
				return nil, fmt.Errorf("found '%s', expected: ',' or ')'", next.text)
			}
		case tokenComma:
			if len(values) == 0 {
				values = append(values, "")
			}
			switch p.peek().kind {
			case tokenClose:
				p.take()
				return append(values, ""), nil
			case tokenComma:
				p.take()
				values = append(values, "")
			}
		default:
			return nil, fmt.Errorf("found '%s', expected: ',', or identifier", t.text)
		}
	}
}
