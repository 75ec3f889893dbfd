package quantity

// Quantity is an exact decimal number with a suffix.
type Quantity struct{ s string }
