package codec

import (
	"path"
	"reflect"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var metaPath = reflect.TypeFor[meta.ObjectMeta]().PkgPath()

// typeName words a type as Kubernetes' own Go types are called, so that
// messages read the same: packages are named for their version there.
func typeName(t reflect.Type) string {
	if name := t.Name(); name != "" {
		pkg := path.Base(t.PkgPath())
		switch {
		case t.PkgPath() == "":
			return name
		case t.PkgPath() == metaPath:
			switch name {
			case "UID", "NodeName":
				pkg = "types"
			case "RawExtension":
				pkg = "runtime"
			default:
				pkg = "v1"
			}
		case pkg == "quantity":
			pkg = "resource"
		}
		return pkg + "." + name
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + typeName(t.Elem())
	case reflect.Slice:
		return "[]" + typeName(t.Elem())
	case reflect.Map:
		return "map[" + typeName(t.Key()) + "]" + typeName(t.Elem())
	}
	return t.String()
}
