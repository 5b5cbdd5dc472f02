package expectations

import (
	"errors"
	"strings"

	"github.com/pactape/pactape/expectations/charset"
	"github.com/pactape/pactape/expectations/jsondoc"
	"github.com/pactape/pactape/expectations/xmldoc"
)

// A bodyView is the body of a request on its way past many conditions: it is
// decoded once and only if one asks.
type bodyView struct {
	content     Body
	contentType string

	text     string
	textDone bool
	// decoded says that text is of another charset than UTF-8.
	decoded, decodeDone bool

	json             jsondoc.Value
	jsonOK, jsonDone bool

	// form says that json was a form.
	form bool

	any     any
	anyDone bool

	xml     *xmldoc.Document
	xmlErr  error
	xmlDone bool
}

// whole reports whether the content is all there: a truncated or still
// encoded one equals nothing.
func (b *bodyView) whole() bool { return !b.content.Truncated && !b.content.Encoded }

// string returns the content as text, by the charset of the content type;
// without one it is taken for UTF-8.
func (b *bodyView) string() string {
	if !b.decode() && !b.textDone {
		b.text, b.textDone = string(b.content.Bytes), true
	}
	return b.text
}

// decode makes text of content in another charset than UTF-8, and reports
// whether it is.
func (b *bodyView) decode() bool {
	if !b.decodeDone {
		b.decodeDone = true
		b.text, b.decoded = charset.Decode(b.content.Bytes, b.contentType)
	}
	return b.decoded
}

// utf8 returns the content as UTF-8.
func (b *bodyView) utf8() []byte {
	if b.decode() {
		return []byte(b.text)
	}
	return b.content.Bytes
}

// document returns the content as JSON; ok is false where it is none. XML and
// forms are turned into JSON if their content type says that they are such,
// and JSON is not what they are all the same (MockServer
// JsonSchemaBodyDecoder).
func (b *bodyView) document() (doc jsondoc.Value, ok bool) {
	if !b.jsonDone {
		b.jsonDone = true
		if b.whole() && len(b.content.Bytes) > 0 {
			b.parseDocument()
		}
	}
	return b.json, b.jsonOK
}

func (b *bodyView) parseDocument() {
	value, err := jsondoc.Parse(b.utf8())
	b.json, b.jsonOK = value, err == nil
	if b.jsonOK {
		return
	}
	media, _, _ := strings.Cut(b.contentType, ";")
	switch media = strings.ToLower(strings.TrimSpace(media)); {
	case media == "application/xml", media == "text/xml", strings.HasSuffix(media, "+xml"):
		if doc, err := b.xmlDocument(); err == nil {
			b.json, b.jsonOK = doc.JSON(), true
		}
	case media == "application/x-www-form-urlencoded":
		b.form, b.jsonOK = true, true
		b.json = formDocument(sentQuery(strings.TrimSpace(b.string())), nil)
	}
}

// formDocument is a form as a JSON object: its fields, whose values are as
// they were sent, in the order of their
// first occurrence, several values of one as an array, each as
// [xmldoc.Scalar] reads it.
func formDocument(fields []Param, styles map[string]ParameterStyle) jsondoc.Value {
	var members []jsondoc.Member
	index := map[string]int{}
	decode := func(s string) string { return unescape(s, true) }
	for _, field := range fields {
		i, known := index[field.Name]
		if !known {
			i = len(members)
			index[field.Name] = i
			members = append(members, jsondoc.M(field.Name, jsondoc.Array()))
		}
		for _, value := range styles[field.Name].split(field.Name, field.Value, decode) {
			members[i].Value.Items = append(members[i].Value.Items, xmldoc.Scalar(value))
		}
	}
	for i := range members {
		if items := members[i].Value.Items; len(items) == 1 {
			members[i].Value = items[0]
		}
	}
	return jsondoc.Object(members...)
}

// plain returns the content as JSON in the types of encoding/json; ok is false
// where it is none.
func (b *bodyView) plain() (doc any, ok bool) {
	tree, ok := b.document()
	if ok && !b.anyDone {
		b.any, b.anyDone = plainJSON(tree), true
	}
	return b.any, ok
}

// xmlDocument returns the content as XML, or why it is none.
func (b *bodyView) xmlDocument() (*xmldoc.Document, error) {
	if !b.xmlDone {
		b.xmlDone = true
		switch {
		case !b.whole():
			b.xmlErr = errIncomplete
		case b.decode():
			b.xml, b.xmlErr = xmldoc.ParseText(b.text)
		default:
			b.xml, b.xmlErr = xmldoc.Parse(b.content.Bytes)
		}
	}
	return b.xml, b.xmlErr
}

// errIncomplete is about a body that is truncated or still encoded.
var errIncomplete = errors.New("incomplete")
