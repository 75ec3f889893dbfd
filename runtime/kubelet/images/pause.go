package images

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// pauseCode is the program that holds a sandbox, by processor: pause/*.S assembled.
// It has SIGCHLD ignored, so that the kernel reaps what is left to it as the first
// process of a Pod, and waits for SIGTERM or SIGINT. A program this small starts
// at once and takes a page of memory; as it is here, nothing has to be pulled or
// compiled for it.
var pauseCode = map[string]struct {
	machine uint16 // as ELF has it
	code    string // hexadecimal
}{
	"amd64": {62, "b80d000000bf11000000488d354f00000031d241ba080000000f05b80e00000031ff488d352f00000031d241ba080000000f05b880000000488d3d1900000031f631d241ba080000000f0585c078e4b83c00000031ff0f0502400000000000000100000000000000000000000000000000000000000000000000000000000000"},
	"arm64": {183, "c81080d2200280d2c1020010020080d2030180d2010000d4e81080d2000080d2c1010010020080d2030180d2010000d4281180d220010010010080d2020080d2030180d2010000d440ffffb7a80b80d2000080d2010000d402400000000000000100000000000000000000000000000000000000000000000000000000000000"},
}

// Pause returns the image of sandboxes for a processor, named as Go names it.
func Pause(arch string) (v1.Image, error) {
	program, err := pauseProgram(arch)
	if err != nil {
		return nil, err
	}
	return Build(Spec{
		Architecture: arch, Files: []File{{Path: "/pause", Mode: 0o755, Data: program}}, Entrypoint: []string{"/pause"}, User: "65535:65535",
	})
}

// Sizes and addresses of the program's file: a header, one segment, the code.
const (
	elfHeaderSize  = 64
	elfSegmentSize = 56
	loadAddress    = 0x400000
)

// pauseProgram returns an executable of Linux.
func pauseProgram(arch string) ([]byte, error) {
	p, ok := pauseCode[arch]
	if !ok {
		return nil, fmt.Errorf("there is no pause program for %s; there is one for %s", arch, strings.Join(slices.Sorted(maps.Keys(pauseCode)), ", "))
	}
	code, err := hex.DecodeString(p.code)
	if err != nil {
		return nil, fmt.Errorf("pause program for %s: %w", arch, err)
	}
	const start = elfHeaderSize + elfSegmentSize
	size := uint64(start + len(code))
	le := binary.LittleEndian
	file := append([]byte("\x7fELF"), 2, 1, 1) // 64 bits, little endian, version 1
	file = append(file, make([]byte, 9)...)
	file = le.AppendUint16(file, 2) // an executable
	file = le.AppendUint16(file, p.machine)
	file = le.AppendUint32(file, 1)
	file = le.AppendUint64(file, loadAddress+start) // where it begins
	file = le.AppendUint64(file, elfHeaderSize)     // where segments are listed
	file = le.AppendUint64(file, 0)
	file = le.AppendUint32(file, 0)
	for _, n := range []uint16{elfHeaderSize, elfSegmentSize, 1, 0, 0, 0} {
		file = le.AppendUint16(file, n)
	}
	file = le.AppendUint32(file, 1) // a segment to load,
	file = le.AppendUint32(file, 5) // readable and executable,
	file = le.AppendUint64(file, 0) // of the whole file
	file = le.AppendUint64(file, loadAddress)
	file = le.AppendUint64(file, loadAddress)
	file = le.AppendUint64(file, size)
	file = le.AppendUint64(file, size)
	file = le.AppendUint64(file, 0x10000) // the largest page that a processor may have
	return append(file, code...), nil
}
