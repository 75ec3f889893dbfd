package apply

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// account is metadata.managedFields, decoded: who owns what, and since when.
type account struct {
	sets  fieldpath.ManagedFields // by owner
	times map[string]*meta.Time   // by owner
}

// owner is what tells entries apart. Its key is what the merge calls a manager.
type owner struct {
	manager     string
	operation   meta.ManagedFieldsOperationType
	version     string // Update only: an applier owns under one entry whatever version it speaks
	subresource string
}

// fieldsV1 is the only form that sets of fields have.
const fieldsV1 = "FieldsV1"

const keySeparator = "\x00"

func (o owner) key() string {
	if o.operation == meta.ManagedFieldsOperationApply {
		o.version = ""
	}
	return strings.Join([]string{string(o.operation), o.version, o.subresource, o.manager}, keySeparator)
}

func ownerOf(key string) owner {
	parts := strings.SplitN(key, keySeparator, 4)
	if len(parts) != 4 {
		return owner{manager: key}
	}
	return owner{operation: meta.ManagedFieldsOperationType(parts[0]), version: parts[1], subresource: parts[2], manager: parts[3]}
}

func newAccount() *account {
	return &account{sets: fieldpath.ManagedFields{}, times: map[string]*meta.Time{}}
}

// decode reads managedFields. Any faulty entry makes the whole an error.
func decode(entries []meta.ManagedFieldsEntry) (*account, error) {
	a := newAccount()
	for i := range entries {
		e := &entries[i]
		if e.Operation != meta.ManagedFieldsOperationApply && e.Operation != meta.ManagedFieldsOperationUpdate {
			return nil, fmt.Errorf("managedFields[%d]: operation must be %q or %q, not %q", i, meta.ManagedFieldsOperationApply, meta.ManagedFieldsOperationUpdate, e.Operation)
		}
		if e.APIVersion == "" {
			return nil, fmt.Errorf("managedFields[%d]: apiVersion must not be empty", i)
		}
		if e.FieldsType != fieldsV1 {
			return nil, fmt.Errorf("managedFields[%d]: fieldsType must be FieldsV1, not %q", i, e.FieldsType)
		}
		set := fieldpath.NewSet()
		if e.FieldsV1 != nil {
			if err := set.FromJSON(bytes.NewReader(e.FieldsV1.Raw)); err != nil {
				return nil, fmt.Errorf("managedFields[%d]: fieldsV1: %w", i, err)
			}
		}
		key := owner{e.Manager, e.Operation, e.APIVersion, e.Subresource}.key()
		a.sets[key] = fieldpath.NewVersionedSet(set, fieldpath.APIVersion(e.APIVersion), e.Operation == meta.ManagedFieldsOperationApply)
		a.times[key] = e.Time
	}
	return a, nil
}

// encode writes the account as managedFields, in the order that Kubernetes
// keeps: by operation, then by time, then by name.
func (a *account) encode() ([]meta.ManagedFieldsEntry, error) {
	if len(a.sets) == 0 {
		return nil, nil
	}
	entries := make([]meta.ManagedFieldsEntry, 0, len(a.sets))
	for key, set := range a.sets {
		text, err := set.Set().ToJSON()
		if err != nil {
			return nil, fmt.Errorf("managedFields: %w", err)
		}
		o := ownerOf(key)
		entries = append(entries, meta.ManagedFieldsEntry{
			Manager: o.manager, Operation: o.operation, APIVersion: string(set.APIVersion()), Time: a.times[key],
			FieldsType: fieldsV1, FieldsV1: &meta.FieldsV1{Raw: text}, Subresource: o.subresource,
		})
	}
	slices.SortFunc(entries, compareEntries)
	return entries, nil
}

func compareEntries(a, b meta.ManagedFieldsEntry) int {
	return cmp.Or(
		strings.Compare(string(a.Operation), string(b.Operation)),
		cmp.Compare(seconds(a.Time), seconds(b.Time)),
		strings.Compare(a.Manager, b.Manager),
		strings.Compare(a.APIVersion, b.APIVersion),
		strings.Compare(a.Subresource, b.Subresource),
	)
}

func seconds(t *meta.Time) int64 {
	if t == nil {
		return 0
	}
	return t.Unix()
}

// maxUpdaters is how many Update entries an object may have. The oldest of
// more are folded into one, so that writers with ever new names cannot make
// an object grow.
const (
	maxUpdaters    = 10
	ancientChanges = "ancient-changes"
)

// fold merges the oldest Update entries while there are too many.
func (a *account) fold() {
	var updaters []string
	for key := range a.sets {
		if ownerOf(key).operation == meta.ManagedFieldsOperationUpdate {
			updaters = append(updaters, key)
		}
	}
	if len(updaters) <= maxUpdaters {
		return
	}
	slices.SortFunc(updaters, func(x, y string) int {
		return cmp.Or(cmp.Compare(seconds(a.times[x]), seconds(a.times[y])), strings.Compare(x, y))
	})
	// One entry for each version that is folded, for paths mean something in a
	// version only. Merging into an entry that exists makes one fewer.
	count := len(updaters)
	for _, key := range updaters {
		if count <= maxUpdaters {
			return
		}
		o := ownerOf(key)
		if o.manager == ancientChanges {
			continue
		}
		bucket := owner{manager: ancientChanges, operation: meta.ManagedFieldsOperationUpdate, version: o.version}.key()
		set := a.sets[key]
		if have, ok := a.sets[bucket]; ok {
			set = fieldpath.NewVersionedSet(have.Set().Union(set.Set()), set.APIVersion(), false)
			count--
		}
		a.sets[bucket], a.times[bucket] = set, a.times[key]
		delete(a.sets, key)
		delete(a.times, key)
	}
}
