package wire

import (
	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// A templateDraft is an httpTemplate while it is read.
type templateDraft struct {
	kind   expectations.TemplateType
	text   jsondoc.Value
	file   string
	answer expectations.AnswerChange
	delay  expectations.Delay
}

// templateFields are the members of httpTemplate (MockServer 7
// httpTemplate.json).
var templateFields = []field[templateDraft]{
	{"templateType", func(d *decoder, v jsondoc.Value, t *templateDraft) {
		t.kind = decodeTemplateType(d, v, "VELOCITY", "JAVASCRIPT")
	}},
	{"template", func(d *decoder, v jsondoc.Value, t *templateDraft) { t.decodeText(d, v) }},
	{"templateFile", func(d *decoder, v jsondoc.Value, t *templateDraft) { t.file = d.text(v) }},
	{"responseOverride", func(d *decoder, v jsondoc.Value, t *templateDraft) { t.answer.Override = decodeAnswerOverride(d, v) }},
	{"responseModifier", func(d *decoder, v jsondoc.Value, t *templateDraft) { t.answer.Modifier = decodeResponseModifier(d, v) }},
	{"delay", func(d *decoder, v jsondoc.Value, t *templateDraft) { t.delay = decodeDelay(d, v) }},
	primaryField[templateDraft](),
}

// decodeTemplate reads an httpTemplate; the template is nil after a problem.
func decodeTemplate(d *decoder, v jsondoc.Value) (*expectations.Template, templateDraft) {
	var t templateDraft
	if object(d, v, templateFields, &t); v.Kind != jsondoc.KindObject {
		return nil, t
	}
	return t.compile(d, v), t
}

// decodeTemplateType reads the language of a template, of which all but one
// are the others.
func decodeTemplateType(d *decoder, v jsondoc.Value, others ...string) expectations.TemplateType {
	kind := expectations.TemplateType(d.oneOf(v, append(others, string(expectations.TemplateMustache))...))
	if kind != "" && kind != expectations.TemplateMustache {
		d.problem("%s is not supported by this version: write the template in MUSTACHE", kind)
	}
	return kind
}

func (t *templateDraft) decodeText(d *decoder, v jsondoc.Value) {
	if d.is(v, jsondoc.KindString) {
		t.text = v
	}
}

// compile makes the template of which v has text and type; nil after a problem.
func (t *templateDraft) compile(d *decoder, v jsondoc.Value) *expectations.Template {
	d.require(v, "templateType")
	if t.file != "" && t.text.Text == "" {
		return t.inFile(d)
	}
	d.require(v, "template")
	if t.kind != expectations.TemplateMustache || t.text.Kind != jsondoc.KindString {
		return nil
	}
	made, err := expectations.NewTemplate(t.kind, t.text.Text)
	if err != nil {
		d.push("template")
		d.problem("%v", err)
		d.pop()
	} else {
		made.File = t.file
	}
	return made
}

// inFile is the template in a file; nil after a problem.
func (t *templateDraft) inFile(d *decoder) *expectations.Template {
	if t.kind != expectations.TemplateMustache {
		return nil
	}
	made, err := expectations.NewTemplateFile(t.kind, t.file)
	if err != nil {
		d.push("templateFile")
		d.problem("%v", err)
		d.pop()
	}
	return made
}

func decodeResponseTemplate(d *decoder, v jsondoc.Value) expectations.Action {
	made, t := decodeTemplate(d, v)
	return &expectations.RespondTemplate{Template: made, Answer: t.answer, Delay: t.delay}
}

func decodeForwardTemplate(d *decoder, v jsondoc.Value) expectations.Action {
	made, t := decodeTemplate(d, v)
	return &expectations.ForwardTemplate{Template: made, Answer: t.answer, Delay: t.delay}
}

// decodeInnerTemplate reads a responseTemplate.
func decodeInnerTemplate(d *decoder, v jsondoc.Value) *expectations.Template {
	made, t := decodeTemplate(d, v)
	if t.delay != (expectations.Delay{}) || t.answer != (expectations.AnswerChange{}) {
		d.problem("has no delay, responseOverride or responseModifier of its own: write them beside it")
	}
	return made
}

func printResponseTemplate(p *printer, a expectations.Action) {
	r, _ := a.(*expectations.RespondTemplate)
	printTemplate(p, r.Template, r.Delay, r.Answer)
}

func printForwardTemplate(p *printer, a expectations.Action) {
	f, _ := a.(*expectations.ForwardTemplate)
	printTemplate(p, f.Template, f.Delay, f.Answer)
}

// printTemplate prints the members in alphabetical order, as Jackson does.
func printTemplate(p *printer, t *expectations.Template, delay expectations.Delay, change expectations.AnswerChange) {
	mark := p.mark()
	p.BeginObject()
	printDelay(p, "delay", delay)
	mark()
	printAnswerChange(p, change)
	if t.Text != "" || t.File == "" {
		p.Text("template", t.Text)
	}
	p.text("templateFile", t.File)
	p.Text("templateType", string(t.Type))
	p.EndObject()
}
