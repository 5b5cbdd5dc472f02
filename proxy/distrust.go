package proxy

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/pactape/pactape/certs"
)

// What clients do that do not want our certificate differs:
//
//   - most send an alert (RFC 8446 §6.2). Under TLS 1.3 OpenSSL sends it in the
//     clear, which crypto/tls takes for a damaged record;
//   - Node hangs up in the middle of the handshake;
//   - GnuTLS completes the handshake, and its programs hang up after it.

// certificateAlerts are the alerts by which a client refuses a certificate.
var certificateAlerts = []tls.AlertError{
	42, // bad_certificate
	43, // unsupported_certificate
	44, // certificate_revoked
	45, // certificate_expired
	46, // certificate_unknown
	48, // unknown_ca
}

// errHungUp is what a client did on seeing our certificate.
var errHungUp = errors.New("the client hung up on the certificate")

// handshakeFailed counts a TLS handshake that a client broke off, and names
// the host once if the client does not want our certificate for it.
func (p *Proxy) handshakeFailed(c *clientConn, state tls.ConnectionState, err error) {
	host := tlsHost(c.info, state)
	if errors.Is(err, certs.ErrExpired) || errors.Is(err, certs.ErrHost) {
		p.log.Error("no certificate for a client", slog.String("host", host), slog.Any("error", err))
		return
	}
	p.o.Metrics.ClientTLSFailure()
	why := refusal(err)
	if why == nil {
		why = c.watch.alert()
	}
	if why == nil && state.Version != 0 && hungUp(err) {
		why = errHungUp // the version is chosen, so the certificate is sent
	}
	switch {
	case why == nil:
		p.log.Debug("TLS handshake with a client failed", slog.String("host", host), slog.Any("error", err))
	case p.rejected.add(host):
		p.log.Warn("the client does not trust the CA, or pins its certificate",
			slog.String("host", host), slog.Any("error", why))
	}
}

// observeConn is the [http.Server.ConnState] that finds the clients which hang
// up after the handshake without having asked for anything: they may have
// looked at the certificate only then. In a tunnel, the host is named once,
// unless others take our certificate for it.
func (p *Proxy) observeConn(c net.Conn, state http.ConnState) {
	info := infoOf(c)
	if info == nil || !info.unasked || state == http.StateNew {
		return
	}
	info.unasked = false
	tc, ok := c.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return
	}
	host := tlsHost(info, tc.ConnectionState())
	switch {
	case state == http.StateActive:
		p.trusted.add(host)
	case time.Since(info.handshaken) >= p.o.ReadHeaderTimeout || info.service.isStopping():
		// It was we who hung up.
	case !p.trusted.has(host) && p.rejected.add(host):
		p.log.Warn("the client hung up after the TLS handshake: it may not trust the CA, or pin its certificate",
			slog.String("host", host))
	}
}

// tlsHost is the host that a client wanted a certificate for.
func tlsHost(info *connInfo, state tls.ConnectionState) string {
	return cmp.Or(state.ServerName, hostOnly(cmp.Or(info.tunnel, info.local)))
}

// refusal is err if it is an alert by which the client refuses a certificate,
// else nil.
func refusal(err error) error {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return nil
	}
	// The type of a received alert is not exported, its text is.
	text := op.Err.Error()
	if slices.ContainsFunc(certificateAlerts, func(a tls.AlertError) bool { return a.Error() == text }) {
		return err
	}
	return nil
}

// hungUp reports whether reading failed since the client left.
func hungUp(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "read" && !op.Timeout() && !errors.Is(err, net.ErrClosed)
}

// alertRecord is the length of an alert in the clear (RFC 8446 §5.1, §6).
const alertRecord = 7

// A tlsWatch keeps the last bytes that a TLS client has sent, as many as an
// alert in the clear has.
type tlsWatch [alertRecord]byte

// read takes note of what has been read.
func (w *tlsWatch) read(p []byte) {
	p = p[max(0, len(p)-alertRecord):]
	copy(w[:], w[len(p):])
	copy(w[alertRecord-len(p):], p)
}

// alert is the alert in the clear by which the client has refused the
// certificate, nil if it sent none.
func (w *tlsWatch) alert() error {
	const typeAlert, major, fatal = 21, 3, 2
	code := tls.AlertError(w[6])
	if w[0] != typeAlert || w[1] != major || w[3] != 0 || w[4] != 2 || w[5] != fatal || !slices.Contains(certificateAlerts, code) {
		return nil
	}
	return fmt.Errorf("the client says %w", code)
}
