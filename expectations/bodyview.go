package expectations

import (
	"errors"
	"mime"
	"strings"

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

// string returns the content as text. ISO-8859-1 is converted where the
// content type names it; everything else is taken for UTF-8.
func (b *bodyView) string() string {
	if !b.textDone {
		b.text, b.textDone = string(b.content.Bytes), true
		if latin1(b.contentType) {
			b.text = fromLatin1(b.content.Bytes)
		}
	}
	return b.text
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
	value, err := jsondoc.Parse(b.content.Bytes)
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
		case latin1(b.contentType):
			b.xml, b.xmlErr = xmldoc.ParseText(b.string())
		default:
			b.xml, b.xmlErr = xmldoc.Parse(b.content.Bytes)
		}
	}
	return b.xml, b.xmlErr
}

// errIncomplete is about a body that is truncated or still encoded.
var errIncomplete = errors.New("incomplete")

func latin1(contentType string) bool {
	if !strings.Contains(contentType, "=") {
		return false
	}
	_, params, err := mime.ParseMediaType(contentType)
	return err == nil && (strings.EqualFold(params["charset"], "iso-8859-1") || strings.EqualFold(params["charset"], "latin1"))
}

func fromLatin1(content []byte) string {
	runes := make([]rune, len(content))
	for i, c := range content {
		runes[i] = rune(c)
	}
	return string(runes)
}
