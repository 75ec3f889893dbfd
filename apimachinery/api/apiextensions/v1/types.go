package apiextensionsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// ConditionStatus is True, False or Unknown.
type ConditionStatus string

// ConversionRequest asks a webhook to convert objects.
type ConversionRequest struct {
	// ID of this question; the answer repeats it.
	UID meta.UID `json:"uid" protobuf:"bytes,1"`
	// Version to convert to, such as example.com/v1.
	DesiredAPIVersion string `json:"desiredAPIVersion" protobuf:"bytes,2"`
	// Objects to convert, of any versions.
	Objects []meta.RawExtension `json:"objects" protobuf:"bytes,3"`
}

// ConversionResponse is what a conversion webhook answers.
type ConversionResponse struct {
	// The request's uid.
	UID meta.UID `json:"uid" protobuf:"bytes,1"`
	// The objects, converted and in the same order; empty if it failed.
	ConvertedObjects []meta.RawExtension `json:"convertedObjects" protobuf:"bytes,2"`
	// Success, or why it failed.
	Result meta.Status `json:"result" protobuf:"bytes,3"`
}

// ConversionReview carries a question to a conversion webhook and its answer back.
type ConversionReview struct {
	meta.TypeMeta `json:",inline"`
	// The question.
	Request *ConversionRequest `json:"request,omitempty" protobuf:"bytes,1"`
	// The answer.
	Response *ConversionResponse `json:"response,omitempty" protobuf:"bytes,2"`
}

// ConversionStrategyType says how objects are converted between versions.
type ConversionStrategyType string

// CustomResourceColumnDefinition is a column that kubectl get prints.
type CustomResourceColumnDefinition struct {
	// Heading.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Type of its cells, as OpenAPI has it: integer, number, boolean, string or date.
	Type string `json:"type" protobuf:"bytes,2" required:"true"`
	// Format of its cells, as OpenAPI has it; empty for none.
	Format string `json:"format,omitempty" protobuf:"bytes,3"`
	// What it shows.
	Description string `json:"description,omitempty" protobuf:"bytes,4"`
	// 0 is always shown, a higher number only with -o wide.
	Priority int32 `json:"priority,omitempty" protobuf:"bytes,5"`
	// Where the value is in the object, such as .spec.size.
	JSONPath string `json:"jsonPath" protobuf:"bytes,6" required:"true"`
}

// CustomResourceConversion says how objects are converted between versions.
type CustomResourceConversion struct {
	// None changes apiVersion only, Webhook asks a webhook.
	Strategy ConversionStrategyType `json:"strategy" protobuf:"bytes,1" required:"true"`
	// The webhook, with strategy Webhook.
	Webhook *WebhookConversion `json:"webhook,omitempty" protobuf:"bytes,2"`
}

// CustomResourceDefinition adds a resource to the API; it is named PLURAL.GROUP.
type CustomResourceDefinition struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The resource.
	Spec CustomResourceDefinitionSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What the server makes of it.
	Status CustomResourceDefinitionStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// CustomResourceDefinitionCondition is an observation about a CustomResourceDefinition.
type CustomResourceDefinitionCondition struct {
	// Which condition this is.
	Type CustomResourceDefinitionConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
	// The metadata.generation that this condition speaks of.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,6"`
}

// CustomResourceDefinitionConditionType names a condition of a CustomResourceDefinition.
type CustomResourceDefinitionConditionType string

// CustomResourceDefinitionList is a list of CustomResourceDefinitions.
type CustomResourceDefinitionList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CustomResourceDefinition `json:"items" protobuf:"bytes,2" required:"true"`
}

