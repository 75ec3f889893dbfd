package etcd

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOptionsAreCheckedTogether(t *testing.T) {
	_, err := Options{Endpoints: []string{"ftp://a", "http://b:2379"}, CertFile: "cert.pem"}.withDefaults()
	require.ErrorContains(t, err, `endpoint "ftp://a": the scheme must be http, https, unix or unixs`)
	require.ErrorContains(t, err, "a client certificate needs both its file and its key's")
	_, err = Options{}.withDefaults()
	require.ErrorContains(t, err, "no endpoints")
	o, err := Options{Endpoints: []string{"http://b:2379"}}.withDefaults()
	require.NoError(t, err)
	require.Equal(t, 5*time.Minute, o.CompactEvery)
	require.Equal(t, time.Minute, o.LeaseReuse)
	require.Equal(t, 1000, o.LeaseKeys)
}

func TestNobodyAnswers(t *testing.T) {
	begun := time.Now()
	_, err := Open(t.Context(), Options{Endpoints: []string{"http://127.0.0.1:1"}, DialTimeout: 200 * time.Millisecond})
	require.ErrorContains(t, err, "etcd at http://127.0.0.1:1")
	require.Less(t, time.Since(begun), 10*time.Second)
}

func TestVersionsThatConfirmProgress(t *testing.T) {
	for version, want := range map[string]bool{
		"3.4.23": false, "3.4.30": false, "3.4.31": true, "3.5.0": false, "3.5.12": false, "3.5.13": true, "3.5.21": true,
		"3.6.0-rc.1": true, "3.7.3": true, "4.0.0": true, "3.3.27": false, "2.3.8": false, "": false, "x": false, "3.5.13-rc": true,
	} {
		require.Equal(t, want, confirmsProgress(version), version)
	}
}

func TestBounds(t *testing.T) {
	for prefix, want := range map[string][2]string{
		"": {"\x00", "\x00"}, "/a/": {"/a/", "/a0"}, "a\xff": {"a\xff", "b"}, "\xff\xff": {"\xff\xff", "\x00"},
	} {
		from, end := bounds(prefix)
		require.Equal(t, want, [2]string{from, end}, "%q", prefix)
	}
}
