package apiserverinternalv1alpha1

// Values of a condition's status.
const (
	ConditionTrue    ConditionStatus = "True"
	ConditionFalse   ConditionStatus = "False"
	ConditionUnknown ConditionStatus = "Unknown"
)

// AllEncodingVersionsEqual says that every server stores the resource in the
// same version.
const AllEncodingVersionsEqual StorageVersionConditionType = "AllEncodingVersionsEqual"
