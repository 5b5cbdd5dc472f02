package openapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/pactape/pactape/expectations"
	"github.com/pactape/pactape/expectations/jsondoc"
)

// answer is the answer that is selected: the first one, or the one of a key.
func (op *operation) answer(s Selection) (*expectations.Answer, error) {
	out := &expectations.Answer{Status: http.StatusOK}
	if op.Responses == nil || op.Responses.Len() == 0 {
		if s.Status != "" {
			return nil, fmt.Errorf("it has no response %q: it has none", s.Status)
		}
		return out, nil
	}
	d := op.description
	keys := d.orders.sort(slices.Collect(maps.Keys(op.Responses.Map())))
	key := cmp.Or(s.Status, keys[0])
	i := slices.IndexFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
	if i < 0 {
		return nil, fmt.Errorf("it has no response %q: %s are there", s.Status, strings.Join(keys, ", "))
	}
	out.Status = statusOf(keys[i])
	response := op.Responses.Value(keys[i]).Value
	if response == nil {
		return out, nil
	}
	out.Header = make(http.Header)
	for _, name := range slices.Sorted(maps.Keys(response.Headers)) {
		header := response.Headers[name]
		if header == nil || header.Value == nil || strings.EqualFold(name, "Content-Type") {
			continue
		}
		if text, ok := d.headerExample(&header.Value.Parameter); ok {
			out.Header[name] = []string{text}
		}
	}
	return out, d.content(out, response.Content, s.Example)
}

// statusOf is the status of a key: that of a range is its first, default is
// 200 as in MockServer.
func statusOf(key string) int {
	if len(key) == 3 && strings.EqualFold(key[1:], "XX") && '1' <= key[0] && key[0] <= '5' {
		return int(key[0]-'0') * 100
	}
	if status, err := strconv.Atoi(key); err == nil && status >= 100 && status <= 599 {
		return status
	}
	return http.StatusOK
}

// headerExample is the value of a header; a value that could break the header
// is left out.
func (d *description) headerExample(p *openapi3.Parameter) (string, bool) {
	v, ok := d.given(p.Example, p.Examples, "")
	if !ok && p.Schema != nil {
		v, ok = d.generate(p.Schema), true
	}
	if !ok {
		return "", false
	}
	text := v.Text
	if v.Kind != jsondoc.KindString {
		text = string(v.AppendCompact(nil))
	}
	return text, !strings.ContainsAny(text, "\r\n\x00")
}

// mediaTypes are the types of a content in the order of the document.
func (d *description) mediaTypes(content openapi3.Content) []string {
	return d.orders.sort(slices.Collect(maps.Keys(content)))
}

// content gives an answer its body: of the first type that there is, but not
// of one that an example can only be made up for in JSON, if JSON is there.
func (d *description) content(out *expectations.Answer, content openapi3.Content, example string) error {
	if len(content) == 0 {
		if example != "" {
			return fmt.Errorf("its response has no example %q: it has no content", example)
		}
		return nil
	}
	types := d.mediaTypes(content)
	chosen := types[0]
	for _, media := range types {
		c := content[media]
		if c != nil && (c.Example != nil || len(c.Examples) > 0 || jsonMedia(media)) {
			chosen = media
			break
		}
	}
	media := content[chosen]
	name := chosen
	if strings.Contains(name, "*") {
		name = "application/json"
	}
	out.Header["Content-Type"] = []string{name}
	if media == nil {
		return nil
	}
	if example != "" && media.Examples[example] == nil {
		return fmt.Errorf("its response has no example %q: %s are there", example, strings.Join(slices.Sorted(maps.Keys(media.Examples)), ", "))
	}
	v, ok := d.given(media.Example, media.Examples, example)
	if !ok && media.Schema != nil {
		v, ok = d.generate(media.Schema), true
	}
	if !ok {
		return nil
	}
	v = d.orders.apply(v)
	switch {
	case jsonMedia(chosen):
		out.Body = &expectations.AnswerBody{Kind: expectations.AnswerJSON, Bytes: v.AppendJackson(nil)}
	case v.Kind == jsondoc.KindString:
		out.Body = &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: []byte(v.Text)}
	default:
		out.Body = &expectations.AnswerBody{Kind: expectations.AnswerString, Bytes: v.AppendJackson(nil)}
	}
	return nil
}

// given is the example that the document has: the one called name, else
// example, else the first of examples.
func (d *description) given(example any, examples openapi3.Examples, name string) (jsondoc.Value, bool) {
	if name == "" && example != nil {
		return value(example)
	}
	names := []string{name}
	if name == "" {
		names = d.orders.sort(slices.Collect(maps.Keys(examples)))
	}
	for _, n := range names {
		if e := examples[n]; e != nil && e.Value != nil && e.Value.Value != nil {
			return value(e.Value.Value)
		}
	}
	return jsondoc.Value{}, false
}

// value is what the library has decoded.
func value(decoded any) (jsondoc.Value, bool) {
	text, err := json.Marshal(decoded)
	if err != nil {
		return jsondoc.Value{}, false
	}
	v, err := jsondoc.Parse(text)
	return v, err == nil
}
