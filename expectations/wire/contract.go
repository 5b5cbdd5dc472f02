package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// contractMember is our own addition to MockServer's expectation: the contract
// that it was made of, a Pact of one interaction. httpRequest and httpResponse
// beside it say what MockServer has words for; the contract's own conditions
// hold too.
const contractMember = "pact"

// decodeContract keeps a contract as it is written: its rules are for package
// pact to read.
func decodeContract(d *decoder, v jsondoc.Value, f *draft) {
	if d.is(v, jsondoc.KindObject) {
		f.contract = expectations.UnreadContract{Written: v}
	}
}

// agree puts the contract of a finished draft where its conditions are.
func (f *draft) agree() {
	if f.contract == nil {
		return
	}
	if f.expectation.Request == nil {
		f.expectation.Request = &expectations.RequestMatcher{}
	}
	f.expectation.Request.Contract = f.contract
}

// printContract prints the contract of an expectation, if it has one.
func printContract(p *printer, e *expectations.Expectation) {
	if e.Request == nil || e.Request.Contract == nil {
		return
	}
	p.Key(contractMember)
	p.Value(e.Request.Contract.Document())
}
