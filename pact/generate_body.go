package pact

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// A bodyGenerator makes the values at a path of a body.
type bodyGenerator struct {
	path Path
	with jsondoc.Value
}

// below is the path without its root.
func (g bodyGenerator) below() []token { return g.path.tokens[min(1, len(g.path.tokens)):] }

// inBody applies the generators of a body. Those of JSON are applied one
// after another; an XML document is read once for all of them.
func (m *generated) inBody(members []jsondoc.Member, o GenerateOptions) error {
	list := make([]bodyGenerator, 0, len(members))
	for _, member := range members {
		path, err := ParsePath(member.Name)
		if err != nil {
			return fmt.Errorf("%s: %w", member.Name, err)
		}
		list = append(list, bodyGenerator{path, member.Value})
	}
	return m.body(list, o)
}

// body replaces the values that generators are about. How they name values is
// up to the content type, as in the reference: members and items of JSON,
// texts and attributes of XML, fields of a form. Text of any other type is one
// value, $; the reference leaves that as it is.
func (m *generated) body(list []bodyGenerator, o GenerateOptions) error {
	b := &m.Body
	if !b.present() {
		return nil
	}
	var parts []bodyGenerator
	for _, g := range list {
		if b.Kind != BodyJSON && len(g.below()) > 0 {
			parts = append(parts, g)
			continue
		}
		if err := b.generate(g, o); err != nil {
			return fmt.Errorf("%s: %w", g.path, err)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	made, err := b.Bytes, error(nil)
	switch media := parseMedia(expectedType(*b, m.Headers)); {
	case media.isForm():
		made, err = generateForm(b.Bytes, parts, o)
	case media.isXML():
		made, err = generateXML(b.Bytes, parts, o)
	default:
		err = fmt.Errorf("%s: a body of type %s has no values to generate but the whole, $: only JSON, XML and forms have", parts[0].path, media)
	}
	b.Bytes = made
	return err
}

// generate replaces values of a JSON document, or any other body as a whole.
func (b *Body) generate(g bodyGenerator, o GenerateOptions) error {
	if b.Kind != BodyJSON {
		made, err := generate(g.with, jsondoc.String(string(b.Bytes)), o)
		if err == nil {
			b.Bytes = []byte(scalarText(made))
		}
		return err
	}
	made, err := generateAt(b.JSON, g.below(), func(v jsondoc.Value) (jsondoc.Value, error) {
		return generate(g.with, v, o)
	})
	if err == nil {
		b.JSON, b.Bytes = made, nil
	}
	return err
}

// generateForm replaces values of a form: $.name is the first value of a name,
// $.name[1] its second, $.name[*] all of them, and $.* every value. What is not
// replaced stays as it is written.
func generateForm(form []byte, list []bodyGenerator, o GenerateOptions) ([]byte, error) {
	pairs := strings.Split(string(form), "&")
	count := make(map[string]int)
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if pair == "" {
			continue
		}
		field := unescapeForm(name)
		made, changed := jsondoc.String(unescapeForm(value)), false
		for _, g := range list {
			ok, err := inForm(g.below(), field, count[field])
			if err == nil && ok {
				changed = true
				made, err = generate(g.with, made, o)
			}
			if err != nil {
				return form, fmt.Errorf("%s: %w", g.path, err)
			}
		}
		if changed {
			pairs[i] = name + "=" + url.QueryEscape(scalarText(made))
		}
		count[field]++
	}
	return []byte(strings.Join(pairs, "&")), nil
}

var errFormPath = errors.New("a form has no such value: $.name and $.name[0] are values")

// inForm reports whether a path names the n-th value of a field.
func inForm(path []token, field string, n int) (bool, error) {
	if len(path) > 2 || slices.ContainsFunc(path[1:], token.isName) {
		return false, errFormPath
	}
	head := path[0]
	switch {
	case head.kind == tokenStar && len(path) == 1:
		return true, nil
	case head.kind == tokenName && head.name != field:
		return false, nil
	case head.kind != tokenName && head.kind != tokenStar:
		return false, errFormPath
	case len(path) == 1:
		return n == 0, nil
	}
	return path[1].kind != tokenIndex || path[1].name == strconv.Itoa(n), nil
}

func (t token) isName() bool { return t.kind == tokenName }

// unescapeForm reads a name or a value of a form; what is wrongly escaped
// stands for itself.
func unescapeForm(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

// generateAt is a document with the values at a path replaced.
func generateAt(v jsondoc.Value, tokens []token, f func(jsondoc.Value) (jsondoc.Value, error)) (jsondoc.Value, error) {
	if len(tokens) == 0 {
		return f(v)
	}
	t := tokens[0]
	v.Members, v.Items = slices.Clone(v.Members), slices.Clone(v.Items)
	var err error
	for i, m := range v.Members {
		if t.kind == tokenStar || t.kind != tokenItems && m.Name == t.name {
			if v.Members[i].Value, err = generateAt(m.Value, tokens[1:], f); err != nil {
				return v, err
			}
		}
	}
	for i := range v.Items {
		if t.kind == tokenStar || t.kind == tokenItems || t.name == strconv.Itoa(i) {
			if v.Items[i], err = generateAt(v.Items[i], tokens[1:], f); err != nil {
				return v, err
			}
		}
	}
	return v, nil
}
