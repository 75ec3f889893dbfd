package pages

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Release gives back the memory pages of the program's own file. To start
// is to touch most of it once, and each page that is touched brings fifteen
// neighbours in; what is in use at any time is a fraction, and comes back from the
// system's page cache when it is touched again. What cannot be found out is left
// alone.
func Release() {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close()
	for _, p := range programPages(maps, self) {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, p.start, p.length, unix.MADV_DONTNEED)
	}
}

// pages is a range of memory.
type pages struct{ start, length uintptr }

// programPages finds in the text of /proc/self/smaps the memory that is nothing but
// the contents of the file at path: it cannot be written, and none of it has been.
// The loader writes to some before it makes them read-only; what it wrote would be
// lost.
func programPages(smaps io.Reader, path string) []pages {
	var found []pages
	var at pages
	candidate := false
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) >= 5 && !strings.HasSuffix(fields[0], ":"): // begins a mapping
			at, candidate = mapping(fields, path)
		case candidate && len(fields) >= 2 && fields[0] == "Anonymous:":
			if fields[1] == "0" {
				found = append(found, at)
			}
			candidate = false
		}
	}
	return found
}

func mapping(fields []string, path string) (pages, bool) {
	if len(fields) != 6 || fields[5] != path || !strings.HasPrefix(fields[1], "r-") {
		return pages{}, false
	}
	from, to, _ := strings.Cut(fields[0], "-")
	low, err1 := strconv.ParseUint(from, 16, 64)
	high, err2 := strconv.ParseUint(to, 16, 64)
	if err1 != nil || err2 != nil || high <= low {
		return pages{}, false
	}
	return pages{uintptr(low), uintptr(high - low)}, true
}
