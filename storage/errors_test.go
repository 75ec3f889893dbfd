package storage

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestErrorTexts(t *testing.T) {
	for _, c := range []struct {
		err  error
		is   error
		text string
	}{
		{CheckKey("get", ""), ErrInvalidKey, `get "": invalid key`},
		{CheckKey("get", "/a\x00"), ErrInvalidKey, `get "/a\x00": invalid key`},
		{CheckKey("get", strings.Repeat("x", MaxKeyBytes+1)), ErrTooLarge, "get " + strings.Repeat("x", 64) + "...: too large"},
		{CheckWrite("create", "", nil), ErrInvalidKey, `create "": invalid key`},
		{CheckWrite("create", "/a", make([]byte, MaxValueBytes+1)), ErrTooLarge, "create /a: too large"},
		{&RevisionError{Asked: 3, Oldest: 5, Newest: 9, Err: ErrCompacted}, ErrCompacted, "revision has been compacted: asked for 3, have 5 to 9"},
	} {
		require.ErrorIs(t, c.err, c.is)
		require.EqualError(t, c.err, c.text)
	}
	require.NoError(t, CheckWrite("create", strings.Repeat("x", MaxKeyBytes), make([]byte, MaxValueBytes)))
	ke, ok := errors.AsType[*KeyError](CheckKey("delete", ""))
	require.True(t, ok)
	require.Equal(t, "delete", ke.Op)
}
