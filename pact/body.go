package pact

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A BodyKind says what a document holds for a body.
type BodyKind uint8

const (
	// BodyAbsent asserts nothing: any body will do.
	BodyAbsent BodyKind = iota
	// BodyEmpty is "": there must be no body.
	BodyEmpty
	// BodyNull is null: there must be no body either (the reference does not
	// accept the JSON text null for it).
	BodyNull
	// BodyJSON is a JSON document.
	BodyJSON
	// BodyText is anything that is read as text.
	BodyText
	// BodyBinary is anything else.
	BodyBinary
)

// A Body is the example body of a request or a response.
type Body struct {
	// Kind says which of the fields count.
	Kind BodyKind
	// JSON is the document of a BodyJSON.
	JSON jsondoc.Value
	// Bytes is the content of a BodyText or BodyBinary. For a BodyJSON it is
	// the text where the document had one to keep, else nil.
	Bytes []byte
	// ContentType is the type a V4 body declares beside its content.
	ContentType string
}

// Content is the body as bytes to send; nil for an absent or empty one.
func (b Body) Content() []byte {
	switch b.Kind {
	case BodyJSON:
		if b.Bytes != nil {
			return b.Bytes
		}
		return b.JSON.AppendCompact(nil)
	case BodyText, BodyBinary:
		return b.Bytes
	case BodyAbsent, BodyEmpty, BodyNull:
	}
	return nil
}

// present reports whether there is content to compare.
func (b Body) present() bool {
	return b.Kind == BodyJSON || b.Kind == BodyText || b.Kind == BodyBinary
}

// readBodyV3 reads the body member of Pact V1 to V3. The content type is that
// of the Content-Type header, "" if there is none.
func readBodyV3(v jsondoc.Value, contentType string) Body {
	switch v.Kind {
	case jsondoc.KindNull:
		return Body{Kind: BodyNull}
	case jsondoc.KindString:
		return readTextBody(v.Text, contentType)
	case jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindArray, jsondoc.KindObject:
	}
	return Body{Kind: BodyJSON, JSON: v}
}

// readTextBody reads a body written as a JSON string. Under a JSON content
// type it is the text of a document if it parses as an object or a string, and
// a JSON string otherwise; under a type that is not text it is base64 where
// that decodes (pact_models, body_from_json).
func readTextBody(text, contentType string) Body {
	if text == "" {
		return Body{Kind: BodyEmpty}
	}
	if contentType == "" {
		contentType = sniff([]byte(text))
	}
	media := parseMedia(contentType)
	switch {
	case media.isJSON():
		if v, err := jsondoc.Parse([]byte(text)); err == nil && rawJSONText(v.Kind) {
			return Body{Kind: BodyJSON, JSON: v, Bytes: []byte(text)}
		}
		return Body{Kind: BodyJSON, JSON: jsondoc.String(text)}
	case !media.isText():
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			return bytesBody(raw)
		}
	}
	return bytesBody([]byte(text))
}

// rawJSONText reports whether a JSON text of this kind, written as a string
// under a JSON content type, stands for itself.
func rawJSONText(k jsondoc.Kind) bool {
	return k == jsondoc.KindObject || k == jsondoc.KindString
}

func bytesBody(raw []byte) Body {
	switch {
	case len(raw) == 0:
		return Body{Kind: BodyEmpty}
	case utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0:
		return Body{Kind: BodyText, Bytes: raw}
	}
	return Body{Kind: BodyBinary, Bytes: raw}
}

// readBodyV4 reads the body member of Pact V4, an object of its own.
func readBodyV4(v jsondoc.Value, contentType string) Body {
	if v.Kind != jsondoc.KindObject {
		return readBodyV3(v, contentType)
	}
	content, ok := v.Get("content")
	if !ok {
		return Body{}
	}
	if ct, ok := v.Get("contentType"); ok && ct.Kind == jsondoc.KindString {
		contentType = ct.Text
	}
	encoded, _ := v.Get("encoded")
	b := readContentV4(content, strings.ToLower(encoded.Text), contentType)
	b.ContentType = contentType
	return b
}

