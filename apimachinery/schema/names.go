package schema

import (
	"reflect"
	"slices"
	"strings"
)

const apimachineryPath = "github.com/kubenucleus/nucleus/apimachinery/"

// elsewhere are types that Kubernetes keeps in another package than we do, and
// whose names clients look for.
var elsewhere = map[string]string{
	"meta.RawExtension":      "io.k8s.apimachinery.pkg.runtime.RawExtension",
	"quantity.Quantity":      "io.k8s.apimachinery.pkg.api.resource.Quantity",
	"intstr.IntOrString":     "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
	"api/apiextensions/v1":   "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1",
	"api/apiregistration/v1": "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1",
}

// definitionName returns the name of a type in documents. Built-in types have
// the names that Kubernetes gives them; others are named for their package,
// its host reversed, as Java does: com.example.widgets.v1.Widget.
func definitionName(t reflect.Type) string {
	path, name := t.PkgPath(), t.Name()
	if open := strings.IndexByte(name, '['); open >= 0 {
		// A generic type is named for what it holds.
		argument := name[open+1 : len(name)-1]
		name = argument[strings.LastIndexByte(argument, '.')+1:] + name[:open]
		if slash := strings.LastIndexByte(argument, '.'); slash >= 0 {
			path = argument[:slash]
		}
	}
	rest, ours := strings.CutPrefix(path, apimachineryPath)
	if !ours {
		return reversed(path) + "." + name
	}
	if full, ok := elsewhere[rest+"."+name]; ok {
		return full
	}
	if base, ok := elsewhere[rest]; ok {
		return base + "." + name
	}
	if rest == "meta" {
		return "io.k8s.apimachinery.pkg.apis.meta.v1." + name
	}
	return "io.k8s." + strings.ReplaceAll(rest, "/", ".") + "." + name
}

func reversed(path string) string {
	segments := strings.Split(path, "/")
	host := strings.Split(segments[0], ".")
	slices.Reverse(host)
	return strings.Join(append(host, segments[1:]...), ".")
}

// camel makes one word of a group: "rbac.authorization.k8s.io" is
// RbacAuthorization, "" is Core.
func camel(group string) string {
	if group == "" {
		return "Core"
	}
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimSuffix(group, ".k8s.io"), ".") {
		b.WriteString(title(part))
	}
	return b.String()
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
