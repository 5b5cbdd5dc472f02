package admin

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact"
)

// verifyPact judges the active expectations by a contract: 202 if every
// interaction holds, else 406; 400 for what is no contract.
func (c *call) verifyPact() error {
	doc, err := c.contract()
	if err != nil {
		return err
	}
	semantics, err := pact.ParseSemantics(c.query.Get("semantics"))
	if err != nil {
		return errorJSON(err.Error())
	}
	only, err := c.pactFilter()
	if err != nil {
		return errorJSON(err.Error())
	}
	if err := c.space.Captured.Sync(c.r.Context()); err != nil {
		return err
	}
	o := pact.VerifyOptions{Semantics: semantics, Host: only.Host}
	result, err := pact.Verify(c.r.Context(), doc, newHostTarget(c.space, only), o)
	if err != nil {
		return err
	}
	status := http.StatusAccepted
	if !result.Verified {
		status = http.StatusNotAcceptable
	}
	return c.json(status, result.JSON().AppendJackson(nil))
}

// contract reads the body; the words are MockServer's (PactVerifier).
func (c *call) contract() (*pact.Document, error) {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil, errorJSON("Pact contract JSON must not be empty")
	}
	doc, err := pact.Parse(c.body)
	switch {
	case errors.Is(err, pact.ErrNoInteractions), err == nil && len(doc.Interactions) == 0:
		return nil, errorJSON("Pact contract must contain at least one interaction")
	case err != nil:
		return nil, errorJSON("Pact contract JSON is malformed: " + err.Error())
	}
	return doc, nil
}

// A hostTarget is a [pact.SpaceTarget] that knows that a host without a port
// stands for all its ports: recordings are kept by host and port, so that the
// request of a contract finds them only by both.
type hostTarget struct {
	*pact.SpaceTarget
	space *expectations.Space
	only  pact.Filter
	// authorities are those that recordings were made of and that the filter
	// takes; nil if no host is asked for.
	authorities func(context.Context) ([]string, error)
}

func newHostTarget(space *expectations.Space, only pact.Filter) *hostTarget {
	t := &hostTarget{SpaceTarget: pact.NewSpaceTarget(space, only), space: space, only: only}
	var (
		once  sync.Once
		found []string
		err   error
	)
	t.authorities = func(ctx context.Context) ([]string, error) {
		once.Do(func() { found, err = t.collect(ctx) })
		return found, err
	}
	return t
}

// Peek implements [pact.Target].
func (t *hostTarget) Peek(ctx context.Context, req *expectations.Request, states *expectations.ProviderStates) (expectations.Hit, bool, error) {
	hit, ok, err := t.SpaceTarget.Peek(ctx, req, states)
	if ok || err != nil || t.only.Host == "" || t.space.Captured.Len() == 0 {
		return hit, ok, err
	}
	authorities, err := t.authorities(ctx)
	if err != nil {
		return hit, false, err
	}
	for _, authority := range authorities {
		at := *req
		at.Host, at.Authority = authority, authority
		if hit, ok, err = t.SpaceTarget.Peek(ctx, &at, states); ok || err != nil {
			return hit, ok, err
		}
	}
	return hit, false, nil
}

func (t *hostTarget) collect(ctx context.Context) ([]string, error) {
	var all []string
	for e, err := range t.space.Captured.All(ctx) {
		if err == nil && e.Authority != "" && t.only.Takes(e) && !slices.Contains(all, e.Authority) {
			all = append(all, e.Authority)
		}
	}
	return all, ctx.Err()
}
