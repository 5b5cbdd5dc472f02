package broker

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// A Contract is a Pact to be published, its text untouched.
type Contract struct {
	Consumer, Provider string
	// Content is the Pact document.
	Content []byte
}

// ReadContract checks that content is a Pact that names both its parties. The
// slice is kept.
func ReadContract(content []byte) (Contract, error) {
	doc, err := pact.Parse(content)
	if err != nil {
		return Contract{}, err
	}
	if doc.Consumer == "" || doc.Provider == "" {
		return Contract{}, errors.New("the contract does not name its consumer and its provider")
	}
	return Contract{doc.Consumer, doc.Provider, content}, nil
}

// ContractOf is a document to be published as it is written, for callers that
// have made one rather than read it.
func ContractOf(doc *pact.Document) Contract {
	return Contract{doc.Consumer, doc.Provider, doc.Append(nil)}
}

// A Publication is what is to be published.
type Publication struct {
	// Version is the consumer's. Its number is required.
	Version Version
	// Merge joins a contract with what the broker has for this version,
	// rather than replacing it.
	Merge bool
	// Contracts are published in order, those of one consumer in one call.
	Contracts []Contract
}

// A Published is one contract that a broker has taken.
type Published struct {
	Consumer, Provider string
	// URL is the contract's, for people; "" if the broker did not say.
	URL string
}

// A PublishResult is what came of a publication.
type PublishResult struct {
	// Published are the contracts that the broker has taken.
	Published []Published
	// Notices are what it wants people to read.
	Notices []Notice
}

// Publish publishes contracts. The result tells what was done even where there
// is an error, by consumer: what one consumer says is published together, in
// one call where the broker has that (relation pb:publish-contracts), else
// branch and tags first and then each contract by the older calls.
//
// Several contracts between the same two parties are joined by the broker.
func (c *Client) Publish(ctx context.Context, p Publication) (*PublishResult, error) {
	result := new(PublishResult)
	if err := p.Version.check(); err != nil {
		return result, fmt.Errorf("publish contracts: %w", err)
	}
	index, err := c.index(ctx)
	if err != nil {
		return result, fmt.Errorf("publish contracts: %w", err)
	}
	target, modern, err := index.follow(nil, "pb:publish-contracts")
	if err != nil {
		return result, fmt.Errorf("publish contracts: %w", err)
	}
	for _, batch := range batches(p) {
		if modern {
			err = c.publishBatch(ctx, target, batch, result)
		} else {
			err = c.publishOldWay(ctx, index, batch, result)
		}
		if err != nil {
			return result, fmt.Errorf("publish contracts of %s: %w", batch.Contracts[0].Consumer, err)
		}
	}
	return result, nil
}

// batches splits a publication by consumer. A further contract with the same
// provider is a batch of its own that merges.
func batches(p Publication) []Publication {
	var out []Publication
	type party struct{ consumer, provider string }
	seen := make(map[party]int)
	type place struct {
		consumer string
		round    int
	}
	at := make(map[place]int)
	for _, contract := range p.Contracts {
		id := party{contract.Consumer, contract.Provider}
		where := place{contract.Consumer, seen[id]}
		seen[id]++
		i, ok := at[where]
		if !ok {
			i = len(out)
			at[where] = i
			out = append(out, Publication{Version: p.Version, Merge: p.Merge || where.round > 0})
		}
		out[i].Contracts = append(out[i].Contracts, contract)
	}
	return out
}

func (c *Client) publishBatch(ctx context.Context, target *url.URL, p Publication, result *PublishResult) error {
	answer, err := c.resource(ctx, calling(http.MethodPost, target, publicationJSON(p)))
	if err != nil {
		return explainConflict(err)
	}
	result.Notices = append(result.Notices, notices(answer.Value)...)
	links := slices.Clone(answer.Links("pb:contracts"))
	for i, contract := range p.Contracts {
		done := Published{Consumer: contract.Consumer, Provider: contract.Provider}
		if len(links) == len(p.Contracts) {
			done.URL = printable(links[i].Href, maxDetail)
		}
		result.Published = append(result.Published, done)
	}
	return nil
}

// explainConflict says what to do about a contract that exists.
func explainConflict(err error) error {
	if errors.Is(err, ErrConflict) {
		return fmt.Errorf("%w; publish what changed under a version of its own, or merge", err)
	}
	return err
}

func publicationJSON(p Publication) jsondoc.Value {
	onConflict := "overwrite"
	if p.Merge {
		onConflict = "merge"
	}
	contracts := make([]jsondoc.Value, 0, len(p.Contracts))
	for _, contract := range p.Contracts {
		contracts = append(contracts, jsondoc.Object(
			jsondoc.M("consumerName", jsondoc.String(contract.Consumer)),
			jsondoc.M("providerName", jsondoc.String(contract.Provider)),
			jsondoc.M("specification", jsondoc.String("pact")),
			jsondoc.M("contentType", jsondoc.String("application/json")),
			jsondoc.M("content", jsondoc.String(base64.StdEncoding.EncodeToString(contract.Content))),
			jsondoc.M("onConflict", jsondoc.String(onConflict)),
		))
	}
	members := []jsondoc.Member{
		jsondoc.M("pacticipantName", jsondoc.String(p.Contracts[0].Consumer)),
		jsondoc.M("pacticipantVersionNumber", jsondoc.String(p.Version.Number)),
	}
	members = addText(members, "branch", p.Version.Branch)
	if len(p.Version.Tags) > 0 {
		members = append(members, jsondoc.M("tags", stringList(p.Version.Tags)))
	}
	members = addText(members, "buildUrl", p.Version.BuildURL)
	return jsondoc.Object(append(members, jsondoc.M("contracts", jsondoc.Array(contracts...)))...)
}

// addText adds a member unless it is empty.
func addText(members []jsondoc.Member, name, value string) []jsondoc.Member {
	if value == "" {
		return members
	}
	return append(members, jsondoc.M(name, jsondoc.String(value)))
}

func stringList(list []string) jsondoc.Value {
	items := make([]jsondoc.Value, 0, len(list))
	for _, s := range list {
		items = append(items, jsondoc.String(s))
	}
	return jsondoc.Array(items...)
}
