package expectations

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/dlclark/regexp2/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A schema is a compiled JSON Schema of any draft from 4 to 2020-12; one that
// names none is of draft 7 (MockServer). Formats are asserted whatever the
// draft. It is safe for concurrent use.
type schema struct {
	text     string
	compiled *jsonschema.Schema
	// How a plain string is read, see [schema.acceptsText].
	schemaReadings
	// properties says it of the properties that are declared, others of those
	// that are not, for which open says that they are meant to be there.
	properties map[string]schemaReadings
	others     schemaReadings
	open       bool
}

// schemaURL is where a schema says it is: a relative $ref resolves to a URL
// that nothing is loaded from.
const schemaURL = "schema:///this"

// compileSchema compiles the schema in text; field says where it stands. The
// error is a [*PatternError].
func compileSchema(field string, text []byte) (s *schema, err error) {
	wrong := func(err error) error {
		return &PatternError{Field: field, Pattern: string(text), Err: err, What: "JSON schema"}
	}
	defer func() {
		// The library is not meant to panic, but what it compiles is anything.
		if r := recover(); r != nil {
			s, err = nil, wrong(fmt.Errorf("cannot be compiled: %v", r))
		}
	}()
	doc, err := jsondoc.ParseLenient(text)
	if err != nil {
		return nil, wrong(err)
	}
	if doc.Kind != jsondoc.KindObject && doc.Kind != jsondoc.KindBool {
		return nil, wrong(fmt.Errorf("%s found, object expected", doc.Kind))
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.AssertFormat()
	c.UseLoader(noLoader{})
	c.UseRegexpEngine(schemaRegexp)
	if err := c.AddResource(schemaURL, plainJSON(doc)); err != nil {
		return nil, wrong(oneLine(err))
	}
	compiled, err := c.Compile(schemaURL)
	if err != nil {
		return nil, wrong(oneLine(err))
	}
	s = &schema{text: string(text), compiled: compiled}
	s.schemaReadings = readingsOf(doc)
	walk := &schemaWalk{root: doc, into: s, left: maxSchemaWalk}
	walk.compose(doc)
	s.asString = s.asString && (!s.asObject || walk.asString)
	s.open = s.asObject && (s.open || len(s.properties) == 0)
	return s, nil
}

// noLoader refuses what a schema refers to outside of itself: a schema comes
// over the network, and must not make us read files or call others.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is not loaded: a $ref or $schema must be within the schema itself "+
		"(put definitions below $defs) or one of the drafts 4 to 2020-12", url)
}

// oneLine is an error on one line.
func oneLine(err error) error {
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}

// check returns why a value does not fulfil the schema, "" if it does.
func (s *schema) check(value any) (reason string) {
	defer func() {
		if r := recover(); r != nil {
			reason = fmt.Sprintf("cannot be judged: %v", r)
		}
	}()
	err := s.compiled.Validate(value)
	if err == nil {
		return ""
	}
	_, reasons, _ := strings.Cut(err.Error(), "\n")
	return strings.Join(strings.Fields(strings.TrimPrefix(reasons, "- ")), " ")
}

// acceptsText reports whether one value fulfils the schema: as a string, or
// as the JSON it reads as, whichever the schema's type is about; either will
// do where it names no type.
func (s *schema) acceptsText(value string) bool {
	if strings.TrimSpace(value) == "" {
		return s.nullable
	}
	if s.asString && s.check(value) == "" {
		return true
	}
	if !s.asJSON {
		return false
	}
	doc, err := jsondoc.Parse([]byte(value))
	if err != nil || doc.Kind == jsondoc.KindString {
		// "a", for a schema of an array or of a type that it is not.
		return s.asList && s.acceptsList([]string{value})
	}
	return s.check(plainJSON(doc)) == "" || s.asList && s.acceptsList([]string{value})
}

// acceptsList reports whether all values of a name together, as an array of
// strings or of the JSON they read as, fulfil the schema.
func (s *schema) acceptsList(values []string) bool {
	asStrings, asJSON := make([]any, len(values)), make([]any, len(values))
	for i, value := range values {
		asStrings[i], asJSON[i] = value, value
		if doc, err := jsondoc.Parse([]byte(value)); err == nil && doc.Kind != jsondoc.KindString {
			asJSON[i] = plainJSON(doc)
		}
	}
	return s.check(asStrings) == "" || s.check(asJSON) == ""
}

// schemaRegexp compiles a pattern of a schema: ECMA-262, found anywhere in
// the value. RE2 runs it where it can.
func schemaRegexp(pattern string) (jsonschema.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if err == nil {
		return re, nil
	}
	back, err2 := regexp2.Compile(pattern, regexp2.ECMAScript)
	if err2 != nil {
		return nil, err
	}
	back.MatchTimeout = maxBacktracking
	return ecmaRegexp{back}, nil
}

type ecmaRegexp struct{ re *regexp2.Regexp }

func (e ecmaRegexp) String() string { return e.re.String() }

func (e ecmaRegexp) MatchString(s string) bool {
	ok, err := e.re.MatchString(s)
	return ok && err == nil
}

// plainJSON is a document as encoding/json reads it with UseNumber.
func plainJSON(v jsondoc.Value) any {
	switch v.Kind {
	case jsondoc.KindBool:
		return v.Bool
	case jsondoc.KindNumber:
		return json.Number(boundedNumber(v.Text))
	case jsondoc.KindString:
		return v.Text
	case jsondoc.KindArray:
		items := make([]any, len(v.Items))
		for i := range v.Items {
			items[i] = plainJSON(v.Items[i])
		}
		return items
	case jsondoc.KindObject:
		members := make(map[string]any, len(v.Members))
		for i := range v.Members {
			members[v.Members[i].Name] = plainJSON(v.Members[i].Value)
		}
		return members
	case jsondoc.KindNull:
	}
	return nil
}

// boundedNumber is a number as it is, or the nearest one of a size that exact
// arithmetic can be done with: "1e1000000" has a million digits.
func boundedNumber(text string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	n, err := strconv.Atoi("0" + strings.TrimLeft(exponent, "+-"))
	if len(mantissa) <= 1000 && err == nil && n <= 400 {
		return text
	}
	f, _ := strconv.ParseFloat(text, 64)
	switch {
	case f > math.MaxFloat64:
		f = math.MaxFloat64
	case f < -math.MaxFloat64:
		f = -math.MaxFloat64
	case f != f:
		f = 0
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
