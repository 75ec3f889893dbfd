package apiregistrationv1

// Values of a condition's status.
const (
	ConditionTrue    ConditionStatus = "True"
	ConditionFalse   ConditionStatus = "False"
	ConditionUnknown ConditionStatus = "Unknown"
)

// Available says whether requests for the APIService can be served.
const Available APIServiceConditionType = "Available"
