package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

func decodeResponse(d *decoder, v jsondoc.Value) expectations.Action {
	return &expectations.Respond{Answers: []*expectations.Answer{decodeAnswer(d, v)}}
}

func printResponse(p *printer, a expectations.Action) {
	answer := &expectations.Answer{}
	if r, ok := a.(*expectations.Respond); ok && len(r.Answers) > 0 {
		answer = r.Answers[0]
	}
	printAnswer(p, answer)
}

func decodeResponses(d *decoder, v jsondoc.Value) expectations.Action {
	if !d.is(v, jsondoc.KindArray) {
		return nil
	}
	if len(v.Items) == 0 {
		d.problem("must have at least one response")
	}
	answers := make([]*expectations.Answer, 0, len(v.Items))
	for i, item := range v.Items {
		d.pushIndex(i)
		answers = append(answers, decodeAnswer(d, item))
		d.pop()
	}
	return &expectations.Respond{Answers: answers, List: true}
}

func printResponses(p *printer, a expectations.Action) {
	r, _ := a.(*expectations.Respond)
	p.BeginArray()
	for _, answer := range r.Answers {
		p.Item()
		printAnswer(p, answer)
	}
	p.EndArray()
}
