package broker

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A call is one request to the broker.
type call struct {
	method string
	url    *url.URL
	body   []byte // JSON, or nil
	media  string // of the body; "" is application/json
}

// calling makes a call whose body is a JSON value.
func calling(method string, target *url.URL, body jsondoc.Value) call {
	return call{method: method, url: target, body: body.AppendCompact(nil)}
}

// A reply is the whole answer of a call.
type reply struct {
	url    *url.URL // where redirects led
	status int
	header http.Header
	body   []byte
}

func (r *reply) ok() bool { return r.status >= 200 && r.status < 300 }

// resource makes a call that is answered with HAL.
func (c *Client) resource(ctx context.Context, call call) (*Resource, error) {
	reply, err := c.send(ctx, call)
	if err != nil {
		return nil, err
	}
	return c.read(call, reply)
}

// read reads an answer as HAL.
func (c *Client) read(call call, reply *reply) (*Resource, error) {
	if len(bytes.TrimSpace(reply.body)) == 0 {
		return nil, &answerError{call, "the answer is empty"}
	}
	if isHTML(reply) {
		return nil, &answerError{call, "the answer is a web page" + pageTitle(reply.body) + ", not HAL"}
	}
	r, err := ParseResource(reply.body)
	if err != nil {
		return nil, &answerError{call, "the answer is not HAL: " + printable(err.Error(), maxDetail)}
	}
	r.at(reply.url)
	return r, nil
}

// send makes a call, as often as it takes and is allowed. An answer other than
// 2xx is a [*StatusError].
func (c *Client) send(ctx context.Context, call call) (*reply, error) {
	delay := firstDelay
	for tries := 1; ; tries++ {
		reply, err := c.attempt(ctx, call)
		if err == nil && reply.ok() {
			return reply, nil
		}
		if err == nil {
			err = c.statusError(call, reply, tries)
		}
		wait, again := c.retry(err, delay)
		if !again || tries > c.Retries {
			return nil, err
		}
		c.Logger.WarnContext(ctx, "broker call is repeated", "error", err, "delay", wait)
		if err := pause(ctx, wait); err != nil {
			return nil, fmt.Errorf("%s: %w", call, err)
		}
		delay *= 2
	}
}

// firstDelay is what the official tools wait before they repeat a call.
const firstDelay = 500 * time.Millisecond

// retry says whether and when to repeat a call that failed.
func (c *Client) retry(err error, delay time.Duration) (time.Duration, bool) {
	if status, ok := errors.AsType[*StatusError](err); ok {
		if !status.temporary() || status.RetryAfter > c.MaxRetryAfter {
			return 0, false
		}
		return max(delay, status.RetryAfter), true
	}
	return delay, broken(err)
}

// broken says whether err is of a connection that may work the next time. A
// broker that takes too long, or whose name or certificate is wrong, will not.
func broken(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return false
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && !op.Timeout() && (op.Op == "dial" || op.Op == "read" || op.Op == "write")
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// attempt sends a call once.
func (c *Client) attempt(ctx context.Context, call call) (*reply, error) {
	one, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	r, err := c.exchange(one, call)
	switch {
	case err == nil:
		return r, nil
	case ctx.Err() == nil && errors.Is(one.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%s: no complete answer within %s", call, c.Timeout)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // the call is named already
	}
	return nil, fmt.Errorf("%s: %w", call, err)
}

func (c *Client) exchange(ctx context.Context, call call) (*reply, error) {
	req, err := c.request(ctx, call)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // what was needed has been read
	if resp.ContentLength > c.MaxAnswer {
		return nil, tooLong(c.MaxAnswer)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.MaxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if int64(len(body)) > c.MaxAnswer {
		return nil, tooLong(c.MaxAnswer)
	}
	return &reply{resp.Request.URL, resp.StatusCode, resp.Header, body}, nil
}

// tooLong is about an answer that is not read to its end.
func tooLong(limit int64) error {
	return fmt.Errorf("the answer is longer than %d bytes, the most that is read: a contract of that size has to be published as several", limit)
}

func (c *Client) request(ctx context.Context, call call) (*http.Request, error) {
	var body io.Reader
	if call.body != nil {
		body = bytes.NewReader(call.body)
	}
	req, err := http.NewRequestWithContext(ctx, call.method, call.url.String(), body)
	if err != nil {
		return nil, errors.New("the URL cannot be called")
	}
	req.Header.Set("Accept", "application/hal+json, application/json")
	req.Header.Set("User-Agent", c.Tool.String())
	if call.body != nil {
		req.Header.Set("Content-Type", cmp.Or(call.media, "application/json"))
	}
	if c.mayAuthenticate(call.url) {
		maps.Copy(req.Header, c.Header)
		c.auth.apply(req)
	}
	return req, nil
}

// String names the call in errors, without credentials or a query.
func (c call) String() string {
	plain := *c.url
	plain.User, plain.RawQuery, plain.ForceQuery = nil, "", false
	return c.method + " " + plain.String()
}

// retryAfter reads the header (RFC 9110 §10.2.3): seconds, or a date.
func retryAfter(header http.Header) time.Duration {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
