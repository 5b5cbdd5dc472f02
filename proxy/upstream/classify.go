package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/pactape/pactape/capture"
)

// Classify says why a request failed, or a body that was being read: what
// kind of failure it is, and the reason in a few plain words that may be shown
// to clients. It is for errors of a [Transport]; of others it says little.
// For nil both are empty.
func Classify(err error) (capture.FailureKind, string) {
	if err == nil {
		return "", ""
	}
	for _, explain := range explanations {
		if kind, reason, ok := explain(err); ok {
			return kind, where(err) + reason
		}
	}
	return capture.FailUpstream, where(err) + "the request could not be sent or its answer not be read"
}

// explanations are asked in order: the special ones before those for what
// they may wrap.
var explanations = []func(error) (capture.FailureKind, string, bool){
	explainOwn, explainDNS, explainTimeout, explainCertificate, explainTLS, explainSyscall, explainHTTP,
}

// where names the proxy where it is the proxy that could not be reached.
func where(err error) string {
	for {
		p, ok := errors.AsType[*phaseError](err)
		if !ok {
			return ""
		}
		if p.phase == phaseProxy && !isRefusal(err) && !errors.Is(err, context.Canceled) {
			return "upstream proxy: "
		}
		err = p.err
	}
}

// isRefusal says whether err is what the proxy answered.
func isRefusal(err error) bool {
	_, http := errors.AsType[*ProxyError](err)
	_, socks := errors.AsType[*SOCKSError](err)
	return http || socks
}

func explainOwn(err error) (capture.FailureKind, string, bool) {
	if errors.Is(err, ErrLoop) {
		return capture.FailLoop, ErrLoop.Error(), true
	}
	if refused, ok := errors.AsType[*ProxyError](err); ok {
		kind := capture.FailUpstream
		if refused.Status == http.StatusGatewayTimeout {
			kind = capture.FailTimeout
		}
		return kind, refused.Error(), true
	}
	if refused, ok := errors.AsType[*SOCKSError](err); ok {
		kind := capture.FailUpstream
		if refused.Reply == SOCKSExpired {
			kind = capture.FailTimeout
		}
		return kind, refused.Error(), true
	}
	for _, own := range []error{errConnectHead, errNoSOCKS} {
		if errors.Is(err, own) {
			return capture.FailUpstream, own.Error(), true
		}
	}
	if errors.Is(err, context.Canceled) {
		return capture.FailAborted, "the client went away", true
	}
	return "", "", false
}

func explainDNS(err error) (capture.FailureKind, string, bool) {
	dns, ok := errors.AsType[*net.DNSError](err)
	switch {
	case !ok:
		return "", "", false
	case dns.IsNotFound:
		return capture.FailUpstream, "no such host", true
	case dns.IsTimeout:
		return capture.FailTimeout, "the name lookup timed out", true
	}
	return capture.FailUpstream, "the name lookup failed", true
}

func explainTimeout(err error) (capture.FailureKind, string, bool) {
	if !isTimeout(err) {
		return "", "", false
	}
	reason := "timed out waiting for the response"
	if strings.Contains(err.Error(), "TLS handshake timeout") { // of net/http
		reason = "the TLS handshake timed out"
	}
	for p, ok := errors.AsType[*phaseError](err); ok; p, ok = errors.AsType[*phaseError](p.err) {
		switch p.phase { // the innermost counts
		case phaseConnect:
			reason = "the connection attempt timed out"
		case phaseTLS:
			reason = "the TLS handshake timed out"
		case phaseProxy:
			reason = "timed out waiting for its answer"
		}
	}
	return capture.FailTimeout, reason, true
}

func isTimeout(err error) bool {
	netErr, ok := errors.AsType[net.Error](err)
	return ok && netErr.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) || isErrno(err, timeoutErrnos)
}

func explainCertificate(err error) (capture.FailureKind, string, bool) {
	reason := ""
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		reason = "certificate signed by unknown authority"
	} else if e, ok := errors.AsType[x509.HostnameError](err); ok {
		reason = fmt.Sprintf("certificate is not valid for %s", e.Host)
	} else if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		reason = invalidReason(e)
	} else if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		reason = "certificate verification failed"
	}
	return capture.FailUpstream, reason, reason != ""
}

func invalidReason(e x509.CertificateInvalidError) string {
	if e.Reason != x509.Expired {
		return "certificate is invalid"
	}
	if strings.Contains(e.Detail, " is before ") {
		return "certificate is not valid yet"
	}
	return "certificate has expired"
}

func explainTLS(err error) (capture.FailureKind, string, bool) {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return capture.FailUpstream, "the server does not speak TLS", true
	}
	// An alert of the server is a type of its own that is not exported.
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		alert := strings.TrimPrefix(op.Err.Error(), "tls: ")
		if alert == "certificate required" {
			return capture.FailUpstream, "the server wants a client certificate", true
		}
		return capture.FailUpstream, "TLS: the server says " + alert, true
	}
	if _, text, ok := strings.Cut(err.Error(), "tls: "); ok { // our side's complaints
		return capture.FailUpstream, "TLS: " + text, true
	}
	return "", "", false
}

func explainSyscall(err error) (capture.FailureKind, string, bool) {
	reason := ""
	switch {
	case isErrno(err, refusedErrnos):
		reason = "connection refused"
	case isErrno(err, resetErrnos):
		reason = "connection reset"
	case isErrno(err, unreachableErrnos):
		reason = "host or network unreachable"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		reason = "too many open files here"
	}
	return capture.FailUpstream, reason, reason != ""
}

// isErrno says whether err is one of the platform's error numbers.
func isErrno(err error, list []syscall.Errno) bool {
	no, ok := errors.AsType[syscall.Errno](err)
	return ok && slices.Contains(list, no)
}

// explainHTTP tells by their text the errors for which net/http has no types.
func explainHTTP(err error) (capture.FailureKind, string, bool) {
	text := err.Error()
	reason := ""
	switch {
	case strings.Contains(text, "malformed"):
		reason = "the response is malformed"
	case strings.Contains(text, "response headers exceeded"):
		reason = "the response head is too large"
	case errors.Is(err, io.ErrUnexpectedEOF):
		reason = "connection closed before the response was complete"
	case errors.Is(err, io.EOF), strings.Contains(text, "server closed idle connection"),
		strings.Contains(text, "could not be established"):
		reason = "connection closed without a response"
	case strings.Contains(text, "http2: ") || strings.Contains(text, "stream error") || strings.Contains(text, "GOAWAY"):
		reason = "the server ended the HTTP/2 stream"
	case errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		reason = "connection closed"
	}
	return capture.FailUpstream, reason, reason != ""
}
