package apiextensionsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type ConditionStatus string

type ConversionRequest struct {
	UID               meta.UID            `json:"uid" protobuf:"bytes,1"`
	DesiredAPIVersion string              `json:"desiredAPIVersion" protobuf:"bytes,2"`
	Objects           []meta.RawExtension `json:"objects" protobuf:"bytes,3"`
}

type ConversionResponse struct {
	UID              meta.UID            `json:"uid" protobuf:"bytes,1"`
	ConvertedObjects []meta.RawExtension `json:"convertedObjects" protobuf:"bytes,2"`
	Result           meta.Status         `json:"result" protobuf:"bytes,3"`
}

type ConversionReview struct {
	meta.TypeMeta `json:",inline"`
	Request       *ConversionRequest  `json:"request,omitempty" protobuf:"bytes,1"`
	Response      *ConversionResponse `json:"response,omitempty" protobuf:"bytes,2"`
}

type ConversionStrategyType string

type CustomResourceColumnDefinition struct {
	Name        string `json:"name" protobuf:"bytes,1" required:"true"`
	Type        string `json:"type" protobuf:"bytes,2" required:"true"`
	Format      string `json:"format,omitempty" protobuf:"bytes,3"`
	Description string `json:"description,omitempty" protobuf:"bytes,4"`
	Priority    int32  `json:"priority,omitempty" protobuf:"bytes,5"`
	JSONPath    string `json:"jsonPath" protobuf:"bytes,6" required:"true"`
}

type CustomResourceConversion struct {
	Strategy ConversionStrategyType `json:"strategy" protobuf:"bytes,1" required:"true"`
	Webhook  *WebhookConversion     `json:"webhook,omitempty" protobuf:"bytes,2"`
}

type CustomResourceDefinition struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec CustomResourceDefinitionSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status CustomResourceDefinitionStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type CustomResourceDefinitionCondition struct {
	Type CustomResourceDefinitionConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// What is: written by the cluster, not by users.
	Status             ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	LastTransitionTime meta.Time       `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string          `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string          `json:"message,omitempty" protobuf:"bytes,5"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,6"`
}

type CustomResourceDefinitionConditionType string

// CustomResourceDefinitionList is a list of CustomResourceDefinitions.
type CustomResourceDefinitionList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CustomResourceDefinition `json:"items" protobuf:"bytes,2" required:"true"`
}

type CustomResourceDefinitionNames struct {
	Plural     string   `json:"plural" protobuf:"bytes,1" required:"true"`
	Singular   string   `json:"singular,omitempty" protobuf:"bytes,2"`
	ShortNames []string `json:"shortNames,omitempty" protobuf:"bytes,3" listType:"atomic"`
	Kind       string   `json:"kind" protobuf:"bytes,4" required:"true"`
	ListKind   string   `json:"listKind,omitempty" protobuf:"bytes,5"`
	Categories []string `json:"categories,omitempty" protobuf:"bytes,6" listType:"atomic"`
}

type CustomResourceDefinitionSpec struct {
	Group                 string                            `json:"group" protobuf:"bytes,1" required:"true"`
	Names                 CustomResourceDefinitionNames     `json:"names" protobuf:"bytes,3" required:"true"`
	Scope                 ResourceScope                     `json:"scope" protobuf:"bytes,4" required:"true"`
	Versions              []CustomResourceDefinitionVersion `json:"versions" protobuf:"bytes,7" required:"true" listType:"atomic"`
	Conversion            *CustomResourceConversion         `json:"conversion,omitempty" protobuf:"bytes,9"`
	PreserveUnknownFields bool                              `json:"preserveUnknownFields,omitempty" protobuf:"varint,10"`
}

type CustomResourceDefinitionStatus struct {
	// Observations about the object, one for each type.
	Conditions     []CustomResourceDefinitionCondition `json:"conditions" protobuf:"bytes,1" listType:"map" listMapKey:"type"`
	AcceptedNames  CustomResourceDefinitionNames       `json:"acceptedNames" protobuf:"bytes,2"`
	StoredVersions []string                            `json:"storedVersions" protobuf:"bytes,3" listType:"atomic"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,4"`
}

