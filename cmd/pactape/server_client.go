package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/pactape/pactape/certs"
)

// A serverClient calls the admin API of a running pactape.
type serverClient struct {
	flags *pflag.FlagSet
	base  string
	token string
	// cert and key are files, empty for none.
	cert, key string
}

func addServerFlags(flags *pflag.FlagSet) *serverClient {
	c := &serverClient{flags: flags}
	flags.StringVar(&c.base, "server", "", "`URL` of a running pactape to ask, e.g. http://127.0.0.1:1080")
	flags.StringVar(&c.token, "admin-token", "", "bearer `token` of its admin API")
	flags.StringVar(&c.cert, "admin-cert", "", "PEM `file` with a client certificate for its admin API")
	flags.StringVar(&c.key, "admin-key", "", "PEM `file` with its private key (default: in --admin-cert)")
	return c
}

// An adminReply is an answer of the admin API.
type adminReply struct {
	status int
	header http.Header
	body   []byte
}

// put calls PUT /mockserver/path with the query and body. A status that says
// that the call could not be carried out is an error with the server's words;
// 406 is an answer.
func (c *serverClient) put(ctx context.Context, path string, query url.Values, body []byte) (*adminReply, error) {
	base, err := parseURL("--server", c.base)
	if err != nil {
		return nil, err
	}
	target := base.JoinPath("mockserver", path)
	target.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	// A proxy variable of the environment names pactape itself, most likely.
	transport := &http.Transport{ResponseHeaderTimeout: 5 * time.Minute}
	if transport.TLSClientConfig, err = c.tlsConfig(); err != nil {
		return nil, err
	}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read the server's answer: %w", err)
	}
	if resp.StatusCode >= 300 && resp.StatusCode != http.StatusNotAcceptable {
		return nil, fmt.Errorf("the server answered %s: %s", resp.Status, strings.TrimSpace(string(data)))
	}
	return &adminReply{resp.StatusCode, resp.Header, data}, nil
}

// tlsConfig trusts what the system trusts, and the CA in the home directory,
// which signs for a server of one's own.
func (c *serverClient) tlsConfig() (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	home, err := homeDir(c.flags)
	if err != nil {
		return nil, err
	}
	if own, err := os.ReadFile(filepath.Join(home, certs.CertName)); err == nil {
		if cfg.RootCAs, err = x509.SystemCertPool(); err != nil {
			cfg.RootCAs = x509.NewCertPool()
		}
		cfg.RootCAs.AppendCertsFromPEM(own)
	}
	if c.cert != "" {
		cert, err := tls.LoadX509KeyPair(c.cert, cmp.Or(c.key, c.cert))
		if err != nil {
			return nil, fmt.Errorf("--admin-cert: %w", err)
		}
		cfg.Certificates = []tls.Certificate{cert}
	}
	return cfg, nil
}
