package codec

// A textCache makes strings out of bytes. Short ones are often the same again
// (names of types, phases and labels), so those made last are kept and shared.
type textCache [256]string

// text returns b as a string that does not share b's memory.
func (c *textCache) text(b []byte) string {
	n := len(b)
	if n == 0 {
		return ""
	}
	if n > 48 {
		return string(b)
	}
	h := uint32(n)*0x9E3779B1 ^ uint32(b[0])*0x85EBCA6B ^ uint32(b[n-1])*0xC2B2AE35 ^ uint32(b[n/2])*0x27D4EB2F ^ uint32(b[n/4])*0x165667B1
	slot := &c[(h^h>>13)&0xff]
	if *slot == string(b) {
		return *slot
	}
	*slot = string(b)
	return *slot
}