// CustomResourceDefinitionNames is what a custom resource is called.
type CustomResourceDefinitionNames struct {
	// Plural name as in paths, lower case.
	Plural string `json:"plural" protobuf:"bytes,1" required:"true"`
	// Singular name, lower case; default the kind in lower case.
	Singular string `json:"singular,omitempty" protobuf:"bytes,2"`
	// Short names for command lines, lower case.
	ShortNames []string `json:"shortNames,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Kind of the objects, in CamelCase.
	Kind string `json:"kind" protobuf:"bytes,4" required:"true"`
	// Kind of lists; default KINDList.
	ListKind string `json:"listKind,omitempty" protobuf:"bytes,5"`
	// Groups of resources that it joins, such as all.
	Categories []string `json:"categories,omitempty" protobuf:"bytes,6" listType:"atomic"`
}

// CustomResourceDefinitionSpec is the resource to add.
type CustomResourceDefinitionSpec struct {
	// Group that it belongs to; cannot change.
	Group string `json:"group" protobuf:"bytes,1" required:"true"`
	// What it is called.
	Names CustomResourceDefinitionNames `json:"names" protobuf:"bytes,3" required:"true"`
	// Namespaced or Cluster; cannot change.
	Scope ResourceScope `json:"scope" protobuf:"bytes,4" required:"true"`
	// Versions of it, the order of names deciding which is preferred; one of them is stored.
	Versions []CustomResourceDefinitionVersion `json:"versions" protobuf:"bytes,7" required:"true" listType:"atomic"`
	// How objects are converted between versions; nil changes apiVersion only.
	Conversion *CustomResourceConversion `json:"conversion,omitempty" protobuf:"bytes,9"`
	// Deprecated: must be false; see x-kubernetes-preserve-unknown-fields.
	PreserveUnknownFields bool `json:"preserveUnknownFields,omitempty" protobuf:"varint,10"`
}

// CustomResourceDefinitionStatus is what the server makes of a CustomResourceDefinition.
type CustomResourceDefinitionStatus struct {
	// Observations about the object, one for each type.
	Conditions []CustomResourceDefinitionCondition `json:"conditions" protobuf:"bytes,1" listType:"map" listMapKey:"type"`
	// Names that it is served under; they differ from the spec's while there is a conflict.
	AcceptedNames CustomResourceDefinitionNames `json:"acceptedNames" protobuf:"bytes,2"`
	// Versions that objects were ever stored in; take one off only after they all have been rewritten.
	StoredVersions []string `json:"storedVersions" protobuf:"bytes,3" listType:"atomic"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,4"`
}

// CustomResourceDefinitionVersion is one version of a custom resource.
type CustomResourceDefinitionVersion struct {
	// Name of the version, such as v1 or v1beta1.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Whether it can be used.
	Served bool `json:"served" protobuf:"varint,2" required:"true"`
	// Whether objects are stored in it; exactly one version has true.
	Storage bool `json:"storage" protobuf:"varint,3" required:"true"`
	// Whether its use gives a warning.
	Deprecated bool `json:"deprecated,omitempty" protobuf:"varint,7"`
	// The warning; nil makes one from the names. Only with deprecated.
	DeprecationWarning *string `json:"deprecationWarning,omitempty" protobuf:"bytes,8"`
	// What objects look like: validation, defaults and pruning follow it.
	Schema *CustomResourceValidation `json:"schema,omitempty" protobuf:"bytes,4"`
	// Subresources that it has; nil for none.
	Subresources *CustomResourceSubresources `json:"subresources,omitempty" protobuf:"bytes,5"`
	// Columns that kubectl get prints; empty prints the age.
	AdditionalPrinterColumns []CustomResourceColumnDefinition `json:"additionalPrinterColumns,omitempty" protobuf:"bytes,6" listType:"atomic"`
	// Fields that field selectors can use, at most 8.
	SelectableFields []SelectableField `json:"selectableFields,omitempty" protobuf:"bytes,9" listType:"atomic"`
}

