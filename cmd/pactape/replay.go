package main

import (
	"context"
	"fmt"
	"iter"

	"github.com/pactape/pactape/capture"
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/pact/infer"
)

// What a recording answers in SIMULATE.
const (
	replayLiteral  = "literal"
	replayTemplate = "template"
)

// A templateReplay is a session whose recordings answer requests for other ids
// too.
type templateReplay struct {
	*infer.Replay
	session *capture.Session
}

// Standing is [capture.Session.Standing].
func (r *templateReplay) Standing(ctx context.Context) iter.Seq2[*capture.Exchange, error] {
	return r.session.Standing(ctx)
}

// captured is what a session recorded, as --replay has it answer.
func (s *stack) captured(session *capture.Session) (expectations.Captured, error) {
	if s.o.capture.replay == replayLiteral {
		return session, nil
	}
	replay, err := infer.NewReplay(session, s.o.infer.Templates)
	if err != nil {
		return nil, err
	}
	return &templateReplay{replay, session}, nil
}

// checkReplay checks --replay.
func (f *captureFlags) checkReplay() error {
	if f.replay != replayLiteral && f.replay != replayTemplate {
		return &usageError{fmt.Errorf("--replay %q: literal or template is wanted", f.replay)}
	}
	return nil
}
