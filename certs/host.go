package certs

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// ErrHost is wrapped by errors about a host that no certificate can be for.
var ErrHost = errors.New("not a host name or IP address")

// maxName and maxLabel are the bounds of RFC 1035 §2.3.4, in bytes.
const (
	maxName  = 253
	maxLabel = 63
)

// A hostName is what a leaf is for, in canonical form: an IP address, or a DNS
// name in lower case, without its final dot, internationalized labels in
// their ASCII form (RFC 5890 §2.3.2.1).
type hostName struct {
	name string
	addr netip.Addr
}

// String is the canonical form, and the key of the cache.
func (h hostName) String() string { return h.name }

// setSAN makes the template one for the host. Clients look nowhere else than
// in the subject alternative name (RFC 9525 §2).
func (h hostName) setSAN(tmpl *x509.Certificate) {
	if h.addr.IsValid() {
		tmpl.IPAddresses = []net.IP{h.addr.AsSlice()}
		if h.addr.IsLoopback() {
			// Java and others send no server name for localhost: a name
			// without a dot is none to them (RFC 6066 §3).
			tmpl.DNSNames = []string{"localhost"}
		}
		return
	}
	tmpl.DNSNames = []string{h.name}
}

// parseHost brings a host, without port, into canonical form. An IPv6 address
// may have brackets and a zone; the zone says nothing to others and is cut.
func parseHost(host string) (hostName, error) {
	if len(host) > 4*maxName { // not worth quoting either
		return hostName{}, fmt.Errorf("%w: %d bytes long", ErrHost, len(host))
	}
	if addr, ok := parseAddr(host); ok {
		return hostName{name: addr.String(), addr: addr}, nil
	}
	name := strings.TrimSuffix(host, ".")
	if !isASCII(name) {
		if !utf8.ValidString(name) {
			return hostName{}, fmt.Errorf("%w: %q", ErrHost, host)
		}
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil {
			return hostName{}, fmt.Errorf("%w: %q: %w", ErrHost, host, err)
		}
		name = ascii
	}
	name = strings.ToLower(name)
	if !validName(name) {
		return hostName{}, fmt.Errorf("%w: %q", ErrHost, host)
	}
	return hostName{name: name}, nil
}

func parseAddr(host string) (netip.Addr, bool) {
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, false
	}
	return addr.Unmap().WithZone(""), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// validName accepts the lower-case names that clients verify: letters, digits,
// hyphens and, though no host name has them by the book, underscores, which
// container networks are full of. A wildcard is refused: it is no host.
func validName(name string) bool {
	if name == "" || len(name) > maxName {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > maxLabel || label[0] == '-' {
			return false
		}
		for i := range len(label) {
			switch c := label[i]; {
			case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
			default:
				return false
			}
		}
	}
	return true
}
