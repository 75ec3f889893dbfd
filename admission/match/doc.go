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
// [Matcher.Values] is what expressions of conditions and policies know of a request, for
// package apimachinery/cel; [Matcher.Take] gives a request the object that came back changed.
//
// A Matcher is safe for concurrent use.
package match
