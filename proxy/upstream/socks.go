package upstream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"

	"github.com/pactape/pactape/capture"
)

// What is said to a SOCKS proxy (RFC 1928, RFC 1929).
const (
	socksVersion    = 5
	socksConnect    = 1 // the command
	socksNoAuth     = 0 // the methods
	socksPassword   = 2
	socksNoMethod   = 0xff
	passwordVersion = 1 // of the negotiation of RFC 1929
	socksIPv4       = 1 // the kinds of address
	socksName       = 3
	socksIPv6       = 4
	// longestSOCKSText bounds names, user names and passwords, in bytes.
	longestSOCKSText = 255
)

// A SOCKSReply is the answer of a SOCKS proxy to a request (RFC 1928 §6).
type SOCKSReply byte

// The replies that say something.
const (
	SOCKSSucceeded          SOCKSReply = 0
	SOCKSFailed             SOCKSReply = 1
	SOCKSNotAllowed         SOCKSReply = 2
	SOCKSNetworkUnreachable SOCKSReply = 3
	SOCKSHostUnreachable    SOCKSReply = 4
	SOCKSRefused            SOCKSReply = 5
	SOCKSExpired            SOCKSReply = 6
	SOCKSNoCommand          SOCKSReply = 7
	SOCKSNoAddressType      SOCKSReply = 8
)

// String is the reply in words.
func (r SOCKSReply) String() string {
	texts := [...]string{
		"succeeded", "general failure", "not allowed by its rules", "network unreachable", "host unreachable",
		"connection refused", "time to live expired", "command not supported", "address type not supported",
	}
	if int(r) < len(texts) {
		return texts[r]
	}
	return "reply " + strconv.Itoa(int(r))
}

// A SOCKSError is the refusal of an upstream SOCKS proxy.
type SOCKSError struct {
	// Reply is why the proxy did not connect; [SOCKSSucceeded] where it was
	// not even asked to, since it did not let us in.
	Reply SOCKSReply
}

// Error says what the proxy answered.
func (e *SOCKSError) Error() string {
	if e.Reply == SOCKSSucceeded {
		return "the upstream proxy refused: authentication required (credentials are missing or wrong)"
	}
	return "the upstream proxy refused: " + e.Reply.String()
}

// errNoSOCKS is a proxy that speaks something else.
var errNoSOCKS = errors.New("the proxy does not speak SOCKS5")

// SOCKSReplyFor is the reply that tells a client of SOCKS best why a tunnel
// could not be opened: err is an error of [Transport.DialTunnel].
func SOCKSReplyFor(err error) SOCKSReply {
	if refused, ok := errors.AsType[*SOCKSError](err); ok && refused.Reply != SOCKSSucceeded {
		return refused.Reply
	}
	_, lookup := errors.AsType[*net.DNSError](err)
	switch kind, _ := Classify(err); {
	case err == nil:
		return SOCKSSucceeded
	case kind == capture.FailLoop:
		return SOCKSNotAllowed
	case isErrno(err, refusedErrnos):
		return SOCKSRefused
	case errors.Is(err, syscall.ENETUNREACH):
		return SOCKSNetworkUnreachable
	case lookup, kind == capture.FailTimeout, isErrno(err, unreachableErrnos):
		return SOCKSHostUnreachable
	}
	return SOCKSFailed
}

// socks asks for a tunnel to addr over conn. It reads no byte more than the
// proxy's answers.
func (c *chained) socks(conn net.Conn, addr string) error {
	request, err := socksRequest(addr)
	if err == nil {
		err = c.socksGreet(conn)
	}
	if err != nil {
		return err
	}
	if _, err := conn.Write(request); err != nil {
		return err
	}
	var reply [4]byte
	if _, err := io.ReadFull(conn, reply[:]); err != nil {
		return err
	}
	if reply[0] != socksVersion {
		return errNoSOCKS
	}
	if code := SOCKSReply(reply[1]); code != SOCKSSucceeded {
		return &SOCKSError{Reply: code}
	}
	return skipSOCKSAddress(conn, reply[3])
}

// socksGreet agrees on a method of authentication and authenticates.
func (c *chained) socksGreet(conn net.Conn) error {
	greeting := []byte{socksVersion, 1, socksNoAuth}
	if c.user != nil {
		greeting = []byte{socksVersion, 2, socksNoAuth, socksPassword}
	}
	if _, err := conn.Write(greeting); err != nil {
		return err
	}
	var chosen [2]byte
	if _, err := io.ReadFull(conn, chosen[:]); err != nil {
		return err
	}
	switch {
	case chosen[0] != socksVersion:
		return errNoSOCKS
	case chosen[1] == socksNoAuth:
		return nil
	case chosen[1] == socksPassword && c.user != nil:
		return c.socksLogin(conn)
	case chosen[1] == socksNoMethod:
		return &SOCKSError{}
	}
	return errNoSOCKS // it chose what was not offered
}

// socksLogin sends user name and password (RFC 1929).
func (c *chained) socksLogin(conn net.Conn) error {
	user := c.user.Username()
	password, _ := c.user.Password()
	login := append([]byte{passwordVersion, byte(len(user))}, user...)
	login = append(append(login, byte(len(password))), password...)
	if _, err := conn.Write(login); err != nil {
		return err
	}
	var answer [2]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		return err
	}
	if answer[1] != 0 {
		return &SOCKSError{}
	}
	return nil
}

// socksRequest is the request to connect to addr. Names are left to the proxy
// to resolve.
func socksRequest(addr string) ([]byte, error) {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("port %q: %w", text, err)
	}
	b := []byte{socksVersion, socksConnect, 0}
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.Unmap().Is4():
		v4 := ip.Unmap().As4()
		b = append(append(b, socksIPv4), v4[:]...)
	case err == nil && ip.Zone() == "":
		v6 := ip.As16()
		b = append(append(b, socksIPv6), v6[:]...)
	case len(host) > longestSOCKSText:
		return nil, fmt.Errorf("a name of %d bytes is too long for SOCKS", len(host))
	default:
		b = append(append(b, socksName, byte(len(host))), host...)
	}
	return binary.BigEndian.AppendUint16(b, uint16(port)), nil
}

// skipSOCKSAddress reads the address that the proxy connected from, which is
// of no use, and its port.
func skipSOCKSAddress(r io.Reader, kind byte) error {
	var rest [1 + longestSOCKSText + 2]byte
	size := 0
	switch kind {
	case socksIPv4:
		size = net.IPv4len
	case socksIPv6:
		size = net.IPv6len
	case socksName:
		if _, err := io.ReadFull(r, rest[:1]); err != nil {
			return err
		}
		size = int(rest[0])
	default:
		return errNoSOCKS
	}
	_, err := io.ReadFull(r, rest[:size+2])
	return err
}

// checkSOCKSUser checks that credentials fit into SOCKS.
func checkSOCKSUser(user *url.Userinfo) error {
	password, _ := user.Password()
	if len(user.Username()) > longestSOCKSText || len(password) > longestSOCKSText {
		return fmt.Errorf("upstream proxy: SOCKS has room for user names and passwords of up to %d bytes", longestSOCKSText)
	}
	return nil
}
