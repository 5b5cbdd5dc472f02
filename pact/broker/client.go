package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Defaults of [Options].
const (
	DefaultTimeout             = 30 * time.Second
	DefaultRetries             = 4 // 7.5 s of waiting in all
	DefaultMaxRetryAfter       = time.Minute
	DefaultMaxAnswer     int64 = 64 << 20 // bytes
)

// Options say where a broker is and how it is talked to.
type Options struct {
	// BaseURL is the broker's, http or https. Its path is kept; a user and a
	// password in it are credentials, unless Auth has some. Required.
	BaseURL string
	// Auth are the credentials; the zero value is none.
	Auth Auth
	// Transport sends the requests. Required.
	Transport http.RoundTripper
	// Timeout bounds one attempt, the answer's body included; 0 is
	// [DefaultTimeout].
	Timeout time.Duration
	// Retries is how often a call is repeated that was answered 408, 429 or
	// 5xx, or whose connection failed: after half a second, then twice as long
	// each time, or when Retry-After says. 0 is [DefaultRetries], negative is
	// never.
	Retries int
	// MaxRetryAfter is the longest that Retry-After is obeyed; if a broker
	// asks for more the call fails at once. 0 is [DefaultMaxRetryAfter].
	MaxRetryAfter time.Duration
	// MaxAnswer bounds an answer's body, in bytes; 0 is [DefaultMaxAnswer].
	MaxAnswer int64
	// Header holds further headers for every call, sent where credentials go.
	Header http.Header
	// Tool names who calls, in every call and in results; the zero value is
	// pactape without a version.
	Tool Tool
	// Logger gets a line for each repeated call; nil discards.
	Logger *slog.Logger
}

// A Tool is a program that speaks to a broker.
type Tool struct{ Name, Version string }

// String is the tool as HTTP names it (RFC 9110 §10.1.5).
func (t Tool) String() string {
	if t.Version == "" {
		return t.Name
	}
	return t.Name + "/" + t.Version
}

// A Client calls one broker.
type Client struct {
	base *url.URL
	http *http.Client
	auth Auth
	Options
}

// New returns a client. Nothing is sent yet.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimSpace(o.BaseURL))
	if err != nil {
		// The error of package url repeats the text, a password included.
		return nil, errors.New("broker URL: it cannot be read; is a character in it not escaped?")
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, errors.New("broker URL: http://HOST or https://HOST is wanted")
	}
	if o.Transport == nil {
		return nil, errors.New("broker: no transport to send requests with")
	}
	c := &Client{base: base, auth: o.Auth.trimmed(), Options: o}
	if user := base.User; user != nil && c.auth == (Auth{}) {
		c.auth.Username = user.Username()
		c.auth.Password, _ = user.Password()
	}
	base.User, base.RawQuery, base.Fragment = nil, "", ""
	if err := c.auth.check(); err != nil {
		return nil, err
	}
	c.fill()
	c.http = &http.Client{Transport: o.Transport, CheckRedirect: c.redirect}
	return c, nil
}

func (c *Client) fill() {
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Retries == 0 {
		c.Retries = DefaultRetries
	}
	if c.MaxRetryAfter <= 0 {
		c.MaxRetryAfter = DefaultMaxRetryAfter
	}
	if c.MaxAnswer <= 0 {
		c.MaxAnswer = DefaultMaxAnswer
	}
	if c.Tool.Name == "" {
		c.Tool.Name = "pactape"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

// String is the broker's address, without credentials.
func (c *Client) String() string { return c.base.String() }

// index is the broker's first resource.
func (c *Client) index(ctx context.Context) (*Resource, error) {
	return c.resource(ctx, call{method: http.MethodGet, url: c.base})
}

// path is a URL below the broker's, for brokers that have no link to it.
func (c *Client) path(segments ...string) *url.URL {
	for i, s := range segments {
		segments[i] = escape(s)
	}
	return c.base.JoinPath(segments...)
}

// follow is where the first of the relations leads; ok is false if the
// resource has none of them.
func (r *Resource) follow(values map[string]string, rels ...string) (target *url.URL, ok bool, err error) {
	for _, rel := range rels {
		link, found := r.Link(rel)
		if !found {
			continue
		}
		href, err := link.Expand(values)
		if err != nil {
			return nil, false, fmt.Errorf("the broker's link %s: %w", rel, err)
		}
		target, err := r.resolve(href)
		if err != nil {
			return nil, false, fmt.Errorf("the broker's link %s: %w", rel, err)
		}
		return target, true, nil
	}
	return nil, false, nil
}

// mayAuthenticate says whether credentials are for u: the broker's own host,
// and never less protected than the base URL.
func (c *Client) mayAuthenticate(u *url.URL) bool {
	if u.Host == c.base.Host && u.Scheme == c.base.Scheme {
		return true
	}
	return c.base.Scheme == "http" && u.Scheme == "https" && u.Hostname() == c.base.Hostname()
}

// maxRedirects bounds a chain of redirects.
const maxRedirects = 5

// redirect follows those that keep the method, without credentials to others.
func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	if req.Method != via[0].Method {
		return http.ErrUseLastResponse
	}
	if !c.mayAuthenticate(req.URL) {
		c.anonymous(req)
	}
	return nil
}

// anonymous takes away what is for the broker alone.
func (c *Client) anonymous(req *http.Request) {
	req.Header.Del("Authorization")
	for name := range c.Header {
		req.Header.Del(name)
	}
}
