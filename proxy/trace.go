package proxy

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"net/textproto"
	"time"

	"github.com/pactape/pactape/capture"
)

// A trace collects when the phases of a forwarded call began and ended. Its
// fields are guarded by the call's mu: a dial may go on in the background when
// another connection has become free.
type trace struct {
	// forwarded is when the call was given to the transport.
	forwarded time.Time

	dnsStart, dnsDone         time.Time
	connectStart, connectDone time.Time
	tlsStart, tlsDone         time.Time
	// got is when there was a connection, wrote when the request had been
	// sent, first when the answer began.
	got, wrote, first time.Time
	// reused says that the connection was not made for this call.
	reused bool
	// upstream is the other end of the connection.
	upstream string
}

// traced adds the call's trace to a context.
func (c *call) traced(ctx context.Context) context.Context {
	t := &c.trace
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart:             func(httptrace.DNSStartInfo) { c.stamp(&t.dnsStart) },
		DNSDone:              func(httptrace.DNSDoneInfo) { c.stamp(&t.dnsDone) },
		ConnectStart:         func(string, string) { c.stamp(&t.connectStart) },
		ConnectDone:          func(string, string, error) { c.stamp(&t.connectDone) },
		TLSHandshakeStart:    func() { c.stamp(&t.tlsStart) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { c.stamp(&t.tlsDone) },
		GotConn:              c.gotConn,
		WroteRequest:         func(httptrace.WroteRequestInfo) { c.stamp(&t.wrote) },
		GotFirstResponseByte: func() { c.stamp(&t.first) },
		Got1xxResponse: func(status int, header textproto.MIMEHeader) error {
			return c.out.interim(status, header)
		},
	})
}

// stamp notes the time. A later event of the same kind wins: the transport may
// try more than once.
func (c *call) stamp(at *time.Time) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	*at = now
}

func (c *call) gotConn(info httptrace.GotConnInfo) {
	now, addr := time.Now(), info.Conn.RemoteAddr().String()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trace.got, c.trace.reused, c.trace.upstream = now, info.Reused, addr
}

// timings are the phases up to now. The caller holds mu.
func (t *trace) timings(started, now time.Time) capture.Timings {
	timings := capture.Timings{
		Send:    span(t.got, t.wrote),
		Wait:    span(t.wrote, t.first),
		Receive: span(t.first, now),
		Total:   now.Sub(started),
	}
	if !t.reused {
		timings.DNS = span(t.dnsStart, t.dnsDone)
		timings.Connect = span(t.connectStart, t.connectDone)
		timings.TLS = span(t.tlsStart, t.tlsDone)
	}
	if t.wrote.After(t.first) { // answered before the request had ended
		timings.Send, timings.Wait = span(t.got, t.first), 0
	}
	return timings
}

// span is the time between two events that have both taken place, in order.
func span(from, to time.Time) time.Duration {
	if from.IsZero() || to.Before(from) {
		return 0
	}
	return to.Sub(from)
}
