package upstream

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Defaults of [Options].
const (
	DefaultDialTimeout    = 10 * time.Second
	DefaultTLSTimeout     = 10 * time.Second
	DefaultIdleTimeout    = 90 * time.Second
	DefaultMaxIdlePerHost = 256
)

// Options configure a [Transport]. The zero value connects directly and
// verifies certificates against the roots of the system.
type Options struct {
	// CAFiles are PEM files of roots to trust in addition to the system's.
	CAFiles []string
	// OnlyCAFiles trusts those alone, without the system's.
	OnlyCAFiles bool
	// Insecure skips the verification of certificates, the proxy's included.
	Insecure bool
	// ClientCert and ClientKey are PEM files of the certificate to present to
	// upstreams that ask for one. Without ClientKey the key is in ClientCert.
	ClientCert, ClientKey string
	// Proxy is an http, https, socks5 or socks5h URL of a proxy to go through,
	// with credentials if it wants some (RFC 7617, RFC 1929); nil connects
	// directly. Names are resolved by the proxy, with either scheme of SOCKS.
	Proxy *url.URL
	// NoProxy lists hosts that are reached without Proxy, as [ParseHosts]
	// reads them; but as is usual for such lists, a name stands for the names
	// below it as well.
	NoProxy []string
	// Map gives hosts other addresses, as [ParseMap] returns it: a key is
	// HOST or HOST:PORT, the latter going first.
	Map map[string]*url.URL
	// DialTimeout bounds connecting, name lookup included, and separately the
	// proxy's answers until a tunnel is open; 0 is [DefaultDialTimeout].
	DialTimeout time.Duration
	// TLSTimeout bounds a TLS handshake; 0 is [DefaultTLSTimeout].
	TLSTimeout time.Duration
	// ResponseHeaderTimeout bounds the wait for a response head once the
	// request is sent; 0 is no bound, since long polls wait for minutes.
	ResponseHeaderTimeout time.Duration
	// IdleTimeout is how long unused connections are kept; 0 is
	// [DefaultIdleTimeout].
	IdleTimeout time.Duration
	// MaxIdlePerHost bounds unused connections to one host; 0 is
	// [DefaultMaxIdlePerHost].
	MaxIdlePerHost int
	// IsSelf says whether an address "ip:port", as it was resolved, is one
	// of our own listeners. Connections to it are refused with [ErrLoop]; nil
	// refuses none. It is called from any goroutine.
	IsSelf func(addr string) bool
}

// New makes a Transport. It reads the files named in o.
func New(o Options) (*Transport, error) {
	t := &Transport{
		dialTimeout: orDefault(o.DialTimeout, DefaultDialTimeout),
		tlsTimeout:  orDefault(o.TLSTimeout, DefaultTLSTimeout),
		isSelf:      o.IsSelf,
	}
	var err error
	if t.tls, err = newTLSConfig(o); err != nil {
		return nil, err
	}
	if t.targets, err = newMapping(o.Map); err != nil {
		return nil, err
	}
	if t.noProxy, err = parseNoProxy(o.NoProxy); err != nil {
		return nil, err
	}
	if err := t.setProxy(o.Proxy); err != nil {
		return nil, err
	}
	t.setTransports(o)
	return t, nil
}

// setProxy checks the URL of the proxy and takes its parts.
func (t *Transport) setProxy(u *url.URL) error {
	if u == nil {
		return nil
	}
	socks := u.Scheme == "socks5" || u.Scheme == "socks5h"
	switch {
	case u.Scheme != "http" && u.Scheme != "https" && !socks:
		return fmt.Errorf("upstream proxy %s: the scheme must be http, https, socks5 or socks5h", u.Redacted())
	case u.Hostname() == "":
		return fmt.Errorf("upstream proxy %s: no host in it", u.Redacted())
	case u.RawQuery != "" || u.Path != "" && u.Path != "/":
		return errors.New("upstream proxy: the URL must end behind the port")
	}
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	if socks {
		if err := checkSOCKSUser(u.User); err != nil {
			return err
		}
	}
	t.proxy = &chained{
		addr: net.JoinHostPort(u.Hostname(), port),
		name: u.Hostname(),
		tls:  u.Scheme == "https",
		user: u.User,

		isSOCKS: socks,
	}
	return nil
}

func orDefault[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// defaultPort is the port of a URL that names none (RFC 9110 §4.2, RFC 1928
// §3).
func defaultPort(scheme string) string {
	switch scheme {
	case "https":
		return "443"
	case "socks5", "socks5h":
		return "1080"
	}
	return "80"
}
