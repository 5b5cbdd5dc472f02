package verifier

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pactape/pactape/pact"
)

// Defaults of [Options].
const (
	DefaultTimeout       = 30 * time.Second
	DefaultMaxBody int64 = 64 << 20 // bytes
)

// Options say where the provider is and how it is talked to.
type Options struct {
	// ProviderURL is the provider's base URL; paths of the contract are
	// appended to its own. Required.
	ProviderURL string
	// Transports are the base URLs for interactions that name a transport
	// (Pact V4), by its name. One that names none is for http; ProviderURL is
	// where all go whose transport is not here.
	Transports map[string]string
	// Header holds headers that are sent with every request. Each replaces
	// what the contract has under its name.
	Header http.Header
	// Transport sends the requests. Required. It must not follow redirects,
	// which a RoundTripper never does.
	Transport http.RoundTripper
	// Timeout bounds one interaction, its body included; 0 is
	// [DefaultTimeout].
	Timeout time.Duration
	// MaxBody bounds an answer's body, in bytes, before and after content
	// codings are undone; 0 is [DefaultMaxBody]. A longer one fails its
	// interaction.
	MaxBody int64
	// UserAgent is sent where neither the contract nor Header has one; "" is
	// "pactape".
	UserAgent string
	// StateURL is called before each interaction for each of its provider
	// states, by Transport; "" ignores states, with a warning. Before an
	// interaction that has none it is called with an empty state, which it may
	// answer with 4xx, unless Parallel is more than one.
	StateURL string
	// StateTeardown calls it after the interaction too.
	StateTeardown bool
	// StateAsQuery sends states as query parameters in place of a JSON body.
	StateAsQuery bool
	// FollowRedirects judges what a redirect leads to, in place of the
	// redirect itself; at most ten are followed.
	FollowRedirects bool
	// Retries is how often a request is sent again if no connection to the
	// provider could be made, as while it starts; 0 is never.
	Retries int
	// AwaitUntil is until when a request is sent again, whatever Retries is,
	// if no connection to the provider could be made. The zero value is never.
	AwaitUntil time.Time
	// Parallel is how many interactions are verified at once; 0 is one.
	// Interactions with provider states that StateURL brings about are
	// verified one by one, after all others.
	Parallel int
	// StopAtFirst leaves out what comes after the first interaction that
	// fails; a warning says how many those are. Nothing is verified in
	// parallel then.
	StopAtFirst bool
}

// Run verifies each interaction of a document in order. A provider that does
// not answer fails its interactions; the error is for options that cannot be
// used and for the end of ctx.
func Run(ctx context.Context, doc *pact.Document, o Options) (*pact.Result, error) {
	if o.Transport == nil {
		return nil, errors.New("no transport to send requests with")
	}
	r, err := newRunner(o)
	if err != nil {
		return nil, err
	}
	result := pact.NewResult()
	result.Warnings = r.warnings(doc)
	for _, verdict := range r.verifyAll(ctx, doc.Interactions) {
		result.Add(verdict)
	}
	if left := len(doc.Interactions) - len(result.Interactions); left > 0 {
		result.Warnings = append(result.Warnings, fmt.Sprintf("stopped at the first failure: %d interaction(s) were not verified", left))
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("verify provider: %w", err)
	}
	return result, nil
}

// verifyAll verifies interactions, as many at once as the options say. The
// verdicts are in the order of the interactions; they mean nothing if ctx ends.
func (r *runner) verifyAll(ctx context.Context, interactions []*pact.Interaction) []pact.InteractionResult {
	if r.StopAtFirst {
		return r.verifyUntil(ctx, interactions)
	}
	results := make([]pact.InteractionResult, len(interactions))
	var alone []int
	together := make(chan int, len(interactions))
	for i, it := range interactions {
		if r.StateURL != "" && len(it.States) > 0 && r.Parallel > 1 {
			alone = append(alone, i)
			continue
		}
		together <- i
	}
	close(together)
	var workers sync.WaitGroup
	for range max(1, min(r.Parallel, len(interactions))) {
		workers.Go(func() {
			for i := range together {
				if ctx.Err() == nil {
					results[i] = r.verify(ctx, interactions[i])
				}
			}
		})
	}
	workers.Wait()
	for _, i := range alone {
		if ctx.Err() == nil {
			results[i] = r.verify(ctx, interactions[i])
		}
	}
	return results
}

