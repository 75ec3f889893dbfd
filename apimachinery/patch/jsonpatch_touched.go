package patch

import (
	"encoding/json"
	"strconv"
	"strings"
)

// SortTouched returns doc, which a JSON Patch has made, with the fields in
// ascending order of those objects that the patch has gone into. Messages show it
// in this way.
func SortTouched(doc, data []byte) []byte {
	ops, err := operations(data)
	if err != nil || len(ops) == 0 {
		return doc
	}
	way := steps{}
	for _, op := range ops {
		way.add(op.text("path"))
		way.add(op.text("from"))
	}
	sorted, err := way.sort(doc)
	if err != nil {
		return doc
	}
	return sorted
}

// steps are the places that a patch goes through, by key or index.
type steps map[string]steps

// add notes the way to the parent of what pointer leads to.
func (s steps) add(pointer string) {
	parts := strings.Split(pointer, "/")
	for _, part := range parts[1:max(1, len(parts)-1)] {
		key := pointerUnescaper.Replace(part)
		if s[key] == nil {
			s[key] = steps{}
		}
		s = s[key]
	}
}

func (s steps) sort(doc json.RawMessage) (json.RawMessage, error) {
	switch jsonKind(doc) {
	case "object":
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(doc, &fields); err != nil {
			return nil, err
		}
		for key, below := range s {
			if value, ok := fields[key]; ok {
				sorted, err := below.sort(value)
				if err != nil {
					return nil, err
				}
				fields[key] = sorted
			}
		}
		return json.Marshal(fields)
	case "array":
		var items []json.RawMessage
		if err := json.Unmarshal(doc, &items); err != nil {
			return nil, err
		}
		for key, below := range s {
			if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(items) {
				if items[i], err = below.sort(items[i]); err != nil {
					return nil, err
				}
			}
		}
		return json.Marshal(items)
	}
	return doc, nil
}
