package admissionv1

// What a request does to the object.
const (
	Create  Operation = "CREATE"
	Update  Operation = "UPDATE"
	Delete  Operation = "DELETE"
	Connect Operation = "CONNECT"
)

// PatchTypeJSONPatch is the only kind of patch that a webhook may answer with.
const PatchTypeJSONPatch PatchType = "JSONPatch"
