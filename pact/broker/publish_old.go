package broker

import (
	"context"
	"net/http"
)

// publishOldWay publishes as brokers before 2.86 want it: the branch and the
// tags of the version first, so that the contract is there with them.
func (c *Client) publishOldWay(ctx context.Context, index *Resource, p Publication, result *PublishResult) error {
	consumer := p.Contracts[0].Consumer
	described, err := c.describe(ctx, index, consumer, p.Version)
	result.Notices = append(result.Notices, described...)
	if err != nil {
		return err
	}
	method := http.MethodPut
	if p.Merge {
		method = http.MethodPatch
	}
	for _, contract := range p.Contracts {
		target, ok, err := index.follow(map[string]string{
			"provider": contract.Provider, "consumer": contract.Consumer, "consumerApplicationVersion": p.Version.Number,
		}, "pb:publish-pact")
		if err != nil {
			return err
		}
		if !ok {
			target = c.path("pacts", "provider", contract.Provider, "consumer", contract.Consumer, "version", p.Version.Number)
		}
		reply, err := c.send(ctx, call{method: method, url: target, body: contract.Content})
		if err != nil {
			return explainConflict(err)
		}
		done := Published{Consumer: contract.Consumer, Provider: contract.Provider}
		// The answer is the contract, by which nothing is lost if it is not.
		if answer, err := ParseResource(reply.body); err == nil {
			if link, ok := answer.Link("self"); ok {
				done.URL = printable(link.Href, maxDetail)
			}
		}
		result.Published = append(result.Published, done)
	}
	return nil
}