type CustomResourceDefinitionVersion struct {
	Name                     string                           `json:"name" protobuf:"bytes,1" required:"true"`
	Served                   bool                             `json:"served" protobuf:"varint,2" required:"true"`
	Storage                  bool                             `json:"storage" protobuf:"varint,3" required:"true"`
	Deprecated               bool                             `json:"deprecated,omitempty" protobuf:"varint,7"`
	DeprecationWarning       *string                          `json:"deprecationWarning,omitempty" protobuf:"bytes,8"`
	Schema                   *CustomResourceValidation        `json:"schema,omitempty" protobuf:"bytes,4"`
	Subresources             *CustomResourceSubresources      `json:"subresources,omitempty" protobuf:"bytes,5"`
	AdditionalPrinterColumns []CustomResourceColumnDefinition `json:"additionalPrinterColumns,omitempty" protobuf:"bytes,6" listType:"atomic"`
	SelectableFields         []SelectableField                `json:"selectableFields,omitempty" protobuf:"bytes,9" listType:"atomic"`
}

type CustomResourceSubresourceScale struct {
	SpecReplicasPath   string  `json:"specReplicasPath" protobuf:"bytes,1" required:"true"`
	StatusReplicasPath string  `json:"statusReplicasPath" protobuf:"bytes,2" required:"true"`
	LabelSelectorPath  *string `json:"labelSelectorPath,omitempty" protobuf:"bytes,3"`
}

type CustomResourceSubresourceStatus struct {
}

type CustomResourceSubresources struct {
	// What is: written by the cluster, not by users.
	Status *CustomResourceSubresourceStatus `json:"status,omitempty" protobuf:"bytes,1"`
	Scale  *CustomResourceSubresourceScale  `json:"scale,omitempty" protobuf:"bytes,2"`
}

type CustomResourceValidation struct {
	OpenAPIV3Schema *JSONSchemaProps `json:"openAPIV3Schema,omitempty" protobuf:"bytes,1"`
}

type ExternalDocumentation struct {
	Description string `json:"description,omitempty" protobuf:"bytes,1"`
	URL         string `json:"url,omitempty" protobuf:"bytes,2"`
}

type FieldValueErrorReason string

type JSONSchemaDefinitions map[string]JSONSchemaProps

type JSONSchemaDependencies map[string]JSONSchemaPropsOrStringArray