// verifyUntil verifies interactions one by one until one fails, which is the
// last of the verdicts.
func (r *runner) verifyUntil(ctx context.Context, interactions []*pact.Interaction) []pact.InteractionResult {
	results := make([]pact.InteractionResult, 0, len(interactions))
	for _, it := range interactions {
		if ctx.Err() != nil {
			break
		}
		results = append(results, r.verify(ctx, it))
		if last := results[len(results)-1]; !last.Verified && !last.Pending {
			break
		}
	}
	return results
}

// MissingHeaders are the names of the request headers that a document holds a
// placeholder for and that supplied does not have.
func MissingHeaders(doc *pact.Document, supplied http.Header) []string {
	return missing(doc.NeededHeaders(), supplied)
}

func missing(needed []string, supplied http.Header) []string {
	return slices.DeleteFunc(needed, func(name string) bool {
		for have := range supplied {
			if strings.EqualFold(have, name) {
				return true
			}
		}
		return false
	})
}

// A runner verifies interactions with options that are filled in.
type runner struct {
	base  *url.URL
	bases map[string]*url.URL // by transport
	Options
}

func newRunner(o Options) (*runner, error) {
	r := &runner{Options: o, bases: make(map[string]*url.URL, len(o.Transports))}
	var err error
	if r.base, err = baseURL("provider URL", o.ProviderURL); err != nil {
		return nil, err
	}
	for name, text := range o.Transports {
		if r.bases[name], err = baseURL("URL of transport "+name, text); err != nil {
			return nil, err
		}
	}
	if r.Timeout <= 0 {
		r.Timeout = DefaultTimeout
	}
	if r.MaxBody <= 0 {
		r.MaxBody = DefaultMaxBody
	}
	if r.UserAgent == "" {
		r.UserAgent = "pactape"
	}
	return r, nil
}

func baseURL(what, text string) (*url.URL, error) {
	base, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("%s %q: expected http://HOST or https://HOST", what, text)
	}
	return base, nil
}

// baseOf is where the requests of an interaction go.
func (r *runner) baseOf(it *pact.Interaction) *url.URL {
	return cmp.Or(r.bases[cmp.Or(it.Transport(), "http")], r.base)
}

// warnings are what a reader should know before the verdicts.
func (r *runner) warnings(doc *pact.Document) []string {
	var out []string
	if names := MissingHeaders(doc, r.Header); len(names) > 0 {
		out = append(out, fmt.Sprintf(
			"the contract holds a placeholder for %s: supply the real value with --header", strings.Join(names, ", ")))
	}
	states := 0
	for _, it := range doc.Interactions {
		if len(it.States) > 0 {
			states++
		}
	}
	if states > 0 && r.StateURL == "" {
		out = append(out, fmt.Sprintf("provider states are ignored: %d interaction(s) have some", states))
	}
	if len(doc.Interactions) == 0 {
		out = append(out, "the contract has no interactions")
	}
	return append(out, doc.Duplicates()...)
}

// verify sends one interaction and judges the answer.
func (r *runner) verify(ctx context.Context, it *pact.Interaction) pact.InteractionResult {
	result := pact.NewInteractionResult(it)
	if result.Reason = it.Unjudgeable(); result.Reason != "" {
		return result
	}
	result.NeededHeaders = missing(it.NeededHeaders(), r.Header)
	ctx, cancel := context.WithTimeout(ctx, r.Timeout+max(0, time.Until(r.AwaitUntil)))
	defer cancel()
	started := time.Now()
	result.Reason, result.Mismatches = r.exchange(ctx, it)
	result.Duration = time.Since(started)
	result.Verified = result.Reason == ""
	return result
}

// exchange brings about the states, sends the request and judges the answer;
// reason is "" if all is well.
func (r *runner) exchange(ctx context.Context, it *pact.Interaction) (reason string, found []pact.Mismatch) {
	values, err := r.setUp(ctx, it)
	if err != nil {
		return err.Error(), nil
	}
	defer func() {
		if err := r.tearDown(ctx, it); err != nil && reason == "" {
			reason = err.Error()
		}
	}()
	request, err := it.Request.Generate(pact.GenerateOptions{State: values.get, Now: time.Now()})
	if err != nil {
		return err.Error(), nil
	}
	got, err := r.send(ctx, r.baseOf(it), request)
	if err != nil {
		return r.explain(err), nil
	}
	return pact.CompileResponse(it.Response).Judge(got)
}

// explain says why there was no answer to judge.
func (r *runner) explain(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no complete answer within %s", r.Timeout)
	}
	if errors.Is(err, io.EOF) {
		return "no answer: the provider closed the connection (EOF)"
	}
	return "no answer: " + err.Error()
}
