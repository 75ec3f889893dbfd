package registry

import (
	"reflect"

	autoscalingv1 "github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

var scaleKind = meta.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"}

// scaleFace shows an object as a Scale. What it writes are the object's
// replicas; everything else goes by the rules of the object itself.
func (c *collection) scaleFace(f face) (face, error) {
	plan, err := codec.PlanFor(reflect.TypeFor[autoscalingv1.Scale]())
	if err != nil {
		return face{}, err
	}
	rules := c.hub.Scale
	f.throughOwn, f.kind, f.plan = true, scaleKind, plan
	f.empty = func() meta.Object { return new(autoscalingv1.Scale) }
	f.show = func(obj meta.Object) (meta.Object, error) {
		m := obj.Metadata()
		s := &autoscalingv1.Scale{ObjectMeta: meta.ObjectMeta{
			Name: m.Name, Namespace: m.Namespace, UID: m.UID,
			ResourceVersion: m.ResourceVersion, CreationTimestamp: m.CreationTimestamp,
		}}
		s.SetGroupVersionKind(scaleKind)
		s.Spec.Replicas = rules.Replicas(obj)
		if rules.StatusReplicas != nil {
			s.Status.Replicas = rules.StatusReplicas(obj)
		}
		if rules.Selector != nil {
			s.Status.Selector = rules.Selector(obj)
		}
		return s, nil
	}
	f.take = func(seen, live meta.Object) (meta.Object, error) {
		s, ok := seen.(*autoscalingv1.Scale)
		if !ok {
			return nil, meta.BadRequest("the body is no Scale")
		}
		if s.Spec.Replicas < 0 {
			return nil, validate.NonNegative(validate.NewPath("spec", "replicas"), s.Spec.Replicas).Status(scaleKind.GroupKind(), s.Name)
		}
		obj := codec.Copy(live).(meta.Object)
		rules.SetReplicas(obj, s.Spec.Replicas)
		// What the client insists on.
		if s.UID != "" {
			obj.Metadata().UID = s.UID
		}
		obj.Metadata().ResourceVersion = s.ResourceVersion
		return obj, nil
	}
	f.prepare, f.generation = c.hub.PrepareUpdate, c.hub.SpecChanged
	f.validate = c.validateUpdate
	return f, nil
}

// resourceOf returns a declaration under which an object of the face is
// encoded.
func (f *face) resourceOf() *scheme.Resource {
	return &scheme.Resource{GroupVersion: f.kind.GroupVersion(), Kind: f.kind.Kind, New: f.empty, Type: f.plan}
}
