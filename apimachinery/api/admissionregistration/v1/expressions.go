package admissionregistrationv1

import (
	"errors"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/cel"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// compiles says what is wrong with an expression.
func compiles(p validate.Path, expression string, err error) validate.Errors {
	if err == nil {
		return nil
	}
	if c, ok := errors.AsType[*cel.CompileError](err); ok && !c.Internal {
		return validate.Invalid(p, expression, c.Detail)
	}
	return validate.Internal(p, err)
}

func blank(expression string) bool { return strings.TrimSpace(expression) == "" }

func matchConditions(p validate.Path, conditions []MatchCondition, scope *cel.Scope) validate.Errors {
	seen := map[string]bool{}
	return validate.All(
		validate.MaxItems(p, conditions, maxMatchConditions),
		validate.Each(p, conditions, func(p validate.Path, c *MatchCondition) validate.Errors {
			expression, name := p.Child("expression"), p.Child("name")
			var errs validate.Errors
			if blank(c.Expression) {
				errs = validate.Required(expression, "")
			} else {
				_, err := scope.CompileCondition(c.Expression)
				errs = compiles(expression, c.Expression, err)
			}
			errs = append(errs, validate.Named(name, c.Name, names.QualifiedName)...)
			if c.Name != "" && seen[c.Name] {
				errs = append(errs, validate.Duplicate(name, c.Name)...)
			}
			seen[c.Name] = true
			return errs
		}),
	)
}

// variables checks the variables of a policy and declares them to the scope.
func variables(p validate.Path, all []Variable, scope *cel.Scope) validate.Errors {
	return validate.Each(p, all, func(p validate.Path, v *Variable) validate.Errors {
		expression, name := p.Child("expression"), p.Child("name")
		errs := append(rules.Require(v.Name != "", name, "name is not specified"),
			rules.Must(v.Name == "" || len(names.CIdentifier(v.Name)) == 0, name, v.Name, "must be a valid CEL identifier")...)
		if blank(v.Expression) {
			return append(errs, validate.Required(expression, "expression is not specified")...)
		}
		return append(errs, compiles(expression, v.Expression, scope.Declare(v.Name, v.Expression))...)
	})
}

// validationExpressions checks what a validation says and when.
func validationExpressions(p validate.Path, v *Validation, scope *cel.Scope) validate.Errors {
	expression, message := p.Child("expression"), p.Child("messageExpression")
	var errs validate.Errors
	if blank(v.Expression) {
		errs = validate.Required(expression, "expression is not specified")
	} else {
		_, err := scope.Compile(v.Expression, cel.ResultBool)
		errs = compiles(expression, v.Expression, err)
	}
	switch {
	case v.MessageExpression == "":
	case blank(v.MessageExpression):
		errs = append(errs, validate.Invalid(message, v.MessageExpression, "must be non-empty if specified")...)
	default:
		_, err := scope.CompileMessage(v.MessageExpression)
		errs = append(errs, compiles(message, v.MessageExpression, err)...)
	}
	fixed := p.Child("message")
	switch {
	case v.Message != "" && blank(v.Message):
		return append(errs, validate.Invalid(fixed, v.Message, "must be non-empty if specified")...)
	case strings.ContainsAny(v.Message, "\r\n"):
		return append(errs, validate.Invalid(fixed, v.Message, "must not contain line breaks")...)
	}
	return errs
}

func auditExpression(p validate.Path, expression string, scope *cel.Scope) validate.Errors {
	if blank(expression) {
		return validate.Required(p, "valueExpression is not specified")
	}
	_, err := scope.Compile(expression, cel.ResultTextOrNull)
	return compiles(p, expression, err)
}

func mutationExpression(p validate.Path, expression string, want cel.Results, scope *cel.Scope) validate.Errors {
	if blank(expression) {
		return validate.Required(p, "")
	}
	_, err := scope.CompileMutation(expression, want)
	return compiles(p, expression, err)
}
