package corev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func configmaps() *scheme.Resource {
	return scheme.Define[ConfigMap, ConfigMapList](scheme.Spec[ConfigMap]{
		Name:           "configmaps",
		ShortNames:     []string{"cm"},
		Namespaced:     true,
		Validate:       ValidateConfigMap,
		ValidateUpdate: ValidateConfigMapUpdate,
		Columns: []scheme.Column[ConfigMap]{
			scheme.NameColumn[ConfigMap](),
			{Name: "Data", Help: dataColumnHelp, Cell: func(c *ConfigMap) any { return int64(len(c.Data) + len(c.BinaryData)) }},
			scheme.AgeColumn[ConfigMap](),
		},
	})
}

const unchangeable = "field is immutable when `immutable` is set"

// wholeObject is where an error of no single field is reported.
var wholeObject = validate.Path{}.Key("")

// ValidateConfigMap finds every fault of a ConfigMap that is about to be made.
func ValidateConfigMap(c *ConfigMap) validate.Errors {
	size := 0
	errs := validate.All(
		validate.ObjectMeta(metadataPath, &c.ObjectMeta, true, names.DNSSubdomain),
		validate.EachKey(validate.NewPath("data"), c.Data, func(p validate.Path, key, value string) validate.Errors {
			size += len(value)
			_, binary := c.BinaryData[key]
			return append(validate.String(p, key, names.ConfigMapKey), must(!binary, p, key, "duplicate of key present in binaryData")...)
		}),
		validate.EachKey(validate.NewPath("binaryData"), c.BinaryData, func(p validate.Path, key string, value []byte) validate.Errors {
			size += len(value)
			return validate.String(p, key, names.ConfigMapKey)
		}),
	)
	if size > MaxSecretSize {
		errs = append(errs, validate.TooLong(wholeObject, MaxSecretSize)...)
	}
	return errs
}

// ValidateConfigMapUpdate finds every fault of a ConfigMap that is about to replace old.
func ValidateConfigMapUpdate(c, old *ConfigMap) validate.Errors {
	frozen := isTrue(old.Immutable)
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &c.ObjectMeta, &old.ObjectMeta),
		forbid(frozen && !isTrue(c.Immutable), validate.NewPath("immutable"), unchangeable),
		forbid(frozen && !validate.Equal(c.Data, old.Data), validate.NewPath("data"), unchangeable),
		forbid(frozen && !validate.Equal(c.BinaryData, old.BinaryData), validate.NewPath("binaryData"), unchangeable),
		ValidateConfigMap(c),
	)
}
