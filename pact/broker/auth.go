package broker

import (
	"errors"
	"net/http"
	"strings"
)

// Auth are the credentials of a broker: a bearer token, or a user name and a
// password. It prints as the kind alone, whatever the verb.
type Auth struct {
	Token              string
	Username, Password string
}

// String says which kind of credentials these are.
func (a Auth) String() string {
	switch {
	case a.Token != "":
		return "bearer token"
	case a.Username != "" || a.Password != "":
		return "user name and password"
	}
	return "no credentials"
}

// GoString is String, so that %#v tells no more.
func (a Auth) GoString() string { return a.String() }

func (a Auth) trimmed() Auth {
	a.Token = strings.TrimSpace(a.Token) // read from a file, it ends with a newline
	return a
}

func (a Auth) check() error {
	switch {
	case a.Token != "" && (a.Username != "" || a.Password != ""):
		return errors.New("broker: either a token or a user name and password is wanted, not both")
	case a.Password != "" && a.Username == "":
		return errors.New("broker: a password needs a user name")
	case strings.ContainsFunc(a.Token, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return errors.New("broker: the token has a space, a line break or a character that no token has")
	}
	return nil
}

// apply puts the credentials into a request.
func (a Auth) apply(req *http.Request) {
	switch {
	case a.Token != "":
		req.Header.Set("Authorization", "Bearer "+a.Token)
	case a.Username != "":
		req.SetBasicAuth(a.Username, a.Password)
	}
}

// scrub takes the secrets out of a text, should a broker repeat them.
func (a Auth) scrub(text string) string {
	for _, secret := range [...]string{a.Token, a.Password} {
		if len(secret) >= 4 { // a shorter one would mangle the text
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}
