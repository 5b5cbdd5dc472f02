package proxy

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// self knows the names and addresses of this server.
type self struct {
	// names are the further names given, lower-case.
	names map[string]struct{}
	// bound is what is listened on; nil before.
	bound atomic.Pointer[binding]
}

// A binding is where a service listens.
type binding struct {
	ports map[int]struct{}
	addrs map[netip.Addr]struct{}
}

// listen takes down the addresses of the listeners. For one on the unspecified
// address these are all addresses of this machine.
func (s *self) listen(listeners []Listener) {
	b := &binding{ports: make(map[int]struct{}), addrs: make(map[netip.Addr]struct{})}
	for _, ln := range listeners {
		at, err := netip.ParseAddrPort(ln.Addr().String())
		if err != nil {
			continue // not TCP
		}
		b.ports[int(at.Port())] = struct{}{}
		if !at.Addr().IsUnspecified() {
			b.addrs[at.Addr().Unmap()] = struct{}{}
			continue
		}
		addrs, err := net.InterfaceAddrs()
		if err != nil {
			continue
		}
		for _, addr := range addrs {
			if prefix, err := netip.ParsePrefix(addr.String()); err == nil {
				b.addrs[prefix.Addr().Unmap()] = struct{}{}
			}
		}
	}
	s.bound.Store(b)
}

// isHost reports whether host, without port, may name this server: a loopback
// name or address, an address listened on, or a name given.
func (s *self) isHost(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap().WithZone("")
		if addr.IsLoopback() || addr.IsUnspecified() {
			return true
		}
		b := s.bound.Load()
		if b == nil {
			return false
		}
		_, ok := b.addrs[addr]
		return ok
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	_, named := s.names[host]
	return named || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// OwnHost reports whether a Host header, with or without port, names this
// server: a loopback name or address, an address that is listened on, or one
// of Options.AdminHosts. The port does not matter, since it may be mapped.
func (p *Proxy) OwnHost(host string) bool {
	return p.self.isHost(hostOnly(host))
}

// IsSelf reports whether a connection to "host:port" would end at one of our
// own listeners. It is what Options.IsSelf of package upstream asks for. False
// before [Proxy.Serve] is called.
func (p *Proxy) IsSelf(hostport string) bool {
	b := p.self.bound.Load()
	if b == nil {
		return false
	}
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return false
	}
	n, _ := strconv.Atoi(port)
	if _, ok := b.ports[n]; !ok {
		return false
	}
	return p.self.isHost(host)
}

// isSelfDirect reports whether the Host header of a direct request names this
// server. The port of a name that was given does not matter: it may be mapped.
func (p *Proxy) isSelfDirect(host string) bool {
	if _, named := p.self.names[strings.ToLower(hostOnly(host))]; named {
		return true
	}
	return p.IsSelf(host)
}

// hostOnly cuts the port from "host:port" and the brackets from an IPv6
// address.
func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
}

// lowerSet makes a set of names in lower case.
func lowerSet(names []string) map[string]struct{} {
	set := make(map[string]struct{}, len(names))
	for _, name := range names {
		set[strings.ToLower(strings.TrimSpace(name))] = struct{}{}
	}
	return set
}

// maxNames bounds a nameSet.
const maxNames = 10_000

// nameSet remembers names. The zero value is empty.
type nameSet struct {
	mu    sync.Mutex
	names map[string]struct{}
}

// add reports whether the name is new. A full set takes no more, and says so
// of none: it serves to say things once, and not to say them is better than
// to say them for ever.
func (s *nameSet) add(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.names[name]; ok || len(s.names) >= maxNames {
		return false
	}
	if s.names == nil {
		s.names = make(map[string]struct{})
	}
	s.names[name] = struct{}{}
	return true
}

// has reports whether the name is in the set.
func (s *nameSet) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.names[name]
	return ok
}
