package volume

import (
	"context"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func newConfigMap() *content {
	return &content{
		name:     "kubernetes.io/configmap",
		supports: func(v *corev1.Volume) bool { return v.ConfigMap != nil },
		collect: func(ctx context.Context, r *Request, to *files) error {
			s := r.Volume.ConfigMap
			to.defaults(s.DefaultMode, s.DefaultUser)
			return addConfigMap(ctx, r, to, s.Name, s.Items, isTrue(s.Optional))
		},
	}
}

func newSecret() *content {
	return &content{
		name: "kubernetes.io/secret", memory: true,
		supports: func(v *corev1.Volume) bool { return v.Secret != nil },
		collect: func(ctx context.Context, r *Request, to *files) error {
			s := r.Volume.Secret
			to.defaults(s.DefaultMode, s.DefaultUser)
			return addSecret(ctx, r, to, s.SecretName, s.Items, isTrue(s.Optional))
		},
	}
}

func addConfigMap(ctx context.Context, r *Request, to *files, name string, items []corev1.KeyToPath, optional bool) error {
	object, err := Object[corev1.ConfigMap](ctx, r, r.Pod.Namespace, name)
	if err != nil {
		if meta.IsNotFound(err) && optional {
			return nil
		}
		return err
	}
	values := make(map[string][]byte, len(object.Data)+len(object.BinaryData))
	for key, value := range object.Data {
		values[key] = []byte(value)
	}
	for key, value := range object.BinaryData {
		values[key] = value
	}
	return to.addKeys(values, items, optional, "configmap references non-existent config key")
}

func addSecret(ctx context.Context, r *Request, to *files, name string, items []corev1.KeyToPath, optional bool) error {
	object, err := Object[corev1.Secret](ctx, r, r.Pod.Namespace, name)
	if err != nil {
		if meta.IsNotFound(err) && optional {
			return nil
		}
		return err
	}
	return to.addKeys(object.Data, items, optional, "references non-existent secret key")
}
