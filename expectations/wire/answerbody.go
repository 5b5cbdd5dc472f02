package wire

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/charset"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// xmlContentType is the type of an XML body that names none (MockServer 7
// XmlBody.DEFAULT_XML_CONTENT_TYPE).
const xmlContentType = "application/xml; charset=utf-8"

// An answerKind is a row of [answerKinds]: one kind of response body.
type answerKind struct {
	kindName
	// contentType is what a body of this kind is sent as if it says nothing;
	// it is not printed.
	contentType string
	// decode reads the member that holds the content.
	decode func(d *decoder, v jsondoc.Value) []byte
	// more are the members that this kind has besides.
	more []field[answerDraft]
	// print prints b. It prints nothing and returns false if b's bytes are not
	// of this kind.
	print func(p *printer, b *expectations.AnswerBody) bool
}

// answerKinds has a row for each [expectations.AnswerBodyKind].
func answerKinds() [6]answerKind {
	return [...]answerKind{
		{
			kindName: kindName{name: string(expectations.AnswerString), field: "string"},
			decode:   func(d *decoder, v jsondoc.Value) []byte { return []byte(d.text(v)) },
			print:    printStringAnswer,
		},
		{
			kindName:    kindName{name: string(expectations.AnswerJSON), field: "json"},
			contentType: jsonContentType,
			decode:      decodeJSONAnswer,
			print:       printJSONAnswer,
		},
		{
			kindName:    kindName{name: string(expectations.AnswerXML), field: "xml"},
			contentType: xmlContentType,
			decode:      func(d *decoder, v jsondoc.Value) []byte { return []byte(d.text(v)) },
			print:       printXMLAnswer,
		},
		{
			kindName: kindName{name: string(expectations.AnswerBinary), field: "base64Bytes"},
			decode:   func(d *decoder, v jsondoc.Value) []byte { return d.base64(v) },
			print:    printBinaryAnswer,
		},
		fileAnswer(),
		parametersAnswer(),
	}
}

// answerNames are the names of all kinds.
func answerNames(yield func(kindName) bool) {
	for _, k := range answerKinds() {
		if !yield(k.kindName) {
			return
		}
	}
}

// decodeAnswerBody reads a response body in any of its forms. An empty string
// is none.
func decodeAnswerBody(d *decoder, v jsondoc.Value) *expectations.AnswerBody {
	switch v.Kind {
	case jsondoc.KindString:
		if v.Text == "" {
			return nil
		}
		return &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte(v.Text)}
	case jsondoc.KindArray:
		return bareAnswer(v)
	case jsondoc.KindObject:
		kind, ok := kindIn(v, answerNames)
		if !ok {
			return bareAnswer(v)
		}
		return decodeTypedAnswer(d, v, kind)
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber:
	}
	d.problem("should match one of its valid types: a string, a JSON object or array, or an object with a type of %s",
		answerTypes())
	return nil
}

// bareAnswer is a JSON body written as itself; it is sent as Jackson prints
// it.
func bareAnswer(v jsondoc.Value) *expectations.AnswerBody {
	return &expectations.AnswerBody{
		Kind:        expectations.AnswerJSON,
		Bytes:       v.AppendJackson(nil),
		ContentType: jsonContentType,
	}
}

// answerTypes lists the names of all kinds.
func answerTypes() string {
	var names []string
	for k := range answerNames {
		names = append(names, k.name)
	}
	return strings.Join(names, ", ")
}

// An answerDraft is a typed response body while it is read.
type answerDraft struct {
	contentType  string
	content, raw []byte
	hasRaw       bool
	template     expectations.TemplateType
}

var answerBodyFields = []field[answerDraft]{
	{"type", ignore[answerDraft]},
	{"contentType", func(d *decoder, v jsondoc.Value, a *answerDraft) { a.contentType = decodeFieldValue(d, v) }},
	{"rawBytes", func(d *decoder, v jsondoc.Value, a *answerDraft) { a.raw, a.hasRaw = d.base64(v), true }},
	{"not", refuseCondition},
	{"optional", refuseCondition},
}

func refuseCondition(d *decoder, v jsondoc.Value, _ *answerDraft) {
	if d.boolean(v) {
		d.problem("has no meaning in a response")
	}
}

