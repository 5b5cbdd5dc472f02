package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

type override = expectations.Override

// overrideFields are the members of httpOverrideForwardedRequest (MockServer 7
// httpOverrideForwardedRequest.json), and under their old names the overrides.
var overrideFields = []field[override]{
	{"requestOverride", func(d *decoder, v jsondoc.Value, o *override) { o.Request = decodeOutgoing(d, v) }},
	{"requestModifier", func(d *decoder, v jsondoc.Value, o *override) { o.Modifier = decodeRequestModifier(d, v) }},
	{"responseOverride", func(d *decoder, v jsondoc.Value, o *override) { o.Answer.Override = decodeAnswerOverride(d, v) }},
	{"responseModifier", func(d *decoder, v jsondoc.Value, o *override) { o.Answer.Modifier = decodeResponseModifier(d, v) }},
	{"responseTemplate", func(d *decoder, v jsondoc.Value, o *override) { o.Template = decodeInnerTemplate(d, v) }},
	{"delay", func(d *decoder, v jsondoc.Value, o *override) { o.Delay = decodeDelay(d, v) }},
	{"httpRequest", func(d *decoder, v jsondoc.Value, o *override) { o.Request = decodeOutgoing(d, v) }},
	{"httpResponse", func(d *decoder, v jsondoc.Value, o *override) { o.Answer.Override = decodeAnswerOverride(d, v) }},
	primaryField[override](),
}

func decodeOverride(d *decoder, v jsondoc.Value) expectations.Action {
	o := &override{}
	object(d, v, overrideFields, o)
	for old, now := range map[string]string{"httpRequest": "requestOverride", "httpResponse": "responseOverride"} {
		if _, both := v.Get(now); both {
			if _, both = v.Get(old); both {
				d.problem("%s is the old name of %s: write one of them", old, now)
			}
		}
	}
	return o
}

// printOverride prints the members in alphabetical order, as Jackson does.
func printOverride(p *printer, a expectations.Action) {
	o, _ := a.(*override)
	mark := p.mark()
	p.BeginObject()
	printDelay(p, "delay", o.Delay)
	mark()
	if o.Modifier != nil {
		p.Key("requestModifier")
		printRequestModifier(p, o.Modifier)
	}
	if o.Request != nil {
		p.Key("requestOverride")
		printOutgoing(p, o.Request)
	}
	printAnswerChange(p, o.Answer)
	if o.Template != nil {
		p.Key("responseTemplate")
		printTemplate(p, o.Template, expectations.Delay{}, expectations.AnswerChange{})
	}
	p.EndObject()
}

// printAnswerChange prints the members that are c.
func printAnswerChange(p *printer, c expectations.AnswerChange) {
	if c.Modifier != nil {
		p.Key("responseModifier")
		printResponseModifier(p, c.Modifier)
	}
	if c.Override != nil {
		p.Key("responseOverride")
		printAnswer(p, c.Override)
	}
}
