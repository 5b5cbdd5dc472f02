package proxy

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// credentials are those of a request to a proxy.
type credentials struct{ user, password string }

// takeCredentials takes the credentials out of a request: they are meant for
// us, and neither forwarded nor recorded. What comes through a tunnel has none:
// its client has named itself when it asked for the tunnel.
func takeCredentials(r *http.Request, info *connInfo) credentials {
	values, ok := r.Header["Proxy-Authorization"]
	if !ok {
		return credentials{}
	}
	delete(r.Header, "Proxy-Authorization")
	if info.tunnel != "" || len(values) == 0 {
		return credentials{}
	}
	user, password, _ := basicCredentials(values[0])
	return credentials{user, password}
}

// session is the session that the credentials name, else the connection's.
func (c credentials) session(info *connInfo) (expectations.SessionID, error) {
	if c.user == "" {
		return info.session, nil
	}
	return expectations.ParseSessionID(c.user)
}

// isLockedOut reports whether the call uses the proxy and lacks the password
// for it. Requests that are sent to us as to a server, and calls of the admin
// API, are not asked for one.
func (c *call) isLockedOut(creds credentials) bool {
	p := c.p
	if p.o.ProxyPassword == "" || c.info.tunnel != "" || c.target.direct || c.target.admin {
		return false
	}
	return !p.isPassword(creds.password)
}

// isPassword reports whether a password is the one to be known, in a time that
// tells nothing of either.
func (p *Proxy) isPassword(password string) bool {
	got, want := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(p.o.ProxyPassword))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// lockedOut asks for credentials (RFC 9110 §11.7.1, RFC 7617).
func lockedOut() failure {
	return failure{
		status: http.StatusProxyAuthRequired,
		text:   "this proxy demands a password; the user name is the session",
		header: http.Header{"Proxy-Authenticate": {`Basic realm="pactape", charset="UTF-8"`}},
	}
}

// basicCredentials reads Basic credentials (RFC 7617 §2).
func basicCredentials(value string) (user, password string, ok bool) {
	scheme, token, ok := strings.Cut(value, " ")
	if !ok || !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token))
	if err != nil {
		return "", "", false
	}
	user, password, ok = strings.Cut(string(plain), ":")
	if !ok {
		return "", "", false
	}
	return user, password, true
}
