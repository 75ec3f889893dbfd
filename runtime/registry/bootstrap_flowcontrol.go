package registry

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	flowcontrolv1 "github.com/kubenucleus/nucleus/apimachinery/api/flowcontrol/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// flowcontrolObjects are the priority levels and flow schemas to begin with, as
// Kubernetes v1.37 has them, one JSON object a line.
//
//go:embed flowcontrol.jsonl
var flowcontrolObjects string

// autoUpdateSpec marks what follows the server's own idea of it; "false" keeps
// what people have made of it.
const autoUpdateSpec = "apf.kubernetes.io/autoupdate-spec"

const flowcontrolManager = "api-priority-and-fairness-config-producer-v1"

func flowcontrolSeeds() ([]seed, error) {
	var seeds []seed
	for line := range strings.Lines(flowcontrolObjects) {
		var about struct{ Kind string }
		if err := json.Unmarshal([]byte(line), &about); err != nil {
			return nil, fmt.Errorf("flow control objects to begin with: %w", err)
		}
		s := seed{manager: flowcontrolManager}
		switch about.Kind {
		case "FlowSchema":
			want := &flowcontrolv1.FlowSchema{}
			s.resource, s.obj = "flowschemas", want
			s.reconcile = func(have meta.Object) {
				if f, ok := have.(*flowcontrolv1.FlowSchema); ok && followsServer(&f.ObjectMeta) {
					f.Spec = want.Spec
				}
			}
			if err := json.Unmarshal([]byte(line), want); err != nil {
				return nil, fmt.Errorf("flow control objects to begin with: %w", err)
			}
		default:
			want := &flowcontrolv1.PriorityLevelConfiguration{}
			s.resource, s.obj = "prioritylevelconfigurations", want
			s.reconcile = func(have meta.Object) {
				if l, ok := have.(*flowcontrolv1.PriorityLevelConfiguration); ok && followsServer(&l.ObjectMeta) {
					l.Spec = want.Spec
				}
			}
			if err := json.Unmarshal([]byte(line), want); err != nil {
				return nil, fmt.Errorf("flow control objects to begin with: %w", err)
			}
		}
		s.obj.Metadata().Annotations = map[string]string{autoUpdateSpec: "true"}
		seeds = append(seeds, s)
	}
	return seeds, nil
}

// followsServer says whether the server may change the spec: the two without
// which it cannot work always, others unless people have said or done otherwise.
func followsServer(m *meta.ObjectMeta) bool {
	switch {
	case m.Name == "exempt" || m.Name == "catch-all":
		return m.Name == "catch-all" // of the exempt level the shares are the people's
	case m.Annotations[autoUpdateSpec] != "":
		return m.Annotations[autoUpdateSpec] == "true"
	}
	return m.Generation <= 1
}