func readContentV4(content jsondoc.Value, encoded, contentType string) Body {
	switch {
	case content.Kind == jsondoc.KindNull:
		return Body{Kind: BodyNull}
	case content.Kind == jsondoc.KindString && content.Text == "":
		return Body{Kind: BodyEmpty}
	case encoded == "base64" && content.Kind == jsondoc.KindString:
		raw, err := base64.StdEncoding.DecodeString(content.Text)
		if err != nil {
			raw = []byte(content.Text)
		}
		return typedBytes(raw, contentType)
	case encoded == "" && (contentType == "" || parseMedia(contentType).isJSON()):
		if contentType == "" && content.Kind == jsondoc.KindString {
			return typedBytes([]byte(content.Text), contentType)
		}
		return Body{Kind: BodyJSON, JSON: content}
	case content.Kind == jsondoc.KindString:
		return typedBytes([]byte(content.Text), contentType)
	}
	return Body{Kind: BodyJSON, JSON: content}
}

// typedBytes is the body of raw bytes: a JSON document if the type, given or
// sniffed, says so and they parse, else text or binary.
func typedBytes(raw []byte, contentType string) Body {
	if contentType == "" {
		contentType = sniff(raw)
	}
	if parseMedia(contentType).isJSON() {
		if v, err := jsondoc.Parse(raw); err == nil {
			return Body{Kind: BodyJSON, JSON: v, Bytes: raw}
		}
	}
	return bytesBody(raw)
}

// writeV3 is the body member as Pact V3 has it; ok is false where it must be
// left out. A JSON string whose text would be taken for a document is written
// as the text of its JSON.
func (b Body) writeV3(contentType string) (v jsondoc.Value, ok bool) {
	switch b.Kind {
	case BodyAbsent:
		return jsondoc.Value{}, false
	case BodyEmpty:
		return jsondoc.String(""), true
	case BodyNull:
		return jsondoc.Null(), true
	case BodyJSON:
		return writeJSONBody(b.JSON, contentType), true
	case BodyText:
		return b.writeText(contentType), true
	case BodyBinary:
	}
	return jsondoc.String(base64.StdEncoding.EncodeToString(b.Bytes)), true
}

func writeJSONBody(doc jsondoc.Value, contentType string) jsondoc.Value {
	switch doc.Kind {
	case jsondoc.KindNull:
		// A null member would ask for no body; the text of the document says
		// what is meant.
		return jsondoc.String("null")
	case jsondoc.KindString:
		back := readTextBody(doc.Text, contentType)
		if back.Kind != BodyJSON || !jsondoc.Equal(back.JSON, doc) {
			return jsondoc.String(string(doc.AppendCompact(nil)))
		}
	case jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindArray, jsondoc.KindObject:
	}
	return doc
}

// writeText writes text as it is where a reader gets the same text back, else
// as base64.
func (b Body) writeText(contentType string) jsondoc.Value {
	text := string(b.Bytes)
	if back := readTextBody(text, contentType); bytes.Equal(back.Content(), b.Bytes) {
		return jsondoc.String(text)
	}
	return jsondoc.String(base64.StdEncoding.EncodeToString(b.Bytes))
}

// The reference sniffs a body without a type by these expressions, in this
// order (pact_models, content_types).
var (
	sniffXML     = regexp.MustCompile(`^\s*<\?xml\s*version.*`)
	sniffHTML    = regexp.MustCompile(`^\s*(<!DOCTYPE)|(<HTML>).*`)
	sniffJSON    = regexp.MustCompile(`^\s*(true|false|null|[0-9]+|"\w*|\{\s*(}|"\w+)|\[\s*).*`)
	sniffElement = regexp.MustCompile(`^\s*<\w+\s*(:\w+=["”][^"”]+["”])?.*`)
)

// sniff guesses the content type of a body that declares none, "" if it
// cannot.
func sniff(body []byte) string {
	head := body[:min(len(body), 32)]
	switch {
	case len(head) == 0:
		return ""
	case sniffXML.Match(head):
		return "application/xml"
	case sniffHTML.Match(bytes.ToUpper(head)):
		return "text/html"
	case sniffJSON.Match(head):
		return "application/json"
	case sniffElement.Match(head):
		return "application/xml"
	case !utf8.Valid(body):
		return "application/octet-stream"
	}
	return "text/plain"
}

// printable is a body for a message: text as it is, else its length.
func printable(b []byte) string {
	if utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 {
		return string(b)
	}
	return fmt.Sprintf("(%d bytes)", len(b))
}
