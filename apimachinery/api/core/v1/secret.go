package corev1

import (
	"crypto/tls"
	"encoding/json"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func secrets() *scheme.Resource {
	return scheme.Define[Secret, SecretList](scheme.Spec[Secret]{
		Name:           "secrets",
		Namespaced:     true,
		Fields:         []scheme.SelectableField[Secret]{{Path: "type", Value: func(s *Secret) string { return string(s.Type) }}},
		Default:        DefaultSecret,
		Validate:       ValidateSecret,
		ValidateUpdate: ValidateSecretUpdate,
		Warnings:       secretWarnings,
		Columns: []scheme.Column[Secret]{
			scheme.NameColumn[Secret](),
			{Name: "Type", Help: cells.Help("secrets", "Type"), Cell: func(s *Secret) any { return string(s.Type) }},
			{Name: "Data", Help: cells.Help("secrets", "Data"), Cell: func(s *Secret) any { return int64(len(s.Data)) }},
			scheme.AgeColumn[Secret](),
		},
	})
}

// DefaultSecret gives a Secret its type and moves the text that its author wrote
// in clear among the data, where it takes the place of what is there.
func DefaultSecret(s *Secret) {
	defaultTo(&s.Type, SecretTypeOpaque)
	for key, text := range s.StringData {
		if s.Data == nil {
			s.Data = make(map[string][]byte, len(s.StringData))
		}
		s.Data[key] = []byte(text)
	}
	s.StringData = nil
}

// ValidateSecret finds every fault of a Secret that is about to be made.
func ValidateSecret(s *Secret) validate.Errors {
	data, size := validate.NewPath("data"), 0
	errs := validate.All(
		validate.ObjectMeta(metadataPath, &s.ObjectMeta, true, names.DNSSubdomain),
		validate.EachKey(data, s.Data, func(p validate.Path, key string, value []byte) validate.Errors {
			size += len(value)
			return validate.String(p, key, names.ConfigMapKey)
		}),
	)
	if size > MaxSecretSize {
		errs = append(errs, validate.TooLong(data, MaxSecretSize)...)
	}
	has := func(key string) bool { _, ok := s.Data[key]; return ok }
	switch s.Type {
	case SecretTypeServiceAccountToken:
		// A controller adds the token.
		errs = append(errs, require(s.Annotations[ServiceAccountNameKey] != "", metadataPath.Child("annotations").Key(ServiceAccountNameKey), "")...)
	case SecretTypeDockercfg:
		errs = append(errs, jsonObject(data.Key(DockerConfigKey), s.Data, DockerConfigKey)...)
	case SecretTypeDockerConfigJson:
		errs = append(errs, jsonObject(data.Key(DockerConfigJsonKey), s.Data, DockerConfigJsonKey)...)
	case SecretTypeBasicAuth:
		if !has(BasicAuthUsernameKey) && !has(BasicAuthPasswordKey) {
			errs = append(errs, validate.Required(data.Key(BasicAuthUsernameKey), "")...)
			errs = append(errs, validate.Required(data.Key(BasicAuthPasswordKey), "")...)
		}
	case SecretTypeSSHAuth:
		errs = append(errs, require(len(s.Data[SSHAuthPrivateKey]) > 0, data.Key(SSHAuthPrivateKey), "")...)
	case SecretTypeTLS:
		errs = append(errs, require(has(TLSCertKey), data.Key(TLSCertKey), "")...)
		errs = append(errs, require(has(TLSPrivateKeyKey), data.Key(TLSPrivateKeyKey), "")...)
	}
	return errs
}

func jsonObject(p validate.Path, data map[string][]byte, key string) validate.Errors {
	text, ok := data[key]
	if !ok {
		return validate.Required(p, "")
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		return validate.Invalid(p, "<secret contents redacted>", err.Error())
	}
	return nil
}

// ValidateSecretUpdate finds every fault of a Secret that is about to replace old.
func ValidateSecretUpdate(s, old *Secret) validate.Errors {
	frozen := isTrue(old.Immutable)
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &s.ObjectMeta, &old.ObjectMeta),
		validate.Immutable(validate.NewPath("type"), s.Type, old.Type),
		forbid(frozen && !isTrue(s.Immutable), validate.NewPath("immutable"), unchangeable),
		forbid(frozen && !validate.Equal(s.Data, old.Data), validate.NewPath("data"), unchangeable),
		ValidateSecret(s),
	)
}

func secretWarnings(s, _ *Secret) []string {
	if s.Type != SecretTypeTLS {
		return nil
	}
	if _, err := tls.X509KeyPair(s.Data[TLSCertKey], s.Data[TLSPrivateKeyKey]); err != nil {
		return []string{err.Error()}
	}
	return nil
}
