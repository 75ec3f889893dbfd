// Package match says which requests the rules of admission webhooks and
// policies are about.
//
//	m := match.New(scheme, reader)
//	hit, err := m.Find(ctx, request, match.Criteria{Rules: rules, NamespaceSelector: s})
//	if hit != nil {
//		... // hit.Resource and hit.Kind are what the rule speaks of
//	}
//
// A rule that names another version than the request was made in matches too,
// unless its policy is Exact; the [Hit] then says what version the objects are to be shown in, and
// [Matcher.Show] converts them.
//
// A Matcher is safe for concurrent use. What is not here: conditions in CEL, see
// package apimachinery/cel.
package match
