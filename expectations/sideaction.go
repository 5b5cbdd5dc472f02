package expectations

import "errors"

// A SideAction is a request that is sent besides: to tell somebody of the
// request that an expectation matched (MockServer AfterAction).
type SideAction struct {
	// Request is what is sent. It names a Host or has a SocketAddress.
	Request *Outgoing
	// Delay is waited before it is sent.
	Delay Delay
	// Background, before the expectation acts, has it not wait for this
	// request to be answered (MockServer's blocking, if false).
	Background bool
	// Timeout is how long it is waited for at most; the zero value is
	// the proxy's own bound.
	Timeout Delay
	// FailFast has the matched request answered 502 if this one is not
	// answered at all (MockServer FAIL_FAST).
	FailFast bool
}

func (s *SideAction) check() error {
	if s.Request == nil || s.Request.SocketAddress == nil && headerValues(s.Request.Header, "Host") == nil {
		return errors.New("the request of a before- or after-action needs a Host header or a socketAddress")
	}
	return nil
}

// checkActions says why an expectation cannot act.
func (e *Expectation) checkActions() error {
	if e.Action == nil {
		return ErrNoAction
	}
	for _, a := range append([]Action{e.Action}, e.Also...) {
		if err := a.check(); err != nil {
			return err
		}
	}
	for _, sides := range [][]SideAction{e.Before, e.After} {
		for i := range sides {
			if err := sides[i].check(); err != nil {
				return err
			}
		}
	}
	return nil
}
