package proxy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pactape/pactape/proxy/upstream"
)

// The bytes of SOCKS (RFC 1928, RFC 1929, and the memo on SOCKS 4 and 4a).
const (
	socks4Version    = 4
	socks5Version    = 5
	socksConnect     = 1 // the command
	socksNoAuth      = 0 // the methods
	socksPassword    = 2
	socksNoMethod    = 0xff
	socksLogin       = 1 // the version of the login
	socksLoginFailed = 1
	socksIPv4        = 1 // the kinds of address
	socksName        = 3
	socksIPv6        = 4
	socks4Granted    = 0x5a
	socks4Rejected   = 0x5b
	// longestText bounds user names and host names of SOCKS 4; those of
	// SOCKS 5 have a byte for their length.
	longestText = 255
)

var (
	errSOCKSMethod  = errors.New("the client offers no method of authentication that is accepted")
	errSOCKSCommand = errors.New("only CONNECT is supported")
	errSOCKSAddress = errors.New("the kind of address is unknown")
	errSOCKSHost    = errors.New("the host is not a name")
	errSOCKSText    = errors.New("a text is too long")
	errSOCKSVersion = errors.New("the version changes in the middle")
	errSOCKSLogin   = errors.New("SOCKS 4 has no password, and one is demanded")
)

// A socksTalk is the conversation with a client of SOCKS until the answer to
// its request.
type socksTalk struct {
	r *bufio.Reader
	w io.Writer
	// locked says that clients must log in.
	locked bool
	// login takes user name and password. An error keeps the client out.
	login func(user, password string) error
	// version is 4 or 5 once the first byte is read.
	version byte
}

// hear leads the conversation up to the client's request, and returns the
// "host:port" that it wants to be connected to. A client that is refused has
// been told so where SOCKS can.
func (t *socksTalk) hear() (hostport string, err error) {
	if t.version, err = t.r.ReadByte(); err != nil {
		return "", err
	}
	if t.version == socks4Version {
		hostport, err = t.request4()
	} else {
		if err = t.greet(); err != nil {
			return "", err
		}
		hostport, err = t.request5()
	}
	switch {
	case errors.Is(err, errSOCKSCommand):
		t.answer(upstream.SOCKSNoCommand)
	case errors.Is(err, errSOCKSAddress):
		t.answer(upstream.SOCKSNoAddressType)
	case errors.Is(err, errSOCKSLogin):
		t.answer(upstream.SOCKSNotAllowed)
	case errors.Is(err, errSOCKSHost), errors.Is(err, errSOCKSText), errors.Is(err, errSOCKSVersion):
		t.answer(upstream.SOCKSFailed)
	}
	return hostport, err
}

// answer tells the client what became of its request.
func (t *socksTalk) answer(reply upstream.SOCKSReply) {
	message := []byte{socks5Version, byte(reply), 0, socksIPv4, 0, 0, 0, 0, 0, 0}
	if t.version == socks4Version {
		message = []byte{0, socks4Granted, 0, 0, 0, 0, 0, 0}
		if reply != upstream.SOCKSSucceeded {
			message[1] = socks4Rejected
		}
	}
	_, _ = t.w.Write(message) // a client that is gone is noticed by the next read
}

// greet agrees on a method (RFC 1928 §3). A client that can name a user is
// asked to: the user is the session.
func (t *socksTalk) greet() error {
	offered, err := t.text()
	if err != nil {
		return err
	}
	switch methods := []byte(offered); {
	case slices.Contains(methods, socksPassword):
		_, err = t.w.Write([]byte{socks5Version, socksPassword})
	case slices.Contains(methods, socksNoAuth) && !t.locked:
		_, err = t.w.Write([]byte{socks5Version, socksNoAuth})
		return err
	default:
		_, _ = t.w.Write([]byte{socks5Version, socksNoMethod})
		return errSOCKSMethod
	}
	if err != nil {
		return err
	}
	return t.logIn()
}

