package admin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/wire"
)

// verify asserts how often a request was received: 202, or 406 with
// MockServer's account of what was received instead.
func (c *call) verify() error {
	v, err := c.reader().Verification(c.body)
	if err != nil {
		return err
	}
	if v.ExpectationID != "" {
		if err := c.known(v.ExpectationID); err != nil {
			return err
		}
	}
	if _, err := expectations.Compile(v.Request); err != nil {
		return misfit("$.httpRequest", err)
	}
	if _, err := expectations.CompileResponse(v.Response); err != nil {
		return misfit("$.httpResponse", err)
	}
	v.Decode = wire.DecodedBody
	v.MaxReturned = c.maxReturned(v.MaxReturned)
	return c.verdict(expectations.Verify(c.space.Log, v), v.Request)
}

// verifySequence asserts that requests were received in an order.
func (c *call) verifySequence() error {
	v, err := c.reader().VerificationSequence(c.body)
	if err != nil {
		return err
	}
	if err := c.known(v.ExpectationIDs...); err != nil {
		return err
	}
	requests, responses := max(len(v.Requests), len(v.ExpectationIDs)), len(v.Responses)
	switch {
	case requests+responses == 0:
		return &failure{status: http.StatusNotAcceptable, text: "No expectations, requests or responses specified in verification sequence"}
	case requests > 0 && responses > 0 && requests != responses:
		return &failure{status: http.StatusNotAcceptable, text: fmt.Sprintf("Request and response sequences must be the same length for a "+
			"response-aware verification sequence, found %d request(s) and %d response(s)", requests, responses)}
	}
	if err := compilable(&v); err != nil {
		return err
	}
	v.Decode = wire.DecodedBody
	v.MaxReturned = c.maxReturned(v.MaxReturned)
	return c.verdict(expectations.VerifySequence(c.space.Log, v), v.Requests...)
}

func compilable(v *expectations.VerificationSequence) error {
	for i, m := range v.Requests {
		if _, err := expectations.Compile(m); err != nil {
			return misfit(fmt.Sprintf("$.httpRequests[%d]", i), err)
		}
	}
	for i, m := range v.Responses {
		if _, err := expectations.CompileResponse(m); err != nil {
			return misfit(fmt.Sprintf("$.httpResponses[%d]", i), err)
		}
	}
	return nil
}

// maxReturned is the limit of the call, else that of the settings.
func (c *call) maxReturned(asked *int) *int {
	if asked == nil {
		asked = new(c.Settings.Get().MaxReturned)
	}
	return asked
}

// known refuses ids of expectations that never were (MockServer 7
// RequestMatchers.retrieveRequestDefinitions). One that is used up is not
// active any more, but in the log.
func (c *call) known(ids ...string) error {
	for _, id := range ids {
		_, ok, err := c.space.Get(c.r.Context(), id)
		if err != nil {
			return unread(err)
		}
		if !ok && !slices.ContainsFunc(c.space.Log.All(), func(e expectations.Entry) bool { return e.ExpectationID == id }) {
			return unknownID(id)
		}
	}
	return nil
}

// verdict answers a verification, and notes it.
func (c *call) verdict(err error, about ...*expectations.RequestMatcher) error {
	note := expectations.Note{Kind: expectations.NoteVerificationPassed}
	if len(about) > 0 {
		note.Request = about[0]
	}
	if err == nil {
		c.space.Log.Note(note)
		return c.empty(http.StatusAccepted)
	}
	refusal, ok := errors.AsType[*expectations.VerificationFailure](err)
	if !ok {
		return err
	}
	text := c.verificationText(refusal)
	note.Kind, note.Text = expectations.NoteVerificationFailed, cut(text, maxNoted)
	c.space.Log.Note(note)
	write(c.w, http.StatusNotAcceptable, contentText, []byte(text))
	return nil
}

// maxNoted bounds the text of a failed verification in the log, in bytes.
const maxNoted = 4 << 10
