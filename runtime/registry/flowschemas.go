package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	flowcontrolv1 "github.com/kubenucleus/nucleus/apimachinery/api/flowcontrol/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

const (
	flowcontrolGroup = "flowcontrol.apiserver.k8s.io"
	// tendFlowsEvery is how often the objects of flow control that a cluster begins
	// with are made again if somebody has deleted or spoiled them.
	tendFlowsEvery = time.Minute
	// flowsManager is who Kubernetes has write the conditions.
	flowsManager = "api-priority-and-fairness-config-consumer-v1"
)

// keepFlows says in the status of each FlowSchema whether there is the priority
// level that it names, as people then see in a list, and keeps what Bootstrap made.
// It returns when ctx ends.
func (r *Registry) keepFlows(ctx context.Context) {
	schemas := r.collectionNamed(flowcontrolGroup, "flowschemas")
	levels := r.collectionNamed(flowcontrolGroup, "prioritylevelconfigurations")
	if schemas == nil || levels == nil || r.fields == nil {
		return
	}
	changed := make(chan struct{}, 1)
	watching := r.tellChanges(ctx, []*collection{schemas, levels}, changed)
	ticker := time.NewTicker(tendFlowsEvery)
	for ctx.Err() == nil {
		var err error
		select {
		case <-ctx.Done():
		case <-changed:
			err = r.markDangling(ctx, schemas, levels)
		case <-ticker.C:
			err = r.tendFlows(ctx, schemas, levels)
		}
		if err != nil && ctx.Err() == nil {
			r.logger.Warn("look after the objects of flow control", "err", err)
		}
	}
	ticker.Stop()
	watching.Wait()
}

// tendFlows makes what Bootstrap made as it was, as far as people may not have it otherwise.
func (r *Registry) tendFlows(ctx context.Context, schemas, levels *collection) error {
	seeds := r.flows.Load()
	if seeds == nil {
		return nil
	}
	return errors.Join(r.sow(ctx, *seeds), r.weedFlows(ctx, *seeds, schemas), r.weedFlows(ctx, *seeds, levels))
}

// weedFlows deletes what says that it follows the server's own idea of it when the
// server has none: another release made it.
func (r *Registry) weedFlows(ctx context.Context, seeds []seed, c *collection) error {
	ours := map[string]bool{}
	for _, s := range seeds {
		if s.resource == c.hub.Name {
			ours[s.obj.Metadata().Name] = true
		}
	}
	all, err := c.all(ctx)
	if err != nil {
		return err
	}
	for _, obj := range all {
		m := obj.Metadata()
		if ours[m.Name] || m.Annotations[autoUpdateSpec] != "true" {
			continue
		}
		user := systemUser
		q := &Request{Resource: c.hub, Name: m.Name, User: &user}
		_, err := r.Delete(ctx, q, meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &m.UID}})
		if err != nil && !meta.IsNotFound(err) && !meta.IsConflict(err) {
			return err
		}
	}
	return nil
}

// markDangling writes the condition into the FlowSchemas where it is wrong or missing.
func (r *Registry) markDangling(ctx context.Context, schemas, levels *collection) error {
	all, err := levels.all(ctx)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, l := range all {
		there[l.Metadata().Name] = true
	}
	if all, err = schemas.all(ctx); err != nil {
		return err
	}
	for _, obj := range all {
		f, ok := obj.(*flowcontrolv1.FlowSchema)
		if !ok {
			continue
		}
		want := dangling(f, there[f.Spec.PriorityLevelConfiguration.Name], r.now())
		if want == nil {
			continue
		}
		if err := r.applyCondition(ctx, schemas, f, want); err != nil && !meta.IsNotFound(err) && !meta.IsConflict(err) { // it is another by now
			return err
		}
	}
	return nil
}

// dangling is the condition that a FlowSchema should have, or nil if it has it.
func dangling(f *flowcontrolv1.FlowSchema, found bool, now meta.Time) *flowcontrolv1.FlowSchemaCondition {
	want := flowcontrolv1.FlowSchemaCondition{Type: flowcontrolv1.FlowSchemaConditionDangling, LastTransitionTime: now}
	const about = "This FlowSchema references the PriorityLevelConfiguration object named %q "
	level := f.Spec.PriorityLevelConfiguration.Name
	if want.Status, want.Reason, want.Message = flowcontrolv1.ConditionTrue, "NotFound", fmt.Sprintf(about+"but there is no such object", level); found {
		want.Status, want.Reason, want.Message = flowcontrolv1.ConditionFalse, "Found", fmt.Sprintf(about+"and it exists", level)
	}
	for _, have := range f.Status.Conditions {
		if have.Type == want.Type && have.Status == want.Status && have.Reason == want.Reason && have.Message == want.Message {
			return nil
		}
	}
	return &want
}

func (r *Registry) applyCondition(ctx context.Context, schemas *collection, f *flowcontrolv1.FlowSchema, c *flowcontrolv1.FlowSchemaCondition) error {
	data, err := json.Marshal(map[string]any{
		"apiVersion": schemas.gvk.GroupVersion().String(), "kind": schemas.gvk.Kind,
		"metadata": map[string]any{"name": f.Name, "uid": f.UID},
		"status":   flowcontrolv1.FlowSchemaStatus{Conditions: []flowcontrolv1.FlowSchemaCondition{*c}},
	})
	if err != nil {
		return err
	}
	user := systemUser
	force := true
	q := &Request{Resource: schemas.hub, Subresource: "status", Name: f.Name, User: &user}
	_, _, err = r.Patch(ctx, q, client.Patch{Type: client.ApplyPatch, Data: data}, meta.PatchOptions{FieldManager: flowsManager, Force: &force})
	return err
}