type JSONSchemaProps struct {
	ID               string        `json:"id,omitempty" protobuf:"bytes,1"`
	Schema           JSONSchemaURL `json:"$schema,omitempty" protobuf:"bytes,2"`
	Ref              *string       `json:"$ref,omitempty" protobuf:"bytes,3"`
	Description      string        `json:"description,omitempty" protobuf:"bytes,4"`
	Type             string        `json:"type,omitempty" protobuf:"bytes,5"`
	Format           string        `json:"format,omitempty" protobuf:"bytes,6"`
	Title            string        `json:"title,omitempty" protobuf:"bytes,7"`
	Default          *JSON         `json:"default,omitempty" protobuf:"bytes,8"`
	Maximum          *float64      `json:"maximum,omitempty" protobuf:"bytes,9"`
	ExclusiveMaximum bool          `json:"exclusiveMaximum,omitempty" protobuf:"bytes,10"`
	Minimum          *float64      `json:"minimum,omitempty" protobuf:"bytes,11"`
	ExclusiveMinimum bool          `json:"exclusiveMinimum,omitempty" protobuf:"bytes,12"`
	MaxLength        *int64        `json:"maxLength,omitempty" protobuf:"bytes,13"`
	MinLength        *int64        `json:"minLength,omitempty" protobuf:"bytes,14"`
	Pattern          string        `json:"pattern,omitempty" protobuf:"bytes,15"`
	MaxItems         *int64        `json:"maxItems,omitempty" protobuf:"bytes,16"`
	MinItems         *int64        `json:"minItems,omitempty" protobuf:"bytes,17"`
	UniqueItems      bool          `json:"uniqueItems,omitempty" protobuf:"bytes,18"`
	MultipleOf       *float64      `json:"multipleOf,omitempty" protobuf:"bytes,19"`
	Enum             []JSON        `json:"enum,omitempty" protobuf:"bytes,20" listType:"atomic"`
	MaxProperties    *int64        `json:"maxProperties,omitempty" protobuf:"bytes,21"`
	MinProperties    *int64        `json:"minProperties,omitempty" protobuf:"bytes,22"`
	Required         []string      `json:"required,omitempty" protobuf:"bytes,23" listType:"atomic"`
	// The objects, in no promised order.
	Items                  *JSONSchemaPropsOrArray    `json:"items,omitempty" protobuf:"bytes,24"`
	AllOf                  []JSONSchemaProps          `json:"allOf,omitempty" protobuf:"bytes,25" listType:"atomic"`
	OneOf                  []JSONSchemaProps          `json:"oneOf,omitempty" protobuf:"bytes,26" listType:"atomic"`
	AnyOf                  []JSONSchemaProps          `json:"anyOf,omitempty" protobuf:"bytes,27" listType:"atomic"`
	Not                    *JSONSchemaProps           `json:"not,omitempty" protobuf:"bytes,28"`
	Properties             map[string]JSONSchemaProps `json:"properties,omitempty" protobuf:"bytes,29"`
	AdditionalProperties   *JSONSchemaPropsOrBool     `json:"additionalProperties,omitempty" protobuf:"bytes,30"`
	PatternProperties      map[string]JSONSchemaProps `json:"patternProperties,omitempty" protobuf:"bytes,31"`
	Dependencies           JSONSchemaDependencies     `json:"dependencies,omitempty" protobuf:"bytes,32"`
	AdditionalItems        *JSONSchemaPropsOrBool     `json:"additionalItems,omitempty" protobuf:"bytes,33"`
	Definitions            JSONSchemaDefinitions      `json:"definitions,omitempty" protobuf:"bytes,34"`
	ExternalDocs           *ExternalDocumentation     `json:"externalDocs,omitempty" protobuf:"bytes,35"`
	Example                *JSON                      `json:"example,omitempty" protobuf:"bytes,36"`
	Nullable               bool                       `json:"nullable,omitempty" protobuf:"bytes,37"`
	XPreserveUnknownFields *bool                      `json:"x-kubernetes-preserve-unknown-fields,omitempty" protobuf:"bytes,38"`
	XEmbeddedResource      bool                       `json:"x-kubernetes-embedded-resource,omitempty" protobuf:"bytes,39"`
	XIntOrString           bool                       `json:"x-kubernetes-int-or-string,omitempty" protobuf:"bytes,40"`
	XListMapKeys           []string                   `json:"x-kubernetes-list-map-keys,omitempty" protobuf:"bytes,41" listType:"atomic"`
	XListType              *string                    `json:"x-kubernetes-list-type,omitempty" protobuf:"bytes,42"`
	XMapType               *string                    `json:"x-kubernetes-map-type,omitempty" protobuf:"bytes,43"`
	XValidations           ValidationRules            `json:"x-kubernetes-validations,omitempty" protobuf:"bytes,44" patchStrategy:"merge" patchMergeKey:"rule" listType:"map" listMapKey:"rule"`
}

type JSONSchemaURL string

type ResourceScope string

type SelectableField struct {
	JSONPath string `json:"jsonPath" protobuf:"bytes,1" required:"true"`
}

type ServiceReference struct {
	Namespace string  `json:"namespace" protobuf:"bytes,1" required:"true"`
	Name      string  `json:"name" protobuf:"bytes,2" required:"true"`
	Path      *string `json:"path,omitempty" protobuf:"bytes,3"`
	Port      *int32  `json:"port,omitempty" protobuf:"varint,4"`
}

type ValidationRule struct {
	Rule              string                 `json:"rule" protobuf:"bytes,1" required:"true"`
	Message           string                 `json:"message,omitempty" protobuf:"bytes,2"`
	MessageExpression string                 `json:"messageExpression,omitempty" protobuf:"bytes,3"`
	Reason            *FieldValueErrorReason `json:"reason,omitempty" protobuf:"bytes,4" enum:"FieldValueDuplicate|FieldValueForbidden|FieldValueInvalid|FieldValueRequired"`
	FieldPath         string                 `json:"fieldPath,omitempty" protobuf:"bytes,5"`
	OptionalOldSelf   *bool                  `json:"optionalOldSelf,omitempty" protobuf:"bytes,6"`
}

type WebhookClientConfig struct {
	URL      *string           `json:"url,omitempty" protobuf:"bytes,3"`
	Service  *ServiceReference `json:"service,omitempty" protobuf:"bytes,1"`
	CABundle []byte            `json:"caBundle,omitempty" protobuf:"bytes,2"`
}

type WebhookConversion struct {
	ClientConfig             *WebhookClientConfig `json:"clientConfig,omitempty" protobuf:"bytes,2"`
	ConversionReviewVersions []string             `json:"conversionReviewVersions" protobuf:"bytes,3" required:"true" listType:"atomic"`
}

type ValidationRules []ValidationRule
