package codec

import (
	"strings"

	"sigs.k8s.io/yaml"
)

// MarshalYAML returns v as YAML: its JSON in YAML's block style, keys sorted.
func MarshalYAML(v any) ([]byte, error) {
	text, err := MarshalJSON(v)
	if err != nil {
		return nil, err
	}
	return yaml.JSONToYAML(text)
}

// UnmarshalYAML decodes the first document of data into what into points at, as
// [UnmarshalJSON] decodes the JSON that it stands for. JSON is YAML, too.
func UnmarshalYAML(data []byte, into any, opts DecodeOptions) ([]Problem, error) {
	text, problems, err := YAMLToJSON(data, opts.Strict)
	if err != nil {
		return nil, err
	}
	more, err := UnmarshalJSON(text, into, opts)
	return append(problems, more...), err
}

// YAMLToJSON returns the JSON that the first document of data stands for. JSON
// is returned as it is. If strict is set, keys that stand twice in one map are
// reported; the last one counts. Documents that unfold to many times their size
// through aliases are refused.
//
// The result may share memory with data.
func YAMLToJSON(data []byte, strict bool) ([]byte, []Problem, error) {
	s := scanner{data: data}
	if s.next() == '{' {
		if s.skip(); !s.broken && s.next() == 0 && s.pos == len(data) && (!strict || hasKeysOnce(data)) {
			return data, nil, nil
		}
	}
	if !strict {
		text, err := yaml.YAMLToJSON(data)
		return text, nil, err
	}
	text, err := yaml.YAMLToJSONStrict(data)
	if err == nil {
		return text, nil, nil
	}
	if !strings.Contains(err.Error(), "already set in map") {
		return nil, nil, err
	}
	twice := Problem{Kind: DuplicateKey, Path: err.Error()}
	if text, err = yaml.YAMLToJSON(data); err != nil {
		return nil, nil, err
	}
	return text, []Problem{twice}, nil
}

// hasKeysOnce says that no object in well-formed JSON has a key twice.
func hasKeysOnce(data []byte) bool {
	var tree any
	problems, err := UnmarshalJSON(data, &tree, DecodeOptions{Strict: true})
	return err == nil && len(problems) == 0
}
