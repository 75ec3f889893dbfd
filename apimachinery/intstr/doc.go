// Package intstr is the value that is either a number or a string, such as a
// port by number or by name, or a count as a number or a percentage.
//
//	max := intstr.Parse("25%")
//	n, err := max.Scaled(10, true) // 3: a quarter of ten, rounded up
//
// In JSON it is a number or a string; in protobuf all three fields are
// written. The zero value is the number 0.
package intstr
