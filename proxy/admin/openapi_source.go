package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Bounds of a description that is fetched.
const (
	maxSpec     = 16 << 20 // bytes of one file
	specTimeout = 15 * time.Second
	maxHops     = 5
)

// specLocation is where a description is: at a URL, or in a file if it ends as
// MockServer wants it or in .yml; nil for a text that is the description.
func specLocation(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\n{") {
		return nil, nil //nolint:nilnil // it is the description itself
	}
	scheme, _, _ := strings.Cut(text, "://")
	switch scheme = strings.ToLower(scheme); {
	case strings.Contains(text, "://") && (scheme == "http" || scheme == "https"):
		u, err := url.Parse(text)
		if err != nil || u.Host == "" {
			return nil, errors.New("the URL is malformed")
		}
		return u, nil
	case strings.Contains(text, "://") && scheme == "file":
		u, err := url.Parse(text)
		if err != nil || u.Host != "" && u.Host != "localhost" || u.Path == "" {
			return nil, errors.New("the URL of a file is file:///path")
		}
		return &url.URL{Path: u.Path}, nil
	case strings.Contains(text, "://"):
		return nil, fmt.Errorf("scheme %q is not read: http, https or file is wanted", scheme)
	}
	switch strings.ToLower(path.Ext(text)) {
	case ".json", ".yaml", ".yml":
		return &url.URL{Path: filepath.ToSlash(text)}, nil
	}
	return nil, nil //nolint:nilnil // it is the description itself
}

// A specReader reads a description and what it refers to: of a file, files
// below its directory; of a URL, what is at the same origin.
type specReader struct{ root *url.URL }

func (s *specReader) read(ctx context.Context, at *url.URL) ([]byte, error) {
	if s.root.Scheme != "" {
		if at.Scheme != s.root.Scheme || !strings.EqualFold(at.Host, s.root.Host) {
			return nil, fmt.Errorf("%s is not read: it is not at %s://%s", at.Redacted(), s.root.Scheme, s.root.Host)
		}
		return fetchSpec(ctx, at)
	}
	if at.Scheme != "" || at.Host != "" {
		return nil, fmt.Errorf("%s is not read: a file may refer to files alone", at.Redacted())
	}
	return s.readFile(filepath.FromSlash(at.Path))
}

// readFile reads a file below the directory of the description; links do not
// lead out of it.
func (s *specReader) readFile(name string) ([]byte, error) {
	dir := filepath.Dir(filepath.FromSlash(s.root.Path))
	below, err := filepath.Rel(dir, name)
	if err != nil || !filepath.IsLocal(below) {
		return nil, fmt.Errorf("%s is not read: it is not below the directory of the description", name)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened: %w", name, cause(err))
	}
	defer func() { _ = root.Close() }() // only read
	info, err := root.Stat(below)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened: %w", name, cause(err))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	f, err := root.Open(below)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened: %w", name, cause(err))
	}
	defer func() { _ = f.Close() }() // only read
	return readSpec(f)
}

// cause is what happened, without the path that errors of files begin with.
func cause(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}

func readSpec(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSpec+1))
	if err == nil && len(data) > maxSpec {
		err = fmt.Errorf("it is larger than %d bytes", maxSpec)
	}
	return data, err
}

// fetchSpec gets a description. It goes there directly; link-local addresses,
// where clouds keep the credentials of their machines, are not called.
func fetchSpec(ctx context.Context, at *url.URL) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, specTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json, application/yaml, text/yaml, */*;q=0.1")
	dialer := &net.Dialer{Control: refuseLinkLocal}
	transport := &http.Transport{DialContext: dialer.DialContext, MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true, ForceAttemptHTTP2: true}
	client := &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		switch {
		case len(via) >= maxHops:
			return fmt.Errorf("more than %d redirects", maxHops)
		case next.URL.Scheme != "https" && next.URL.Scheme != via[0].URL.Scheme:
			return errors.New("a redirect away from https is not followed")
		}
		return nil
	}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("it cannot be fetched: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s answers %s", at.Redacted(), resp.Status)
	}
	return readSpec(resp.Body)
}

// refuseLinkLocal is the Control of a dialer: it sees addresses as resolved.
func refuseLinkLocal(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if addr := to.Addr().Unmap(); addr.IsLinkLocalUnicast() || addr.IsMulticast() {
		return fmt.Errorf("link-local address %s is not called", addr)
	}
	return nil
}
