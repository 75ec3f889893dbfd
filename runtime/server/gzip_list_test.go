package server

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChecksumsOfParts(t *testing.T) {
	for _, sizes := range [][2]int{{0, 0}, {0, 5}, {5, 0}, {1, 1}, {1000, 1}, {3, 70000}} {
		a, b := bytes.Repeat([]byte("a7!"), sizes[0]), bytes.Repeat([]byte("zq"), sizes[1])
		got := crcTimes(crcShift(len(b)), crc32.ChecksumIEEE(a)) ^ crc32.ChecksumIEEE(b)
		require.Equal(t, crc32.ChecksumIEEE(append(a, b...)), got, "%v", sizes)
	}
}

func TestStoredText(t *testing.T) {
	var out bytes.Buffer
	z := newGzipWriter(bufio.NewWriter(&out))
	text := strings.Repeat("text", 50_000) // more than one block
	z.store([]byte(text))
	z.store(nil)
	require.NoError(t, z.finish())
	zr, err := gzip.NewReader(&out)
	require.NoError(t, err)
	got, err := io.ReadAll(zr)
	require.NoError(t, err)
	require.Equal(t, text, string(got))
}

// Compressed or not, a list says the same; the standard library checks the
// checksum. Nothing is compressed for who does not want it.
func TestListOfCompressedItems(t *testing.T) {
	f := newFixture(t, nil)
	for i := range gzipThreshold / 256 {
		f.configMap(fmt.Sprint("c", i), strings.Repeat(fmt.Sprint(i, "<é>"), 100))
	}
	plain := f.send("GET "+inDefault, "", "Accept-Encoding", "identity")
	require.Empty(t, plain.header.Get("Content-Encoding"))
	for _, query := range []string{"", "?resourceVersion=0"} {
		for range 2 {
			a := f.send("GET "+inDefault+query, "", "Accept-Encoding", "gzip")
			require.Equal(t, "gzip", a.header.Get("Content-Encoding"))
			require.Equal(t, "application/json", a.header.Get("Content-Type"))
			zr, err := gzip.NewReader(bytes.NewReader(a.body))
			require.NoError(t, err)
			got, err := io.ReadAll(zr)
			require.NoError(t, err)
			require.Equal(t, string(plain.body), string(got))
			require.Less(t, 2*len(a.body), len(got))
		}
	}
	// A change shows.
	f.send("PATCH "+inDefault+"/c7", `{"data":{"k":"changed"}}`, "Content-Type", "application/merge-patch+json")
	a := f.send("GET "+inDefault, "", "Accept-Encoding", "gzip")
	zr, err := gzip.NewReader(bytes.NewReader(a.body))
	require.NoError(t, err)
	got, err := io.ReadAll(zr)
	require.NoError(t, err)
	require.Contains(t, string(got), `"data":{"k":"changed"}`)
}
