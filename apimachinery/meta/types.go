package meta

type APIGroup struct {
	TypeMeta                   `json:",inline"`
	Name                       string                      `json:"name" protobuf:"bytes,1" required:"true"`
	Versions                   []GroupVersionForDiscovery  `json:"versions" protobuf:"bytes,2" required:"true" listType:"atomic"`
	PreferredVersion           GroupVersionForDiscovery    `json:"preferredVersion,omitempty" protobuf:"bytes,3"`
	ServerAddressByClientCIDRs []ServerAddressByClientCIDR `json:"serverAddressByClientCIDRs,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

// APIGroupList is a list of APIGroups.
type APIGroupList struct {
	TypeMeta `json:",inline"`
	Groups   []APIGroup `json:"groups" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

type APIResource struct {
	Name               string   `json:"name" protobuf:"bytes,1" required:"true"`
	SingularName       string   `json:"singularName" protobuf:"bytes,6" required:"true"`
	Namespaced         bool     `json:"namespaced" protobuf:"varint,2" required:"true"`
	Group              string   `json:"group,omitempty" protobuf:"bytes,8"`
	Version            string   `json:"version,omitempty" protobuf:"bytes,9"`
	Kind               string   `json:"kind" protobuf:"bytes,3" required:"true"`
	Verbs              []string `json:"verbs" protobuf:"bytes,4" required:"true"`
	ShortNames         []string `json:"shortNames,omitempty" protobuf:"bytes,5" listType:"atomic"`
	Categories         []string `json:"categories,omitempty" protobuf:"bytes,7" listType:"atomic"`
	StorageVersionHash string   `json:"storageVersionHash,omitempty" protobuf:"bytes,10"`
}

// APIResourceList is a list of APIResources.
type APIResourceList struct {
	TypeMeta     `json:",inline"`
	GroupVersion string        `json:"groupVersion" protobuf:"bytes,1" required:"true"`
	APIResources []APIResource `json:"resources" protobuf:"bytes,2" required:"true" listType:"atomic"`
}

type APIVersions struct {
	TypeMeta                   `json:",inline"`
	Versions                   []string                    `json:"versions" protobuf:"bytes,1" required:"true" listType:"atomic"`
	ServerAddressByClientCIDRs []ServerAddressByClientCIDR `json:"serverAddressByClientCIDRs" protobuf:"bytes,2" required:"true" listType:"atomic"`
}

type ApplyOptions struct {
	TypeMeta     `json:",inline"`
	DryRun       []string `json:"dryRun,omitempty" protobuf:"bytes,1"`
	Force        bool     `json:"force" protobuf:"varint,2"`
	FieldManager string   `json:"fieldManager" protobuf:"bytes,3"`
}

type CauseType string

type Condition struct {
	Type string `json:"type" protobuf:"bytes,1" required:"true"`
	// What is: written by the cluster, not by users.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64  `json:"observedGeneration,omitempty" protobuf:"varint,3"`
	LastTransitionTime Time   `json:"lastTransitionTime" protobuf:"bytes,4" required:"true"`
	Reason             string `json:"reason" protobuf:"bytes,5" required:"true"`
	Message            string `json:"message" protobuf:"bytes,6" required:"true"`
}

type ConditionStatus string

type CreateOptions struct {
	TypeMeta        `json:",inline"`
	DryRun          []string `json:"dryRun,omitempty" protobuf:"bytes,1"`
	FieldManager    string   `json:"fieldManager,omitempty" protobuf:"bytes,3"`
	FieldValidation string   `json:"fieldValidation,omitempty" protobuf:"bytes,4"`
}

type DeleteOptions struct {
	TypeMeta                                         `json:",inline"`
	GracePeriodSeconds                               *int64               `json:"gracePeriodSeconds,omitempty" protobuf:"varint,1"`
	Preconditions                                    *Preconditions       `json:"preconditions,omitempty" protobuf:"bytes,2"`
	OrphanDependents                                 *bool                `json:"orphanDependents,omitempty" protobuf:"varint,3"`
	PropagationPolicy                                *DeletionPropagation `json:"propagationPolicy,omitempty" protobuf:"varint,4"`
	DryRun                                           []string             `json:"dryRun,omitempty" protobuf:"bytes,5" listType:"atomic"`
	IgnoreStoreReadErrorWithClusterBreakingPotential *bool                `json:"ignoreStoreReadErrorWithClusterBreakingPotential,omitempty" protobuf:"varint,6"`
}

type DeletionPropagation string

type FieldSelectorOperator string

type FieldSelectorRequirement struct {
	Key      string                `json:"key" protobuf:"bytes,1" required:"true"`
	Operator FieldSelectorOperator `json:"operator" protobuf:"bytes,2" required:"true"`
	Values   []string              `json:"values,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type GetOptions struct {
	TypeMeta        `json:",inline"`
	ResourceVersion string `json:"resourceVersion,omitempty" protobuf:"bytes,1"`
}

type GroupResource struct {
	Group    string `json:"group" protobuf:"bytes,1" required:"true"`
	Resource string `json:"resource" protobuf:"bytes,2" required:"true"`
}

type GroupVersionForDiscovery struct {
	GroupVersion string `json:"groupVersion" protobuf:"bytes,1" required:"true"`
	Version      string `json:"version" protobuf:"bytes,2" required:"true"`
}

type GroupVersionKind struct {
	Group   string `json:"group" protobuf:"bytes,1"`
	Version string `json:"version" protobuf:"bytes,2"`
	Kind    string `json:"kind" protobuf:"bytes,3"`
}

type GroupVersionResource struct {
	Group    string `json:"group" protobuf:"bytes,1"`
	Version  string `json:"version" protobuf:"bytes,2"`
	Resource string `json:"resource" protobuf:"bytes,3"`
}

type LabelSelector struct {
	_                struct{}                   `mapType:"atomic"`
	MatchLabels      map[string]string          `json:"matchLabels,omitempty" protobuf:"bytes,1"`
	MatchExpressions []LabelSelectorRequirement `json:"matchExpressions,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type LabelSelectorOperator string

type LabelSelectorRequirement struct {
	Key      string                `json:"key" protobuf:"bytes,1" required:"true"`
	Operator LabelSelectorOperator `json:"operator" protobuf:"bytes,2" required:"true"`
	Values   []string              `json:"values,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type ListMeta struct {
	SelfLink           string     `json:"selfLink,omitempty" protobuf:"bytes,1"`
	ResourceVersion    string     `json:"resourceVersion,omitempty" protobuf:"bytes,2"`
	Continue           string     `json:"continue,omitempty" protobuf:"bytes,3"`
	RemainingItemCount *int64     `json:"remainingItemCount,omitempty" protobuf:"bytes,4"`
	ShardInfo          *ShardInfo `json:"shardInfo,omitempty" protobuf:"bytes,5"`
}

type ListOptions struct {
	TypeMeta             `json:",inline"`
	LabelSelector        string               `json:"labelSelector,omitempty" protobuf:"bytes,1"`
	FieldSelector        string               `json:"fieldSelector,omitempty" protobuf:"bytes,2"`
	Watch                bool                 `json:"watch,omitempty" protobuf:"varint,3"`
	AllowWatchBookmarks  bool                 `json:"allowWatchBookmarks,omitempty" protobuf:"varint,9"`
	ResourceVersion      string               `json:"resourceVersion,omitempty" protobuf:"bytes,4"`
	ResourceVersionMatch ResourceVersionMatch `json:"resourceVersionMatch,omitempty" protobuf:"bytes,10"`
	TimeoutSeconds       *int64               `json:"timeoutSeconds,omitempty" protobuf:"varint,5"`
	Limit                int64                `json:"limit,omitempty" protobuf:"varint,7"`
	Continue             string               `json:"continue,omitempty" protobuf:"bytes,8"`
	SendInitialEvents    *bool                `json:"sendInitialEvents,omitempty" protobuf:"varint,11"`
	ShardSelector        string               `json:"shardSelector,omitempty" protobuf:"bytes,15"`
}

type ManagedFieldsEntry struct {
	Manager     string                     `json:"manager,omitempty" protobuf:"bytes,1"`
	Operation   ManagedFieldsOperationType `json:"operation,omitempty" protobuf:"bytes,2"`
	APIVersion  string                     `json:"apiVersion,omitempty" protobuf:"bytes,3"`
	Time        *Time                      `json:"time,omitempty" protobuf:"bytes,4"`
	FieldsType  string                     `json:"fieldsType,omitempty" protobuf:"bytes,6"`
	FieldsV1    *FieldsV1                  `json:"fieldsV1,omitempty" protobuf:"bytes,7"`
	Subresource string                     `json:"subresource,omitempty" protobuf:"bytes,8"`
}

type ManagedFieldsOperationType string

type ObjectMeta struct {
	Name                       string               `json:"name,omitempty" protobuf:"bytes,1"`
	GenerateName               string               `json:"generateName,omitempty" protobuf:"bytes,2"`
	Namespace                  string               `json:"namespace,omitempty" protobuf:"bytes,3"`
	SelfLink                   string               `json:"selfLink,omitempty" protobuf:"bytes,4"`
	UID                        UID                  `json:"uid,omitempty" protobuf:"bytes,5"`
	ResourceVersion            string               `json:"resourceVersion,omitempty" protobuf:"bytes,6"`
	Generation                 int64                `json:"generation,omitempty" protobuf:"varint,7"`
	CreationTimestamp          Time                 `json:"creationTimestamp,omitempty" protobuf:"bytes,8"`
	DeletionTimestamp          *Time                `json:"deletionTimestamp,omitempty" protobuf:"bytes,9"`
	DeletionGracePeriodSeconds *int64               `json:"deletionGracePeriodSeconds,omitempty" protobuf:"varint,10"`
	Labels                     map[string]string    `json:"labels,omitempty" protobuf:"bytes,11"`
	Annotations                map[string]string    `json:"annotations,omitempty" protobuf:"bytes,12"`
	OwnerReferences            []OwnerReference     `json:"ownerReferences,omitempty" protobuf:"bytes,13" patchStrategy:"merge" patchMergeKey:"uid" listType:"map" listMapKey:"uid"`
	Finalizers                 []string             `json:"finalizers,omitempty" protobuf:"bytes,14" patchStrategy:"merge" listType:"set"`
	ManagedFields              []ManagedFieldsEntry `json:"managedFields,omitempty" protobuf:"bytes,17" listType:"atomic"`
}

type OwnerReference struct {
	_                  struct{} `mapType:"atomic"`
	APIVersion         string   `json:"apiVersion" protobuf:"bytes,5" required:"true"`
	Kind               string   `json:"kind" protobuf:"bytes,1" required:"true"`
	Name               string   `json:"name" protobuf:"bytes,3" required:"true"`
	UID                UID      `json:"uid" protobuf:"bytes,4" required:"true"`
	Controller         *bool    `json:"controller,omitempty" protobuf:"varint,6"`
	BlockOwnerDeletion *bool    `json:"blockOwnerDeletion,omitempty" protobuf:"varint,7"`
}

type PartialObjectMetadata struct {
	TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
}

// PartialObjectMetadataList is a list of PartialObjectMetadatas.
type PartialObjectMetadataList struct {
	TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PartialObjectMetadata `json:"items" protobuf:"bytes,2"`
}

type PatchOptions struct {
	TypeMeta        `json:",inline"`
	DryRun          []string `json:"dryRun,omitempty" protobuf:"bytes,1"`
	Force           *bool    `json:"force,omitempty" protobuf:"varint,2"`
	FieldManager    string   `json:"fieldManager,omitempty" protobuf:"bytes,3"`
	FieldValidation string   `json:"fieldValidation,omitempty" protobuf:"bytes,4"`
}

type Preconditions struct {
	UID             *UID    `json:"uid,omitempty" protobuf:"bytes,1"`
	ResourceVersion *string `json:"resourceVersion,omitempty" protobuf:"bytes,2"`
}

type ResourceVersionMatch string

type RowConditionType string

type ServerAddressByClientCIDR struct {
	ClientCIDR    string `json:"clientCIDR" protobuf:"bytes,1" required:"true"`
	ServerAddress string `json:"serverAddress" protobuf:"bytes,2" required:"true"`
}

type ShardInfo struct {
	Selector string `json:"selector" protobuf:"bytes,1" required:"true"`
}

type Status struct {
	TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is: written by the cluster, not by users.
	Status  string         `json:"status,omitempty" protobuf:"bytes,2"`
	Message string         `json:"message,omitempty" protobuf:"bytes,3"`
	Reason  StatusReason   `json:"reason,omitempty" protobuf:"bytes,4"`
	Details *StatusDetails `json:"details,omitempty" protobuf:"bytes,5"`
	Code    int32          `json:"code,omitempty" protobuf:"varint,6"`
}

type StatusCause struct {
	Type    CauseType `json:"reason,omitempty" protobuf:"bytes,1"`
	Message string    `json:"message,omitempty" protobuf:"bytes,2"`
	Field   string    `json:"field,omitempty" protobuf:"bytes,3"`
}

type StatusDetails struct {
	Name              string        `json:"name,omitempty" protobuf:"bytes,1"`
	Group             string        `json:"group,omitempty" protobuf:"bytes,2"`
	Kind              string        `json:"kind,omitempty" protobuf:"bytes,3"`
	UID               UID           `json:"uid,omitempty" protobuf:"bytes,6"`
	Causes            []StatusCause `json:"causes,omitempty" protobuf:"bytes,4" listType:"atomic"`
	RetryAfterSeconds int32         `json:"retryAfterSeconds,omitempty" protobuf:"varint,5"`
}

type StatusReason string

type Table struct {
	TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	ListMeta          `json:"metadata,omitempty"`
	ColumnDefinitions []TableColumnDefinition `json:"columnDefinitions"`
	Rows              []TableRow              `json:"rows"`
}

type TableColumnDefinition struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Format      string `json:"format"`
	Description string `json:"description"`
	Priority    int32  `json:"priority"`
}

type TableRow struct {
	Cells []any `json:"cells"`
	// Observations about the object, one for each type.
	Conditions []TableRowCondition `json:"conditions,omitempty"`
	Object     RawExtension        `json:"object,omitempty"`
}

type TableRowCondition struct {
	Type RowConditionType `json:"type"`
	// What is: written by the cluster, not by users.
	Status  ConditionStatus `json:"status"`
	Reason  string          `json:"reason,omitempty"`
	Message string          `json:"message,omitempty"`
}

type TypeMeta struct {
	Kind       string `json:"kind,omitempty" protobuf:"bytes,1"`
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,2"`
}

type UpdateOptions struct {
	TypeMeta        `json:",inline"`
	DryRun          []string `json:"dryRun,omitempty" protobuf:"bytes,1"`
	FieldManager    string   `json:"fieldManager,omitempty" protobuf:"bytes,2"`
	FieldValidation string   `json:"fieldValidation,omitempty" protobuf:"bytes,3"`
}

type WatchEvent struct {
	Type   string       `json:"type" protobuf:"bytes,1" required:"true"`
	Object RawExtension `json:"object" protobuf:"bytes,2" required:"true"`
}
