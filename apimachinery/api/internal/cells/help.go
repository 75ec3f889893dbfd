package cells

import (
	_ "embed"
	"strings"
	"sync"
)

// What a server says of a column is part of every Table that it answers with;
// the long texts are kept here as data, in the words that Kubernetes was recorded
// to answer with and else in our own, one a line:
// resource/column, a tab, the text with \n for a new line.
//
//go:embed help.txt
var helpText string

var helps = sync.OnceValue(func() map[string]string {
	all := make(map[string]string, strings.Count(helpText, "\n"))
	for line := range strings.Lines(helpText) {
		if key, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			all[key] = strings.ReplaceAll(text, `\n`, "\n")
		}
	}
	return all
})

// Help returns what is said of a column of a resource; "" of one that there is
// no text for.
func Help(resource, column string) string { return helps()[resource+"/"+column] }
