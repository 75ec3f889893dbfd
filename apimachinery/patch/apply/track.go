package apply

import (
	"bytes"
	"reflect"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Every write pays for its account, so the common ones take a short way: the
// typed objects are compared as they are, and the texts of the account are
// edited in place. What the short way does not know it leaves to the long one,
// over trees and sets; where it does know, both come to the same.

// quickly is Update for the common case. ok is false if this is not one: then
// nothing has been changed.
func (m *Manager) quickly(live, changed meta.Object, resource *scheme.Resource, subresource, manager string, now meta.Time) (_ []meta.ManagedFieldsEntry, ok bool) {
	sh := m.shapes.of(resource.Type)
	next := reflect.ValueOf(changed)
	if sh == nil || next.Type().Elem() != resource.Type.Type {
		return nil, false
	}
	skipped, ok := skipOf(resource, subresource)
	if !ok {
		return nil, false
	}
	version := resource.GroupVersion.String()
	given := changed.Metadata().ManagedFields
	old := sh.zero
	var entries []meta.ManagedFieldsEntry
	if live == nil {
		if len(given) > 0 {
			return nil, false
		}
	} else {
		entries = live.Metadata().ManagedFields
		if reflect.TypeOf(live) != next.Type() || !tracked(entries, version) ||
			subresource == "" && len(given) > 0 && !sameEntries(given, entries) {
			return nil, false
		}
		old = reflect.ValueOf(live).Elem()
	}
	d := newDifference()
	defer d.release()
	d.objects(sh, old, next.Elem(), skipped)
	if d.unsure {
		return nil, false
	}
	if d.empty() {
		return slices.Clone(entries), true
	}
	return d.account(entries, owner{manager, meta.ManagedFieldsOperationUpdate, version, subresource}, now)
}

// account works the difference into the entries.
func (d *difference) account(entries []meta.ManagedFieldsEntry, writer owner, now meta.Time) ([]meta.ManagedFieldsEntry, bool) {
	out := make([]meta.ManagedFieldsEntry, 0, len(entries)+1)
	takes, found, updaters := d.changes(), false, 0
	for i := range entries {
		e := entries[i]
		own := takes && e.Manager == writer.manager && e.Operation == writer.operation && e.Subresource == writer.subresource
		text, ok := d.edit(d.scratch[:0], e.FieldsV1.Raw, own)
		if !ok {
			return nil, false
		}
		d.scratch = text
		if !bytes.Equal(text, e.FieldsV1.Raw) {
			e.FieldsV1 = &meta.FieldsV1{Raw: bytes.Clone(text)}
		}
		if own {
			e.Time, found = &now, true
		}
		if string(text) != "{}" {
			out = append(out, e)
		}
	}
	if takes && !found {
		text := d.append(append(d.scratch[:0], '{'), 0)
		text = append(text, '}')
		d.scratch = text
		out = append(out, meta.ManagedFieldsEntry{
			Manager: writer.manager, Operation: writer.operation, APIVersion: writer.version, Time: &now,
			FieldsType: fieldsV1, FieldsV1: &meta.FieldsV1{Raw: bytes.Clone(text)}, Subresource: writer.subresource,
		})
	}
	for i := range out {
		if out[i].Operation == meta.ManagedFieldsOperationUpdate {
			updaters++
		}
	}
	if updaters > maxUpdaters {
		return nil, false // some are to be folded
	}
	if len(out) == 0 {
		return nil, true
	}
	slices.SortFunc(out, compareEntries)
	return out, true
}

// tracked says that entries are an account of the one version, without faults.
func tracked(entries []meta.ManagedFieldsEntry, version string) bool {
	for i := range entries {
		e := &entries[i]
		if e.APIVersion != version || e.FieldsType != fieldsV1 || e.FieldsV1 == nil || len(e.FieldsV1.Raw) <= len("{}") ||
			e.Operation != meta.ManagedFieldsOperationApply && e.Operation != meta.ManagedFieldsOperationUpdate {
			return false
		}
		for j := range i {
			o := &entries[j]
			if o.Manager == e.Manager && o.Operation == e.Operation && o.Subresource == e.Subresource {
				return false
			}
		}
	}
	return len(entries) > 0
}

func sameEntries(a, b []meta.ManagedFieldsEntry) bool {
	return slices.EqualFunc(a, b, func(x, y meta.ManagedFieldsEntry) bool {
		sameTime := (x.Time == nil) == (y.Time == nil) && (x.Time == nil || x.Time.Time.Equal(y.Time.Time))
		return sameTime && x.Manager == y.Manager && x.Operation == y.Operation && x.APIVersion == y.APIVersion &&
			x.Subresource == y.Subresource && x.FieldsType == y.FieldsType && x.FieldsV1 != nil && y.FieldsV1 != nil &&
			bytes.Equal(x.FieldsV1.Raw, y.FieldsV1.Raw)
	})
}
