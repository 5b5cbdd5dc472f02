package pact

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

func (d *Document) readRequest(v jsondoc.Value) (*Request, error) {
	if v.Kind != jsondoc.KindObject {
		return nil, fmt.Errorf("object expected, found %s", v.Kind)
	}
	r := &Request{Method: "GET", Path: "/"}
	if method, ok := v.Get("method"); ok {
		r.Method = strings.ToUpper(scalarText(method))
	}
	if path, ok := v.Get("path"); ok {
		r.Path = scalarText(path)
	}
	var err error
	if r.Query, err = readQuery(v); err != nil {
		return nil, err
	}
	if r.Headers, err = readHeaders(v); err != nil {
		return nil, err
	}
	r.Body = d.readBody(v, r.Headers)
	r.Rules, r.Generators, err = readRulesAndGenerators(v)
	return r, err
}

func (d *Document) readResponse(v jsondoc.Value) (*Response, error) {
	if v.Kind != jsondoc.KindObject {
		return nil, fmt.Errorf("object expected, found %s", v.Kind)
	}
	r := &Response{Status: 200}
	if status, ok := v.Get("status"); ok && status.Kind != jsondoc.KindNull {
		n, err := strconv.ParseUint(scalarText(status), 10, 16)
		if err != nil || n < 100 || n > 599 {
			return nil, fmt.Errorf("status: code of 100 to 599 expected, found %s", status.AppendCompact(nil))
		}
		r.Status = int(n)
	}
	var err error
	if r.Headers, err = readHeaders(v); err != nil {
		return nil, err
	}
	r.Body = d.readBody(v, r.Headers)
	r.Rules, r.Generators, err = readRulesAndGenerators(v)
	return r, err
}

func readRulesAndGenerators(v jsondoc.Value) (Rules, jsondoc.Value, error) {
	rules := jsondoc.Value{}
	for _, name := range [...]string{"matchingRules", "requestMatchingRules", "responseMatchingRules"} {
		if found, ok := v.Get(name); ok {
			rules = found
			break
		}
	}
	generators, _ := v.Get("generators")
	read, err := readRules(rules)
	return read, generators, err
}

func (d *Document) readBody(v jsondoc.Value, headers Fields) Body {
	body, ok := v.Get("body")
	if !ok {
		return Body{}
	}
	if d.Version == V4 {
		return readBodyV4(body, headers.contentType())
	}
	return readBodyV3(body, headers.contentType())
}

// readQuery reads the query of any version: one encoded string, or names with
// lists of decoded values.
func readQuery(v jsondoc.Value) (Fields, error) {
	query, ok := v.Get("query")
	if !ok || query.Kind == jsondoc.KindNull {
		return nil, nil
	}
	if query.Kind == jsondoc.KindString {
		return parseQuery(query.Text), nil
	}
	if query.Kind != jsondoc.KindObject {
		return nil, fmt.Errorf("query: string or object expected, found %s", query.Kind)
	}
	var fields Fields
	for _, m := range query.Members {
		field := Field{Name: m.Name}
		switch m.Value.Kind {
		case jsondoc.KindArray:
			field.Values = texts(m.Value.Items)
		case jsondoc.KindObject:
			return nil, fmt.Errorf("query.%s: list of strings expected, found object", m.Name)
		case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
			field.Values = texts([]jsondoc.Value{m.Value})
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// texts are scalars as text; null, a parameter without a value in Pact V4, is
// an empty one.
func texts(items []jsondoc.Value) []string {
	out := make([]string, 0, len(items))
	for _, item := range items {
		if item.Kind == jsondoc.KindNull {
			out = append(out, "")
			continue
		}
		out = append(out, scalarText(item))
	}
	return out
}

// parseQuery reads an encoded query or form into fields.
func parseQuery(raw string) Fields {
	var fields Fields
	for _, p := range expectations.ParseQuery(raw) {
		fields = fields.add(p.Name, p.Value, false)
	}
	return fields
}

// readHeaders reads headers: a list of values for a name as it is, a string as
// one value or, for headers that are lists of elements, as those elements.
func readHeaders(v jsondoc.Value) (Fields, error) {
	headers, ok := v.Get("headers")
	if !ok || headers.Kind == jsondoc.KindNull {
		return nil, nil
	}
	if headers.Kind != jsondoc.KindObject {
		return nil, fmt.Errorf("headers: object expected, found %s", headers.Kind)
	}
	var fields Fields
	for _, m := range headers.Members {
		field := Field{Name: m.Name}
		switch m.Value.Kind {
		case jsondoc.KindArray:
			field.Values = texts(m.Value.Items)
		case jsondoc.KindObject:
			return nil, fmt.Errorf("headers.%s: string or list expected, found object", m.Name)
		case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
			field.Values = splitHeader(m.Name, scalarText(m.Value))
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// listHeaders are the headers whose value the reference splits at commas when
// it receives one (pact_models, headers).
func listHeader(name string) bool {
	switch strings.ToLower(name) {
	case "accept", "accept-encoding", "accept-language",
		"access-control-allow-headers", "access-control-allow-methods",
		"access-control-expose-headers", "access-control-request-headers",
		"allow", "cache-control", "if-match", "if-none-match", "vary":
		return true
	}
	return false
}

// splitHeader is a header line as a list of values.
func splitHeader(name, line string) []string {
	if !listHeader(name) {
		return []string{strings.TrimSpace(line)}
	}
	parts := strings.Split(line, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
