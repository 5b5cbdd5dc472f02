package proxy

import (
	"time"

	"github.com/pactape/pactape/expectations"
)

// performError answers with bytes that are no HTTP, or drops the connection,
// or leaves the client waiting.
func performError(c *call, hit expectations.Hit) *reply {
	f, _ := hit.Expectation.Action.(*expectations.Fail)
	c.readBody()
	if left := c.delay(f.Delay); left != nil {
		return left
	}
	c.answered(&reply{})
	if c.r.ProtoMajor == 1 {
		c.failConn(f)
	} else {
		c.failStream(f)
	}
	c.out.muted = true
	return &reply{sent: true}
}

// failConn breaks a connection of HTTP/1.
func (c *call) failConn(f *expectations.Fail) {
	conn, ok := c.takeOver()
	if !ok {
		return
	}
	if len(f.Bytes) > 0 {
		if _, err := conn.Write(f.Bytes); err != nil {
			return
		}
	}
	if !f.Drop {
		awaitEnd(conn, c.p.o.IdleTimeout)
	} // else it is closed when the call ends
}

// failStream breaks a stream of HTTP/2, or the connection that it is part of.
func (c *call) failStream(f *expectations.Fail) {
	c.abort = true
	switch {
	case f.Drop && c.info.conn != nil:
		_ = c.info.conn.Close()
	case f.Drop || len(f.Bytes) > 0:
	default:
		c.idle(c.p.o.IdleTimeout)
	}
}

// idle waits until the client gives up, or for long enough.
func (c *call) idle(patience time.Duration) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.r.Context().Done():
	case <-c.info.service.stopping:
	}
}
