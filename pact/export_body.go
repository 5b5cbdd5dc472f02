package pact

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// body fills in the request's body from the matcher's.
func (d *draft) body(m *expectations.BodyMatcher) error {
	if m == nil || m.Kind == nil {
		return nil
	}
	switch {
	case m.Not:
		d.leaveOut("request body", "a negated condition cannot be said in a Pact")
		return nil
	case m.Optional:
		d.leaveOut("request body", "an optional condition cannot be said in a Pact")
		return nil
	}
	switch kind := m.Kind.(type) {
	case expectations.StringBody:
		return d.stringBody(kind)
	case expectations.JSONBody:
		return d.jsonBody(kind)
	case expectations.BinaryBody:
		return d.bytesBody(kind.Bytes, false)
	case expectations.ParametersBody:
		return d.formBody(kind.Parameters)
	case expectations.RegexBody:
		return d.regexBody(kind.Pattern)
	}
	return fmt.Errorf("its body condition %s cannot be said in a Pact", m.Kind.Type())
}

func (d *draft) stringBody(b expectations.StringBody) error {
	if err := d.bytesBody([]byte(b.Value), false); err != nil || !b.SubString {
		return err
	}
	if d.it.Request.Body.Kind == BodyJSON && d.it.Request.Body.JSON.Kind != jsondoc.KindString {
		return errors.New("a condition on a part of the text of a JSON body cannot be said in a Pact")
	}
	d.rule(CategoryBody, rootPath(), Matcher{jsondoc.Object(
		jsondoc.M("match", jsondoc.String("include")), jsondoc.M("value", jsondoc.String(b.Value)))})
	return nil
}

func rootPath() Path { return Path{tokens: []token{{kind: tokenRoot}}} }

// bytesBody takes a literal body.
func (d *draft) bytesBody(content []byte, isJSON bool) error {
	if len(content) == 0 {
		return nil
	}
	body, err := exampleBody(content, d.it.Request.Headers, isJSON)
	if err != nil {
		return err
	}
	d.it.Request.Body = body
	return nil
}

// regexBody takes an example of the expression, under a rule at the root.
func (d *draft) regexBody(pattern string) error {
	t := parseMedia(d.it.Request.Headers.contentType())
	if t.isJSON() || t.isXML() {
		return fmt.Errorf("an expression for a body of type %s cannot be said in a Pact", t)
	}
	p, err := provePattern(pattern, nil)
	if err != nil {
		return err
	}
	body, err := exampleBody([]byte(p.example), d.it.Request.Headers, false)
	if err != nil {
		return err
	}
	d.it.Request.Body, d.generated = body, true
	d.rule(CategoryBody, rootPath(), RegexMatcher(p.regex))
	return nil
}

// jsonBody takes a JSON condition; placeholders of JSON-Unit become rules.
func (d *draft) jsonBody(b expectations.JSONBody) error {
	doc, err := jsondoc.Parse(b.Raw)
	if err != nil {
		if doc, err = jsondoc.ParseLenient(b.Raw); err != nil {
			return fmt.Errorf("its JSON body: %w", err)
		}
	}
	if !d.captured() {
		if doc, err = d.placeholders(doc, nil); err != nil {
			return err
		}
	}
	if t := parseMedia(d.it.Request.Headers.contentType()); !t.unknown() && !t.isJSON() {
		// To Pact it is text (text/json, say).
		return d.bytesBody(b.Raw, false)
	}
	body, err := sayable(Body{Kind: BodyJSON, JSON: doc}, d.it.Request.Headers.contentType())
	if err != nil {
		return err
	}
	d.it.Request.Body = body
	return nil
}

// placeholders replaces the strings that stand for values of a kind by an
// example and a rule.
func (d *draft) placeholders(v jsondoc.Value, at []step) (jsondoc.Value, error) {
	var err error
	switch v.Kind {
	case jsondoc.KindArray:
		items := make([]jsondoc.Value, len(v.Items))
		for i, item := range v.Items {
			if items[i], err = d.placeholders(item, append(at, indexStep(i))); err != nil {
				return v, err
			}
		}
		v.Items = items
	case jsondoc.KindObject:
		list := make([]jsondoc.Member, len(v.Members))
		for i, m := range v.Members {
			list[i].Name = m.Name
			if list[i].Value, err = d.placeholders(m.Value, append(at, step{name: m.Name})); err != nil {
				return v, err
			}
		}
		v.Members = list
	case jsondoc.KindString:
		if strings.HasPrefix(v.Text, "${json-unit.") {
			return d.placeholder(v.Text, at)
		}
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber:
	}
	return v, nil
}

func (d *draft) placeholder(text string, at []step) (jsondoc.Value, error) {
	path, err := pathTo(at)
	if err != nil {
		return jsondoc.Value{}, err
	}
	matcher, example := TypeMatcher(), jsondoc.String(anyValue)
	pattern, isRegex := strings.CutPrefix(text, "${json-unit.regex}")
	switch {
	case isRegex:
		p, err := provePattern(pattern, nil)
		if err != nil {
			return jsondoc.Value{}, err
		}
		matcher, example = RegexMatcher(p.regex), jsondoc.String(p.example)
	case text == "${json-unit.any-string}":
	case text == "${json-unit.any-number}":
		matcher = Matcher{jsondoc.Object(jsondoc.M("match", jsondoc.String("number")))}
		example = jsondoc.Int(1)
	case text == "${json-unit.any-boolean}":
		example = jsondoc.Bool(true)
	default:
		return jsondoc.Value{}, fmt.Errorf("the placeholder %s at %s cannot be said in a Pact", clip(text), path)
	}
	d.rule(CategoryBody, path, matcher)
	d.generated = true
	return example, nil
}

// formBody says conditions on the fields of a form.
func (d *draft) formBody(m expectations.MultiMatcher) error {
	r := d.it.Request
	if t := parseMedia(r.Headers.contentType()); !t.isForm() {
		if !t.unknown() {
			return fmt.Errorf("conditions on form fields under the content type %s cannot be said in a Pact", t)
		}
		r.Headers = r.Headers.add("Content-Type", "application/x-www-form-urlencoded", true)
	}
	var form Fields
	for _, entry := range m.Entries {
		field, err := d.field("form field", CategoryBody, entry)
		if err != nil {
			return err
		}
		if field != nil {
			for _, v := range field.Values {
				form = form.add(field.Name, v, false)
			}
		}
	}
	if len(form) > 0 {
		r.Body = Body{Kind: BodyText, Bytes: []byte(encodeQuery(form))}
	}
	return nil
}

// encodeQuery is the query or form as it is sent.
func encodeQuery(f Fields) string {
	var b strings.Builder
	for _, field := range f {
		for _, v := range field.Values {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(url.QueryEscape(field.Name) + "=" + url.QueryEscape(v))
		}
	}
	return b.String()
}
