package upstream_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/proxy/upstream"
)

// Errors that servers on this machine cause.
func TestClassifyRealTrouble(t *testing.T) {
	t.Parallel()
	// answer reads a request and sends text.
	answer := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.WriteString(conn, text)
			}
		}
	}
	reset := func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
	wait := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	alert := func(conn net.Conn) {
		_ = tls.Server(conn, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return nil, errors.New("none")
		}}).HandshakeContext(context.WithoutCancel(t.Context()))
	}
	tests := []struct {
		name, scheme string
		server       func(net.Conn)
		kind         capture.FailureKind
		reason       string
	}{
		{"reset", "http", reset, capture.FailUpstream, "connection reset"},
		{"closed", "http", answer(""), capture.FailUpstream, "connection closed without a response"},
		{"cut short", "http", answer("HTTP/1.1 200 OK\r\nX-A: b\r\n"), capture.FailUpstream, "connection closed before the response was complete"},
		{"malformed", "http", answer("220 smtp ready\r\n"), capture.FailUpstream, "the response is malformed"},
		{"large head", "http", answer("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 2000) + "\r\n"), capture.FailUpstream, "the response head is too large"},
		{"silent", "http", wait, capture.FailTimeout, "timed out waiting for the response"},
		{"silent in TLS", "https", wait, capture.FailTimeout, "the TLS handshake timed out"},
		{"closed in TLS", "https", answer(""), capture.FailUpstream, "connection closed without a response"},
		{"no TLS", "https", func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n"); wait(conn) }, capture.FailUpstream, "the server does not speak TLS"},
		{"TLS alert", "https", alert, capture.FailUpstream, "TLS: the server says internal error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			patience := 30 * time.Second
			if tt.kind == capture.FailTimeout {
				patience = 100 * time.Millisecond
			}
			tr := newTransport(t, upstream.Options{ResponseHeaderTimeout: patience, TLSTimeout: patience})
			err := failure(t, tr, tt.scheme+"://"+listen(t, tt.server)+"/")
			if kind, reason := upstream.Classify(err); kind != tt.kind || reason != tt.reason {
				t.Errorf("%s %q, want %s %q (%v)", kind, reason, tt.kind, tt.reason, err)
			}
		})
	}
}

func TestClassifyBodyCutShort(t *testing.T) {
	t.Parallel()
	addr := listen(t, func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
		}
	})
	resp, err := newTransport(t, upstream.Options{}).RoundTrip(request(t.Context(), t, "http://"+addr))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	if kind, reason := upstream.Classify(err); kind != capture.FailUpstream || reason != "connection closed before the response was complete" {
		t.Errorf("%s %q (%v)", kind, reason, err)
	}
}

func TestClassifyCanceled(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	addr := listen(t, func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		close(asked)
		_, _ = io.Copy(io.Discard, conn)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	resp, err := newTransport(t, upstream.Options{}).RoundTrip(request(ctx, t, "http://"+addr))
	if err == nil {
		resp.Body.Close()
	}
	if kind, reason := upstream.Classify(err); kind != capture.FailAborted {
		t.Errorf("%s %q (%v), want aborted", kind, reason, err)
	}
}

// Errors that this machine cannot be made to cause.
func TestClassify(t *testing.T) {
	t.Parallel()
	op := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	const other = "the request could not be sent or its answer not be read"
	tests := []struct {
		err    error
		kind   capture.FailureKind
		reason string
	}{
		{nil, "", ""},
		{errors.New("x"), capture.FailUpstream, other},
		{op(&net.DNSError{IsNotFound: true, Name: "x"}), capture.FailUpstream, "no such host"},
		{op(&net.DNSError{IsTimeout: true, Name: "x"}), capture.FailTimeout, "the name lookup timed out"},
		{op(&net.DNSError{Err: "server misbehaving"}), capture.FailUpstream, "the name lookup failed"},
		{op(syscall.EMFILE), capture.FailUpstream, "too many open files here"},
		{context.DeadlineExceeded, capture.FailTimeout, "timed out waiting for the response"},
		{&net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}, capture.FailUpstream, "the server wants a client certificate"},
		{&net.OpError{Op: "local error", Err: errors.New("tls: bad record MAC")}, capture.FailUpstream, "TLS: bad record MAC"},
		{errors.New("tls: server selected unsupported protocol version 301"), capture.FailUpstream, "TLS: server selected unsupported protocol version 301"},
		{tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, capture.FailUpstream, "the server does not speak TLS"},
		{&tls.CertificateVerificationError{Err: errors.New("x")}, capture.FailUpstream, "certificate verification failed"},
		{x509.UnknownAuthorityError{}, capture.FailUpstream, "certificate signed by unknown authority"},
		{fmt.Errorf("wrapped: %w", context.Canceled), capture.FailAborted, "the client went away"},
		{errors.New("http2: server sent GOAWAY and closed the connection"), capture.FailUpstream, "the server ended the HTTP/2 stream"},
		{errors.New("stream error: stream ID 1; INTERNAL_ERROR"), capture.FailUpstream, "the server ended the HTTP/2 stream"},
		{errors.New("http2: client conn could not be established"), capture.FailUpstream, "connection closed without a response"},
		{net.ErrClosed, capture.FailUpstream, "connection closed"},
	}
	for _, tt := range tests {
		if kind, reason := upstream.Classify(tt.err); kind != tt.kind || reason != tt.reason {
			t.Errorf("%v: %s %q, want %s %q", tt.err, kind, reason, tt.kind, tt.reason)
		}
	}
}
