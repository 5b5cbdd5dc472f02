package pact

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// writeV4 is the body member as Pact V4 has it, an object; ok is false where
// it must be left out.
func (b Body) writeV4(contentType string) (v jsondoc.Value, ok bool) {
	if b.ContentType != "" {
		contentType = b.ContentType
	}
	if b.Kind == BodyAbsent {
		return jsondoc.Value{}, false
	}
	if contentType == "" {
		contentType = sniff(b.Content())
	}
	object := func(encoded, content jsondoc.Value) jsondoc.Value {
		var members []jsondoc.Member
		if contentType != "" {
			members = append(members, jsondoc.M("contentType", jsondoc.String(contentType)))
		}
		return jsondoc.Object(append(members, jsondoc.M("encoded", encoded), jsondoc.M("content", content))...)
	}
	switch b.Kind {
	case BodyEmpty:
		return object(jsondoc.Bool(false), jsondoc.String("")), true
	case BodyNull:
		return object(jsondoc.Bool(false), jsondoc.Null()), true
	case BodyJSON:
		if !parseMedia(contentType).isJSON() {
			contentType = "application/json"
		}
		if b.JSON.Kind == jsondoc.KindNull || b.JSON.Kind == jsondoc.KindString && b.JSON.Text == "" {
			return object(jsondoc.String("JSON"), jsondoc.String(string(b.JSON.AppendCompact(nil)))), true
		}
		return object(jsondoc.Bool(false), b.JSON), true
	case BodyText:
		if back := readContentV4(jsondoc.String(string(b.Bytes)), "", contentType); utf8.Valid(b.Bytes) &&
			back.Kind == BodyText && bytes.Equal(back.Bytes, b.Bytes) {
			return object(jsondoc.Bool(false), jsondoc.String(string(b.Bytes))), true
		}
	case BodyBinary, BodyAbsent:
	}
	return object(jsondoc.String("base64"), jsondoc.String(base64.StdEncoding.EncodeToString(b.Bytes))), true
}
