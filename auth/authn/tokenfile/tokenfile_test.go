package tokenfile

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
)

func TestParse(t *testing.T) {
	tokens, err := Parse(strings.NewReader("t1,alice,1,\"admins, system:masters\"\nt2,bob,2\nt3,carol,3,\n"))
	require.NoError(t, err)
	for token, want := range map[string]*auth.User{
		"t1": {Name: "alice", UID: "1", Groups: []string{"admins", "system:masters"}},
		"t2": {Name: "bob", UID: "2"},
		"t3": {Name: "carol", UID: "3"},
	} {
		user, ok := tokens.Lookup(token)
		require.True(t, ok, token)
		require.Equal(t, want, user)
	}
	_, ok := tokens.Lookup("t")
	require.False(t, ok)
}

func TestFaultsNameTheLine(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"too few columns": {"a,b,c\nt,alice\n", "line 2: want at least 3 columns"},
		"empty token":     {",alice,1\n", "line 1: the token is empty"},
		"doubled":         {"t,alice,1\nt,bob,2\n", `line 2: the token was given before, to user "alice"`},
		"bad quotes":      {"t,\"alice,1\n", "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tokens.csv")
			require.NoError(t, os.WriteFile(path, []byte(tc.text), 0o600))
			_, err := Load(path)
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, path)
		})
	}
}

func TestAuthenticate(t *testing.T) {
	tokens, err := Parse(strings.NewReader("t1,alice,1\n"))
	require.NoError(t, err)
	r := httptest.NewRequest("GET", "/", nil)
	_, ok, err := tokens.Authenticate(r)
	require.False(t, ok)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer t1")
	user, ok, err := tokens.Authenticate(r)
	require.True(t, ok)
	require.NoError(t, err)
	require.Equal(t, "alice", user.Name)
	r.Header.Set("Authorization", "Bearer t2")
	_, ok, err = tokens.Authenticate(r)
	require.False(t, ok)
	require.ErrorIs(t, err, authn.ErrInvalidToken)
}

func FuzzParse(f *testing.F) {
	f.Add("t,u,1,\"a,b\"\n")
	f.Add("t,u\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		tokens, err := Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		if _, ok := tokens.Lookup(""); ok {
			t.Fatal("an empty token is somebody")
		}
	})
}
