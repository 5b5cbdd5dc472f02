package expectations

import "slices"

// A verifier judges entries of the log.
type verifier struct {
	id       string // in place of request, if not ""
	request  *Compiled
	response *CompiledResponse
	decode   func(Body) Body
}

func newVerifier(id string, request *RequestMatcher, response *ResponseMatcher, decode func(Body) Body) (*verifier, error) {
	v := &verifier{id: id, decode: decode}
	var err error
	if v.request, err = Compile(request); err != nil {
		return nil, err
	}
	v.response, err = CompileResponse(response)
	return v, err
}

// asked reports whether the request of an entry is the one asked for.
func (v *verifier) asked(e *Entry) bool {
	if v.id != "" {
		return e.ExpectationID == v.id
	}
	return v.request.Match(e.Request)
}

// answered reports whether the response of an entry is the one asked for.
func (v *verifier) answered(e *Entry) bool {
	resp := e.Response
	if resp != nil && v.decode != nil && v.response.NeedsBody() {
		plain := *resp
		plain.Body = v.decode(resp.Body)
		resp = &plain
	}
	return v.response.Match(resp)
}

func (v *verifier) match(e *Entry) bool { return v.asked(e) && v.answered(e) }

// withResponse are the entries that have an answer of an expectation or of an
// upstream (MockServer EXPECTATION_RESPONSE and FORWARDED_REQUEST).
func withResponse(entries []Entry) []Entry {
	return slices.DeleteFunc(entries, func(e Entry) bool {
		return e.Response == nil || e.Outcome != Matched && e.Outcome != Forwarded
	})
}

// answers are the responses of entries.
func answers(entries []Entry) []*Response {
	out := make([]*Response, 0, len(entries))
	for i := range entries {
		out = append(out, entries[i].Response)
	}
	return out
}
