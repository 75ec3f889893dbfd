package apiextensionsv1

import (
	"bytes"
	"cmp"
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Kubernetes stores CustomResourceDefinitions as JSON of v1beta1, a version that it
// has not served for long: what all versions of a resource have in common stands
// there once, above them.

const storedVersion = "v1beta1"

// storedForm lets data be opened by Kubernetes, and Kubernetes' data here.
func storedForm() *scheme.StoredForm {
	return &scheme.StoredForm{
		Version: storedVersion,
		Encode: func(obj meta.Object) ([]byte, error) {
			crd, ok := obj.(*CustomResourceDefinition)
			if !ok {
				return nil, fmt.Errorf("store a CustomResourceDefinition: it is a %T", obj)
			}
			kept, err := toStored(crd)
			if err != nil {
				return nil, err
			}
			return codec.MarshalJSON(kept)
		},
		Decode: func(data []byte) (meta.Object, error) {
			kept := new(storedDefinition)
			if _, err := codec.UnmarshalJSON(data, kept, codec.DecodeOptions{}); err != nil {
				return nil, err
			}
			return kept.definition(), nil
		},
	}
}

type storedDefinition struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	Spec            storedSpec                     `json:"spec"`
	Status          CustomResourceDefinitionStatus `json:"status,omitempty"`
}

type storedSpec struct {
	Group   string                        `json:"group"`
	Version string                        `json:"version,omitempty"` // the first one's name
	Names   CustomResourceDefinitionNames `json:"names"`
	Scope   ResourceScope                 `json:"scope"`
	// Validation, Subresources, Columns and SelectableFields are what all versions
	// have, who then have none of their own.
	Validation       *CustomResourceValidation   `json:"validation,omitempty"`
	Subresources     *CustomResourceSubresources `json:"subresources,omitempty"`
	Versions         []storedVersionOf           `json:"versions,omitempty"`
	Columns          []storedColumn              `json:"additionalPrinterColumns,omitempty"`
	SelectableFields []SelectableField           `json:"selectableFields,omitempty"`
	Conversion       *storedConversion           `json:"conversion,omitempty"`
	// PreserveUnknownFields is true if it is left out.
	PreserveUnknownFields *bool `json:"preserveUnknownFields,omitempty"`
}

type storedVersionOf struct {
	Name               string                      `json:"name"`
	Served             bool                        `json:"served"`
	Storage            bool                        `json:"storage"`
	Deprecated         bool                        `json:"deprecated,omitempty"`
	DeprecationWarning *string                     `json:"deprecationWarning,omitempty"`
	Schema             *CustomResourceValidation   `json:"schema,omitempty"`
	Subresources       *CustomResourceSubresources `json:"subresources,omitempty"`
	Columns            []storedColumn              `json:"additionalPrinterColumns,omitempty"`
	SelectableFields   []SelectableField           `json:"selectableFields,omitempty"`
}

// storedColumn is a CustomResourceColumnDefinition but for the name of one field.
type storedColumn struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Format      string `json:"format,omitempty"`
	Description string `json:"description,omitempty"`
	Priority    int32  `json:"priority,omitempty"`
	JSONPath    string `json:"JSONPath"`
}

type storedConversion struct {
	Strategy                 ConversionStrategyType `json:"strategy"`
	WebhookClientConfig      *WebhookClientConfig   `json:"webhookClientConfig,omitempty"`
	ConversionReviewVersions []string               `json:"conversionReviewVersions,omitempty"`
}

func toStored(crd *CustomResourceDefinition) (*storedDefinition, error) {
	spec := &crd.Spec
	preserve := spec.PreserveUnknownFields
	kept := &storedDefinition{TypeMeta: crd.TypeMeta, ObjectMeta: crd.ObjectMeta, Status: crd.Status, Spec: storedSpec{
		Group: spec.Group, Names: spec.Names, Scope: spec.Scope, PreserveUnknownFields: &preserve,
	}}
	kept.APIVersion = "apiextensions.k8s.io/" + storedVersion
	for i := range spec.Versions {
		v := &spec.Versions[i]
		kept.Spec.Versions = append(kept.Spec.Versions, storedVersionOf{
			Name: v.Name, Served: v.Served, Storage: v.Storage, Deprecated: v.Deprecated, DeprecationWarning: v.DeprecationWarning,
			Schema: v.Schema, Subresources: v.Subresources, Columns: storedColumns(v.AdditionalPrinterColumns), SelectableFields: v.SelectableFields,
		})
	}
	if c := spec.Conversion; c != nil {
		kept.Spec.Conversion = &storedConversion{Strategy: c.Strategy}
		if c.Webhook != nil {
			kept.Spec.Conversion.WebhookClientConfig = c.Webhook.ClientConfig
			kept.Spec.Conversion.ConversionReviewVersions = c.Webhook.ConversionReviewVersions
		}
	}
	return kept, kept.Spec.gather()
}

