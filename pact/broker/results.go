package broker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// DescribeProvider tells the broker of the branch and the tags of a provider's
// version, which is to be done before its first result, so that what waits for
// results sees them with it. p is any contract of the provider. An old broker
// that knows no branches says so in the notices.
func (c *Client) DescribeProvider(ctx context.Context, p *Pact, v Version) ([]Notice, error) {
	if v.Branch == "" && len(v.Tags) == 0 {
		return nil, nil
	}
	from, err := c.provider(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("describe version %s of %s: %w", v.Number, p.Document.Provider, err)
	}
	out, err := c.describe(ctx, from, p.Document.Provider, v)
	if err != nil {
		return out, fmt.Errorf("describe version %s of %s: %w", v.Number, p.Document.Provider, err)
	}
	return out, nil
}

// provider is the resource with the links to a provider's versions: the
// provider itself, else the index.
func (c *Client) provider(ctx context.Context, p *Pact) (*Resource, error) {
	target, ok, err := p.resource.follow(nil, "pb:provider")
	if err != nil {
		return nil, err
	}
	if !ok {
		return c.index(ctx)
	}
	return c.resource(ctx, call{method: http.MethodGet, url: target})
}

// PublishResult publishes the result of verifying a contract that was fetched
// from the broker. A failure is published as one even where it was pending. It
// returns the address of the result, if the broker told.
func (c *Client) PublishResult(ctx context.Context, p *Pact, result *pact.Result, v Version) (string, error) {
	name := p.Document.Consumer + " and " + p.Document.Provider
	if err := v.check(); err != nil {
		return "", fmt.Errorf("publish result between %s: %w", name, err)
	}
	target, ok, err := p.resource.follow(nil, "pb:publish-verification-results")
	if err == nil && !ok {
		err = errors.New("the broker's contract has no link to publish results to")
	}
	if err != nil {
		return "", fmt.Errorf("publish result between %s: %w", name, err)
	}
	reply, err := c.send(ctx, calling(http.MethodPost, target, c.resultJSON(result, v)))
	if err != nil {
		return "", fmt.Errorf("publish result between %s: %w", name, err)
	}
	if answer, err := ParseResource(reply.body); err == nil {
		if link, ok := answer.Link("self"); ok {
			return printable(link.Href, maxDetail), nil
		}
	}
	return "", nil
}

func (c *Client) resultJSON(result *pact.Result, v Version) jsondoc.Value {
	tests := make([]jsondoc.Value, 0, len(result.Interactions))
	for _, it := range result.Interactions {
		tests = append(tests, interactionJSON(it))
	}
	members := []jsondoc.Member{
		jsondoc.M("success", jsondoc.Bool(result.Verified)),
		jsondoc.M("providerApplicationVersion", jsondoc.String(v.Number)),
	}
	members = addText(members, "buildUrl", v.BuildURL)
	return jsondoc.Object(append(members,
		jsondoc.M("verifiedBy", jsondoc.Object(
			jsondoc.M("implementation", jsondoc.String(c.Tool.Name)),
			jsondoc.M("version", jsondoc.String(c.Tool.Version)),
		)),
		jsondoc.M("testResults", jsondoc.Array(tests...)),
	)...)
}

func interactionJSON(it pact.InteractionResult) jsondoc.Value {
	members := addText(nil, "interactionId", it.ID)
	members = append(members,
		jsondoc.M("interactionDescription", jsondoc.String(it.Description)),
		jsondoc.M("success", jsondoc.Bool(it.Verified)))
	if it.Verified {
		return jsondoc.Object(members...)
	}
	if len(it.Mismatches) == 0 {
		exception := jsondoc.Object(jsondoc.M("message", jsondoc.String(it.Reason)))
		return jsondoc.Object(append(members, jsondoc.M("exceptions", jsondoc.Array(exception)))...)
	}
	mismatches := make([]jsondoc.Value, 0, len(it.Mismatches))
	for _, m := range it.Mismatches {
		mismatch := []jsondoc.Member{jsondoc.M("attribute", jsondoc.String(strings.ToLower(string(m.In))))}
		mismatch = addText(mismatch, "identifier", m.Path)
		mismatch = append(mismatch, jsondoc.M("description", jsondoc.String(m.Message)))
		mismatches = append(mismatches, jsondoc.Object(mismatch...))
	}
	return jsondoc.Object(append(members, jsondoc.M("mismatches", jsondoc.Array(mismatches...)))...)
}
