package broker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

// A Query asks for the contracts that a provider is to be held to.
type Query struct {
	// Provider is the provider's name. Required.
	Provider string
	// Selectors choose the consumer versions; none leaves it to the broker.
	Selectors []Selector
	// Pending asks for the pending state: a contract that no version of the
	// provider's branch (or tags) has fulfilled yet is pending, and its
	// failure is no failure of the provider.
	Pending bool
	// WIPSince also asks for work in progress, contracts that no selector
	// chose, since a date (YYYY-MM-DD); they are always pending.
	WIPSince string
	// Version is the provider's; of it the branch and the tags count here.
	Version Version
}

// A Ref is a contract to be verified, not yet fetched.
type Ref struct {
	// Name says what it is, for people.
	Name string
	// Pending says that its failure is no failure of the provider; WIP that
	// it is work in progress.
	Pending, WIP bool
	// Notices are to be shown on the occasions they name.
	Notices []Notice
	url     *url.URL
}

// A Pact is a contract as a broker has it.
type Pact struct {
	Ref
	// Content is the document as it came.
	Content []byte
	// Document is the same, read.
	Document *pact.Document
	resource *Resource
}

// URL is the contract's address.
func (r Ref) URL() string { return r.url.String() }

// ToVerify returns the contracts that a provider is to be held to, each once.
// None is no error, and neither is a provider that the broker does not know.
// A broker that has no selectors is asked for the latest contracts, where that
// is what the query means.
func (c *Client) ToVerify(ctx context.Context, q Query) ([]Ref, error) {
	if q.Provider == "" {
		return nil, errors.New("fetch contracts: the name of the provider is wanted")
	}
	refs, err := c.toVerify(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("fetch contracts of provider %s: %w", q.Provider, err)
	}
	seen := make(map[string]bool, len(refs))
	var out []Ref
	for _, ref := range refs {
		if !seen[ref.URL()] {
			seen[ref.URL()] = true
			out = append(out, ref)
		}
	}
	return out, nil
}

func (c *Client) toVerify(ctx context.Context, q Query) ([]Ref, error) {
	index, err := c.index(ctx)
	if err != nil {
		return nil, err
	}
	values := map[string]string{"provider": q.Provider}
	target, ok, err := index.follow(values, "pb:provider-pacts-for-verification", "beta:provider-pacts-for-verification")
	if err != nil {
		return nil, err
	}
	if !ok {
		return c.latest(ctx, index, q)
	}
	call := calling(http.MethodPost, target, q.json())
	answer, err := c.resource(ctx, call)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, item := range answer.Embedded("pacts") {
		link, ok := item.Link("self")
		if !ok {
			return nil, &answerError{call, "a contract in the answer has no link"}
		}
		ref, err := newRef(answer, link)
		if err != nil {
			return nil, &answerError{call, "a contract's link: " + err.Error()}
		}
		if short := printable(text(item.Value, "shortDescription"), maxDetail); short != "" {
			ref.Name += " (" + short + ")"
		}
		properties, _ := item.Value.Get("verificationProperties")
		pending, _ := properties.Get("pending")
		wip, _ := properties.Get("wip")
		ref.Pending, ref.WIP = pending.Bool || wip.Bool, wip.Bool
		ref.Notices = notices(properties)
		refs = append(refs, ref)
	}
	return refs, nil
}

func newRef(r *Resource, link Link) (Ref, error) {
	target, err := r.resolve(link.Href)
	if err != nil {
		return Ref{}, err
	}
	name := link.Name
	if name == "" {
		name = link.Title
	}
	if name == "" {
		name = target.Path
	}
	return Ref{Name: printable(name, maxDetail), url: target}, nil
}

func (q Query) json() jsondoc.Value {
	var members []jsondoc.Member
	if len(q.Selectors) > 0 {
		list := make([]jsondoc.Value, 0, len(q.Selectors))
		for _, s := range q.Selectors {
			list = append(list, s.json())
		}
		members = append(members, jsondoc.M("consumerVersionSelectors", jsondoc.Array(list...)))
	}
	members = append(members, jsondoc.M("includePendingStatus", jsondoc.Bool(q.Pending)))
	members = addText(members, "includeWipPactsSince", q.WIPSince)
	members = addText(members, "providerVersionBranch", q.Version.Branch)
	if len(q.Version.Tags) > 0 {
		members = append(members, jsondoc.M("providerVersionTags", stringList(q.Version.Tags)))
	}
	return jsondoc.Object(members...)
}

// latest asks a broker without selectors.
func (c *Client) latest(ctx context.Context, index *Resource, q Query) ([]Ref, error) {
	if q.Pending || q.WIPSince != "" {
		return nil, errors.New("this broker knows neither pending contracts nor work in progress")
	}
	selectors := q.Selectors
	if len(selectors) == 0 {
		selectors = []Selector{{Latest: true}}
	}
	var refs []Ref
	for _, s := range selectors {
		tag, ok := s.plain()
		if !ok {
			return nil, fmt.Errorf("this broker knows no consumer version selectors but the latest, or the latest with a tag; it cannot be asked for %s",
				s.json().AppendCompact(nil))
		}
		found, err := c.latestOf(ctx, index, q.Provider, tag)
		if err != nil {
			return nil, err
		}
		refs = append(refs, found...)
	}
	return refs, nil
}

func (c *Client) latestOf(ctx context.Context, index *Resource, provider, tag string) ([]Ref, error) {
	values, rel := map[string]string{"provider": provider}, "pb:latest-provider-pacts"
	segments := []string{"pacts", "provider", provider, "latest"}
	if tag != "" {
		values["tag"], rel = tag, "pb:latest-provider-pacts-with-tag"
		segments = append(segments, tag)
	}
	target, ok, err := index.follow(values, rel)
	if err != nil {
		return nil, err
	}
	if !ok {
		target = c.path(segments...)
	}
	call := call{method: http.MethodGet, url: target}
	answer, err := c.resource(ctx, call)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	links := answer.Links("pb:pacts")
	if len(links) == 0 {
		links = answer.Links("pacts") // brokers before 2.0
	}
	var refs []Ref
	for _, link := range links {
		ref, err := newRef(answer, link)
		if err != nil {
			return nil, &answerError{call, "a contract's link: " + err.Error()}
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// Fetch fetches a contract.
func (c *Client) Fetch(ctx context.Context, ref Ref) (*Pact, error) {
	call := call{method: http.MethodGet, url: ref.url}
	reply, err := c.send(ctx, call)
	if err != nil {
		return nil, fmt.Errorf("fetch contract: %w", err)
	}
	resource, err := c.read(call, reply)
	if err != nil {
		return nil, fmt.Errorf("fetch contract: %w", err)
	}
	doc, err := pact.Parse(reply.body)
	if err != nil {
		return nil, fmt.Errorf("fetch contract: %s: %w", call, err)
	}
	return &Pact{Ref: ref, Content: reply.body, Document: doc, resource: resource}, nil
}

// Ref is the contract at a URL, which need not be the broker's: credentials
// are sent to the broker's own host alone.
func (c *Client) Ref(target string) (Ref, error) {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return Ref{}, errors.New("the URL of a contract: http://HOST/PATH or https://HOST/PATH is wanted")
	}
	u.User, u.Fragment = nil, ""
	return Ref{Name: printable(u.String(), maxDetail), url: u}, nil
}
