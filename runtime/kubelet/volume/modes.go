package volume

import "os"

// fileMode is the mode that the API gives as a number, as os has it.
func fileMode(bits int32) os.FileMode {
	mode := os.FileMode(bits) & os.ModePerm
	for _, special := range []struct {
		bit  int32
		mode os.FileMode
	}{{0o4000, os.ModeSetuid}, {0o2000, os.ModeSetgid}, {0o1000, os.ModeSticky}} {
		if bits&special.bit != 0 {
			mode |= special.mode
		}
	}
	return mode
}

// unixMode is the opposite of fileMode.
func unixMode(mode os.FileMode) uint32 {
	bits := uint32(mode.Perm())
	if mode&os.ModeSetuid != 0 {
		bits |= 0o4000
	}
	if mode&os.ModeSetgid != 0 {
		bits |= 0o2000
	}
	if mode&os.ModeSticky != 0 {
		bits |= 0o1000
	}
	return bits
}
