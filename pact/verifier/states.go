package verifier

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/pact"
)

const (
	// stateAttempts bounds the calls for one state whose answer is a 5xx or
	// none at all.
	stateAttempts = 3
	stateBackoff  = 200 * time.Millisecond
	// maxStateAnswer bounds what is read of an answer, in bytes.
	maxStateAnswer = 1 << 20
)

// stateValues are the parameters of states and what the handler returned,
// which counts for more.
type stateValues map[string]jsondoc.Value

func (v stateValues) get(name string) (jsondoc.Value, bool) {
	value, ok := v[name]
	return value, ok
}

// setUp brings the provider into the states of an interaction, in order.
func (r *runner) setUp(ctx context.Context, it *pact.Interaction) (stateValues, error) {
	values := make(stateValues)
	for _, s := range it.States {
		for _, p := range s.Params {
			values[p.Name] = p.Value
		}
	}
	if r.StateURL == "" {
		return values, nil
	}
	for _, s := range r.told(it) {
		returned, err := r.state(ctx, s, "setup")
		if err != nil {
			return nil, err
		}
		for _, m := range returned.Members {
			values[m.Name] = m.Value
		}
	}
	return values, nil
}

// told are the states of an interaction that the handler is told of. One without
// any has the state without a name, as the reference has it: handlers begin
// afresh there. Where interactions run beside one another nobody may do that.
func (r *runner) told(it *pact.Interaction) []pact.State {
	if len(it.States) == 0 && r.Parallel <= 1 {
		return []pact.State{{}}
	}
	return it.States
}

// tearDown ends the states, the last one first.
func (r *runner) tearDown(ctx context.Context, it *pact.Interaction) error {
	if r.StateURL == "" || !r.StateTeardown {
		return nil
	}
	for _, s := range slices.Backward(r.told(it)) {
		if _, err := r.state(ctx, s, "teardown"); err != nil {
			return err
		}
	}
	return nil
}

// state calls the handler for one state, again where it fails for a reason
// that may pass.
func (r *runner) state(ctx context.Context, s pact.State, action string) (jsondoc.Value, error) {
	for attempt := 1; ; attempt++ {
		returned, again, err := r.callState(ctx, s, action)
		if err == nil {
			return returned, nil
		}
		if awaited := notConnected(err) && time.Now().Before(r.AwaitUntil); !again || attempt >= stateAttempts && !awaited {
			return returned, fmt.Errorf("%s of provider state %q failed: %w", action, s.Name, err)
		}
		if err := pause(ctx, stateBackoff<<min(attempt-1, maxBackoff)); err != nil {
			return returned, fmt.Errorf("%s of provider state %q failed: %w", action, s.Name, err)
		}
	}
}

func (r *runner) callState(ctx context.Context, s pact.State, action string) (returned jsondoc.Value, again bool, err error) {
	req, err := r.stateRequest(ctx, s, action)
	if err != nil {
		return returned, false, err
	}
	resp, err := r.Transport.RoundTrip(req)
	if err != nil {
		return returned, ctx.Err() == nil, err
	}
	defer func() { _ = resp.Body.Close() }() // what was needed has been read
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxStateAnswer))
	switch {
	case s.Name == "" && resp.StatusCode >= 400 && resp.StatusCode < 500:
		return returned, false, nil // a handler need not know that there is none
	case resp.StatusCode >= 300 || resp.StatusCode < 200:
		return returned, resp.StatusCode >= 500, fmt.Errorf("the state handler answered %d", resp.StatusCode)
	case err != nil:
		return returned, false, err
	}
	if v, err := jsondoc.Parse(body); err == nil && v.Kind == jsondoc.KindObject {
		return v, false, nil
	}
	return returned, false, nil
}

// stateRequest is the call as the reference makes it: a JSON body, or a query
// if that is asked for.
func (r *runner) stateRequest(ctx context.Context, s pact.State, action string) (*http.Request, error) {
	if r.StateAsQuery {
		target, err := url.Parse(r.StateURL)
		if err != nil {
			return nil, err
		}
		query := target.Query()
		for _, p := range s.Params {
			text := p.Value.Text
			if p.Value.Kind != jsondoc.KindString {
				text = string(p.Value.AppendCompact(nil))
			}
			query.Set(p.Name, text)
		}
		query.Set("action", action)
		query.Set("state", s.Name)
		target.RawQuery = query.Encode()
		return http.NewRequestWithContext(ctx, http.MethodPost, target.String(), nil)
	}
	body := jsondoc.Object(
		jsondoc.M("action", jsondoc.String(action)),
		jsondoc.M("params", jsondoc.Object(s.Params...)),
		jsondoc.M("state", jsondoc.String(s.Name))).AppendCompact(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.StateURL, bytes.NewReader(body))
	if err == nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, err
}
