package garbagecollector

import (
	"context"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// disown strikes owners off the object's list. That it is gone, or another one,
// is as good.
func disown(ctx context.Context, r client.Resource[meta.PartialObjectMetadata], id ID, owners []meta.UID) error {
	var refs []any
	for _, uid := range owners {
		refs = append(refs, map[string]any{"$patch": "delete", "uid": string(uid)})
	}
	return patchOwners(ctx, r, id, refs, func(ref *meta.OwnerReference) bool { return !slices.Contains(owners, ref.UID) })
}

// unblock makes the object block the deletion of none of its owners.
func unblock(ctx context.Context, r client.Resource[meta.PartialObjectMetadata], id ID, m *meta.ObjectMeta) error {
	var refs []any
	for i := range m.OwnerReferences {
		if blocks(&m.OwnerReferences[i]) {
			refs = append(refs, map[string]any{"uid": string(m.OwnerReferences[i].UID), "blockOwnerDeletion": false})
		}
	}
	if len(refs) == 0 {
		return nil
	}
	no := false
	return patchOwners(ctx, r, id, refs, func(ref *meta.OwnerReference) bool {
		if blocks(ref) {
			ref.BlockOwnerDeletion = &no
		}
		return true
	})
}

// patchOwners changes the object's owners by a strategic patch, which no other
// write can get in the way of or, where the server has none for the kind, by
// replacing the list as keep says.
func patchOwners(ctx context.Context, r client.Resource[meta.PartialObjectMetadata], id ID, strategic []any, keep func(*meta.OwnerReference) bool) error {
	err := patch(ctx, r, id.Name, client.StrategicPatch, map[string]any{"uid": string(id.UID), "ownerReferences": strategic})
	if meta.IsUnsupportedMediaType(err) {
		err = mergeOwners(ctx, r, id, keep)
	}
	if meta.IsNotFound(err) || meta.IsInvalid(err) { // invalid: another object has the name now
		return nil
	}
	return err
}

func mergeOwners(ctx context.Context, r client.Resource[meta.PartialObjectMetadata], id ID, keep func(*meta.OwnerReference) bool) error {
	live, err := r.Get(ctx, id.Name)
	if err != nil || live.UID != id.UID {
		return err
	}
	refs := []any{}
	for i := range live.OwnerReferences {
		ref := live.OwnerReferences[i]
		if !keep(&ref) {
			continue
		}
		fields, err := codec.ToMap(&ref)
		if err != nil {
			return err
		}
		refs = append(refs, fields)
	}
	return patch(ctx, r, id.Name, client.MergePatch, map[string]any{
		"uid": string(id.UID), "resourceVersion": live.ResourceVersion, "ownerReferences": refs,
	})
}

// dropFinalizer takes a finalizer off the object, which live shows.
func dropFinalizer(ctx context.Context, r client.Resource[meta.PartialObjectMetadata], live *meta.PartialObjectMetadata, finalizer string) error {
	if !slices.Contains(live.Finalizers, finalizer) {
		return nil
	}
	rest := []any{}
	for _, f := range live.Finalizers {
		if f != finalizer {
			rest = append(rest, f)
		}
	}
	return client.IgnoreNotFound(patch(ctx, r, live.Name, client.MergePatch, map[string]any{
		"uid": string(live.UID), "resourceVersion": live.ResourceVersion, "finalizers": rest,
	}))
}

func patch(ctx context.Context, r client.Resource[meta.PartialObjectMetadata], name string, typ client.PatchType, metadata map[string]any) error {
	data, err := codec.MarshalJSON(map[string]any{"metadata": metadata})
	if err != nil {
		return err
	}
	_, err = r.Patch(ctx, name, client.Patch{Type: typ, Data: data})
	return err
}
