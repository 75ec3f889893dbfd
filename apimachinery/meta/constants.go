package meta

// Namespaces that every cluster has, and the two ways to say none.
const (
	NamespaceDefault   = "default"         // objects without a namespace of their own land here
	NamespaceSystem    = "kube-system"     // the control plane's own objects
	NamespacePublic    = "kube-public"     // readable by everybody, even before authentication
	NamespaceNodeLease = "kube-node-lease" // one Lease per Node, its heartbeat
	NamespaceAll       = ""                // in a request: every namespace
	NamespaceNone      = ""                // of an object: it is cluster-scoped
)

// Values of [ConditionStatus]: a condition that is not listed counts as unknown.
const (
	ConditionTrue    ConditionStatus = "True"
	ConditionFalse   ConditionStatus = "False"
	ConditionUnknown ConditionStatus = "Unknown"
)

// Values of [Status.Status].
const (
	StatusSuccess = "Success"
	StatusFailure = "Failure"
)

// Values of [Status.Reason]: what a client branches on. Each goes with the HTTP
// code named beside it.
const (
	StatusReasonUnknown               StatusReason = ""                      // no more is known than the code
	StatusReasonUnauthorized          StatusReason = "Unauthorized"          // 401: who asks is not known
	StatusReasonForbidden             StatusReason = "Forbidden"             // 403: who asks is known and may not
	StatusReasonNotFound              StatusReason = "NotFound"              // 404: no such object or resource
	StatusReasonAlreadyExists         StatusReason = "AlreadyExists"         // 409: the name of a create is taken
	StatusReasonConflict              StatusReason = "Conflict"              // 409: the object changed since it was read
	StatusReasonGone                  StatusReason = "Gone"                  // 410: it was here and will not come back
	StatusReasonInvalid               StatusReason = "Invalid"               // 422: the object breaks a rule; causes say which
	StatusReasonServerTimeout         StatusReason = "ServerTimeout"         // 500: not done in time; try again
	StatusReasonStoreReadError        StatusReason = "StorageReadError"      // 500: a stored object cannot be read
	StatusReasonTimeout               StatusReason = "Timeout"               // 504: not done in the time that the client gave
	StatusReasonTooManyRequests       StatusReason = "TooManyRequests"       // 429: wait, then try again
	StatusReasonBadRequest            StatusReason = "BadRequest"            // 400: the request makes no sense
	StatusReasonMethodNotAllowed      StatusReason = "MethodNotAllowed"      // 405: the resource lacks that verb
	StatusReasonNotAcceptable         StatusReason = "NotAcceptable"         // 406: no media type that the client accepts
	StatusReasonRequestEntityTooLarge StatusReason = "RequestEntityTooLarge" // 413: the body is too large
	StatusReasonUnsupportedMediaType  StatusReason = "UnsupportedMediaType"  // 415: the body's media type is not read here
	StatusReasonInternalError         StatusReason = "InternalError"         // 500: something broke on the server
	StatusReasonExpired               StatusReason = "Expired"               // 410: that resource version or page is no longer kept; list again
	StatusReasonServiceUnavailable    StatusReason = "ServiceUnavailable"    // 503: the server cannot answer now
)

// Values of [StatusCause.Type]: what is wrong with one field.
const (
	CauseTypeFieldValueNotFound       CauseType = "FieldValueNotFound"       // refers to something that is not there
	CauseTypeFieldValueRequired       CauseType = "FieldValueRequired"       // must be given
	CauseTypeFieldValueDuplicate      CauseType = "FieldValueDuplicate"      // must be unique
	CauseTypeFieldValueInvalid        CauseType = "FieldValueInvalid"        // is malformed or out of range
	CauseTypeFieldValueNotSupported   CauseType = "FieldValueNotSupported"   // is not one of the known values
	CauseTypeForbidden                CauseType = "FieldValueForbidden"      // is valid, but not allowed here
	CauseTypeTooLong                  CauseType = "FieldValueTooLong"        // has too many characters or bytes
	CauseTypeTooMany                  CauseType = "FieldValueTooMany"        // has too many items
	CauseTypeInternal                 CauseType = "InternalError"            // could not be checked
	CauseTypeTypeInvalid              CauseType = "FieldValueTypeInvalid"    // has the wrong JSON type
	CauseTypeUnexpectedServerResponse CauseType = "UnexpectedServerResponse" // the answer came from something that is no API server
	CauseTypeFieldManagerConflict     CauseType = "FieldManagerConflict"     // another field manager owns the field
	CauseTypeResourceVersionTooLarge  CauseType = "ResourceVersionTooLarge"  // the server has not seen that resource version yet
)

