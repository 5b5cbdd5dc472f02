package proxy

import (
	"bufio"
	"bytes"
	"io"
)

// Sniff tells for tests what the first bytes of a tunnel are taken for: "tls",
// "http", "other" or "unclear".
func Sniff(head []byte) string {
	switch protocolOf(head) {
	case protoTLS:
		return "tls"
	case protoHTTP:
		return "http"
	case protoOther:
		return "other"
	case protoUnclear:
	}
	return "unclear"
}

// BasicUser is the user of basicCredentials.
func BasicUser(credentials string) (string, bool) {
	user, _, ok := basicCredentials(credentials)
	return user, ok
}

// HearSOCKS leads the conversation with a SOCKS client that says data. Of
// users, only those named "good" may log in. It returns where the client wants
// to be connected to, what it was answered, and what it said behind that.
func HearSOCKS(data []byte, locked bool) (hostport string, answers, rest []byte, err error) {
	var out bytes.Buffer
	talk := &socksTalk{r: bufio.NewReader(bytes.NewReader(data)), w: &out, locked: locked, login: func(user, _ string) error {
		if user != "good" {
			return errPassword
		}
		return nil
	}}
	hostport, err = talk.hear()
	rest, _ = io.ReadAll(talk.r)
	return hostport, out.Bytes(), rest, err
}

// Authority is authority.
func Authority(scheme, host string) string { return authority(scheme, host) }
