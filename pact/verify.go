package pact

import (
	"context"
	"fmt"
	"strings"

	"github.com/pactape/pactape/expectations"
)

// A Target is what [Verify] asks for answers: the active expectations of a
// space.
type Target interface {
	// Peek returns the first active expectation that matches the request and
	// the answer it would give while the provider is in the states, which it
	// puts nobody else in, without using it up or moving a cursor; ok is
	// false if there is none. With nil no state keeps an expectation from
	// answering. err is a failure to look, not a miss. It must be safe to
	// call from several goroutines.
	Peek(ctx context.Context, req *expectations.Request, states *expectations.ProviderStates) (hit expectations.Hit, ok bool, err error)
}

// Semantics says how responses are compared.
type Semantics string

const (
	// SemanticsMixed compares whole bodies as MockServer does, save where the
	// contract has body rules: there Pact's comparison applies. The zero
	// value means the same.
	SemanticsMixed Semantics = "mixed"
	// SemanticsPact compares everything as Pact does: further members are
	// allowed.
	SemanticsPact Semantics = "pact"
)

// ParseSemantics reads the name of a semantics, "" for the default.
func ParseSemantics(s string) (Semantics, error) {
	switch v := Semantics(strings.ToLower(s)); v {
	case "":
		return SemanticsMixed, nil
	case SemanticsMixed, SemanticsPact:
		return v, nil
	}
	return "", fmt.Errorf("unknown semantics %q (expected one of mixed, pact)", s)
}

// VerifyOptions say how [Verify] looks for expectations. The zero value takes
// any, and compares as MockServer does.
type VerifyOptions struct {
	// Semantics says how responses are compared.
	Semantics Semantics
	// Host is the origin server the requests are for; "" is none in
	// particular.
	Host string
}

// Verify holds a document against active expectations: each interaction's
// request is built and matched, and the answer compared with the response the
// document states. The error is that of the context.
func Verify(ctx context.Context, doc *Document, target Target, o VerifyOptions) (*Result, error) {
	result := NewResult()
	for _, it := range doc.Interactions {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("verify pact: %w", err)
		}
		result.Add(verifyOne(ctx, it, target, o))
	}
	return result, nil
}

func verifyOne(ctx context.Context, it *Interaction, target Target, o VerifyOptions) InteractionResult {
	r := NewInteractionResult(it)
	if it.Unsupported != "" || it.Request == nil || len(it.plugins()) > 0 {
		r.Reason = it.Unjudgeable()
		return r
	}
	request := BuildRequest(it)
	if o.Host != "" {
		request.Host = o.Host
	}
	states := it.providerStates()
	hit, ok, err := peek(ctx, target, request, states)
	switch {
	case err != nil:
		r.Reason = "matching expectation could not be read: " + err.Error()
		return r
	case !ok:
		r.Reason = unmatched(ctx, target, request, states)
		return r
	}
	answer := verifiedAnswer(hit)
	switch {
	case answer == nil:
		r.Reason = "unverifiable (non-static action) — only response expectations can be verified against a Pact contract"
		return r
	case it.Response == nil:
		r.Reason = "interaction has no response definition"
		return r
	}
	r.Reason, r.Mismatches = compareAnswer(it.Response, answered(answer), o.Semantics)
	r.Verified = r.Reason == ""
	return r
}

// peek asks a target for either scheme: a contract does not say whether it is
// about TLS.
func peek(ctx context.Context, target Target, request *expectations.Request, states *expectations.ProviderStates) (expectations.Hit, bool, error) {
	hit, ok, err := target.Peek(ctx, request, states)
	if err == nil && !ok {
		secure := *request
		secure.Secure = true
		hit, ok, err = target.Peek(ctx, &secure, states)
	}
	return hit, ok, err
}

// providerStates are the states of an interaction, and no others.
func (i *Interaction) providerStates() *expectations.ProviderStates {
	s := &expectations.ProviderStates{Active: make([]expectations.ProviderState, 0, len(i.States))}
	for _, state := range i.States {
		s.Active = append(s.Active, expectations.ProviderState(state))
	}
	return s
}

// unmatched says, in MockServer's words, why there is no expectation.
func unmatched(ctx context.Context, target Target, request *expectations.Request, states *expectations.ProviderStates) string {
	if hit, ok, err := peek(ctx, target, request, nil); err == nil && ok && hit.Expectation != nil && stubOf(hit.Expectation) != nil {
		return "matching expectation found but it requires a provider state not declared by this interaction"
	}
	if len(states.Active) == 0 {
		return "no matching expectation found"
	}
	names := make([]string, 0, len(states.Active))
	for _, s := range states.Active {
		names = append(names, s.Name)
	}
	return "no matching expectation found for provider state '" + strings.Join(names, "', '") + "'"
}

// verifiedAnswer is the answer that the contract of a hit states, see
// [Export]; nil if there is none.
func verifiedAnswer(hit expectations.Hit) *expectations.Answer {
	if hit.Expectation == nil {
		return hit.Answer
	}
	answer, err := exportedAnswer(hit.Expectation)
	if err != nil {
		return hit.Answer
	}
	return answer
}

// compareAnswer compares an answer with the response a contract states.
func compareAnswer(want *Response, got *expectations.Response, s Semantics) (reason string, found []Mismatch) {
	m := CompileResponse(want)
	if s == SemanticsPact || len(m.problems) > 0 || len(want.Rules.of(CategoryBody)) > 0 {
		return m.Judge(got)
	}
	return m.whole(got)
}
