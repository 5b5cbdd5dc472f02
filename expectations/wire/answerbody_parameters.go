package wire

import (
	"net/url"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// formContentType is the type of a PARAMETERS body that names none (MockServer
// 7 ParameterBody).
const formContentType = "application/x-www-form-urlencoded"

// parametersAnswer is {"type":"PARAMETERS","parameters":…}, sent as an HTML
// form. The values of one name are sent together.
func parametersAnswer() answerKind {
	return answerKind{
		kindName:    kindName{name: string(expectations.AnswerParameters), field: "parameters", typeNeeded: true},
		contentType: formContentType,
		decode: func(d *decoder, v jsondoc.Value) []byte {
			var params []expectations.Param
			multiEntries(d, v, func(e multiEntry) {
				if e.style != "" {
					d.problem("parameterStyle has no meaning in a response")
				}
				name := decodeLiteral(d, e.name)
				for i, value := range e.values {
					d.pushIndex(i)
					params = append(params, expectations.Param{Name: name, Value: decodeLiteral(d, value)})
					d.pop()
				}
			}, nil)
			return formOf(params)
		},
		print: printParametersAnswer,
	}
}

// formOf is a form, the values of one name together.
func formOf(params []expectations.Param) []byte {
	var names []string
	values := map[string][]string{}
	for _, param := range params {
		if _, known := values[param.Name]; !known {
			names = append(names, param.Name)
		}
		values[param.Name] = append(values[param.Name], url.QueryEscape(param.Value))
	}
	var pairs []string
	for _, name := range names {
		for _, value := range values[name] {
			pairs = append(pairs, url.QueryEscape(name)+"="+value)
		}
	}
	return []byte(strings.Join(pairs, "&"))
}

// printParametersAnswer prints b as an array, which keeps the order of names,
// if it is a form of ours.
func printParametersAnswer(p *printer, b *expectations.AnswerBody) bool {
	params := expectations.ParseQuery(string(b.Bytes))
	if string(formOf(params)) != string(b.Bytes) {
		return false
	}
	p.BeginObject()
	p.text("type", string(expectations.AnswerParameters))
	p.Key("parameters")
	p.BeginArray()
	for i, param := range params {
		if i == 0 || params[i-1].Name != param.Name {
			p.Item()
			p.BeginObject()
			p.Key("name")
			p.String(param.Name)
			p.Key("values")
			p.BeginArray()
		}
		p.Item()
		p.String(param.Value)
		if i == len(params)-1 || params[i+1].Name != param.Name {
			p.EndArray()
			p.EndObject()
		}
	}
	p.EndArray()
	if b.ContentType != formContentType {
		p.text("contentType", b.ContentType)
	}
	p.EndObject()
	return true
}
