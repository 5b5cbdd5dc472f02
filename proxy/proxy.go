package proxy

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/elazarl/goproxy"
)

// A Proxy serves listeners. Make it with [New] and run it with [Proxy.Serve].
// Its methods may be called from any goroutine.
type Proxy struct {
	o   Options
	log *slog.Logger
	// tls is for what comes through tunnels, tlsDirect for what is said to us.
	tls, tlsDirect *tls.Config
	goproxy        *goproxy.ProxyHttpServer
	self           self
	via            via
	// rejected are the hosts whose certificate a client has rejected, trusted
	// those for which one has sent a request over TLS.
	rejected, trusted nameSet
	// doors are those of the run of ServeAll, nil while there is none.
	doors atomic.Pointer[doors]
	// buffers are the copy buffers of response bodies.
	buffers sync.Pool
	tracers sync.Pool
}

// New makes a Proxy. It starts nothing.
func New(o Options) (*Proxy, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	p := &Proxy{o: o, log: o.Logger, tls: o.Authority.TLSConfig(), via: newVia()}
	if p.tlsDirect = p.tls; o.AdminClientCAs != nil {
		p.tlsDirect = p.tls.Clone()
		p.tlsDirect.ClientCAs, p.tlsDirect.ClientAuth = o.AdminClientCAs, tls.VerifyClientCertIfGiven
	}
	p.self.names = lowerSet(o.AdminHosts)
	p.buffers.New = func() any { return new(copyBuffer) }
	p.tracers.New = func() any { return newTracer() }
	p.goproxy = p.newGoproxy()
	return p, nil
}

// newGoproxy sets up goproxy's chain: CONNECT to tunnels, requests to answers
// or to the transport.
func (p *Proxy) newGoproxy() *goproxy.ProxyHttpServer {
	g := goproxy.NewProxyHttpServer()
	g.Logger = log.New(logWriter{p.log}, "", 0)
	// Its own transport and dialer, which trust anybody and read the
	// environment, are never used.
	g.Tr = &http.Transport{Proxy: nil}
	g.ConnectDial = nil
	// We remove the fields of one hop ourselves, by RFC 9110.
	g.KeepHeader = true
	g.KeepAcceptEncoding = true
	g.NonproxyHandler = http.NotFoundHandler() // see dispatch: never reached
	g.OnRequest().HandleConnectFunc(p.handleConnect)
	g.OnRequest().DoFunc(p.handleRequest)
	return g
}

// handleRequest is goproxy's request handler: an answer of our own, or nil and
// a round tripper that records.
func (p *Proxy) handleRequest(r *http.Request, ctx *goproxy.ProxyCtx) (*http.Request, *http.Response) {
	c := callOf(r.Context())
	if c == nil { // cannot be: only dispatch calls goproxy
		return r, failure{status: http.StatusBadGateway, text: "internal error"}.reply().response(r)
	}
	if c.route == nil { // not decided yet
		if rp := c.decide(); rp != nil {
			return r, c.respond(rp, r)
		}
	}
	ctx.RoundTripper = c
	return c.outgoing(r), nil
}

// logWriter passes what goproxy and net/http say to the logger, at a level at
// which nobody is bothered by clients that go away.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(p []byte) (int, error) {
	w.log.Debug("http", "message", string(p))
	return len(p), nil
}

// a via is the token that marks requests we have forwarded.
type via struct {
	token string
	// values are the Via fields for a request received as HTTP/1.0, 1.1 and 2.
	v10, v11, v20 []string
}

func newVia() via {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	token := "pactape-" + hex.EncodeToString(b[:])
	return via{
		token: token,
		v10:   []string{"1.0 " + token},
		v11:   []string{"1.1 " + token},
		v20:   []string{"2.0 " + token},
	}
}

// errClosed is why connections are closed at the end of a shutdown.
var errClosed = errors.New("proxy: shut down")
