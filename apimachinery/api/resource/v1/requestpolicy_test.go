package resourcev1

import (
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func TestRequestPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		shared     bool
		body, want string
	}{
		"a range":          {true, `{"value":"4Gi","requestPolicy":{"default":"1Gi","validRange":{"min":"1Gi","max":"4Gi","step":"1Gi"}}}`, ``},
		"one at a time":    {false, `{"value":"1Gi","requestPolicy":{"default":"1Gi"}}`, `p.requestPolicy: Forbidden: allowMultipleAllocations must be true`},
		"nothing standard": {true, `{"value":"4Gi","requestPolicy":{"validRange":{"min":"1Gi"}}}`, `p.requestPolicy.default: Required value: required when validRange is defined`},
		"both":             {true, `{"value":1,"requestPolicy":{"default":1,"validRange":{"min":1},"validValues":[1]}}`, `p.requestPolicy: Forbidden: exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time`},
		"out of order": {true, `{"value":4,"requestPolicy":{"default":7,"validValues":[2,1,2]}}`,
			`[p.requestPolicy.validValues[1]: Invalid value: "1": values must be sorted in ascending order, p.requestPolicy.validValues[2]: Duplicate value: "2", ` +
				`p.requestPolicy.validValues: Invalid value: "7": default value is not valid according to the requestPolicy]`},
		"more than there is": {true, `{"value":"1Gi","requestPolicy":{"default":"1Gi","validRange":{"min":"1Gi","max":"4Gi","step":"1Gi"}}}`,
			`[p.requestPolicy.validRange.max: Invalid value: "4Gi": max is larger than capacity value: 1Gi, p.requestPolicy.validRange.step: Invalid value: "1Gi": one step 2Gi is larger than capacity value: 1Gi]`},
		"no step leads there": {true, `{"value":10,"requestPolicy":{"default":3,"validRange":{"min":2,"max":6,"step":2}}}`,
			`p.requestPolicy.validRange.step: Invalid value: "3": value is not a multiple of a given step (2) from (2)`},
	} {
		t.Run(name, func(t *testing.T) {
			var capacity DeviceCapacity
			if _, err := codec.UnmarshalJSON([]byte(c.body), &capacity, codec.DecodeOptions{}); err != nil {
				t.Fatal(err)
			}
			if got := requestPolicy(validate.NewPath("p", "requestPolicy"), capacity.RequestPolicy, &capacity.Value, c.shared).String(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
