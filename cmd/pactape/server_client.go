package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// A serverClient calls the admin API of a running pactape.
type serverClient struct {
	base  string
	token string
}

func addServerFlags(flags *pflag.FlagSet) *serverClient {
	c := new(serverClient)
	flags.StringVar(&c.base, "server", "", "`URL` of a running pactape to ask, e.g. http://127.0.0.1:1080")
	flags.StringVar(&c.token, "admin-token", "", "bearer `token` of its admin API")
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
