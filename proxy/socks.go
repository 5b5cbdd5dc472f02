package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/metrics"
	"github.com/pactape/pactape/proxy/upstream"
)

// socks serves a connection of which the first byte is that of SOCKS. Once a
// tunnel is open it is one like any other.
func (s *service) socks(ctx context.Context, c *clientConn) {
	began := time.Now()
	t := &tunnel{p: s.p, from: c.info, session: c.info.session}
	talk, err := s.negotiate(c, t)
	if err == nil {
		s.handlers.enter()
		defer s.handlers.leave()
		t.serveSOCKS(ctx, c, talk)
		return
	}
	_ = c.Close()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || s.isStopping() {
		s.p.log.Debug("SOCKS client hung up", slog.Any("error", err))
		return
	}
	s.p.o.Metrics.Request("", metrics.Refused, time.Since(began))
	s.p.log.Info("SOCKS client refused", slog.String("client", c.RemoteAddr().String()), slog.String("reason", err.Error()))
}

// negotiate finds out which tunnel the client wants, and for which session. A
// client that takes too long is given up.
func (s *service) negotiate(c *clientConn, t *tunnel) (*socksTalk, error) {
	c.silent.Store(true)
	defer c.silent.Store(false)
	if s.isStopping() {
		return nil, errClosed
	}
	_ = c.SetDeadline(time.Now().Add(s.p.o.ReadHeaderTimeout))
	talk := &socksTalk{
		r: bufio.NewReaderSize(c, 576), w: c, // room for the longest message
		locked: s.p.o.ProxyPassword != "",
		login:  t.logIn,
	}
	var err error
	if t.hostport, err = talk.hear(); err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Time{})
	// Some clients do not wait for the answer.
	early, _ := talk.r.Peek(talk.r.Buffered())
	c.unread(early)
	return talk, nil
}

// logIn checks the password, if there is one to be known, and takes the user
// for the session. Without a password nobody is meant: Java sends the name of
// the operating system's user to whoever accepts one.
func (t *tunnel) logIn(user, password string) error {
	if t.p.o.ProxyPassword != "" && !t.p.isPassword(password) {
		return errPassword
	}
	if user == "" || password == "" {
		return nil
	}
	session, err := expectations.ParseSessionID(user)
	if err != nil {
		return errSessionUser // without the name, which may be a secret gone astray
	}
	t.session = session
	return nil
}

var (
	errPassword    = errors.New("the password is wrong")
	errSessionUser = errors.New("the user name is no name of a session")
)

// serveSOCKS opens the tunnel that the client asked for, or refuses it.
func (t *tunnel) serveSOCKS(ctx context.Context, c *clientConn, talk *socksTalk) {
	a := socksAnswer{talk}
	space, err := t.p.o.Spaces.Get(t.session)
	if err != nil {
		t.p.log.Warn("cannot open session", slog.String("session", t.session.String()), slog.Any("error", err))
		a.refuse(failure{status: http.StatusServiceUnavailable})
		_ = c.Close()
		return
	}
	t.mode = space.Mode()
	switch {
	case !t.isPassthrough():
		if a.accept() == nil {
			t.open(ctx, newConn(c, t.info()))
		}
	case t.isForbidden():
		a.refuse(t.forbidden())
		_ = c.Close()
	default:
		t.passthrough(ctx, c, a)
	}
}

// A socksAnswer answers the request of a SOCKS client.
type socksAnswer struct{ talk *socksTalk }

// accept implements [tunnelAnswer].
func (a socksAnswer) accept() error {
	a.talk.answer(upstream.SOCKSSucceeded)
	return nil
}

// refuse implements [tunnelAnswer].
func (a socksAnswer) refuse(f failure) {
	reply := upstream.SOCKSFailed
	switch {
	case f.err != nil:
		reply = upstream.SOCKSReplyFor(f.err)
	case f.status == http.StatusForbidden:
		reply = upstream.SOCKSNotAllowed
	}
	a.talk.answer(reply)
}