// gather moves what all versions have in common above them.
func (s *storedSpec) gather() error {
	if len(s.Versions) == 0 {
		return nil
	}
	first := s.Versions[0]
	s.Version = first.Name
	for _, part := range []struct {
		of    func(*storedVersionOf) any
		move  func()
		clear func(*storedVersionOf)
	}{
		{func(v *storedVersionOf) any { return v.Schema }, func() { s.Validation = first.Schema }, func(v *storedVersionOf) { v.Schema = nil }},
		{func(v *storedVersionOf) any { return v.Subresources }, func() { s.Subresources = first.Subresources }, func(v *storedVersionOf) { v.Subresources = nil }},
		{func(v *storedVersionOf) any { return v.Columns }, func() { s.Columns = first.Columns }, func(v *storedVersionOf) { v.Columns = nil }},
		{func(v *storedVersionOf) any { return v.SelectableFields }, func() { s.SelectableFields = first.SelectableFields }, func(v *storedVersionOf) { v.SelectableFields = nil }},
	} {
		common, err := codec.MarshalJSON(part.of(&first))
		if err != nil {
			return err
		}
		shared := true
		for i := 1; i < len(s.Versions) && shared; i++ {
			text, err := codec.MarshalJSON(part.of(&s.Versions[i]))
			if err != nil {
				return err
			}
			shared = bytes.Equal(text, common)
		}
		if shared {
			part.move()
			for i := range s.Versions {
				part.clear(&s.Versions[i])
			}
		}
	}
	return nil
}

// definition is what is stored, as it is served.
func (d *storedDefinition) definition() *CustomResourceDefinition {
	s := &d.Spec
	crd := &CustomResourceDefinition{TypeMeta: d.TypeMeta, ObjectMeta: d.ObjectMeta, Status: d.Status, Spec: CustomResourceDefinitionSpec{
		Group: s.Group, Names: s.Names, Scope: s.Scope, PreserveUnknownFields: s.PreserveUnknownFields == nil || *s.PreserveUnknownFields,
	}}
	versions := s.Versions
	if len(versions) == 0 && s.Version != "" { // from before there could be several
		versions = []storedVersionOf{{Name: s.Version, Served: true, Storage: true}}
	}
	for i := range versions {
		v := &versions[i]
		columns := v.Columns
		if len(columns) == 0 {
			columns = s.Columns
		}
		fields := v.SelectableFields
		if len(fields) == 0 {
			fields = s.SelectableFields
		}
		crd.Spec.Versions = append(crd.Spec.Versions, CustomResourceDefinitionVersion{
			Name: v.Name, Served: v.Served, Storage: v.Storage, Deprecated: v.Deprecated, DeprecationWarning: v.DeprecationWarning,
			Schema: copied(cmp.Or(v.Schema, s.Validation)), Subresources: copied(cmp.Or(v.Subresources, s.Subresources)),
			AdditionalPrinterColumns: servedColumns(columns), SelectableFields: append([]SelectableField(nil), fields...),
		})
	}
	if c := s.Conversion; c != nil {
		crd.Spec.Conversion = &CustomResourceConversion{Strategy: c.Strategy}
		if c.WebhookClientConfig != nil || len(c.ConversionReviewVersions) > 0 {
			reviews := c.ConversionReviewVersions
			if len(reviews) == 0 {
				reviews = []string{"v1beta1"}
			}
			crd.Spec.Conversion.Webhook = &WebhookConversion{ClientConfig: c.WebhookClientConfig, ConversionReviewVersions: reviews}
		}
	}
	return crd
}

// copied keeps versions from sharing what one of them may be changed in.
func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return codec.DeepCopy(p)
}

func storedColumns(columns []CustomResourceColumnDefinition) []storedColumn {
	var kept []storedColumn
	for _, c := range columns {
		kept = append(kept, storedColumn(c))
	}
	return kept
}

func servedColumns(columns []storedColumn) []CustomResourceColumnDefinition {
	var served []CustomResourceColumnDefinition
	for _, c := range columns {
		served = append(served, CustomResourceColumnDefinition(c))
	}
	return served
}
