package pact

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// maxGenerated bounds the length of a random text.
const maxGenerated = 1 << 20

// generate makes a value by a generator in place of an example.
func generate(g, example jsondoc.Value, o GenerateOptions) (jsondoc.Value, error) {
	kind, _ := g.Get("type")
	switch kind.Text {
	case "RandomInt":
		from, to := intAttribute(g, "min", 0), intAttribute(g, "max", 1<<31-1)
		if to < from {
			return example, fmt.Errorf("RandomInt from %d to %d", from, to)
		}
		return jsondoc.Int(from + o.random(to-from+1)), nil
	case "RandomDecimal":
		return o.decimal(intAttribute(g, "digits", 10))
	case "RandomHexadecimal":
		return o.text("0123456789abcdef", intAttribute(g, "digits", 10))
	case "RandomString":
		return o.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", intAttribute(g, "size", 20))
	case "RandomBoolean":
		return jsondoc.Bool(o.random(2) == 1), nil
	case "Uuid":
		return randomUUID(g)
	case "Date", "Time", "DateTime":
		return o.date(kind.Text, g)
	case "Regex":
		return o.regex(g)
	case "ProviderState":
		if o.Stub {
			return example, nil
		}
		return o.fromState(g)
	case "MockServerURL":
		return o.stubURL(g, example)
	}
	return example, fmt.Errorf("the generator %s is not supported", describe(kind))
}

func intAttribute(g jsondoc.Value, name string, otherwise int64) int64 {
	v, ok := g.Get(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.ParseInt(scalarText(v), 10, 32)
	if err != nil {
		return otherwise
	}
	return n
}

// random is a number from 0 to below n.
func (o GenerateOptions) random(n int64) int64 {
	if o.Rand != nil {
		return o.Rand.Int64N(n)
	}
	return rand.Int64N(n)
}

func (o GenerateOptions) text(alphabet string, length int64) (jsondoc.Value, error) {
	if length < 0 || length > maxGenerated {
		return jsondoc.Value{}, fmt.Errorf("a text of %d characters", length)
	}
	b := make([]byte, length)
	for i := range b {
		b[i] = alphabet[o.random(int64(len(alphabet)))]
	}
	return jsondoc.String(string(b)), nil
}

// decimal is a number of so many digits with a point among them.
func (o GenerateOptions) decimal(digits int64) (jsondoc.Value, error) {
	if digits < 2 {
		digits = 2
	}
	v, err := o.text("123456789", digits)
	if err != nil {
		return v, err
	}
	point := 1 + o.random(digits-1)
	return jsondoc.Number(v.Text[:point] + "." + v.Text[point:]), nil
}

// regex is a random text that an expression matches.
func (o GenerateOptions) regex(g jsondoc.Value) (jsondoc.Value, error) {
	v, ok := g.Get("regex")
	if !ok {
		return jsondoc.Value{}, errors.New("the generator Regex has no expression")
	}
	pattern := scalarText(v)
	if err := boundedExpression(pattern); err != nil {
		return jsondoc.Value{}, err
	}
	text, err := randomText(pattern, o.random)
	return jsondoc.String(text), err
}

// stubURL is the example with the address in front of what the expression
// captures replaced by the stub's own.
func (o GenerateOptions) stubURL(g, example jsondoc.Value) (jsondoc.Value, error) {
	if !o.Stub || o.StubURL == "" {
		return example, nil
	}
	written, _ := g.Get("example")
	pattern, _ := g.Get("regex")
	if err := boundedExpression(pattern.Text); err != nil {
		return example, err
	}
	re, err := regexp.Compile(pattern.Text)
	if err != nil {
		return example, fmt.Errorf("the expression '%s' of MockServerURL: %w", clip(pattern.Text), err)
	}
	found := re.FindStringSubmatch(written.Text)
	if len(found) < 2 {
		return example, fmt.Errorf("the expression '%s' of MockServerURL captures nothing of its example '%s'", clip(pattern.Text), clip(written.Text))
	}
	return jsondoc.String(strings.TrimSuffix(o.StubURL, "/") + "/" + strings.TrimPrefix(found[1], "/")), nil
}

func randomUUID(g jsondoc.Value) (jsondoc.Value, error) {
	id, format := uuid.NewString(), ""
	if v, ok := g.Get("format"); ok {
		format = scalarText(v)
	}
	switch format {
	case "", "lower-case-hyphenated":
		return jsondoc.String(id), nil
	case "upper-case-hyphenated":
		return jsondoc.String(strings.ToUpper(id)), nil
	case "simple":
		return jsondoc.String(strings.ReplaceAll(id, "-", "")), nil
	case "URN":
		return jsondoc.String("urn:uuid:" + id), nil
	}
	return jsondoc.Value{}, fmt.Errorf("the format %q of Uuid is not supported", format)
}

// date is the present, or what an expression makes of it, in the generator's
// format.
func (o GenerateOptions) date(kind string, g jsondoc.Value) (jsondoc.Value, error) {
	now := o.Now
	if v, ok := g.Get("expression"); ok && v.Kind == jsondoc.KindString {
		var err error
		if now, err = adjustTime(kind, o.Now, v.Text); err != nil {
			return jsondoc.Value{}, err
		}
	}
	format := map[string]string{"Date": "yyyy-MM-dd", "Time": "HH:mm:ss", "DateTime": "yyyy-MM-dd'T'HH:mm:ssXXX"}[kind]
	if v, ok := g.Get("format"); ok && v.Text != "" {
		format = v.Text
	}
	text, err := formatDate(now, format)
	return jsondoc.String(text), err
}

// fromState fills an expression with values of the provider states. An
// expression that is one name takes the value as it is, unless a type is
// asked for.
func (o GenerateOptions) fromState(g jsondoc.Value) (jsondoc.Value, error) {
	expression, _ := g.Get("expression")
	text := expression.Text
	if text == "" {
		return jsondoc.Value{}, errors.New("ProviderState without an expression")
	}
	if !strings.Contains(text, "${") {
		text = "${" + text + "}"
	}
	value, err := o.expand(text)
	if err != nil {
		return value, err
	}
	dataType, _ := g.Get("dataType")
	switch strings.ToUpper(dataType.Text) {
	case "", "RAW":
		return value, nil
	case "STRING":
		return jsondoc.String(scalarText(value)), nil
	case "INTEGER", "FLOAT", "DECIMAL", "BOOLEAN":
		v, err := jsondoc.Parse([]byte(scalarText(value)))
		if err != nil || v.Kind != jsondoc.KindNumber && v.Kind != jsondoc.KindBool {
			return value, fmt.Errorf("%s is no %s", describe(value), strings.ToLower(dataType.Text))
		}
		return v, nil
	}
	return value, fmt.Errorf("the data type %q of ProviderState is not supported", dataType.Text)
}

func (o GenerateOptions) expand(text string) (jsondoc.Value, error) {
	var b strings.Builder
	for rest := text; ; {
		before, after, ok := strings.Cut(rest, "${")
		b.WriteString(before)
		if !ok {
			return jsondoc.String(b.String()), nil
		}
		name, tail, ok := strings.Cut(after, "}")
		if !ok {
			return jsondoc.Value{}, fmt.Errorf("unterminated name in the expression %q", text)
		}
		v, ok := o.State(name)
		if !ok {
			return jsondoc.Value{}, fmt.Errorf("no provider state has a value named %q", name)
		}
		if before == "" && tail == "" && b.Len() == 0 {
			return v, nil
		}
		b.WriteString(scalarText(v))
		rest = tail
	}
}
