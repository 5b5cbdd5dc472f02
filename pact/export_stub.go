package pact

import "github.com/pactape/pactape/expectations"

// stubOf is the interaction that an expectation was made of; nil if there is
// none.
func stubOf(e *expectations.Expectation) *Stub {
	if e.Request == nil {
		return nil
	}
	s, _ := e.Request.Contract.(*Stub)
	return s
}

// addStub gives an imported interaction back as it was agreed, rules, states
// and generators included. Where the answer was changed since, the response is
// what is answered now.
func (x *exporter) addStub(d *draft, s *Stub) {
	*d.it = *s.interaction
	d.it.Unsupported, d.it.list, d.agreed = "", "", true
	answer, err := exportedAnswer(d.source)
	if err == nil && !sameAnswer(answer, answerOf(s.interaction.response())) {
		err = x.response(d, answer)
	}
	if err != nil {
		x.skipped = append(x.skipped, Skipped{ID: d.source.ID, Description: d.it.Description, Reason: err.Error()})
		return
	}
	x.imported = true
	x.drafts = append(x.drafts, d)
}
