package pages

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestProgramPages(t *testing.T) {
	smaps := `00402000-01bf4000 r-xp 00002000 fe:00 9987649                            /bin/nucleus
Size:              24520 kB
Rss:               23992 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me sd
01bf4000-03c8d000 r--p 017f4000 fe:00 9987649                            /bin/nucleus
Rss:               31280 kB
Anonymous:             0 kB
VmFlags: rd mr mw me sd
03c8d000-03c8e000 r--p 0388c000 fe:00 9987649                            /bin/nucleus
Rss:                   4 kB
Anonymous:             4 kB
VmFlags: rd mr mw me ac sd
03c8e000-03d44000 rw-p 0388d000 fe:00 9987649                            /bin/nucleus
Anonymous:             0 kB
04000000-04001000 r--p 00000000 fe:00 9987650                            /lib/x86_64-linux-gnu/libc.so.6
Anonymous:             0 kB
05000000-05001000 r--p 00000000 00:00 0
Anonymous:             0 kB
06000000-06001000 r--p 00000000 fe:00 9987649                            /bin/nucleus (deleted)
Anonymous:             0 kB
07000000-07001000 r--p 00000000 fe:00 9987649                            /bin/nucleus
`
	got := programPages(strings.NewReader(smaps), "/bin/nucleus")
	want := []pages{{0x402000, 0x17f2000}, {0x1bf4000, 0x2099000}} // read-only, and nothing in them was written
	if !slices.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}

// The pages are gone, and the program goes on.
func TestReleaseProgram(t *testing.T) {
	before := fileResident(t)
	Release()
	if after := fileResident(t); after > before*3/4 {
		t.Errorf("%d kB of files before, %d kB after", before, after)
	}
}

func fileResident(t *testing.T) (kilobytes int) {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(data)) {
		if name, rest, _ := strings.Cut(line, ":"); name == "RssFile" {
			for _, c := range strings.TrimSpace(rest) {
				if c < '0' || c > '9' {
					break
				}
				kilobytes = kilobytes*10 + int(c-'0')
			}
		}
	}
	if kilobytes == 0 {
		t.Skip("the system does not say what of files is resident")
	}
	return kilobytes
}
