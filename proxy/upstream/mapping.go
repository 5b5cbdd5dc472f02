package upstream

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// A mapping gives hosts other addresses, by "host" and "host:port" in
// canonical form.
type mapping map[string]target

// A target is what a host is mapped to.
type target struct {
	scheme     string // "" keeps the request's
	host       string
	port       string // "" keeps the request's; only without scheme
	serverName string // whose certificate is wanted; "" for the original host
}

// addr is the address to connect to instead of the one given.
func (t target) addr(original string) string {
	port := t.port
	if port == "" {
		_, port = splitAddr(original)
	}
	return net.JoinHostPort(t.host, port)
}

// find looks an address "host:port" up.
func (m mapping) find(addr string) (target, bool) {
	if len(m) == 0 {
		return target{}, false
	}
	host, port := splitAddr(addr)
	if t, ok := m[net.JoinHostPort(host, port)]; ok {
		return t, true
	}
	t, ok := m[host]
	return t, ok
}

// ParseMap reads entries HOST=URL for [Options.Map], where HOST may end in a
// port and URL is http://host[:port], https://host[:port], or host[:port] to
// keep the request's scheme. A host may be given once. Keys and URLs are
// returned in canonical form: lower case, ASCII, the default port made explicit.
func ParseMap(entries []string) (map[string]*url.URL, error) {
	m := make(map[string]*url.URL, len(entries))
	for _, entry := range entries {
		from, to, ok := strings.Cut(entry, "=")
		if !ok {
			return nil, fmt.Errorf("map %q: HOST=URL is expected", entry)
		}
		key, err := mapKey(strings.TrimSpace(from))
		if err != nil {
			return nil, fmt.Errorf("map %q: %w", entry, err)
		}
		u, err := parseTarget(strings.TrimSpace(to))
		if err != nil {
			return nil, fmt.Errorf("map %q: %w", entry, err)
		}
		if _, ok := m[key]; ok {
			return nil, fmt.Errorf("map %q: %s is mapped twice", entry, key)
		}
		m[key] = u
	}
	return m, nil
}

// parseTarget reads a URL or host[:port].
func parseTarget(s string) (*url.URL, error) {
	if !strings.Contains(s, "://") && !strings.HasPrefix(s, "//") {
		s = "//" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("the URL is malformed") // it may hold a password
	}
	t, err := newTarget(u)
	if err != nil {
		return nil, err
	}
	if t.port == "" {
		if strings.Contains(t.host, ":") {
			t.host = "[" + t.host + "]"
		}
		return &url.URL{Host: t.host}, nil
	}
	return &url.URL{Scheme: t.scheme, Host: net.JoinHostPort(t.host, t.port)}, nil
}

// newMapping checks a map and brings it into the form find needs.
func newMapping(entries map[string]*url.URL) (mapping, error) {
	m := make(mapping, len(entries))
	for from, u := range entries {
		key, err := mapKey(from)
		if err != nil {
			return nil, fmt.Errorf("map %q: %w", from, err)
		}
		if m[key], err = newTarget(u); err != nil {
			return nil, fmt.Errorf("map %q: %w", from, err)
		}
	}
	return m, nil
}

// mapKey is the canonical form of HOST or HOST:PORT.
func mapKey(from string) (string, error) {
	host, port, err := splitPattern(from)
	if err != nil {
		return "", err
	}
	if host, err = canonicalHost(host); err != nil {
		return "", err
	}
	if port == "" {
		return host, nil
	}
	return net.JoinHostPort(host, port), nil
}

// newTarget takes a URL that is an origin and nothing more.
func newTarget(u *url.URL) (target, error) {
	switch {
	case u == nil || u.Hostname() == "":
		return target{}, errors.New("the URL has no host")
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https":
		return target{}, fmt.Errorf("the scheme must be http or https, not %q", u.Scheme)
	case u.User != nil:
		return target{}, errors.New("the URL must not hold credentials")
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.Fragment != "":
		return target{}, errors.New("the URL must end behind the port: paths are not mapped")
	case strings.Contains(u.Hostname(), "%"):
		return target{}, errors.New("an address with a zone cannot be mapped to")
	}
	host, err := canonicalHost(u.Hostname())
	if err != nil {
		return target{}, err
	}
	t := target{scheme: u.Scheme, host: host, port: u.Port()}
	if t.port == "" && t.scheme != "" {
		t.port = defaultPort(t.scheme)
	}
	if t.port != "" {
		if err := checkPort(t.port); err != nil {
			return target{}, err
		}
	}
	if _, err := netip.ParseAddr(host); err != nil && t.scheme == "https" {
		t.serverName = host
	}
	return t, nil
}
