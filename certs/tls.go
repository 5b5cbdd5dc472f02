package certs

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// TLSConfig returns the configuration of a TLS server that answers for every
// host, offering HTTP/2, HTTP/1.1 and HTTP/1.0 by ALPN (RFC 7301). It is the caller's:
// net/http changes what it is given. All of them, and the copies that are made
// of them, resume each other's sessions.
func (a *Authority) TLSConfig() *tls.Config { return a.tls.Clone() }

func (a *Authority) newTLSConfig() *tls.Config {
	// The keys of session tickets are made and rotated by the config they
	// belong to, and a copy would have its own: all copies go to this one.
	tickets := &tls.Config{Time: a.now}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		Time:       a.now,
		// Who offers none of them is turned away; curl --http1.0 offers the last.
		NextProtos:     []string{"h2", "http/1.1", "http/1.0"},
		GetCertificate: a.getCertificate,
		WrapSession: func(cs tls.ConnectionState, ss *tls.SessionState) ([]byte, error) {
			return tickets.EncryptTicket(cs, ss)
		},
		UnwrapSession: func(identity []byte, cs tls.ConnectionState) (*tls.SessionState, error) {
			return tickets.DecryptTicket(identity, cs)
		},
	}
}

// Certificate returns a leaf for a host: a name or an IP address, without
// port. It is shared and must not be changed. The error wraps [ErrHost] for
// what is neither, and [ErrExpired] once the CA has expired.
func (a *Authority) Certificate(host string) (*tls.Certificate, error) {
	h, err := parseHost(host)
	if err != nil {
		return nil, fmt.Errorf("mint certificate: %w", err)
	}
	now := a.now()
	cert, hit, err := a.cache.get(h.String(), now, func() (*tls.Certificate, time.Time, error) {
		return a.issuer.mint(h, now)
	})
	if err != nil {
		return nil, fmt.Errorf("mint certificate for %s: %w", h, err)
	}
	switch {
	case a.observer == nil:
	case hit:
		a.observer.CertCacheHit()
	default:
		a.observer.CertMinted()
	}
	return cert, nil
}

// getCertificate picks the host of a handshake.
func (a *Authority) getCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	host := hello.ServerName
	if host == "" { // by RFC 6066 §3 there is none for an IP address
		host = connHost(hello.Conn)
	}
	if host == "" {
		return nil, errors.New("the client named no server, and its connection has no address")
	}
	return a.Certificate(host)
}

// WithHost returns conn with the host of its CONNECT request, with or without
// a port, for which a leaf is presented where the client sends no server name.
// The result's CloseWrite and NetConn go to conn.
func WithHost(conn net.Conn, host string) net.Conn {
	return &hostConn{Conn: conn, host: host}
}

// A hostConn is a connection that knows whom the client wants to talk to.
type hostConn struct {
	net.Conn
	host string
}

// NetConn returns the wrapped connection.
func (c *hostConn) NetConn() net.Conn { return c.Conn }

// CloseWrite ends the sending side where the wrapped connection can do so, and
// returns [errors.ErrUnsupported] otherwise.
func (c *hostConn) CloseWrite() error {
	if cw, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return cw.CloseWrite()
	}
	return errors.ErrUnsupported
}

// connHost returns the host that conn, or a connection it wraps, was made for,
// else the address that the client connected to.
func connHost(conn net.Conn) string {
	if conn == nil {
		return ""
	}
	for c := conn; c != nil; {
		if hc, ok := c.(*hostConn); ok {
			return cutPort(hc.host)
		}
		w, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		c = w.NetConn()
	}
	if addr := conn.LocalAddr(); addr != nil {
		return cutPort(addr.String())
	}
	return ""
}

func cutPort(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}
