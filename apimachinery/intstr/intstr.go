package intstr

// Type says which of the two an [IntOrString] holds.
type Type int64

const (
	Int    Type = iota // a number
	String             // a text, such as a percentage or a port's name
)

// IntOrString is a number or a string.
type IntOrString struct {
	Type   Type
	IntVal int32
	StrVal string
}