// Values of [DeletionPropagation]: what happens to the objects that the deleted
// one owns.
const (
	DeletePropagationOrphan     DeletionPropagation = "Orphan"     // they stay, without that owner
	DeletePropagationBackground DeletionPropagation = "Background" // they go after the owner has gone
	DeletePropagationForeground DeletionPropagation = "Foreground" // they go first; the owner waits for those that block it
)

// Finalizers that the garbage collector takes off.
const (
	FinalizerOrphanDependents = "orphan"             // set by deletion with propagation Orphan
	FinalizerDeleteDependents = "foregroundDeletion" // set by deletion with propagation Foreground
)

// Operators of a [LabelSelectorRequirement].
const (
	LabelSelectorOpIn           LabelSelectorOperator = "In"
	LabelSelectorOpNotIn        LabelSelectorOperator = "NotIn"
	LabelSelectorOpExists       LabelSelectorOperator = "Exists"
	LabelSelectorOpDoesNotExist LabelSelectorOperator = "DoesNotExist"
)

// Operators of a [FieldSelectorRequirement].
const (
	FieldSelectorOpIn           FieldSelectorOperator = "In"
	FieldSelectorOpNotIn        FieldSelectorOperator = "NotIn"
	FieldSelectorOpExists       FieldSelectorOperator = "Exists"
	FieldSelectorOpDoesNotExist FieldSelectorOperator = "DoesNotExist"
)

// How a field manager came to own fields: see [ManagedFieldsEntry.Operation].
const (
	ManagedFieldsOperationApply  ManagedFieldsOperationType = "Apply"  // by server-side apply
	ManagedFieldsOperationUpdate ManagedFieldsOperationType = "Update" // by any other write
)

// How a list's resourceVersion is meant.
const (
	ResourceVersionMatchNotOlderThan ResourceVersionMatch = "NotOlderThan" // that state or any later one
	ResourceVersionMatchExact        ResourceVersionMatch = "Exact"        // that state and no other
)

// RowCompleted is the condition of a Table row whose object has run to its end.
const RowCompleted RowConditionType = "Completed"

// DryRunAll is the one value that dryRun takes: do everything but the write.
const DryRunAll = "All"

// What a write does about fields that it does not know or that come twice.
const (
	FieldValidationIgnore = "Ignore" // drops them silently
	FieldValidationWarn   = "Warn"   // drops them and warns in the answer; the default
	FieldValidationStrict = "Strict" // refuses the request
)

// How much of each object a Table row carries: see [TableOptions.IncludeObject].
const (
	IncludeNone     = "None"
	IncludeMetadata = "Metadata"
	IncludeObject   = "Object"
)

// Values of [WatchEvent.Type].
const (
	WatchAdded    = "ADDED"
	WatchModified = "MODIFIED"
	WatchDeleted  = "DELETED"
	WatchBookmark = "BOOKMARK" // nothing changed; only the resource version moves on
	WatchError    = "ERROR"    // the object is a Status; the watch ends
)

// InitialEventsAnnotation on a bookmark says that everything that was there when
// the watch began has been sent.
const InitialEventsAnnotation = "k8s.io/initial-events-end"

// ObjectNameField is the field selector that picks one object by name.
const ObjectNameField = "metadata.name"

// Verbs of requests, as authorization and discovery name them.
const (
	VerbGet              = "get"
	VerbList             = "list"
	VerbWatch            = "watch"
	VerbCreate           = "create"
	VerbUpdate           = "update"
	VerbPatch            = "patch"
	VerbDelete           = "delete"
	VerbDeleteCollection = "deletecollection"
)
