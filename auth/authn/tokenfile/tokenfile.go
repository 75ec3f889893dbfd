package tokenfile

import (
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
)

// Tokens knows the users of some tokens. It does not change after it was made.
type Tokens struct {
	// Tokens are kept by their hash, so that a lookup takes no longer the more
	// of a token is guessed right, and no token lies in memory as text.
	users map[[sha256.Size]byte]*auth.User
}

// Load reads the file. A line with fewer than three fields, without a token,
// or with a token that another line has is an error that names the line.
func Load(path string) (*Tokens, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := Parse(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Parse reads the lines of a token file.
func Parse(r io.Reader) (*Tokens, error) {
	t := &Tokens{users: map[[sha256.Size]byte]*auth.User{}}
	lines := csv.NewReader(r)
	lines.FieldsPerRecord = -1
	lines.TrimLeadingSpace = true
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := lines.FieldPos(0)
		if len(record) < 3 {
			return nil, fmt.Errorf("line %d: want at least 3 columns (token, user name, user uid), found %d", line, len(record))
		}
		if record[0] == "" {
			return nil, fmt.Errorf("line %d: the token is empty", line)
		}
		key := sha256.Sum256([]byte(record[0]))
		if t.users[key] != nil {
			return nil, fmt.Errorf("line %d: the token was given before, to user %q", line, t.users[key].Name)
		}
		user := &auth.User{Name: record[1], UID: record[2]}
		if len(record) >= 4 {
			for group := range strings.SplitSeq(record[3], ",") {
				if group = strings.TrimSpace(group); group != "" {
					user.Groups = append(user.Groups, group)
				}
			}
		}
		t.users[key] = user
	}
}

// Lookup returns the user of a token.
func (t *Tokens) Lookup(token string) (*auth.User, bool) {
	user, ok := t.users[sha256.Sum256([]byte(token))]
	return user, ok
}

// For returns the tokens as ones that are meant for the API server, whose
// audiences api are.
func (t *Tokens) For(api []string) authn.Tokens { return authn.ForAnybody(api, t.Lookup) }

// Authenticate implements authn.Authenticator. A token that is not in the file
// is an error.
func (t *Tokens) Authenticate(r *http.Request) (*auth.User, bool, error) {
	return authn.Token(func(_ *http.Request, token string) (*auth.User, bool, error) {
		user, ok := t.Lookup(token)
		return user, ok, nil
	}).Authenticate(r)
}
