package server

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// params reads options from a query. Of a repeated key the first value counts.
// The first value that does not parse is kept as err.
type params struct {
	url.Values
	err error
}

func (p *params) text(key string) string { return p.Get(key) }

func (p *params) bool(key string) bool {
	values, ok := p.Values[key]
	return ok && parseBool(values)
}

func (p *params) optionalBool(key string) *bool {
	values, ok := p.Values[key]
	if !ok {
		return nil
	}
	b := parseBool(values)
	return &b
}

func (p *params) optionalInt(key string) *int64 {
	values, ok := p.Values[key]
	if !ok || len(values) == 0 {
		return nil
	}
	n, err := strconv.ParseInt(values[0], 10, 64)
	if err != nil {
		if p.err == nil {
			p.err = err
		}
		return nil
	}
	return &n
}

func (p *params) int(key string) int64 {
	if n := p.optionalInt(key); n != nil {
		return *n
	}
	return 0
}

// done returns the 400 for what did not parse.
func (p *params) done() error {
	if p.err != nil {
		return meta.BadRequest(p.err.Error())
	}
	return nil
}

// parseBool takes everything but "false" and "0" for true, also nothing.
func parseBool(values []string) bool {
	return len(values) == 0 || values[0] != "0" && !strings.EqualFold(values[0], "false")
}

func getOptions(q url.Values) meta.GetOptions {
	return meta.GetOptions{ResourceVersion: q.Get("resourceVersion")}
}

func listOptions(q url.Values) (meta.ListOptions, error) {
	p := params{Values: q}
	o := meta.ListOptions{
		LabelSelector: p.text("labelSelector"), FieldSelector: p.text("fieldSelector"),
		Watch: p.bool("watch"), AllowWatchBookmarks: p.bool("allowWatchBookmarks"),
		ResourceVersion: p.text("resourceVersion"), ResourceVersionMatch: meta.ResourceVersionMatch(p.text("resourceVersionMatch")),
		TimeoutSeconds: p.optionalInt("timeoutSeconds"), Limit: p.int("limit"), Continue: p.text("continue"),
		SendInitialEvents: p.optionalBool("sendInitialEvents"), ShardSelector: p.text("shardSelector"),
	}
	return o, p.done()
}

func createOptions(q url.Values) (meta.CreateOptions, error) {
	o := meta.CreateOptions{DryRun: q["dryRun"], FieldManager: q.Get("fieldManager"), FieldValidation: q.Get("fieldValidation")}
	errs := checkWrite(o.FieldManager, o.DryRun, o.FieldValidation)
	return o, invalidOptions("CreateOptions", errs)
}

func updateOptions(q url.Values) (meta.UpdateOptions, error) {
	o := meta.UpdateOptions{DryRun: q["dryRun"], FieldManager: q.Get("fieldManager"), FieldValidation: q.Get("fieldValidation")}
	errs := checkWrite(o.FieldManager, o.DryRun, o.FieldValidation)
	return o, invalidOptions("UpdateOptions", errs)
}

func patchOptions(q url.Values, apply bool) (meta.PatchOptions, error) {
	p := params{Values: q}
	o := meta.PatchOptions{
		DryRun: q["dryRun"], Force: p.optionalBool("force"),
		FieldManager: q.Get("fieldManager"), FieldValidation: q.Get("fieldValidation"),
	}
	var errs validate.Errors
	switch {
	case apply && o.FieldManager == "":
		errs = append(errs, validate.Required(validate.NewPath("fieldManager"), "is required for apply patch")...)
	case !apply && o.Force != nil:
		errs = append(errs, validate.Forbidden(validate.NewPath("force"), "may not be specified for non-apply patch")...)
	}
	errs = append(errs, checkWrite(o.FieldManager, o.DryRun, o.FieldValidation)...)
	return o, invalidOptions("PatchOptions", errs)
}

// deleteQuery reads the options of a DELETE without a body.
func deleteQuery(q url.Values) (meta.DeleteOptions, error) {
	p := params{Values: q}
	o := meta.DeleteOptions{
		GracePeriodSeconds: p.optionalInt("gracePeriodSeconds"),
		OrphanDependents:   p.optionalBool("orphanDependents"),
		DryRun:             q["dryRun"],
		IgnoreStoreReadErrorWithClusterBreakingPotential: p.optionalBool("ignoreStoreReadErrorWithClusterBreakingPotential"),
	}
	if values, ok := q["propagationPolicy"]; ok && len(values) > 0 {
		policy := meta.DeletionPropagation(values[0])
		o.PropagationPolicy = &policy
	}
	return o, p.done()
}

const maxFieldManager = 128 // bytes

func checkWrite(manager string, dryRun []string, validation string) validate.Errors {
	var errs validate.Errors
	at := validate.NewPath("fieldManager")
	if len(manager) > maxFieldManager {
		errs = append(errs, validate.TooLong(at, maxFieldManager)...)
	}
	for i, r := range manager {
		if !unicode.IsPrint(r) {
			errs = append(errs, validate.Invalidf(at, manager, "invalid character %#U (at position %d)", r, i)...)
		}
	}
	errs = append(errs, registry.CheckDryRun(dryRun)...)
	switch validation {
	case "", meta.FieldValidationIgnore, meta.FieldValidationWarn, meta.FieldValidationStrict:
	default:
		errs = append(errs, validate.NotSupported(validate.NewPath("fieldValidation"), validation,
			"", meta.FieldValidationIgnore, meta.FieldValidationStrict, meta.FieldValidationWarn)...)
	}
	return errs
}

func invalidOptions(kind string, errs validate.Errors) error {
	if len(errs) == 0 {
		return nil
	}
	return errs.Status(meta.GroupKind{Group: "meta.k8s.io", Kind: kind}, "")
}