func decodeTypedAnswer(d *decoder, v jsondoc.Value, kind kindName) *expectations.AnswerBody {
	for _, k := range answerKinds() {
		if k.name != kind.name {
			continue
		}
		var a answerDraft
		content := field[answerDraft]{k.field, func(d *decoder, v jsondoc.Value, a *answerDraft) { a.content = k.decode(d, v) }}
		typed[answerDraft, answerDraft]{k.kindName, answerBodyFields, append(k.more, content)}.read(d, v, &a, &a)
		if k.name == string(expectations.AnswerFile) {
			return fileBody(a)
		}
		if text, ok := charset.Decode(a.raw, a.contentType); a.hasRaw && (!ok || text != string(a.content)) {
			a.content = a.raw
		}
		if a.contentType == "" {
			a.contentType = k.contentType
		}
		if len(a.content) == 0 && a.contentType == "" {
			return nil
		}
		return &expectations.AnswerBody{
			Kind: expectations.AnswerBodyKind(k.name), Bytes: a.content, ContentType: a.contentType,
		}
	}
	return nil // kindIn names none but these
}

// decodeJSONAnswer reads JSON, which is sent as Jackson prints it, or JSON
// text, which is sent as it is.
func decodeJSONAnswer(d *decoder, v jsondoc.Value) []byte {
	tree, text := jsonText(d, v)
	if text != "" {
		return []byte(text)
	}
	return tree.AppendJackson(nil)
}

// printAnswerBody prints a member that is b. What is not of the kind it says
// (recorded bytes may be anything) is printed as the kind that fits.
func printAnswerBody(p *printer, b *expectations.AnswerBody) {
	p.Key("body")
	for _, k := range answerKinds() {
		if k.name == string(b.Kind) && k.print(p, b) {
			return
		}
	}
	if utf8.Valid(b.Bytes) {
		printStringAnswer(p, b)
		return
	}
	printBinaryAnswer(p, b)
}

func printStringAnswer(p *printer, b *expectations.AnswerBody) bool {
	valid := utf8.Valid(b.Bytes)
	if !p.defaults && valid && len(b.Bytes) > 0 && b.ContentType == "" {
		p.String(string(b.Bytes))
		return true
	}
	p.BeginObject()
	p.text("type", string(expectations.AnswerString))
	printTextAnswer(p, "string", b)
	p.text("contentType", b.ContentType)
	p.EndObject()
	return true
}

// printTextAnswer prints the members that hold text, and its bytes.
func printTextAnswer(p *printer, name string, b *expectations.AnswerBody) {
	p.Key(name)
	p.String(strings.ToValidUTF8(string(b.Bytes), "\ufffd"))
	if utf8.Valid(b.Bytes) {
		printRawBytes(p, b.Bytes, b.ContentType)
	} else {
		p.Base64("rawBytes", b.Bytes)
	}
}

// printRawBytes prints the bytes of a text, which MockServer does wherever a
// text is more than a string.
func printRawBytes(p *printer, text []byte, contentType string) {
	if encoded, ok := charset.Encode(text, contentType); ok {
		text = encoded
	}
	p.Base64("rawBytes", text)
}

func printJSONAnswer(p *printer, b *expectations.AnswerBody) bool {
	standard := b.ContentType == "" || b.ContentType == jsonContentType
	exact := false
	if !p.defaults {
		var tree jsondoc.Value
		if tree, exact = jacksonText(b.Bytes); exact && standard && bare(tree, answerNames) && p.Raw(b.Bytes) == nil {
			return true
		}
	} else if p.made {
		_, exact = jacksonText(b.Bytes)
	}
	before := *p
	p.BeginObject()
	if !standard {
		p.text("contentType", b.ContentType)
	}
	p.text("type", string(expectations.AnswerJSON))
	p.Key("json")
	if !printJSON(p, b.Bytes) {
		*p = before
		return false
	}
	if !exact {
		p.Base64("rawBytes", b.Bytes)
	}
	p.EndObject()
	return true
}

// jacksonText reports whether text is as Jackson prints it, and what it says.
// The usual compact text is told without reading it.
func jacksonText(text []byte) (tree jsondoc.Value, ok bool) {
	if len(text) > 1 && (text[0] == '{' || text[0] == '[') && text[1] != ' ' && text[1] != '\n' {
		return jsondoc.Value{}, false
	}
	tree, err := jsondoc.Parse(text)
	return tree, err == nil && bytes.Equal(tree.AppendJackson(nil), text)
}

func printXMLAnswer(p *printer, b *expectations.AnswerBody) bool {
	p.BeginObject()
	p.text("type", string(expectations.AnswerXML))
	printTextAnswer(p, "xml", b)
	if b.ContentType != xmlContentType {
		p.text("contentType", b.ContentType)
	}
	p.EndObject()
	return true
}

func printBinaryAnswer(p *printer, b *expectations.AnswerBody) bool {
	p.BeginObject()
	p.text("type", string(expectations.AnswerBinary))
	p.Base64("base64Bytes", b.Bytes)
	p.text("contentType", b.ContentType)
	p.EndObject()
	return true
}
