package validate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// messages gives what a client sees, one line an error.
func messages(errs validate.Errors) []string {
	lines := []string{}
	for _, e := range errs {
		lines = append(lines, e.Error())
	}
	return lines
}

type protocol string

func TestCompiles(t *testing.T) {
	p := validate.NewPath("spec")
	n := int32(-1)
	errs := validate.IfSet(p.Child("n"), &n, validate.NonNegative, validate.AtLeast[int32](2))
	require.Equal(t, []string{
		"spec.n: Invalid value: -1: must be greater than or equal to 0",
		"spec.n: Invalid value: -1: must be greater than or equal to 2",
	}, messages(errs))
	require.Equal(t, []string{`spec.p: Unsupported value: "x": supported values: "TCP", "UDP"`}, messages(validate.OneOf(p.Child("p"), protocol("x"), "TCP", "UDP")))
	require.Equal(t, []string{"metadata.name: Required value: name or generateName is required", "metadata.namespace: Required value"},
		messages(validate.ObjectMeta(validate.NewPath("metadata"), &meta.ObjectMeta{}, true, names.DNSSubdomain)))
}
