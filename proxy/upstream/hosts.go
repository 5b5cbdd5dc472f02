package upstream

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Hosts is a set of host patterns. It is immutable; a nil one is empty.
type Hosts struct {
	exact  map[string]ports // by canonical host
	suffix map[string]ports // by what follows the dot; "" for every host
	nets   []network
}

// ports are those of a pattern; "" stands for any.
type ports []string

func (p ports) has(port string) bool {
	return slices.Contains(p, "") || port != "" && slices.Contains(p, port)
}

type network struct {
	prefix netip.Prefix
	port   string
}

// ParseHosts reads patterns; each string may hold several with commas or white
// space between them. The forms are:
//
//	example.com       that name
//	*.example.com     every name below it
//	.example.com      both
//	192.0.2.7, ::1    that address
//	192.0.2.0/24      every address in that network
//	*                 everything
//
// Each may end in a port (example.com:8443, [::1]:8443, 10.0.0.0/8:5432), and
// then stands for that port alone. Names match ignoring case, and
// internationalized ones in either form. Networks match addresses only: no
// name is resolved for them.
func ParseHosts(patterns []string) (*Hosts, error) {
	h := &Hosts{exact: make(map[string]ports), suffix: make(map[string]ports)}
	for _, list := range patterns {
		for _, p := range strings.FieldsFunc(list, isListSep) {
			if err := h.add(p); err != nil {
				return nil, fmt.Errorf("host pattern %q: %w", p, err)
			}
		}
	}
	return h, nil
}

func isListSep(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' }

// parseNoProxy is ParseHosts, but "example.com" means ".example.com", as in
// every NO_PROXY.
func parseNoProxy(patterns []string) (*Hosts, error) {
	var all []string
	for _, list := range patterns {
		for _, p := range strings.FieldsFunc(list, isListSep) {
			host, _ := splitAddr(p)
			if _, err := netip.ParseAddr(host); err != nil && !strings.ContainsAny(p, "*/") && p[0] != '.' {
				p = "." + p
			}
			all = append(all, p)
		}
	}
	return ParseHosts(all)
}

func (h *Hosts) add(pattern string) error {
	if strings.Contains(pattern, "/") {
		return h.addNetwork(pattern)
	}
	host, port, err := splitPattern(pattern)
	if err != nil {
		return err
	}
	if host == "*" {
		h.suffix[""] = append(h.suffix[""], port)
		return nil
	}
	name, below := strings.CutPrefix(host, "*.")
	self := !below
	if rest, ok := strings.CutPrefix(name, "."); ok && self {
		name, below = rest, true
	}
	canonical, err := canonicalHost(name)
	if err != nil {
		return err
	}
	if _, err := netip.ParseAddr(canonical); err == nil && below {
		return errors.New("an address has no names below it")
	}
	if below {
		h.suffix[canonical] = append(h.suffix[canonical], port)
	}
	if self {
		h.exact[canonical] = append(h.exact[canonical], port)
	}
	return nil
}

func (h *Hosts) addNetwork(pattern string) error {
	cidr, port := pattern, ""
	slash := strings.LastIndexByte(pattern, '/')
	if i := strings.IndexByte(pattern[slash:], ':'); i >= 0 {
		cidr, port = pattern[:slash+i], pattern[slash+i+1:]
		if err := checkPort(port); err != nil {
			return err
		}
	}
	prefix, err := netip.ParsePrefix(strings.NewReplacer("[", "", "]", "").Replace(cidr))
	if err != nil {
		return errors.New("neither a host nor a network such as 192.0.2.0/24")
	}
	h.nets = append(h.nets, network{prefix.Masked(), port})
	return nil
}

// splitPattern cuts the port off, and checks it.
func splitPattern(pattern string) (host, port string, err error) {
	colons := strings.Count(pattern, ":")
	if colons == 0 || colons > 1 && !strings.Contains(pattern, "]:") {
		return strings.Trim(pattern, "[]"), "", nil // a name, or a bare IPv6 address
	}
	if host, port, err = net.SplitHostPort(pattern); err != nil {
		return "", "", err
	}
	return host, port, checkPort(port)
}

func checkPort(port string) error {
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
		return fmt.Errorf("%q is not a port", port)
	}
	return nil
}

// Match reports whether "host:port", or a host alone, is in the set. A host
// without a port matches no pattern that has one.
func (h *Hosts) Match(hostport string) bool {
	if h == nil {
		return false
	}
	host, port := splitAddr(hostport)
	if h.exact[host].has(port) || h.suffix[""].has(port) {
		return true
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return slices.ContainsFunc(h.nets, func(n network) bool {
			return n.prefix.Contains(addr) && (n.port == "" || n.port == port)
		})
	}
	for rest := host; ; {
		_, after, ok := strings.Cut(rest, ".")
		if !ok {
			return false
		}
		if after != "" && h.suffix[after].has(port) {
			return true
		}
		rest = after
	}
}

// splitAddr cuts "host:port" and brings the host into canonical form; what has
// none stays as it is, in lower case. The port is "" if there is none.
func splitAddr(hostport string) (host, port string) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		host, port = strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]"), ""
	}
	if canonical, err := canonicalHost(host); err == nil {
		return canonical, port
	}
	return strings.ToLower(host), port
}

// canonicalHost is an address in its shortest form without a zone, or a name
// in lower case, in ASCII (RFC 5890 §2.3.2.1) and without its final dot.
func canonicalHost(host string) (string, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().WithZone("").String(), nil
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	for i := range len(name) {
		if name[i] < 0x80 {
			continue
		}
		ascii, err := idna.Lookup.ToASCII(name)
		if err != nil || !utf8.ValidString(name) {
			return "", fmt.Errorf("%q is not a host name", host)
		}
		name = ascii
		break
	}
	if !validName(name) {
		return "", fmt.Errorf("%q is not a host name", host)
	}
	return name, nil
}

// validName accepts the characters of names in use, without empty labels.
func validName(name string) bool {
	prev := byte('.')
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		case c == '.' && prev != '.':
		default:
			return false
		}
		prev = name[i]
	}
	return prev != '.'
}
