package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/content"
	"github.com/pactape/pactape/pact"
)

// send sends a request to the provider at base and reads the answer, its
// content codings undone.
func (r *runner) send(ctx context.Context, base *url.URL, want *pact.Request) (*expectations.Response, error) {
	req, err := r.request(ctx, base, want)
	if err != nil {
		return nil, err
	}
	resp, err := r.roundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // what was needed has been read
	raw, err := io.ReadAll(io.LimitReader(resp.Body, r.MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer's body: %w", err)
	}
	if int64(len(raw)) > r.MaxBody {
		return nil, fmt.Errorf("the answer's body is longer than %d bytes", r.MaxBody)
	}
	got := &expectations.Response{
		Status:  resp.StatusCode,
		Header:  resp.Header,
		Trailer: resp.Trailer,
		Body:    expectations.Body{Bytes: raw, Size: int64(len(raw))},
	}
	if coding := strings.Join(resp.Header.Values("Content-Encoding"), ", "); coding != "" && len(raw) > 0 {
		if err := r.decode(&got.Body, coding); err != nil {
			return nil, err
		}
	}
	return got, nil
}

// roundTrip sends a request, again where nobody listens yet and after redirects
// if that is asked for.
func (r *runner) roundTrip(req *http.Request) (*http.Response, error) {
	for attempt := 0; ; attempt++ {
		resp, err := r.once(req)
		if err == nil || !notConnected(err) || attempt >= r.Retries && !time.Now().Before(r.AwaitUntil) {
			return resp, err
		}
		if err := pause(req.Context(), retryBackoff<<min(attempt, maxBackoff)); err != nil {
			return nil, err
		}
		if req.GetBody != nil {
			if req.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

func (r *runner) once(req *http.Request) (*http.Response, error) {
	if !r.FollowRedirects {
		return r.Transport.RoundTrip(req)
	}
	resp, err := (&http.Client{Transport: r.Transport}).Do(req)
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // it repeats the URL
	}
	return resp, err
}

const (
	retryBackoff = 200 * time.Millisecond
	// maxBackoff bounds how often the pause is doubled.
	maxBackoff = 4
)

// notConnected reports whether a request certainly reached nobody.
func notConnected(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// pause waits, or returns an error if ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (r *runner) decode(b *expectations.Body, coding string) error {
	b.Coding, b.Encoded = coding, true
	decoded, err := content.Decode(*b, r.MaxBody)
	switch {
	case err != nil:
		return fmt.Errorf("decode the answer's body (Content-Encoding: %s): %w", coding, err)
	case decoded.Truncated:
		return fmt.Errorf("the answer's body is longer than %d bytes", r.MaxBody)
	}
	*b = decoded
	return nil
}

// request builds the request as the reference verifier does.
func (r *runner) request(ctx context.Context, base *url.URL, want *pact.Request) (*http.Request, error) {
	target := strings.TrimSuffix(base.Scheme+"://"+base.Host+base.EscapedPath(), "/")
	if !strings.HasPrefix(want.Path, "/") {
		target += "/"
	}
	target += want.Path
	if query := encodeQuery(want.Query); query != "" {
		target += "?" + query
	}
	method := want.Method
	if method == "" {
		method = http.MethodGet
	}
	var body io.Reader
	if raw := want.Body.Content(); len(raw) > 0 {
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	for _, field := range want.Headers {
		setHeader(req, field.Name, field.Values)
	}
	if t := want.Body.ContentType; t != "" && body != nil && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", t)
	}
	for name, values := range r.Header {
		req.Header.Del(name)
		setHeader(req, name, values)
	}
	for name, value := range map[string]string{
		"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": r.UserAgent,
	} {
		if _, ok := req.Header[name]; !ok {
			req.Header.Set(name, value)
		}
	}
	return req, nil
}

// setHeader adds values; those of Host replace where the request says it
// goes, as Go keeps that apart.
func setHeader(req *http.Request, name string, values []string) {
	if strings.EqualFold(name, "Host") {
		req.Host = strings.Join(values, "")
		return
	}
	for _, v := range values {
		req.Header.Add(name, v)
	}
}

// encodeQuery sorts the query by name, as the reference does; values of a name
// keep their order, and a space is a plus.
func encodeQuery(query pact.Fields) string {
	values := make(url.Values, len(query))
	for _, field := range query {
		values[field.Name] = append(values[field.Name], field.Values...)
	}
	return values.Encode()
}
