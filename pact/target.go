package pact

import (
	"context"
	"sync"

	"github.com/pactape/pactape/expectations"
)

// A SpaceTarget is the active expectations of a space as a [Target]. Make one
// for each verification with [NewSpaceTarget].
type SpaceTarget struct {
	space  *expectations.Space
	filter Filter
	// once guards last and err.
	once sync.Once
	// last holds the last answers of captured expectations that have several,
	// by id: those are what a contract states.
	last map[string]*expectations.Answer
	err  error
}

var _ Target = (*SpaceTarget)(nil)

// NewSpaceTarget makes a target of those active expectations, captured ones
// included, that the filter takes.
func NewSpaceTarget(space *expectations.Space, filter Filter) *SpaceTarget {
	return &SpaceTarget{space: space, filter: filter}
}

// Peek implements [Target].
func (t *SpaceTarget) Peek(ctx context.Context, req *expectations.Request, states *expectations.ProviderStates) (expectations.Hit, bool, error) {
	hit, ok, err := t.space.Match(ctx, req, expectations.MatchOptions{
		Captured: true, Peek: true, Where: t.filter.Takes, Provider: states, AnyState: states == nil,
	})
	if err != nil || !ok || hit.Expectation.Origin != expectations.OriginCaptured {
		return hit, ok, err
	}
	t.once.Do(func() { t.collect(ctx) })
	if t.err != nil {
		return expectations.Hit{}, false, t.err
	}
	if answer, ok := t.last[hit.Expectation.ID]; ok {
		e := *hit.Expectation
		e.Action = &expectations.Respond{Answers: []*expectations.Answer{answer}}
		hit = expectations.Hit{Expectation: &e, Answer: answer}
	}
	return hit, true, nil
}

// collect finds the last answers, once for all interactions.
func (t *SpaceTarget) collect(ctx context.Context) {
	t.last = make(map[string]*expectations.Answer)
	for e, err := range t.space.Captured.All(ctx) {
		if err != nil {
			// What cannot be read is not exported either.
			continue
		}
		if r, ok := e.Action.(*expectations.Respond); ok && len(r.Answers) > 1 {
			t.last[e.ID] = r.Answers[len(r.Answers)-1]
		}
	}
	t.err = ctx.Err()
}