// CustomResourceSubresourceScale says where a scale's numbers are in the object.
type CustomResourceSubresourceScale struct {
	// Path of the wanted number, below .spec.
	SpecReplicasPath string `json:"specReplicasPath" protobuf:"bytes,1" required:"true"`
	// Path of the number that is, below .status.
	StatusReplicasPath string `json:"statusReplicasPath" protobuf:"bytes,2" required:"true"`
	// Path of the selector as a text, below .spec or .status; an autoscaler needs it. nil for none.
	LabelSelectorPath *string `json:"labelSelectorPath,omitempty" protobuf:"bytes,3"`
}

// CustomResourceSubresourceStatus has no settings: with it, /status writes only the status, and
// all else leaves it alone.
type CustomResourceSubresourceStatus struct {
}

// CustomResourceSubresources is the subresources of a custom resource.
type CustomResourceSubresources struct {
	// Gives it /status; nil does not.
	Status *CustomResourceSubresourceStatus `json:"status,omitempty" protobuf:"bytes,1"`
	// Gives it /scale; nil does not.
	Scale *CustomResourceSubresourceScale `json:"scale,omitempty" protobuf:"bytes,2"`
}

// CustomResourceValidation is the schema of a version.
type CustomResourceValidation struct {
	// The schema.
	OpenAPIV3Schema *JSONSchemaProps `json:"openAPIV3Schema,omitempty" protobuf:"bytes,1"`
}

// ExternalDocumentation points at documentation elsewhere.
type ExternalDocumentation struct {
	// What it is.
	Description string `json:"description,omitempty" protobuf:"bytes,1"`
	// Where it is.
	URL string `json:"url,omitempty" protobuf:"bytes,2"`
}

// FieldValueErrorReason is the reason that a failed rule gives.
type FieldValueErrorReason string

// JSONSchemaDefinitions is schemas by name.
type JSONSchemaDefinitions map[string]JSONSchemaProps

// JSONSchemaDependencies says by property what its presence asks for.
type JSONSchemaDependencies map[string]JSONSchemaPropsOrStringArray

