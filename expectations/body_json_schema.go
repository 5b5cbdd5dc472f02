package expectations

import (
	"bytes"
	"maps"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// JSONSchemaBody wants the body to be JSON that fulfils Schema, which is of
// any draft from 4 to 2020-12, or of draft 7 if it names none. Formats are
// asserted. A $ref leads nowhere outside of Schema: nothing is loaded.
type JSONSchemaBody struct {
	// Schema is the JSON text of the schema.
	Schema []byte
	// Styles has styles for fields of a form, by name, which is turned into
	// JSON before it is judged; nil if there are none.
	Styles map[string]ParameterStyle
}

// Type is "JSON_SCHEMA".
func (JSONSchemaBody) Type() string { return "JSON_SCHEMA" }

func (j JSONSchemaBody) compile() (bodyTest, error) {
	s, err := compileSchema("body", j.Schema)
	if err != nil {
		return nil, err
	}
	return &jsonSchemaTest{s, j.Styles}, nil
}

func (j JSONSchemaBody) equal(other BodyKind) bool {
	o, ok := other.(JSONSchemaBody)
	return ok && maps.Equal(j.Styles, o.Styles) && sameJSON(j.Schema, o.Schema)
}

func (JSONSchemaBody) sample() ([]byte, bool) { return nil, false }

type jsonSchemaTest struct {
	schema *schema
	styles map[string]ParameterStyle
}

func (t *jsonSchemaTest) test(b *bodyView) bool { return t.reason(b) == "" }

func (t *jsonSchemaTest) want() string { return "JSON that fulfils " + t.schema.text }

// reason says which part of the schema is not fulfilled.
func (t *jsonSchemaTest) reason(b *bodyView) string {
	doc, ok := b.plain()
	if !ok {
		return "not JSON"
	}
	if t.styles != nil && b.form {
		doc = plainJSON(formDocument(sentQuery(strings.TrimSpace(b.string())), t.styles))
	}
	return t.schema.check(doc)
}

// sameJSON reports whether two texts are the same, or the same JSON.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, errX := jsondoc.Parse(a)
	y, errY := jsondoc.Parse(b)
	return errX == nil && errY == nil && jsondoc.Equal(x, y)
}
