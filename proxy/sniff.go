package proxy

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/pactape/pactape/certs"
)

// A protocol is what the first bytes of a connection begin.
type protocol int

const (
	// protoOther: neither of the following.
	protoOther protocol = iota
	// protoHTTP: HTTP/1.x, or HTTP/2 with prior knowledge.
	protoHTTP
	// protoTLS: a TLS handshake record.
	protoTLS
	// protoUnclear: too few bytes to tell.
	protoUnclear
)

const (
	// recordHandshake is the TLS content type of a handshake (RFC 8446 §5.1).
	recordHandshake = 22
	// h2Preface begins an HTTP/2 connection (RFC 9113 §3.4).
	h2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	// longestMethod bounds the search for the end of a request method.
	longestMethod = 24
)

// protocolOf tells what a client of a tunnel speaks. HTTP/1 is recognised by
// an upper-case method and the beginning of a request target (RFC 9112 §3), so
// that "SSH-2.0-x y" or "EHLO name" are not taken for it.
func protocolOf(head []byte) protocol {
	if len(head) == 0 {
		return protoUnclear
	}
	if head[0] == recordHandshake {
		return protoTLS
	}
	if bytes.HasPrefix(head, []byte(h2Preface[:min(len(head), len(h2Preface))])) {
		if len(head) < len("PRI * HTTP/2") {
			return protoUnclear
		}
		return protoHTTP
	}
	method, target, complete := bytes.Cut(head, []byte(" "))
	for _, c := range method {
		if (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return protoOther
		}
	}
	switch {
	case len(method) == 0 || len(method) > longestMethod:
		return protoOther
	case !complete || len(target) == 0:
		return protoUnclear
	case target[0] == '/' || target[0] == '*':
		return protoHTTP
	}
	const scheme = "http"
	if n := min(len(target), len(scheme)); string(target[:n]) != scheme[:n] {
		return protoOther
	} else if n < len(scheme) {
		return protoUnclear
	}
	return protoHTTP
}

// greet serves an accepted connection: by its first byte it is TLS, SOCKS or
// HTTP. ctx ends when the exchanges on it must.
func (s *service) greet(ctx context.Context, c *clientConn) {
	_ = c.SetReadDeadline(time.Now().Add(s.p.o.ReadHeaderTimeout))
	head, err := c.peek()
	if err != nil || len(head) == 0 {
		_ = c.Close()
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	switch head[0] {
	case recordHandshake:
		s.terminate(c)
	case socks4Version, socks5Version:
		s.socks(ctx, c)
	default:
		s.serve(c)
	}
}

// serve hands a connection to the HTTP server, which closes it in the end.
func (s *service) serve(c net.Conn) {
	if !s.ready.push(c) {
		_ = c.Close()
	}
}

// terminate answers the TLS handshake of a connection and serves what is
// inside. It reports whether there was a handshake.
func (s *service) terminate(c *clientConn) bool {
	host := c.info.tunnel
	var below net.Conn = c
	cfg := s.p.tlsDirect
	if host != "" {
		below, cfg = certs.WithHost(c, host), s.p.tls
	}
	c.watch = &tlsWatch{}
	tc := tls.Server(below, cfg)
	_ = c.SetDeadline(time.Now().Add(s.p.o.HandshakeTimeout))
	err := tc.Handshake()
	state := tc.ConnectionState()
	if err != nil {
		s.p.handshakeFailed(c, state, err)
		_ = c.Close()
		return false
	}
	_ = c.SetDeadline(time.Time{})
	c.watch = nil
	c.info.secure, c.info.unasked, c.info.handshaken = true, c.info.tunnel != "", time.Now()
	c.info.origin = originOf(c.info.tunnel, state.ServerName)
	if state.NegotiatedProtocol == "h2" {
		s.serve(tc)
	} else {
		s.serve(&tlsConn{Conn: tc, info: c.info})
	}
	return true
}

// originOf is the server that the requests in a tunnel are for. A client that
// resolved the name itself asks for an address, and names the server in TLS.
func originOf(tunnel, serverName string) string {
	if serverName == "" || tunnel == "" {
		return tunnel
	}
	host, port, err := net.SplitHostPort(tunnel)
	if err != nil || net.ParseIP(host) == nil || net.ParseIP(serverName) != nil {
		return tunnel
	}
	return net.JoinHostPort(serverName, port)
}