// JSONSchemaProps is a JSON schema with Kubernetes' extensions.
type JSONSchemaProps struct {
	// URI of the schema; forbidden in a CustomResourceDefinition.
	ID string `json:"id,omitempty" protobuf:"bytes,1"`
	// URI of the dialect.
	Schema JSONSchemaURL `json:"$schema,omitempty" protobuf:"bytes,2"`
	// Reference to another schema; forbidden in a CustomResourceDefinition.
	Ref *string `json:"$ref,omitempty" protobuf:"bytes,3"`
	// What the value means; kubectl explain shows it.
	Description string `json:"description,omitempty" protobuf:"bytes,4"`
	// Object, array, string, integer, number or boolean.
	Type string `json:"type,omitempty" protobuf:"bytes,5"`
	// Closer form of a text or number, such as date-time, int32, ipv4; unknown ones are ignored.
	Format string `json:"format,omitempty" protobuf:"bytes,6"`
	// Short name of the schema.
	Title string `json:"title,omitempty" protobuf:"bytes,7"`
	// Value where none is given.
	Default *JSON `json:"default,omitempty" protobuf:"bytes,8"`
	// Largest number.
	Maximum *float64 `json:"maximum,omitempty" protobuf:"bytes,9"`
	// Whether the maximum itself is too large.
	ExclusiveMaximum bool `json:"exclusiveMaximum,omitempty" protobuf:"bytes,10"`
	// Smallest number.
	Minimum *float64 `json:"minimum,omitempty" protobuf:"bytes,11"`
	// Whether the minimum itself is too small.
	ExclusiveMinimum bool `json:"exclusiveMinimum,omitempty" protobuf:"bytes,12"`
	// Most characters of a text.
	MaxLength *int64 `json:"maxLength,omitempty" protobuf:"bytes,13"`
	// Fewest characters of a text.
	MinLength *int64 `json:"minLength,omitempty" protobuf:"bytes,14"`
	// Regular expression that a text must match somewhere.
	Pattern string `json:"pattern,omitempty" protobuf:"bytes,15"`
	// Most items of a list.
	MaxItems *int64 `json:"maxItems,omitempty" protobuf:"bytes,16"`
	// Fewest items of a list.
	MinItems *int64 `json:"minItems,omitempty" protobuf:"bytes,17"`
	// Whether items must differ; cannot be true here, see x-kubernetes-list-type: set.
	UniqueItems bool `json:"uniqueItems,omitempty" protobuf:"bytes,18"`
	// Number that a number must be a multiple of.
	MultipleOf *float64 `json:"multipleOf,omitempty" protobuf:"bytes,19"`
	// Values, one of which it must be.
	Enum []JSON `json:"enum,omitempty" protobuf:"bytes,20" listType:"atomic"`
	// Most properties of an object.
	MaxProperties *int64 `json:"maxProperties,omitempty" protobuf:"bytes,21"`
	// Fewest properties of an object.
	MinProperties *int64 `json:"minProperties,omitempty" protobuf:"bytes,22"`
	// Properties that must be there.
	Required []string `json:"required,omitempty" protobuf:"bytes,23" listType:"atomic"`
	// Schema of a list's items.
	Items *JSONSchemaPropsOrArray `json:"items,omitempty" protobuf:"bytes,24"`
	// Schemas that must all hold.
	AllOf []JSONSchemaProps `json:"allOf,omitempty" protobuf:"bytes,25" listType:"atomic"`
	// Schemas of which exactly one must hold.
	OneOf []JSONSchemaProps `json:"oneOf,omitempty" protobuf:"bytes,26" listType:"atomic"`
	// Schemas of which at least one must hold.
	AnyOf []JSONSchemaProps `json:"anyOf,omitempty" protobuf:"bytes,27" listType:"atomic"`
	// Schema that must not hold.
	Not *JSONSchemaProps `json:"not,omitempty" protobuf:"bytes,28"`
	// Schemas of an object's properties.
	Properties map[string]JSONSchemaProps `json:"properties,omitempty" protobuf:"bytes,29"`
	// Schema of properties that are not listed, or whether they are allowed.
	AdditionalProperties *JSONSchemaPropsOrBool `json:"additionalProperties,omitempty" protobuf:"bytes,30"`
	// Schemas of properties by pattern; forbidden in a CustomResourceDefinition.
	PatternProperties map[string]JSONSchemaProps `json:"patternProperties,omitempty" protobuf:"bytes,31"`
	// What a property's presence asks for; forbidden in a CustomResourceDefinition.
	Dependencies JSONSchemaDependencies `json:"dependencies,omitempty" protobuf:"bytes,32"`
	// Schema of items that are not listed; forbidden in a CustomResourceDefinition.
	AdditionalItems *JSONSchemaPropsOrBool `json:"additionalItems,omitempty" protobuf:"bytes,33"`
	// Schemas for reference; forbidden in a CustomResourceDefinition.
	Definitions JSONSchemaDefinitions `json:"definitions,omitempty" protobuf:"bytes,34"`
	// Documentation elsewhere.
	ExternalDocs *ExternalDocumentation `json:"externalDocs,omitempty" protobuf:"bytes,35"`
	// An example of a value.
	Example *JSON `json:"example,omitempty" protobuf:"bytes,36"`
	// Whether null is allowed.
	Nullable bool `json:"nullable,omitempty" protobuf:"bytes,37"`
	// Keeps fields that no schema names, here and below, instead of pruning them.
	XPreserveUnknownFields *bool `json:"x-kubernetes-preserve-unknown-fields,omitempty" protobuf:"bytes,38"`
	// The value is an object with apiVersion, kind and metadata, which are checked.
	XEmbeddedResource bool `json:"x-kubernetes-embedded-resource,omitempty" protobuf:"bytes,39"`
	// The value is an integer or a text.
	XIntOrString bool `json:"x-kubernetes-int-or-string,omitempty" protobuf:"bytes,40"`
	// Fields that tell items of a list apart, with list type map; they are required or have defaults.
	XListMapKeys []string `json:"x-kubernetes-list-map-keys,omitempty" protobuf:"bytes,41" listType:"atomic"`
	// How a list is merged: atomic as one, set by value, map by keys; nil means atomic.
	XListType *string `json:"x-kubernetes-list-type,omitempty" protobuf:"bytes,42"`
	// How a map or object is merged: granular field by field, atomic as one; nil means granular.
	XMapType *string `json:"x-kubernetes-map-type,omitempty" protobuf:"bytes,43"`
	// CEL rules that must hold.
	XValidations ValidationRules `json:"x-kubernetes-validations,omitempty" protobuf:"bytes,44" patchStrategy:"merge" patchMergeKey:"rule" listType:"map" listMapKey:"rule"`
}