// logIn reads user name and password (RFC 1929 §2).
func (t *socksTalk) logIn() error {
	version, err := t.r.ReadByte()
	if err != nil {
		return err
	}
	user, err := t.text()
	if err != nil {
		return err
	}
	password, err := t.text()
	if err != nil {
		return err
	}
	if err = errSOCKSVersion; version == socksLogin {
		err = t.login(user, password)
	}
	if err != nil {
		_, _ = t.w.Write([]byte{socksLogin, socksLoginFailed})
		return err
	}
	_, err = t.w.Write([]byte{socksLogin, 0})
	return err
}

// request5 reads the request of SOCKS 5 (RFC 1928 §4).
func (t *socksTalk) request5() (string, error) {
	var head [4]byte // version, command, reserved, kind of address
	if _, err := io.ReadFull(t.r, head[:]); err != nil {
		return "", err
	}
	host, err := t.address(head[3])
	if err != nil {
		return "", err
	}
	var port [2]byte
	if _, err := io.ReadFull(t.r, port[:]); err != nil {
		return "", err
	}
	switch {
	case head[0] != socks5Version:
		return "", errSOCKSVersion
	case head[1] != socksConnect:
		return "", fmt.Errorf("command %d: %w", head[1], errSOCKSCommand)
	}
	return socksHostport(host, port)
}

// address reads an address of the kind, as text.
func (t *socksTalk) address(kind byte) (string, error) {
	var raw [net.IPv6len]byte
	switch kind {
	case socksIPv4:
		_, err := io.ReadFull(t.r, raw[:net.IPv4len])
		return netip.AddrFrom4([4]byte(raw[:net.IPv4len])).String(), err
	case socksIPv6:
		_, err := io.ReadFull(t.r, raw[:])
		return netip.AddrFrom16(raw).Unmap().String(), err
	case socksName:
		return t.text()
	}
	return "", fmt.Errorf("%w: %d", errSOCKSAddress, kind)
}

// request4 reads the request of SOCKS 4, and of 4a, where an impossible
// address says that a name follows.
func (t *socksTalk) request4() (string, error) {
	var head [7]byte // command, port, address
	if _, err := io.ReadFull(t.r, head[:]); err != nil {
		return "", err
	}
	if _, err := t.terminated(); err != nil { // the user, of whom nothing is known
		return "", err
	}
	address := [4]byte(head[3:])
	host := netip.AddrFrom4(address).String()
	if address[0]|address[1]|address[2] == 0 && address[3] != 0 {
		var err error
		if host, err = t.terminated(); err != nil {
			return "", err
		}
	}
	switch {
	case t.locked:
		return "", errSOCKSLogin
	case head[0] != socksConnect:
		return "", fmt.Errorf("command %d: %w", head[0], errSOCKSCommand)
	}
	return socksHostport(host, [2]byte(head[1:3]))
}

// text reads a text with a byte before it that tells its length.
func (t *socksTalk) text() (string, error) {
	size, err := t.r.ReadByte()
	if err != nil {
		return "", err
	}
	text := make([]byte, size)
	_, err = io.ReadFull(t.r, text)
	return string(text), err
}

// terminated reads a text up to a zero byte.
func (t *socksTalk) terminated() (string, error) {
	var text []byte
	for len(text) <= longestText {
		c, err := t.r.ReadByte()
		switch {
		case err != nil:
			return "", err
		case c == 0:
			return string(text), nil
		}
		text = append(text, c)
	}
	return "", errSOCKSText
}

// socksHostport joins a host, which may be an address written as a name, and a
// port.
func socksHostport(host string, port [2]byte) (string, error) {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Zone() == "" {
		host = ip.Unmap().String()
	} else if !isName(host) {
		return "", errSOCKSHost
	}
	return net.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(port[:])))), nil
}

// isName reports whether a text may name a host. Some clients send names of
// other scripts as they are.
func isName(s string) bool {
	const others = "-._"
	for _, c := range s {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c >= utf8.RuneSelf && c != utf8.RuneError && unicode.IsPrint(c):
		case !strings.ContainsRune(others, c):
			return false
		}
	}
	return s != ""
}
