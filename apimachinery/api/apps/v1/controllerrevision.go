package appsv1

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func controllerrevisions() *scheme.Resource {
	return scheme.Define[ControllerRevision, ControllerRevisionList](scheme.Spec[ControllerRevision]{
		Name:           "controllerrevisions",
		Namespaced:     true,
		Validate:       ValidateControllerRevision,
		ValidateUpdate: ValidateControllerRevisionUpdate,
		Columns: []scheme.Column[ControllerRevision]{
			scheme.NameColumn[ControllerRevision](),
			{Name: "Controller", Help: "Controller of the object", Cell: func(r *ControllerRevision) any { return controllerOf(r) }},
			{Name: "Revision", Help: "Revision indicates the revision of the state represented by Data.", Cell: func(r *ControllerRevision) any { return r.Revision }},
			scheme.AgeColumn[ControllerRevision](),
		},
	})
}

// controllerOf prints the controller as kubectl names objects: kind.group/name.
func controllerOf(o meta.Object) string {
	owner := meta.ControllerOf(o)
	if owner == nil {
		return cells.None
	}
	kind := strings.ToLower(owner.Kind)
	if group, _, ok := strings.Cut(owner.APIVersion, "/"); ok {
		kind += "." + group
	}
	return kind + "/" + owner.Name
}

// ValidateControllerRevision finds every fault of a revision that is about to be made.
func ValidateControllerRevision(r *ControllerRevision) validate.Errors {
	data := bytes.TrimSpace(r.Data.Raw)
	isNull := len(data) == 0 || string(data) == "null"
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &r.ObjectMeta, true, names.DNSSubdomain),
		rules.Require(!isNull, dataPath, "data is mandatory"),
		rules.Require(isNull || data[0] == '{' && json.Valid(data), dataPath, "data must be a valid JSON object"),
		validate.NonNegative(validate.NewPath("revision"), r.Revision),
	)
}

var dataPath = validate.NewPath("data")

// ValidateControllerRevisionUpdate finds every fault of a revision that is
// about to replace old. What it holds is history: it does not change.
func ValidateControllerRevisionUpdate(r, old *ControllerRevision) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta),
		validate.NonNegative(validate.NewPath("revision"), r.Revision),
		// To the byte: history is told apart by hashes.
		rules.Must(bytes.Equal(r.Data.Raw, old.Data.Raw), dataPath, r.Data, validate.IsImmutable),
	)
}
