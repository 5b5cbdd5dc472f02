package expectations

import (
	"bytes"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// JSONSchemaBody wants the body to be JSON that fulfils Schema, which is of
// any draft from 4 to 2020-12, or of draft 7 if it names none. Formats are
// asserted. A $ref leads nowhere outside of Schema: nothing is loaded.
type JSONSchemaBody struct {
	// Schema is the JSON text of the schema.
	Schema []byte
}

// Type is "JSON_SCHEMA".
func (JSONSchemaBody) Type() string { return "JSON_SCHEMA" }

func (j JSONSchemaBody) compile() (bodyTest, error) {
	s, err := compileSchema("body", j.Schema)
	if err != nil {
		return nil, err
	}
	return &jsonSchemaTest{s}, nil
}

func (j JSONSchemaBody) equal(other BodyKind) bool {
	o, ok := other.(JSONSchemaBody)
	return ok && sameJSON(j.Schema, o.Schema)
}

func (JSONSchemaBody) sample() ([]byte, bool) { return nil, false }

type jsonSchemaTest struct{ schema *schema }

func (t *jsonSchemaTest) test(b *bodyView) bool {
	doc, ok := b.plain()
	return ok && t.schema.check(doc) == ""
}

func (t *jsonSchemaTest) want() string { return "JSON that fulfils " + t.schema.text }

// reason says which part of the schema is not fulfilled.
func (t *jsonSchemaTest) reason(b *bodyView) string {
	doc, ok := b.plain()
	if !ok {
		return "not JSON"
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
