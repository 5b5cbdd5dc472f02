package wire

import (
	"math"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// decodeAnswer reads an httpResponse.
func decodeAnswer(d *decoder, v jsondoc.Value) *expectations.Answer {
	a := &expectations.Answer{}
	object(d, v, answerFields, a)
	return a
}

// answerFields are the members of httpResponse (MockServer 7
// httpResponse.json).
var answerFields = []field[expectations.Answer]{
	{"statusCode", decodeStatus},
	{"reasonPhrase", decodeReason},
	{"headers", func(d *decoder, v jsondoc.Value, a *expectations.Answer) { a.Header = decodeHeader(d, v) }},
	{"trailers", func(d *decoder, v jsondoc.Value, a *expectations.Answer) { a.Trailer = decodeHeader(d, v) }},
	{"cookies", func(d *decoder, v jsondoc.Value, a *expectations.Answer) { a.Cookies = decodeCookies(d, v) }},
	{"body", func(d *decoder, v jsondoc.Value, a *expectations.Answer) { a.Body = decodeAnswerBody(d, v) }},
	{"delay", func(d *decoder, v jsondoc.Value, a *expectations.Answer) { a.Delay = decodeDelay(d, v) }},
	{"connectionOptions", func(d *decoder, v jsondoc.Value, a *expectations.Answer) { a.Connection = decodeConnection(d, v) }},
	// With one action only, it is the primary one.
	{"primary", ignore[expectations.Answer]},
	{"statusCodeRange", refuseGenerated},
	{"generateFromSchema", refuseGenerated},
	{"recoverAfter", refuseGenerated},
}

func refuseGenerated(d *decoder, _ jsondoc.Value, _ *expectations.Answer) {
	d.unsupported("give a fixed statusCode and body")
}

// decodeStatus reads a final status code (RFC 9110 §15); what net/http could
// not send is refused here.
func decodeStatus(d *decoder, v jsondoc.Value, a *expectations.Answer) {
	n := d.integer(v, math.MinInt32, math.MaxInt32)
	if v.Kind == jsondoc.KindNumber && (n < 200 || n > 999) {
		d.problem("must be between 200 and 999: an answer has a final status (RFC 9110 §15)")
		return
	}
	a.Status = int(n)
}

func decodeReason(d *decoder, v jsondoc.Value, a *expectations.Answer) {
	a.Reason = decodeFieldValue(d, v)
}

// printAnswer prints a in the order of MockServer's HttpResponseDTOSerializer.
func printAnswer(p *printer, a *expectations.Answer) {
	mark := p.mark()
	p.BeginObject()
	if a.Status != 0 {
		p.Number("statusCode", int64(a.Status))
	}
	p.text("reasonPhrase", a.Reason)
	printHeader(p, "headers", a.Header, "")
	printHeader(p, "trailers", a.Trailer, "")
	printCookies(p, a.Cookies)
	if a.Body != nil {
		body := *a.Body
		if p.defaults && body.ContentType == "" {
			body.ContentType = a.Header.Get("Content-Type")
		}
		printAnswerBody(p, &body)
	}
	printDelay(p, "delay", a.Delay)
	if a.Connection != nil {
		printConnection(p, a.Connection)
	}
	mark()
	p.EndObject()
}

// decodeAnswerOverride reads an httpResponse that changes another.
func decodeAnswerOverride(d *decoder, v jsondoc.Value) *expectations.Answer {
	a := decodeAnswer(d, v)
	if a.IsTemplate() {
		d.push("body")
		d.push("templateType")
		d.problem("is not supported in what changes an answer: use a responseTemplate or an httpResponseTemplate")
		d.pop()
		d.pop()
	}
	return a
}
