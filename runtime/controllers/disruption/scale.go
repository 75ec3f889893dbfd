package disruption

import (
	"context"
	"errors"
	"fmt"
	"slices"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	autoscalingv1 "github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// scales knows how many Pods the owners of Pods ask for.
type scales struct {
	c           client.Client
	mapper      *client.Mapper
	deployments *client.Cache[appsv1.Deployment]
	sets        *client.Cache[appsv1.ReplicaSet]
	stateful    *client.Cache[appsv1.StatefulSet]
	controllers *client.Cache[corev1.ReplicationController]
}

func newScales(caches *client.Caches) *scales {
	return &scales{
		c: caches.Client(), mapper: client.NewMapper(caches.Client()),
		deployments: client.CacheOf[appsv1.Deployment](caches), sets: client.CacheOf[appsv1.ReplicaSet](caches),
		stateful: client.CacheOf[appsv1.StatefulSet](caches), controllers: client.CacheOf[corev1.ReplicationController](caches),
	}
}

// of returns how many Pods the controller of a Pod asks for: from the caches if
// they have it, or else from the server.
func (s *scales) of(ctx context.Context, pod *corev1.Pod, owner *meta.OwnerReference) (Scale, error) {
	gv, err := meta.ParseGroupVersion(owner.APIVersion)
	if err != nil {
		return Scale{}, err
	}
	if scale, ok := s.cached(pod.Namespace, meta.GroupKind{Group: gv.Group, Kind: owner.Kind}, owner); ok {
		return scale, nil
	}
	scale, err := s.live(ctx, pod.Namespace, gv.WithKind(owner.Kind), owner)
	if err == nil && scale.UID != owner.UID {
		err = fmt.Errorf("found no controllers for pod %q", pod.Name)
	}
	return scale, err
}

func (s *scales) cached(namespace string, kind meta.GroupKind, owner *meta.OwnerReference) (Scale, bool) {
	switch kind {
	case replicaSet:
		rs, ok := s.sets.Get(namespace, owner.Name)
		if !ok || rs.UID != owner.UID {
			return Scale{}, false
		}
		above := meta.ControllerOf(rs)
		if above == nil || above.Kind != "Deployment" {
			return scaleOf(&rs.ObjectMeta, rs.Spec.Replicas), true
		}
		// In a roll-out the Pods of all ReplicaSets together are those that the
		// Deployment asks for.
		d, ok := s.deployments.Get(namespace, above.Name)
		if !ok || d.UID != above.UID {
			return Scale{}, false
		}
		return scaleOf(&d.ObjectMeta, d.Spec.Replicas), true
	case statefulSet:
		set, ok := s.stateful.Get(namespace, owner.Name)
		if !ok || set.UID != owner.UID {
			return Scale{}, false
		}
		return scaleOf(&set.ObjectMeta, set.Spec.Replicas), true
	case replicationController:
		rc, ok := s.controllers.Get(namespace, owner.Name)
		if !ok || rc.UID != owner.UID {
			return Scale{}, false
		}
		return scaleOf(&rc.ObjectMeta, rc.Spec.Replicas), true
	}
	return Scale{}, false
}

var (
	replicaSet            = meta.GroupKind{Group: "apps", Kind: "ReplicaSet"}
	statefulSet           = meta.GroupKind{Group: "apps", Kind: "StatefulSet"}
	replicationController = meta.GroupKind{Kind: "ReplicationController"}
)

func scaleOf(m *meta.ObjectMeta, replicas *int32) Scale {
	if replicas == nil {
		return Scale{UID: m.UID, Replicas: 1}
	}
	return Scale{UID: m.UID, Replicas: *replicas}
}

// live asks the server. A scale without uid says that there is no such owner.
func (s *scales) live(ctx context.Context, namespace string, kind meta.GroupVersionKind, owner *meta.OwnerReference) (Scale, error) {
	info, err := s.mapper.ForKind(ctx, kind)
	var none *client.NoMatchError
	switch {
	case errors.As(err, &none):
		return Scale{}, nil
	case err != nil:
		return Scale{}, err
	case !slices.Contains(info.Subresources, "scale"):
		return Scale{}, fmt.Errorf("%s does not implement the scale subresource", info.Resource.GroupResource())
	}
	at := client.Target{Resource: info.Resource, Namespace: namespace, Name: owner.Name, Subresource: "scale"}
	var scale autoscalingv1.Scale
	switch err := s.c.Get(ctx, at, &scale, meta.GetOptions{}); {
	case meta.IsNotFound(err):
		return Scale{}, nil
	case err != nil:
		return Scale{}, err
	}
	return Scale{UID: scale.UID, Replicas: scale.Spec.Replicas}, nil
}
