package cel_test

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/cel"
)

//go:embed testdata/compile.json
var compileCases []byte

// Kubernetes' word on expressions of validations.
func TestCompile(t *testing.T) {
	var cases []struct{ Expression, Problem string }
	require.NoError(t, json.Unmarshal(compileCases, &cases))
	require.NotEmpty(t, cases)
	for _, c := range cases {
		_, err := cel.NewScope(cel.Options{}).Compile(c.Expression, cel.ResultBool)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.Problem {
			t.Errorf("%s\n got %s\nwant %s", c.Expression, got, c.Problem)
		}
	}
}