// JSONSchemaURL is the URI of a schema's dialect.
type JSONSchemaURL string

// ResourceScope says where objects of a custom resource live.
type ResourceScope string

// SelectableField is a field that field selectors can use.
type SelectableField struct {
	// Where it is in the object, such as .spec.color: a text, number or boolean.
	JSONPath string `json:"jsonPath" protobuf:"bytes,1" required:"true"`
}

// ServiceReference names the Service that a webhook runs behind.
type ServiceReference struct {
	// Namespace of the Service.
	Namespace string `json:"namespace" protobuf:"bytes,1" required:"true"`
	// Name of the Service.
	Name string `json:"name" protobuf:"bytes,2" required:"true"`
	// Path to post to; nil means /.
	Path *string `json:"path,omitempty" protobuf:"bytes,3"`
	// Port of the Service; nil means 443.
	Port *int32 `json:"port,omitempty" protobuf:"varint,4"`
}

// ValidationRule is a CEL rule that values must meet.
type ValidationRule struct {
	// CEL expression that gives true if all is well; self is the value, oldSelf the one before.
	Rule string `json:"rule" protobuf:"bytes,1" required:"true"`
	// What the client is told; default the rule. No line breaks.
	Message string `json:"message,omitempty" protobuf:"bytes,2"`
	// CEL expression that gives the message; wins over message unless it fails.
	MessageExpression string `json:"messageExpression,omitempty" protobuf:"bytes,3"`
	// Reason of the error: FieldValueInvalid, FieldValueForbidden, FieldValueRequired or
	// FieldValueDuplicate; nil means the first.
	Reason *FieldValueErrorReason `json:"reason,omitempty" protobuf:"bytes,4" enum:"FieldValueDuplicate|FieldValueForbidden|FieldValueInvalid|FieldValueRequired"`
	// Field below that the error is about, such as .size; empty means the value itself.
	FieldPath string `json:"fieldPath,omitempty" protobuf:"bytes,5"`
	// Runs a rule with oldSelf on creation too, with oldSelf as an optional; nil means false.
	OptionalOldSelf *bool `json:"optionalOldSelf,omitempty" protobuf:"bytes,6"`
}

// WebhookClientConfig says how to reach a webhook: by url or by service.
type WebhookClientConfig struct {
	// Where it is: https://host:port/path, no user or query.
	URL *string `json:"url,omitempty" protobuf:"bytes,3"`
	// Service that it runs behind.
	Service *ServiceReference `json:"service,omitempty" protobuf:"bytes,1"`
	// Certificates in PEM that it is trusted by; empty means the system's.
	CABundle []byte `json:"caBundle,omitempty" protobuf:"bytes,2"`
}

// WebhookConversion is a webhook that converts.
type WebhookConversion struct {
	// How to reach it.
	ClientConfig *WebhookClientConfig `json:"clientConfig,omitempty" protobuf:"bytes,2"`
	// Versions of ConversionReview that it understands; the first that the server knows is sent.
	ConversionReviewVersions []string `json:"conversionReviewVersions" protobuf:"bytes,3" required:"true" listType:"atomic"`
}

// ValidationRules is a list of rules that must all hold.
type ValidationRules []ValidationRule
