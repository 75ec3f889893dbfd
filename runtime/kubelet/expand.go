package kubelet

import "strings"

// expand replaces each $(NAME) in a text that lookup knows; $$ is a dollar sign,
// so that $$(NAME) stays as it is. What is not known or not closed stays, too.
func expand(text string, lookup func(name string) (string, bool)) string {
	if !strings.Contains(text, "$") {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		switch {
		case strings.HasPrefix(after, "$"):
			b.WriteByte('$')
			text = after[1:]
		case strings.HasPrefix(after, "("):
			name, rest, closed := strings.Cut(after[1:], ")")
			if !closed {
				b.WriteString("$(")
				text = after[1:]
				continue
			}
			if value, ok := lookup(name); ok {
				b.WriteString(value)
			} else {
				b.WriteString("$(" + name + ")")
			}
			text = rest
		default:
			b.WriteByte('$')
			text = after
		}
	}
}

// expandAll expands every text by a container's environment.
func expandAll(texts []string, env []EnvVar) []string {
	if len(texts) == 0 {
		return nil
	}
	values := make(map[string]string, len(env))
	for _, v := range env {
		values[v.Name] = v.Value
	}
	lookup := func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = expand(text, lookup)
	}
	return all
}
