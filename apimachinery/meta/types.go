package meta

// APIGroup is a group and the versions that it is served in.
type APIGroup struct {
	TypeMeta `json:",inline"`
	// Name of the group.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Versions, the preferred first.
	Versions []GroupVersionForDiscovery `json:"versions" protobuf:"bytes,2" required:"true" listType:"atomic"`
	// Version that clients should take if they have no reason for another.
	PreferredVersion GroupVersionForDiscovery `json:"preferredVersion,omitempty" protobuf:"bytes,3"`
	// Addresses of the server for clients of certain networks; empty means the address that was asked.
	ServerAddressByClientCIDRs []ServerAddressByClientCIDR `json:"serverAddressByClientCIDRs,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

// APIGroupList is every group that is served, as /apis answers.
type APIGroupList struct {
	TypeMeta `json:",inline"`
	// The groups.
	Groups []APIGroup `json:"groups" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

// APIResource is one resource of a version and what can be done with it.
type APIResource struct {
	// Plural name as in paths, with /SUBRESOURCE for a subresource.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Singular name, for command lines.
	SingularName string `json:"singularName" protobuf:"bytes,6" required:"true"`
	// Whether its objects live in namespaces.
	Namespaced bool `json:"namespaced" protobuf:"varint,2" required:"true"`
	// Group of the kind if it is another than the list's; empty means the same.
	Group string `json:"group,omitempty" protobuf:"bytes,8"`
	// Version of the kind if it is another than the list's; empty means the same.
	Version string `json:"version,omitempty" protobuf:"bytes,9"`
	// Kind of its objects, such as Pod.
	Kind string `json:"kind" protobuf:"bytes,3" required:"true"`
	// What can be done: get, list, watch, create, update, patch, delete, deletecollection.
	Verbs []string `json:"verbs" protobuf:"bytes,4" required:"true"`
	// Short names for command lines, such as po.
	ShortNames []string `json:"shortNames,omitempty" protobuf:"bytes,5" listType:"atomic"`
	// Groups of resources that it belongs to, such as all.
	Categories []string `json:"categories,omitempty" protobuf:"bytes,7" listType:"atomic"`
	// Changes when the version that it is stored in changes; compare for equality only.
	StorageVersionHash string `json:"storageVersionHash,omitempty" protobuf:"bytes,10"`
}

// APIResourceList is the resources of one version, as /apis/GROUP/VERSION answers.
type APIResourceList struct {
	TypeMeta `json:",inline"`
	// The version, such as apps/v1.
	GroupVersion string `json:"groupVersion" protobuf:"bytes,1" required:"true"`
	// The resources.
	APIResources []APIResource `json:"resources" protobuf:"bytes,2" required:"true" listType:"atomic"`
}

// APIVersions is the versions of the core group, as /api answers.
type APIVersions struct {
	TypeMeta `json:",inline"`
	// The versions.
	Versions []string `json:"versions" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// Addresses of the server for clients of certain networks.
	ServerAddressByClientCIDRs []ServerAddressByClientCIDR `json:"serverAddressByClientCIDRs" protobuf:"bytes,2" required:"true" listType:"atomic"`
}

// ApplyOptions is the query of a server-side apply.
type ApplyOptions struct {
	TypeMeta `json:",inline"`
	// All does everything but the write; empty writes.
	DryRun []string `json:"dryRun,omitempty" protobuf:"bytes,1"`
	// Takes fields over from other managers instead of failing with a conflict.
	Force bool `json:"force" protobuf:"varint,2"`
	// Name under which the fields applied are owned; must be given.
	FieldManager string `json:"fieldManager" protobuf:"bytes,3"`
}

// CauseType says what is wrong with one field.
type CauseType string

// Condition is an observation about an object: at most one of each type.
type Condition struct {
	// Which condition this is, in CamelCase or DOMAIN/CamelCase.
	Type string `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// The metadata.generation that this condition speaks of.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,3"`
	// When the status last changed from one value to another.
	LastTransitionTime Time `json:"lastTransitionTime" protobuf:"bytes,4" required:"true"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason" protobuf:"bytes,5" required:"true"`
	// For people: what happened and why.
	Message string `json:"message" protobuf:"bytes,6" required:"true"`
}

// ConditionStatus is True, False or Unknown.
type ConditionStatus string

// CreateOptions is the query of a create.
type CreateOptions struct {
	TypeMeta `json:",inline"`
	// All does everything but the write; empty writes.
	DryRun []string `json:"dryRun,omitempty" protobuf:"bytes,1"`
	// Name under which the fields written are owned, at most 128 printable characters; empty takes it
	// from the User-Agent.
	FieldManager string `json:"fieldManager,omitempty" protobuf:"bytes,3"`
	// What to do about unknown and duplicate fields: Ignore, Warn or Strict; empty means Warn.
	FieldValidation string `json:"fieldValidation,omitempty" protobuf:"bytes,4"`
}

// DeleteOptions is the query or body of a delete; a body replaces the whole query.
type DeleteOptions struct {
	TypeMeta `json:",inline"`
	// Seconds until the object goes; 0 at once, nil takes the object's own.
	GracePeriodSeconds *int64 `json:"gracePeriodSeconds,omitempty" protobuf:"varint,1"`
	// What must hold of the object, else 409.
	Preconditions *Preconditions `json:"preconditions,omitempty" protobuf:"bytes,2"`
	// Deprecated: propagationPolicy Orphan or Background.
	OrphanDependents *bool `json:"orphanDependents,omitempty" protobuf:"varint,3"`
	// What happens to objects that it owns: Orphan, Background or Foreground; nil takes the resource's
	// default. Not with orphanDependents.
	PropagationPolicy *DeletionPropagation `json:"propagationPolicy,omitempty" protobuf:"varint,4"`
	// All does everything but the write; empty writes.
	DryRun []string `json:"dryRun,omitempty" protobuf:"bytes,5" listType:"atomic"`
	// Deletes even an object that cannot be read from the store, without finalizers or preconditions.
	// May leave things behind: a last resort.
	IgnoreStoreReadErrorWithClusterBreakingPotential *bool `json:"ignoreStoreReadErrorWithClusterBreakingPotential,omitempty" protobuf:"varint,6"`
}

// DeletionPropagation says what happens to the objects that a deleted one owns.
type DeletionPropagation string

// FieldSelectorOperator says how a field selector compares.
type FieldSelectorOperator string

// FieldSelectorRequirement compares one field.
type FieldSelectorRequirement struct {
	// Path of the field.
	Key string `json:"key" protobuf:"bytes,1" required:"true"`
	// In, NotIn, Exists or DoesNotExist.
	Operator FieldSelectorOperator `json:"operator" protobuf:"bytes,2" required:"true"`
	// Values to compare with: some for In and NotIn, none otherwise.
	Values []string `json:"values,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// GetOptions is the query of a get.
type GetOptions struct {
	TypeMeta `json:",inline"`
	// Oldest state that will do: empty the newest, 0 any.
	ResourceVersion string `json:"resourceVersion,omitempty" protobuf:"bytes,1"`
}

// GroupResource names a resource whatever its version.
type GroupResource struct {
	// Group; empty is the core group.
	Group string `json:"group" protobuf:"bytes,1" required:"true"`
	// Plural name of the resource.
	Resource string `json:"resource" protobuf:"bytes,2" required:"true"`
}

// GroupVersionForDiscovery is a version written in two ways.
type GroupVersionForDiscovery struct {
	// GROUP/VERSION.
	GroupVersion string `json:"groupVersion" protobuf:"bytes,1" required:"true"`
	// The version alone.
	Version string `json:"version" protobuf:"bytes,2" required:"true"`
}

// GroupVersionKind names a kind in one version of its group.
type GroupVersionKind struct {
	// Group; empty is the core group.
	Group string `json:"group" protobuf:"bytes,1"`
	// Version.
	Version string `json:"version" protobuf:"bytes,2"`
	// Kind.
	Kind string `json:"kind" protobuf:"bytes,3"`
}

// GroupVersionResource names a resource in one version of its group.
type GroupVersionResource struct {
	// Group; empty is the core group.
	Group string `json:"group" protobuf:"bytes,1"`
	// Version.
	Version string `json:"version" protobuf:"bytes,2"`
	// Plural name of the resource.
	Resource string `json:"resource" protobuf:"bytes,3"`
}

// LabelSelector picks objects by their labels: all of its requirements must hold. An empty one
// picks all, nil none.
type LabelSelector struct {
	_ struct{} `mapType:"atomic"`
	// Labels that must have exactly these values.
	MatchLabels map[string]string `json:"matchLabels,omitempty" protobuf:"bytes,1"`
	// Requirements that say more than equality.
	MatchExpressions []LabelSelectorRequirement `json:"matchExpressions,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// LabelSelectorOperator says how a label selector compares.
type LabelSelectorOperator string

// LabelSelectorRequirement compares one label.
type LabelSelectorRequirement struct {
	// Key of the label.
	Key string `json:"key" protobuf:"bytes,1" required:"true"`
	// In, NotIn, Exists or DoesNotExist.
	Operator LabelSelectorOperator `json:"operator" protobuf:"bytes,2" required:"true"`
	// Values to compare with: some for In and NotIn, none for Exists and DoesNotExist.
	Values []string `json:"values,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// ListMeta is what every list has.
type ListMeta struct {
	// Deprecated: always empty.
	SelfLink string `json:"selfLink,omitempty" protobuf:"bytes,1"`
	// State of the collection that the list shows; a watch can go on from here.
	ResourceVersion string `json:"resourceVersion,omitempty" protobuf:"bytes,2"`
	// Token for the next page; empty on the last. It expires after some minutes.
	Continue string `json:"continue,omitempty" protobuf:"bytes,3"`
	// How many objects follow after this page, if that is known; nil otherwise.
	RemainingItemCount *int64 `json:"remainingItemCount,omitempty" protobuf:"bytes,4"`
	// Which shard the list shows; nil if it shows everything.
	ShardInfo *ShardInfo `json:"shardInfo,omitempty" protobuf:"bytes,5"`
}

// ListOptions is the query of a list or watch.
type ListOptions struct {
	TypeMeta `json:",inline"`
	// Picks objects by their labels; empty picks all.
	LabelSelector string `json:"labelSelector,omitempty" protobuf:"bytes,1"`
	// Picks objects by their fields; empty picks all.
	FieldSelector string `json:"fieldSelector,omitempty" protobuf:"bytes,2"`
	// Answers with a stream of changes instead of a list.
	Watch bool `json:"watch,omitempty" protobuf:"varint,3"`
	// Lets the watch send bookmarks, which only move the resource version on.
	AllowWatchBookmarks bool `json:"allowWatchBookmarks,omitempty" protobuf:"varint,9"`
	// For a list the state that is wanted, for a watch where it begins: empty the newest, 0 any.
	ResourceVersion string `json:"resourceVersion,omitempty" protobuf:"bytes,4"`
	// How a list means resourceVersion: NotOlderThan or Exact.
	ResourceVersionMatch ResourceVersionMatch `json:"resourceVersionMatch,omitempty" protobuf:"bytes,10"`
	// Seconds after which a watch ends; nil leaves it to the server.
	TimeoutSeconds *int64 `json:"timeoutSeconds,omitempty" protobuf:"varint,5"`
	// Most objects in the answer; 0 means all. See continue.
	Limit int64 `json:"limit,omitempty" protobuf:"varint,7"`
	// Token of the page before, to get the next one.
	Continue string `json:"continue,omitempty" protobuf:"bytes,8"`
	// Begins a watch with everything that is there, and marks the end of that by a bookmark.
	SendInitialEvents *bool `json:"sendInitialEvents,omitempty" protobuf:"varint,11"`
	// Picks the objects of one shard.
	ShardSelector string `json:"shardSelector,omitempty" protobuf:"bytes,15"`
}

// ManagedFieldsEntry is the fields that one manager owns.
type ManagedFieldsEntry struct {
	// Name of the manager.
	Manager string `json:"manager,omitempty" protobuf:"bytes,1"`
	// How it came to own them: Apply or Update.
	Operation ManagedFieldsOperationType `json:"operation,omitempty" protobuf:"bytes,2"`
	// Version that the fields are named in.
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,3"`
	// When fields were last added, removed or changed.
	Time *Time `json:"time,omitempty" protobuf:"bytes,4"`
	// How the fields are written: FieldsV1.
	FieldsType string `json:"fieldsType,omitempty" protobuf:"bytes,6"`
	// The fields.
	FieldsV1 *FieldsV1 `json:"fieldsV1,omitempty" protobuf:"bytes,7"`
	// Subresource that they were written through; empty for the object itself.
	Subresource string `json:"subresource,omitempty" protobuf:"bytes,8"`
}

// ManagedFieldsOperationType says how a manager came to own fields.
type ManagedFieldsOperationType string

// ObjectMeta is what every stored object has.
type ObjectMeta struct {
	// Name, unique for the resource in its namespace; cannot change.
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
	// Start of the name, which the server completes; only if name is empty.
	GenerateName string `json:"generateName,omitempty" protobuf:"bytes,2"`
	// Namespace that it lives in; empty for cluster-scoped objects. Cannot change.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,3"`
	// Deprecated: always empty.
	SelfLink string `json:"selfLink,omitempty" protobuf:"bytes,4"`
	// Tells it from others that had its name before; set by the server.
	UID UID `json:"uid,omitempty" protobuf:"bytes,5"`
	// Changes with every write. Given in an update, it must still be the newest; compare for equality
	// only.
	ResourceVersion string `json:"resourceVersion,omitempty" protobuf:"bytes,6"`
	// Counts changes of what is wanted; set by the server.
	Generation int64 `json:"generation,omitempty" protobuf:"varint,7"`
	// When it was made; set by the server.
	CreationTimestamp Time `json:"creationTimestamp,omitempty" protobuf:"bytes,8"`
	// When it will go, once it is deleted; set by the server, and never taken back.
	DeletionTimestamp *Time `json:"deletionTimestamp,omitempty" protobuf:"bytes,9"`
	// Seconds that it has to end in good order, once it is deleted.
	DeletionGracePeriodSeconds *int64 `json:"deletionGracePeriodSeconds,omitempty" protobuf:"varint,10"`
	// Key and value pairs to pick objects by.
	Labels map[string]string `json:"labels,omitempty" protobuf:"bytes,11"`
	// Key and value pairs to keep with the object; no selecting by them. At most 256 KiB.
	Annotations map[string]string `json:"annotations,omitempty" protobuf:"bytes,12"`
	// Objects that it belongs to: when all of them are gone, it is deleted. At most one is its
	// controller.
	OwnerReferences []OwnerReference `json:"ownerReferences,omitempty" protobuf:"bytes,13" patchStrategy:"merge" patchMergeKey:"uid" listType:"map" listMapKey:"uid"`
	// Parties that must do something before it goes; each takes its own entry off.
	Finalizers []string `json:"finalizers,omitempty" protobuf:"bytes,14" patchStrategy:"merge" listType:"set"`
	// Who owns which fields; kept by the server.
	ManagedFields []ManagedFieldsEntry `json:"managedFields,omitempty" protobuf:"bytes,17" listType:"atomic"`
}

// OwnerReference names an owner of an object: in the same namespace, or cluster-scoped.
type OwnerReference struct {
	_ struct{} `mapType:"atomic"`
	// Group and version of the owner's kind.
	APIVersion string `json:"apiVersion" protobuf:"bytes,5" required:"true"`
	// Kind of the owner.
	Kind string `json:"kind" protobuf:"bytes,1" required:"true"`
	// Name of the owner.
	Name string `json:"name" protobuf:"bytes,3" required:"true"`
	// UID of the owner; another object of that name does not count.
	UID UID `json:"uid" protobuf:"bytes,4" required:"true"`
	// Whether the owner is the one that manages the object.
	Controller *bool `json:"controller,omitempty" protobuf:"varint,6"`
	// Whether the owner, deleted with propagation Foreground, waits for the object to go.
	BlockOwnerDeletion *bool `json:"blockOwnerDeletion,omitempty" protobuf:"varint,7"`
}

// PartialObjectMetadata is any object with nothing but its metadata.
type PartialObjectMetadata struct {
	TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
}

// PartialObjectMetadataList is a list of objects with nothing but their metadata.
type PartialObjectMetadataList struct {
	TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PartialObjectMetadata `json:"items" protobuf:"bytes,2"`
}

// PatchOptions is the query of a patch.
type PatchOptions struct {
	TypeMeta `json:",inline"`
	// All does everything but the write; empty writes.
	DryRun []string `json:"dryRun,omitempty" protobuf:"bytes,1"`
	// Takes fields over from other managers; only with apply.
	Force *bool `json:"force,omitempty" protobuf:"varint,2"`
	// Name under which the fields written are owned; must be given with apply.
	FieldManager string `json:"fieldManager,omitempty" protobuf:"bytes,3"`
	// What to do about unknown and duplicate fields: Ignore, Warn or Strict; empty means Warn.
	FieldValidation string `json:"fieldValidation,omitempty" protobuf:"bytes,4"`
}

// Preconditions is what must hold of an object for it to be deleted.
type Preconditions struct {
	// UID that it must have; nil means any.
	UID *UID `json:"uid,omitempty" protobuf:"bytes,1"`
	// Resource version that it must have; nil means any.
	ResourceVersion *string `json:"resourceVersion,omitempty" protobuf:"bytes,2"`
}

// ResourceVersionMatch says how a list's resourceVersion is meant.
type ResourceVersionMatch string

// RowConditionType names a condition of a row of a Table.
type RowConditionType string

// ServerAddressByClientCIDR is the address of the server for clients of a network.
type ServerAddressByClientCIDR struct {
	// Network of the clients.
	ClientCIDR string `json:"clientCIDR" protobuf:"bytes,1" required:"true"`
	// Address for them: a host or host:port.
	ServerAddress string `json:"serverAddress" protobuf:"bytes,2" required:"true"`
}

// ShardInfo tells which shard of a collection a list shows.
type ShardInfo struct {
	// Selector that the shard was picked by.
	Selector string `json:"selector" protobuf:"bytes,1" required:"true"`
}

// Status is the answer of a request that has no object to show, above all of one that failed.
type Status struct {
	TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Success or Failure.
	Status string `json:"status,omitempty" protobuf:"bytes,2"`
	// What happened, for people.
	Message string `json:"message,omitempty" protobuf:"bytes,3"`
	// Why it failed, in one word, for programs; empty if nothing more is known than the code.
	Reason StatusReason `json:"reason,omitempty" protobuf:"bytes,4"`
	// More about it, as the reason asks for.
	Details *StatusDetails `json:"details,omitempty" protobuf:"bytes,5"`
	// HTTP status code; 0 if not set.
	Code int32 `json:"code,omitempty" protobuf:"varint,6"`
}

// StatusCause is one of several causes of a failure.
type StatusCause struct {
	// What is wrong, in one word.
	Type CauseType `json:"reason,omitempty" protobuf:"bytes,1"`
	// What is wrong, for people.
	Message string `json:"message,omitempty" protobuf:"bytes,2"`
	// Field that it is about, as a path such as spec.containers[0].name.
	Field string `json:"field,omitempty" protobuf:"bytes,3"`
}

// StatusDetails is what programs may want to know of a failure.
type StatusDetails struct {
	// Name of the object.
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
	// Group of the resource.
	Group string `json:"group,omitempty" protobuf:"bytes,2"`
	// Kind, or resource, of the object.
	Kind string `json:"kind,omitempty" protobuf:"bytes,3"`
	// UID of the object.
	UID UID `json:"uid,omitempty" protobuf:"bytes,6"`
	// Everything that was wrong.
	Causes []StatusCause `json:"causes,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// Seconds to wait before trying again; 0 if trying again will not help.
	RetryAfterSeconds int32 `json:"retryAfterSeconds,omitempty" protobuf:"varint,5"`
}

// StatusReason says why a request failed, in one word.
type StatusReason string

// Table shows objects as rows, as kubectl get prints them.
type Table struct {
	TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	ListMeta `json:"metadata,omitempty"`
	// The columns; in a watch only the first event has them.
	ColumnDefinitions []TableColumnDefinition `json:"columnDefinitions"`
	// A row for each object.
	Rows []TableRow `json:"rows"`
}

// TableColumnDefinition describes a column.
type TableColumnDefinition struct {
	// Heading.
	Name string `json:"name"`
	// Type of its cells, as OpenAPI has it: number, integer, boolean or string.
	Type string `json:"type"`
	// Format of its cells, as OpenAPI has it; name marks the name of the object.
	Format string `json:"format"`
	// What it shows.
	Description string `json:"description"`
	// 0 is always shown, a higher number only when there is room (-o wide).
	Priority int32 `json:"priority"`
}

// TableRow shows one object.
type TableRow struct {
	// A value for each column.
	Cells []any `json:"cells"`
	// What is to be said of the row, such as Completed.
	Conditions []TableRowCondition `json:"conditions,omitempty"`
	// The object, as much of it as was asked for.
	Object RawExtension `json:"object,omitempty"`
}

// TableRowCondition is something to be said of a row.
type TableRowCondition struct {
	// Which condition this is.
	Type RowConditionType `json:"type"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty"`
	// For people: what happened and why.
	Message string `json:"message,omitempty"`
}

// TypeMeta says what an object is.
type TypeMeta struct {
	// Kind of the object, such as Pod; the server knows it from the path.
	Kind string `json:"kind,omitempty" protobuf:"bytes,1"`
	// Group and version that it is written in, such as apps/v1.
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,2"`
}

// UpdateOptions is the query of an update.
type UpdateOptions struct {
	TypeMeta `json:",inline"`
	// All does everything but the write; empty writes.
	DryRun []string `json:"dryRun,omitempty" protobuf:"bytes,1"`
	// Name under which the fields written are owned, at most 128 printable characters; empty takes it
	// from the User-Agent.
	FieldManager string `json:"fieldManager,omitempty" protobuf:"bytes,2"`
	// What to do about unknown and duplicate fields: Ignore, Warn or Strict; empty means Warn.
	FieldValidation string `json:"fieldValidation,omitempty" protobuf:"bytes,3"`
}

// WatchEvent is one change that a watch sends.
type WatchEvent struct {
	// ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.
	Type string `json:"type" protobuf:"bytes,1" required:"true"`
	// The object after the change; before it when deleted; only its resource version in a bookmark; a
	// Status for an error.
	Object RawExtension `json:"object" protobuf:"bytes,2" required:"true"`
}
