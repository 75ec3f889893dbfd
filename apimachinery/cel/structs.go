package cel

import (
	"maps"
	"slices"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

const (
	requestType   = "kubernetes.AdmissionRequest"
	namespaceType = "kubernetes.Namespace"
	variablesType = "kubernetes.variables"
)

// A structProvider knows the declared objects. Their values are maps.
type structProvider struct {
	types.Provider
	structs map[string]map[string]*types.Type
}

func (p *structProvider) FindStructType(name string) (*types.Type, bool) {
	if _, ok := p.structs[name]; ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

func (p *structProvider) FindStructFieldNames(name string) ([]string, bool) {
	if fields, ok := p.structs[name]; ok {
		return slices.Sorted(maps.Keys(fields)), true
	}
	return p.Provider.FindStructFieldNames(name)
}

func (p *structProvider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	fields, ok := p.structs[name]
	if !ok {
		return p.Provider.FindStructFieldType(name, field)
	}
	t, ok := fields[field]
	if !ok {
		return nil, false
	}
	return &types.FieldType{Type: t}, true
}

func (p *structProvider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if _, ok := p.structs[name]; ok {
		return newObject(name, fields)
	}
	return p.Provider.NewValue(name, fields)
}

// requestStructs are the declared types of what expressions know of a request.
func requestStructs() map[string]map[string]*types.Type {
	text, whole := types.StringType, types.IntType
	texts := types.NewListType(text)
	labels := types.NewMapType(text, text)
	object := types.NewObjectType
	const kind, resource = "kubernetes.GroupVersionKind", "kubernetes.GroupVersionResource"
	return map[string]map[string]*types.Type{
		requestType: {
			"kind": object(kind), "resource": object(resource), "subResource": text,
			"requestKind": object(kind), "requestResource": object(resource), "requestSubResource": text,
			"name": text, "namespace": text, "operation": text, "userInfo": object("kubernetes.UserInfo"),
			"dryRun": types.BoolType, "options": types.DynType,
		},
		kind:     {"group": text, "version": text, "kind": text},
		resource: {"group": text, "version": text, "resource": text},
		"kubernetes.UserInfo": {
			"username": text, "uid": text, "groups": texts, "extra": types.NewMapType(text, texts),
		},
		namespaceType: {
			"metadata": object("kubernetes.NamespaceMetadata"), "spec": object("kubernetes.NamespaceSpec"), "status": object("kubernetes.NamespaceStatus"),
		},
		"kubernetes.NamespaceMetadata": {
			"name": text, "generateName": text, "namespace": text, "labels": labels, "annotations": labels, "UID": text,
			"creationTimestamp": types.TimestampType, "deletionGracePeriodSeconds": whole, "deletionTimestamp": types.TimestampType,
			"generation": whole, "resourceVersion": text, "finalizers": texts,
		},
		"kubernetes.NamespaceSpec":   {"finalizers": texts},
		"kubernetes.NamespaceStatus": {"phase": text, "conditions": types.NewListType(object("kubernetes.NamespaceCondition"))},
		"kubernetes.NamespaceCondition": {
			"type": text, "status": text, "reason": text, "message": text, "lastTransitionTime": types.TimestampType,
		},
	}
}
