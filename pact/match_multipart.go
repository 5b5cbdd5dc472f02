package pact

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"strings"
)

// A part is one part of a multipart body (RFC 2046 §5.1).
type part struct {
	index int
	// name is "" where the part has none.
	name string
	// file says that it is compared by its content type: it has a file name or
	// no Content-Disposition.
	file   bool
	header textproto.MIMEHeader
	data   []byte
	// example is a file of a contract as a body of its own, content one of a
	// message, made when it is compared.
	example *example
	content *content
}

func parseParts(data []byte, contentType string) ([]*part, error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, err
	}
	if params["boundary"] == "" {
		return nil, errors.New("no boundary in the content type")
	}
	r := multipart.NewReader(bytes.NewReader(data), params["boundary"])
	var parts []*part
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "base64") {
			if raw, err := base64.StdEncoding.DecodeString(string(content)); err == nil {
				content = raw
			}
		}
		_, disposition, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		_, named := disposition["filename"]
		parts = append(parts, &part{
			index: len(parts), name: disposition["name"], header: p.Header, data: content,
			file: named || p.Header.Get("Content-Disposition") == "",
		})
	}
}

// asExample is a part of a contract that is a file as a body.
func (p *part) asExample() *example {
	contentType := p.header.Get("Content-Type")
	var headers Fields
	if contentType != "" {
		headers = Fields{{Name: "Content-Type", Values: []string{contentType}}}
	}
	return &example{Body: typedBytes(p.data, contentType), headers: headers}
}

// asContent is a part of a message that is a file as a body.
func (p *part) asContent() *content {
	if p.content == nil {
		p.content = newContent(p.data, p.header.Get("Content-Type"))
	}
	return p.content
}

// multipart compares the parts of the example with those of the same name, or
// at the same place where they have none. Further parts are allowed.
func (b bodyMatch) multipart() []Mismatch {
	want, err := b.want.content().asParts()
	if err != nil {
		return b.report(BodyMismatch, "the example is not a valid multipart body: "+err.Error())
	}
	got, err := b.got.asParts()
	if err != nil {
		return b.report(BodyMismatch, "expected a multipart body but it is not a valid one: "+err.Error())
	}
	var found []Mismatch
	for _, p := range want {
		if b.brief && len(found) > 0 {
			return found
		}
		other, ok := p.counterpart(got)
		if !ok {
			m := b.report(BodyMismatch, fmt.Sprintf("expected a part '%s' but it was missing", p.place()))
			m[0].Path = pathOf(p.steps())
			found = append(found, m...)
			continue
		}
		found = append(found, b.part(p, other)...)
	}
	return found
}

func (p *part) counterpart(parts []*part) (*part, bool) {
	for _, other := range parts {
		if other.name == "" && other.index == p.index || other.name != "" && other.name == p.name {
			return other, true
		}
	}
	return nil, false
}

// place is the name of a part, or its index.
func (p *part) place() string {
	if p.name == "" {
		return strconv.Itoa(p.index)
	}
	return p.name
}

func (p *part) steps() []step { return []step{{name: p.place()}} }

func (b bodyMatch) part(want, got *part) []Mismatch {
	m := Mismatch{Kind: BodyMismatch, In: CategoryBody}
	if !b.brief {
		m.Path = pathOf(want.steps())
		m.Want, m.Got = clip(printable(want.data)), clip(printable(got.data))
	}
	if want.file != got.file {
		m.Message = fmt.Sprintf("expected the part '%s' to be a %s", want.place(), map[bool]string{true: "file", false: "field"}[want.file])
		return []Mismatch{m}
	}
	found := b.partHeaders(want, got)
	if b.brief && len(found) > 0 {
		return found
	}
	if want.file {
		return append(found, b.filePart(want, got)...)
	}
	entry, _ := b.rules.best(want.steps())
	if entry == nil {
		if bytes.Equal(want.data, got.data) {
			return found
		}
		entry = &ruleEntry{rules: []rule{equalityRule{}}}
	}
	return append(found, mismatches(m, entry.text(string(want.data), string(got.data)))...)
}

// partHeaders compares the headers of a part, by rules at the part's name and
// the header's in lower case. The disposition is compared by a rule alone.
func (b bodyMatch) partHeaders(want, got *part) []Mismatch {
	var found []Mismatch
	for name := range want.header {
		key := strings.ToLower(name)
		if len(b.rules.entries) == 0 && want.header.Get(name) == got.header.Get(name) && got.header.Values(name) != nil {
			continue
		}
		steps := append(want.steps(), step{name: key})
		value := got.header.Get(name)
		m := Mismatch{
			Kind: BodyMismatch, In: CategoryBody, Path: pathOf(steps),
			Want: want.header.Get(name), Got: value,
		}
		entry, cascaded := b.rules.best(steps)
		switch {
		case got.header.Values(name) == nil:
			if !strings.HasPrefix(key, "content-") {
				m.Message = fmt.Sprintf("expected header '%s' of the part but it was missing", name)
				found = append(found, m)
			}
		case entry != nil && !cascaded:
			found = append(found, mismatches(m, entry.text(m.Want, m.Got))...)
		case key != "content-disposition":
			found = append(found, mismatches(m, (&ruleEntry{rules: []rule{equalityRule{}}}).text(m.Want, m.Got))...)
		}
	}
	return found
}

// filePart compares a part as a body of its own, with the rules below its
// name.
func (b bodyMatch) filePart(want, got *part) []Mismatch {
	found := bodyMatch{
		want: want.example, got: got.asContent(),
		rules: b.rules.under(want.steps()), strict: b.strict, brief: b.brief,
	}.run()
	for i := range found {
		found[i].Path = strings.Replace(found[i].Path, "$", pathOf(want.steps()), 1)
	}
	return found
}

// under is the rules below a place, as rules from the root.
func (s ruleSet) under(steps []step) ruleSet {
	var out ruleSet
	for _, e := range s.entries {
		if len(e.path.tokens) < len(steps)+1 {
			continue
		}
		if _, ok := (Path{e.path.tokens[:len(steps)+1]}).match(steps); ok {
			e.path = Path{append([]token{{kind: tokenRoot}}, e.path.tokens[len(steps)+1:]...)}
			out.entries = append(out.entries, e)
		}
	}
	return out
}
